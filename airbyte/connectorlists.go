package airbyte

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"golang.org/x/sync/singleflight"
)

// connectorLists caches the connectors of workspaces for the lifetime.
type connectorLists struct {
	flight singleflight.Group
	lists  *ttlcache.Cache[string, connectorList] // by workspace

	mu      sync.Mutex              // held for changes of lists
	fetches map[*listFetch]struct{} // in progress
}

type connectorList struct {
	connectors []Connector
	fetched    time.Time
}

// listFetch is a request for the list of a workspace.
type listFetch struct {
	workspace string
	stale     bool     // the list of the workspace was dropped since the request began
	changed   []string // ids of the connectors that have changed since then
}

func newConnectorLists(lifetime time.Duration) *connectorLists {
	return &connectorLists{fetches: map[*listFetch]struct{}{}, lists: ttlcache.New(
		ttlcache.WithTTL[string, connectorList](max(lifetime-1, 1)), // a value is there at the end of its life
		ttlcache.WithDisableTouchOnHit[string, connectorList](),
	)}
}

// cached returns the list of a workspace, if it is cached and not expired.
func (l *connectorLists) cached(workspace string) ([]Connector, bool) {
	list := l.lists.Get(workspace)
	if list == nil {
		return nil, false
	}
	return slices.Clone(list.Value().connectors), true
}

// begin notes a request for the list of a workspace; end must be called after it.
func (l *connectorLists) begin(workspace string) *listFetch {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &listFetch{workspace: workspace}
	l.fetches[f] = struct{}{}
	return f
}

// end caches a fetched list, unless it may be older than a change. Changes of connectors
// that are not in it do not matter: they are other tenants'.
func (l *connectorLists) end(f *listFetch, connectors []Connector, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.fetches, f)
	outdated := func(c Connector) bool { return slices.Contains(f.changed, c.ID) }
	if err != nil || f.stale || slices.ContainsFunc(connectors, outdated) {
		return
	}
	l.lists.DeleteExpired() // no process in the background does
	l.lists.Set(f.workspace, connectorList{slices.Clone(connectors), time.Now()}, ttlcache.DefaultTTL)
}

// forget drops the list of a workspace. Later callers do not join a request in progress.
func (l *connectorLists) forget(workspace string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for f := range l.fetches {
		f.stale = f.stale || f.workspace == workspace
	}
	l.drop(workspace)
}

// drop drops a cached list. The caller holds the lock.
func (l *connectorLists) drop(workspace string) {
	l.lists.Delete(workspace)
	l.flight.Forget(workspace)
}

// forgetConnector drops every list with the connector, after its change or deletion.
func (l *connectorLists) forgetConnector(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for f := range l.fetches {
		f.changed = append(f.changed, id)
	}
	l.dropWith(id, 0)
}

// dropWith drops the lists with a connector that were fetched at least a while ago. The
// caller holds the lock.
func (l *connectorLists) dropWith(id string, age time.Duration) {
	for workspace, item := range l.lists.Items() {
		list := item.Value()
		has := slices.ContainsFunc(list.connectors, func(c Connector) bool { return c.ID == id })
		if has && time.Since(list.fetched) >= age {
			l.drop(workspace)
		}
	}
}

// doubtfulAge is the age from which a list is dropped after a 404 without a clear reason:
// a vendor that answers so to every call must not cause a request for the list each time.
const doubtfulAge = 30 * time.Second

// noteMissing drops the lists with a connector after the failure of an execution that may
// mean the connector itself. A 404 of the vendor means a record.
func (l *connectorLists) noteMissing(id string, err error) {
	var e *Error
	if !errors.As(err, &e) || e.Status != http.StatusNotFound || e.isVendors() {
		return
	}
	if strings.Contains(strings.ToLower(e.Message), "connector") {
		l.forgetConnector(id)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropWith(id, doubtfulAge)
}

// isVendors reports whether the API passes on the refusal of a vendor.
func (e *Error) isVendors() bool {
	return slices.ContainsFunc(e.Details, func(d FieldError) bool { return d.UpstreamStatus != 0 || d.Code == "upstream_error" })
}
