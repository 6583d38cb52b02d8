package tools

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/nearest"
)

// Set is the tools of a caller. A Set is immutable and shared by all callers with the
// same selection.
type Set struct {
	Tools   []*Tool // all that the caller may use, sorted by name
	Listed  []*Tool // those that its host is shown, sorted by name
	Surface Surface // Direct or Search
	Reason  string  // for the surface; "" where there was nothing to decide

	byName map[string]*Tool
	// Where the surface is decided here, a host may have kept a list from before the
	// decision was another. So what is not listed can be called by its name as well.
	open    bool
	finder  func() *Finder
	entries func() [][]byte
}

// Get returns the tool of that name, or one that was once called so, or nil.
func (s *Set) Get(name string) *Tool { return s.byName[name] }

// Direct are the tools of the set that can be listed one by one.
func (s *Set) Direct() []*Tool {
	return slices.DeleteFunc(slices.Clone(s.Tools), (*Tool).searches)
}

func (s *Set) names() []string {
	names := make([]string, len(s.Tools))
	for i, t := range s.Tools {
		names[i] = t.Name
	}
	return names
}

// Entries are the tools listed, see [Tool.Entry].
func (s *Set) Entries() [][]byte { return s.entries() }

// Finder finds tools of the set.
func (s *Set) Finder() *Finder { return s.finder() }

// offers reports whether a host may call a tool of the set by its own name.
func (s *Set) offers(t *Tool) bool {
	return s.open || slices.Contains(s.Listed, t)
}

func newSet(list []*Tool, listing Listing) *Set {
	set := &Set{Tools: list, byName: make(map[string]*Tool, len(list))}
	slices.SortFunc(set.Tools, func(a, b *Tool) int { return cmp.Compare(a.Name, b.Name) })
	for _, t := range set.Tools {
		for _, former := range t.aliases {
			set.byName[former] = t
		}
	}
	for _, t := range set.Tools { // a name in use beats a former one
		set.byName[t.Name] = t
	}
	listing.present(set)
	set.finder = sync.OnceValue(func() *Finder { return newFinder(set) })
	set.entries = sync.OnceValue(func() [][]byte {
		all := make([][]byte, len(set.Listed))
		for i, t := range set.Listed {
			all[i] = t.Entry()
		}
		return all
	})
	return set
}

// Management is the set of tools of a session that need no connector. A host asks for
// the list once, so where the tools are not known yet it gets those that will find them.
func (b *Box) Management(s Session) *Set {
	chosen := b.selection(s)
	if chosen.listing.Surface == Auto {
		chosen.listing = Listing{Surface: Search, Pins: chosen.listing.Pins}
	}
	set, _ := b.set(chosen) // without connectors nothing is read that could fail
	return set
}

// Select returns the tools that a session may use: those of the connectors that
// its workspace has, within its policy, and the management tools.
func (b *Box) Select(ctx context.Context, s Session) (*Set, error) {
	list, err := b.instances(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := b.checkNames(s, list); err != nil {
		return nil, err
	}
	chosen := b.selection(s)
	count := map[string]int{}
	for _, i := range list {
		if i.slug != "" && s.Policy.admits(i) {
			count[i.slug]++
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(count)) {
		chosen.types = append(chosen.types, connectorType{slug, count[slug] > 1})
	}
	return b.set(chosen)
}

// CatalogSet returns what a session would be offered whose workspace has one of each
// of the connectors that its policy names, or of all in the catalog. The API is not
// asked.
func (b *Box) CatalogSet(s Session) (*Set, error) {
	slugs, err := b.catalog.Names()
	if err != nil {
		return nil, err
	}
	for _, level := range s.Policy.levels() {
		for _, ref := range level.Connectors {
			if _, err := b.catalog.Connector(ref); err != nil {
				return nil, err
			}
		}
	}
	chosen := b.selection(s)
	for _, slug := range slugs {
		if s.Policy.admits(instance{slug: slug}) {
			chosen.types = append(chosen.types, connectorType{slug, false})
		}
	}
	return b.set(chosen)
}

// checkNames refuses names in a policy that mean nothing: neither a connector of
// the catalog nor an instance of the workspace.
func (b *Box) checkNames(s Session, list []instance) error {
	known, err := b.catalog.Names()
	if err != nil {
		return err
	}
	for _, level := range s.Policy.levels() {
		for _, ref := range level.Connectors {
			isInstance := slices.ContainsFunc(list, func(i instance) bool { return i.is(ref) })
			if !isInstance && !slices.Contains(known, strings.ToLower(ref)) {
				return meansNothing(s, ref, list, known)
			}
		}
	}
	return nil
}

// meansNothing is the error about a reference that is neither a connector of the workspace
// nor a type of the catalog.
func meansNothing(s Session, ref string, list []instance, slugs []string) error {
	return &airbyte.LocateError{Workspace: s.Workspace, Ref: ref, Candidates: connectorsOf(list), Hint: nearest.Hint(ref, slugs)}
}

func connectorsOf(list []instance) []airbyte.Connector {
	var all []airbyte.Connector
	for _, i := range list {
		all = append(all, i.Connector)
	}
	return all
}

// selection is what makes the difference between one set of tools and another.
type selection struct {
	types    []connectorType // sorted
	policy   Policy
	listing  Listing
	operator bool
}

// selection is a session's, without connectors.
func (b *Box) selection(s Session) selection {
	return selection{policy: s.Policy, listing: s.Listing, operator: s.Operator}
}

// connectorType is a type of connector of which a workspace has one or several.
type connectorType struct {
	slug    string
	several bool
}

func (s selection) key() string {
	return fmt.Sprint(s.operator, s.types, s.policy.key(), s.listing.key())
}

// admits reports whether a tool belongs to the selection.
func (s selection) admits(t *Tool) bool {
	return s.policy.refuses(t) == "" && (s.operator || !t.operators) && (s.listing.Surface.searches() || !t.searches())
}

// searches reports whether a surface may need the tools that find others.
func (s Surface) searches() bool { return s == Auto || s == Search }

// maxKept bounds the tools of all sets that are remembered.
const maxKept = 100_000

// set assembles, or remembers, the tools of some connectors.
func (b *Box) set(chosen selection) (*Set, error) {
	key := chosen.key()
	b.mu.Lock()
	set, ok := b.sets[key]
	b.mu.Unlock()
	if ok {
		return set, nil
	}
	kits := make([][]*Tool, 1+len(chosen.types))
	kits[0] = b.manage
	var loading errgroup.Group
	loading.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range chosen.types {
		loading.Go(func() (err error) {
			kits[1+i], err = b.kit(t)
			return err
		})
	}
	if err := loading.Wait(); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Concat(kits...), func(t *Tool) bool { return !chosen.admits(t) })
	set = newSet(withoutIdle(list), chosen.listing)
	return b.keep(key, set), nil
}

// withoutIdle leaves out a tool that calls others where there is none that it could.
func withoutIdle(list []*Tool) []*Tool {
	writes := slices.ContainsFunc(list, func(t *Tool) bool { return t.Effect != Read && t.role != calling })
	return slices.DeleteFunc(list, func(t *Tool) bool { return t.role == calling && t.Effect != Read && !writes })
}

// keep remembers a set. Whoever chooses tools may do so in endless ways, so there is
// a bound; what is forgotten is assembled again.
func (b *Box) keep(key string, set *Set) *Set {
	b.mu.Lock()
	defer b.mu.Unlock()
	if other, ok := b.sets[key]; ok {
		return other // made at the same time; equal selections share one set
	}
	if b.kept += len(set.Tools); b.kept > maxKept {
		clear(b.sets)
		b.kept = len(set.Tools)
	}
	b.sets[key] = set
	return set
}

// kit makes the tools of a type of connector once.
func (b *Box) kit(t connectorType) ([]*Tool, error) {
	b.mu.Lock()
	load, ok := b.kits[t]
	if !ok {
		load = sync.OnceValues(func() ([]*Tool, error) {
			conn, err := b.catalog.Connector(t.slug)
			if err != nil {
				return nil, err
			}
			return connectorTools(conn, t.several)
		})
		b.kits[t] = load
	}
	b.mu.Unlock()
	return load()
}
