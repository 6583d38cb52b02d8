package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"airbyte-mcp-server/schemas"
)

// world is what the organization owns: workspaces and the connectors in them.
type world struct {
	catalog *schemas.Catalog
	heads   map[string]schemas.Head // of the catalog, by connector name
	seed    seed
	clock   clock
	texts   texts

	mu         sync.RWMutex
	workspaces []*workspace
	connectors []*connector
}

// workspace keeps the connectors of one tenant.
type workspace struct {
	id      string
	name    string
	status  string
	created time.Time
	updated time.Time
}

// connector is one tenant's access to a vendor.
type connector struct {
	id        string
	name      string
	kind      string // name of the catalog file
	workspace *workspace
	config    map[string]any
	store     storeState
	created   time.Time
	updated   time.Time

	load func() (*vendor, error)
}

// storeState is how far the Context Store of a connector has come.
type storeState string

const (
	storeReady    storeState = "ready"
	storeBuilding storeState = "building"
)

const defaultWorkspace = "default"

// showcase are the connectors of the default workspace beside GitHub.
var showcase = []string{"hubspot", "stripe", "slack", "linear", "zendesk-support", "google-drive"}

// configured are the settings of the seeded connectors.
var seedConfig = map[string]map[string]any{
	"github": {"repositories": []any{"acme/widgets"}},
}

func newWorld(catalog *schemas.Catalog, s seed, c clock) (*world, error) {
	heads, err := catalog.Heads()
	if err != nil {
		return nil, err
	}
	w := &world{catalog: catalog, heads: map[string]schemas.Head{}, seed: s, clock: c, texts: newTexts()}
	for _, h := range heads {
		w.heads[h.Name] = h
	}
	w.populate(heads)
	return w, nil
}

// populate makes what a new sandbox holds.
func (w *world) populate(heads []schemas.Head) {
	def := w.addWorkspace(defaultWorkspace)
	acme := w.addWorkspace("acme-corp")
	everything := w.addWorkspace("everything")
	w.addWorkspace("empty")
	if github, ok := w.heads["github"]; ok {
		w.addConnector(def, github, github.Title+" - default", storeReady)
		w.addConnector(acme, github, github.Title+" - acme-corp", storeReady)
		w.addConnector(acme, github, github.Title+" - archive", storeBuilding)
	}
	for _, name := range showcase {
		if h, ok := w.heads[name]; ok {
			w.addConnector(def, h, h.Title+" - default", storeReady)
		}
	}
	for _, h := range heads {
		w.addConnector(everything, h, h.Title+" - everything", storeReady)
	}
}

func (w *world) addWorkspace(name string) *workspace {
	at := present.Add(-90 * 24 * time.Hour)
	ws := &workspace{id: w.seed.of("workspace", name).uuid(), name: name, status: "active", created: at, updated: at}
	w.workspaces = append(w.workspaces, ws)
	return ws
}

func (w *world) addConnector(ws *workspace, h schemas.Head, name string, state storeState) *connector {
	at := present.Add(-60 * 24 * time.Hour).Add(time.Duration(len(w.connectors)) * time.Minute)
	c := &connector{
		id: w.seed.of("connector", ws.name, name).uuid(), name: name, kind: h.Name, workspace: ws,
		config: seedConfig[h.Name], store: state, created: at, updated: at,
	}
	c.load = sync.OnceValues(func() (*vendor, error) {
		spec, err := w.catalog.Connector(h.Name)
		if err != nil {
			return nil, fmt.Errorf("loading connector %s: %w", h.Name, err)
		}
		return newVendor(w.seed, c.id, spec, c.config, w.texts, w.clock), nil
	})
	w.connectors = append(w.connectors, c)
	return c
}

// findWorkspace finds a workspace by id or name, nil if there is none.
func (w *world) findWorkspace(match func(*workspace) bool) *workspace {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if i := slices.IndexFunc(w.workspaces, match); i >= 0 {
		return w.workspaces[i]
	}
	return nil
}

// connector finds a connector by id, nil if there is none.
func (w *world) connector(id string) *connector {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, c := range w.connectors {
		if c.id == id {
			return c
		}
	}
	return nil
}

// in lists the connectors of a workspace, of one definition if given.
func (w *world) in(ws *workspace, definition string) []*connector {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var out []*connector
	for _, c := range w.connectors {
		if c.workspace == ws && (definition == "" || strings.EqualFold(w.heads[c.kind].DefinitionID, definition)) {
			out = append(out, c)
		}
	}
	return out
}

// vendorOf gives the records behind a connector. A kind of connector that the
// catalog cannot read is the sandbox's fault, not the caller's.
func (c *connector) vendorOf() (*vendor, error) {
	v, err := c.load()
	if errors.Is(err, schemas.ErrUnknownConnector) {
		return nil, newProblem(404, "Connector not found")
	}
	return v, err
}
