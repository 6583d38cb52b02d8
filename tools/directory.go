package tools

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"golang.org/x/sync/errgroup"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
)

// Lister lists the connectors of a workspace. It may remember the list: it is asked for
// each call.
type Lister interface {
	Connectors(ctx context.Context, workspace string) ([]airbyte.Connector, error)
}

// Directory has all tools that could be offered: those of the catalog's connectors and
// those of the server itself. It says which of them a session may use. It is safe for
// concurrent use.
type Directory struct {
	catalog   *schemas.Catalog
	lister    Lister // nil where there is no account
	asks      Asks
	own       []*Tool
	snapshots *ttlcache.Cache[string, *Snapshot] // by workspace
	missing   *ttlcache.Cache[string, struct{}]  // workspaces that do not exist

	mu         sync.Mutex
	watchers   []func(*Snapshot)                         // of changed snapshots
	byType     map[connectorType]func() ([]*Tool, error) // made when first asked for
	sets       map[string]*Set                           // by the key of their selection
	remembered int                                       // tools of all sets
}

// maxSnapshots bounds the workspaces of which a snapshot is kept, snapshotLife how long
// one is kept of which no call has come.
const (
	maxSnapshots = 2000
	snapshotLife = time.Hour
	// missingLife is how long it is remembered that a workspace does not exist.
	missingLife = 10 * time.Second
)

// NewDirectory returns a Directory over a catalog and the tools of the server itself.
// Without a lister it knows what could be offered, and nothing of any workspace. Without
// asks, a person is asked before what destroys.
func NewDirectory(catalog *schemas.Catalog, lister Lister, asks Asks, own ...*Tool) *Directory {
	if asks == nil {
		asks = destroying
	}
	return &Directory{
		catalog: catalog, lister: lister, asks: asks, own: slices.Concat(own, searchTools()),
		snapshots: ttlcache.New(
			ttlcache.WithTTL[string, *Snapshot](snapshotLife),
			ttlcache.WithCapacity[string, *Snapshot](maxSnapshots),
		),
		missing: ttlcache.New(
			ttlcache.WithTTL[string, struct{}](missingLife),
			ttlcache.WithCapacity[string, struct{}](maxSnapshots),
			ttlcache.WithDisableTouchOnHit[string, struct{}](),
		),
		byType: map[connectorType]func() ([]*Tool, error){}, sets: map[string]*Set{},
	}
}

// Catalog is what the tools of connectors are made of.
func (d *Directory) Catalog() *schemas.Catalog { return d.catalog }

// errNoAccount reports a question about a workspace where there is no account to ask.
var errNoAccount = errors.New("the connectors of a workspace are not known without an account")

// Snapshot is a workspace as its present list of connectors has it. The same list gives
// the same Snapshot.
func (d *Directory) Snapshot(ctx context.Context, workspace string) (*Snapshot, error) {
	if d.lister == nil {
		return nil, errNoAccount
	}
	listed, err := d.lister.Connectors(ctx, workspace)
	if err != nil {
		if airbyte.IsNoWorkspace(err) {
			d.missing.DeleteExpired()
			d.missing.Set(workspace, struct{}{}, ttlcache.DefaultTTL)
		}
		return nil, err
	}
	if known := d.snapshots.Get(workspace); known != nil && slices.Equal(known.Value().listed, listed) {
		return known.Value(), nil
	}
	s, err := newSnapshot(d, workspace, listed)
	if err != nil {
		return nil, err
	}
	d.snapshots.DeleteExpired()
	d.snapshots.Set(workspace, s, ttlcache.DefaultTTL)
	d.mu.Lock()
	watchers := d.watchers
	d.mu.Unlock()
	for _, tell := range watchers {
		tell(s)
	}
	return s, nil
}

// OnChange has a function called with each new snapshot, in the course of the call that
// has asked for it. It must be quick.
func (d *Directory) OnChange(tell func(*Snapshot)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watchers = append(slices.Clip(d.watchers), tell)
}

// Lacks reports whether it was found out a moment ago that a workspace does not exist.
func (d *Directory) Lacks(workspace string) bool { return d.missing.Get(workspace) != nil }

// Select returns the tools that a session may use: those of the connectors that
// its workspace has, within its policy, and the server's own.
func (d *Directory) Select(ctx context.Context, s Session) (*Set, error) {
	w, err := d.Snapshot(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	return w.Select(s)
}

// Management is the set of tools of a session that need no connector. A host asks for
// the list once, so where the tools are not known yet it gets those that will find them.
func (d *Directory) Management(s Session) *Set {
	chosen := selectionOf(s)
	chosen.listing.unlisted = true
	set, _ := d.set(chosen) // without connectors nothing is read that could fail
	return set
}

// CatalogSet returns what a session would be offered whose workspace has one of each
// of the connectors that its policy names, or of all in the catalog. The API is not
// asked.
func (d *Directory) CatalogSet(s Session) (*Set, error) {
	slugs, err := d.catalog.Names()
	if err != nil {
		return nil, err
	}
	for _, level := range s.Policy.levels() {
		for _, ref := range level.Connectors {
			if _, err := d.catalog.Connector(ref); err != nil {
				return nil, err
			}
		}
	}
	chosen := selectionOf(s)
	for _, slug := range slugs {
		if s.Policy.Admits(Instance{Slug: slug}) {
			chosen.types = append(chosen.types, connectorType{slug, false})
		}
	}
	return d.set(chosen)
}

// maxRemembered bounds the tools of all sets that are remembered.
const maxRemembered = 100_000

// set assembles, or remembers, the tools of some connectors.
func (d *Directory) set(chosen selection) (*Set, error) {
	key := chosen.key()
	d.mu.Lock()
	set, ok := d.sets[key]
	d.mu.Unlock()
	if ok {
		return set, nil
	}
	parts := make([][]*Tool, 1+len(chosen.types))
	parts[0] = d.own
	var loading errgroup.Group
	loading.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range chosen.types {
		loading.Go(func() (err error) {
			parts[1+i], err = d.toolsOf(t)
			return err
		})
	}
	if err := loading.Wait(); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Concat(parts...), func(t *Tool) bool { return !chosen.admits(t) })
	set = newSet(withoutIdle(list), chosen.listing)
	return d.remember(key, set), nil
}

// remember remembers a set. Whoever chooses tools may do so in endless ways, so there is
// a bound; what is forgotten is assembled again.
func (d *Directory) remember(key string, set *Set) *Set {
	d.mu.Lock()
	defer d.mu.Unlock()
	if other, ok := d.sets[key]; ok {
		return other // made at the same time; equal selections share one set
	}
	if d.remembered += len(set.Tools); d.remembered > maxRemembered {
		clear(d.sets)
		d.remembered = len(set.Tools)
	}
	d.sets[key] = set
	return set
}

// toolsOf makes the tools of a type of connector once.
func (d *Directory) toolsOf(t connectorType) ([]*Tool, error) {
	d.mu.Lock()
	load, ok := d.byType[t]
	if !ok {
		load = sync.OnceValues(func() ([]*Tool, error) {
			conn, err := d.catalog.Connector(t.slug)
			if err != nil {
				return nil, err
			}
			return connectorTools(conn, t.several, d.asks)
		})
		d.byType[t] = load
	}
	d.mu.Unlock()
	return load()
}
