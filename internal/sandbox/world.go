package sandbox

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/internal/sandbox/records"
	"airbyte-mcp-server/schemas"
)

// world is what the organization owns: workspaces, the connectors in them, and
// templates for more.
type world struct {
	catalog *schemas.Catalog
	heads   map[string]schemas.Head // of the catalog, by connector name
	seed    random.Seed
	clock   records.Clock
	origin  *records.Origin

	mu         sync.RWMutex
	workspaces []*workspace
	connectors []*connector
	templates  []*template
	overrides  map[string]*override // of OAuth applications, by kind of connector
	dialogs    map[string]*credentialDialog
	consents   map[string]*consent
	save       func() // writes the state file; nil without one
}

const defaultWorkspace = "default"

func newWorld(catalog *schemas.Catalog, s random.Seed, dataset string, c records.Clock) (*world, error) {
	origin, err := records.NewOrigin(s, dataset, c)
	if err != nil {
		return nil, err
	}
	heads, err := catalog.Heads()
	if err != nil {
		return nil, err
	}
	w := &world{
		catalog: catalog, heads: map[string]schemas.Head{}, seed: s, clock: c, origin: origin,
		overrides: map[string]*override{}, dialogs: map[string]*credentialDialog{}, consents: map[string]*consent{},
	}
	for _, h := range heads {
		w.heads[h.Name] = h
	}
	return w, nil
}

// populate makes what a new sandbox holds.
func (w *world) populate() {
	for _, kind := range w.types() {
		w.addTemplate(kind, true)
		if w.heads[kind].Showcase != nil {
			w.addTemplate(kind, false)
		}
	}
	def := w.addWorkspace(defaultWorkspace)
	acme := w.addWorkspace("acme-corp")
	everything := w.addWorkspace("everything")
	w.addWorkspace("empty")
	for i, h := range w.showcase() {
		w.addConnector(def, h, h.Title+" - default", records.StoreReady)
		if i == 0 {
			w.addConnector(acme, h, h.Title+" - acme-corp", records.StoreReady)
			w.addConnector(acme, h, h.Title+" - archive", records.StoreBuilding)
		}
	}
	for _, kind := range w.types() {
		w.addConnector(everything, w.heads[kind], w.heads[kind].Title+" - everything", records.StoreReady)
	}
}

// showcase are the connectors of the default workspace, in order. The organization
// has templates of its own for them.
func (w *world) showcase() []schemas.Head {
	var list []schemas.Head
	for _, kind := range w.types() {
		if h := w.heads[kind]; h.Showcase != nil {
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b schemas.Head) int { return cmp.Compare(a.Showcase.Rank, b.Showcase.Rank) })
	return list
}

// seedConfig are the settings with which a connector of a type is seeded.
func seedConfig(s *schemas.Showcase) map[string]any {
	var config map[string]any
	if s != nil && s.Config != nil && json.Unmarshal(s.Config, &config) != nil {
		return nil // the catalog check refuses it
	}
	return config
}

// addConnector makes a connector that was there from the beginning.
func (w *world) addConnector(ws *workspace, h schemas.Head, name string, state records.StoreState) {
	at := records.Present.Add(-60 * 24 * time.Hour).Add(time.Duration(len(w.connectors)) * time.Minute)
	c := &connector{
		ID: w.seed.Of("connector", ws.Name, name).UUID(), Name: name, Type: h.Name, Template: w.templateOf(h.Name).ID, WorkspaceID: ws.ID,
		Config: jsonvalue.Overlay(nil, seedConfig(h.Showcase)), Seeded: true, Store: state, Created: at, Updated: at,
	}
	w.adopt(c)
}

// adopt takes a connector in, whose workspace exists.
func (w *world) adopt(c *connector) {
	w.prepare(c)
	c.workspace = w.workspaceByID(c.WorkspaceID)
	w.connectors = append(w.connectors, c)
}

// prepare lets a connector make its records when they are first asked for.
func (w *world) prepare(c *connector) {
	loaded := &atomic.Bool{}
	c.loaded = loaded
	c.load = sync.OnceValues(func() (*records.Account, error) {
		loaded.Store(true)
		return w.loadVendor(c)
	})
}

// loadVendor makes the records behind a connector.
func (w *world) loadVendor(c *connector) (*records.Account, error) {
	spec, err := w.catalog.Connector(c.Type)
	if err != nil {
		return nil, err
	}
	return w.origin.NewAccount(c.ID, spec, c.Config, c.Writes), nil
}

// changed writes the state file, if there is one. The caller holds mu.
func (w *world) changed() {
	if w.save != nil {
		w.save()
	}
}

// connector finds a connector by id; one that is being deleted does not count.
func (w *world) connector(id string) *connector {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, c := range w.connectors {
		if c.ID == id && c.Deleted == nil {
			return c
		}
	}
	return nil
}

// in lists the connectors of a workspace, of one definition if given. Deleted ones
// stay for a while.
func (w *world) in(ws *workspace, definition string, delay time.Duration) []*connector {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var out []*connector
	for _, c := range w.connectors {
		gone := c.Deleted != nil && !w.clock().Before(c.Deleted.Add(delay))
		if c.workspace == ws && !gone && (definition == "" || strings.EqualFold(w.heads[c.Type].DefinitionID, definition)) {
			out = append(out, c)
		}
	}
	return out
}

// connectorInPath finds the connector that the path names, if the caller may use it.
func (x *roundTrip) connectorInPath() (*connector, error) {
	c := x.s.world.connector(connectorID(x.values[0]))
	if c == nil {
		return nil, problem.New(http.StatusNotFound, "Connector not found")
	}
	return c, x.mayUse(c.workspace)
}
