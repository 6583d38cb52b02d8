package tools

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/nearest"
)

// Snapshot is a workspace at one moment: its connectors with the names that callers may
// use for them, and the sets of tools that follow. It is made when a list of connectors
// arrives and replaced when another one does; a call is resolved against one Snapshot,
// once. A Snapshot is immutable (it only remembers what it has worked out) and safe for
// concurrent use.
type Snapshot struct {
	Workspace string

	directory *Directory
	listed    []airbyte.Connector // as they came
	instances []Instance

	mu   sync.Mutex
	sets map[string]*Set // by what the caller may use
}

// maxSelections bounds the selections that a Snapshot remembers: callers may choose tools
// in endless ways.
const maxSelections = 100

// newSnapshot works out how callers may name the connectors of a workspace. Connectors
// that a policy does not admit count too: else an alias would depend on who asks.
func newSnapshot(d *Directory, workspace string, listed []airbyte.Connector) (*Snapshot, error) {
	w := &Snapshot{Workspace: workspace, directory: d, listed: listed, instances: make([]Instance, len(listed)), sets: map[string]*Set{}}
	count := map[string]int{}
	for i, c := range listed {
		slug, err := d.catalog.Match(c.DefinitionID, c.Type, c.TypeName)
		if err != nil {
			return nil, err
		}
		w.instances[i] = Instance{Connector: c, Slug: slug}
		count[slug]++
	}
	taken := map[string]bool{}
	for i := range w.instances {
		if slug := w.instances[i].Slug; slug != "" && count[slug] > 1 {
			w.instances[i].Alias = freeAlias(w.instances[i], taken)
		}
	}
	return w, nil
}

// Select returns the tools that a session may use. A name in its policy that means
// nothing is an *airbyte.LocateError.
func (w *Snapshot) Select(s Session) (*Set, error) {
	key := appendConnectors(appendCallerKey(make([]byte, 0, 128), s.Policy, s.Listing, s.Operator), s.Policy)
	w.mu.Lock()
	set := w.sets[string(key)]
	w.mu.Unlock()
	if set != nil {
		return set, nil
	}
	if err := w.checkNames(s); err != nil {
		return nil, err
	}
	chosen := selectionOf(s)
	chosen.types = w.types(s.Policy)
	set, err := w.directory.set(chosen)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sets) >= maxSelections {
		clear(w.sets)
	}
	w.sets[string(key)] = set
	return set, nil
}

// types are the types of the connectors that a policy admits.
func (w *Snapshot) types(p Policy) []connectorType {
	count := map[string]int{}
	for _, i := range w.instances {
		if i.Slug != "" && p.Admits(i) {
			count[i.Slug]++
		}
	}
	var types []connectorType
	for _, slug := range slices.Sorted(maps.Keys(count)) {
		types = append(types, connectorType{slug, count[slug] > 1})
	}
	return types
}

// checkNames refuses names in a policy that mean nothing: neither a connector of
// the catalog nor an instance of the workspace.
func (w *Snapshot) checkNames(s Session) error {
	heads, err := w.directory.catalog.Heads()
	if err != nil {
		return err
	}
	for _, level := range s.Policy.levels() {
		for _, ref := range level.Connectors {
			isInstance := slices.ContainsFunc(w.instances, func(i Instance) bool { return i.is(ref) })
			isType := false
			for _, h := range heads {
				isType = isType || h.Name == strings.ToLower(ref)
			}
			if !isInstance && !isType {
				return w.meansNothing(s, ref)
			}
		}
	}
	return nil
}

// meansNothing is the error about a reference that is neither a connector of the workspace
// nor a type of the catalog.
func (w *Snapshot) meansNothing(s Session, ref string) error {
	slugs, err := w.directory.catalog.Names()
	if err != nil {
		return err
	}
	return &airbyte.LocateError{Workspace: w.Workspace, Ref: ref, Candidates: w.visibleTo(s), Hint: nearest.Hint(ref, slugs)}
}

// Visible are the connectors of which a session may know.
func (w *Snapshot) Visible(s Session) []Instance {
	return slices.DeleteFunc(slices.Clone(w.instances), func(i Instance) bool { return !s.sees(i) })
}

// visibleTo are the connectors of which a session may know.
func (w *Snapshot) visibleTo(s Session) []airbyte.Connector {
	var list []airbyte.Connector
	for _, i := range w.instances {
		if s.sees(i) {
			list = append(list, i.Connector)
		}
	}
	return list
}

// aliases are the short names of connectors, by id.
func (w *Snapshot) aliases() map[string]string {
	names := map[string]string{}
	for _, i := range w.instances {
		if i.Alias != "" {
			names[i.ID] = i.Alias
		}
	}
	return names
}

// hint names the connectors that a misspelt reference may mean.
func (w *Snapshot) hint(ref string, candidates []airbyte.Connector) string {
	var names []string
	for _, i := range w.instances {
		if slices.ContainsFunc(candidates, func(c airbyte.Connector) bool { return c.ID == i.ID }) {
			names = append(names, cmp.Or(i.Alias, i.Slug, cleantext.Line(i.Type)))
		}
	}
	return nearest.Hint(ref, names)
}

// Locate finds the connector that a reference means: an id, an alias, an instance name or
// a type. It never picks one of several: that is an *airbyte.LocateError. A connector that
// the policy does not admit is a *RefusedError to the operator, and unknown to others.
func (w *Snapshot) Locate(s Session, ref string) (Instance, error) {
	return w.only(s, ref, func(i *Instance) bool { return i.is(ref) })
}

// LocateFor finds the one connector that a tool works on; ref may say which of several.
func (w *Snapshot) LocateFor(s Session, t *Tool, ref string) (Instance, error) {
	return w.only(s, cmp.Or(ref, t.Connector), func(i *Instance) bool {
		return i.Slug == t.Connector && (ref == "" || i.names(ref))
	})
}

// only finds the instance that is meant, among those that a policy admits.
func (w *Snapshot) only(s Session, ref string, means func(*Instance) bool) (Instance, error) {
	var hits []airbyte.Connector
	found, refused := -1, false
	for i := range w.instances {
		switch instance := &w.instances[i]; {
		case !means(instance):
		case s.Policy.Admits(*instance):
			found, hits = i, append(hits, instance.Connector)
		default:
			refused = refused || s.Operator
		}
	}
	switch {
	case len(hits) == 1:
		return w.instances[found], nil
	case len(hits) > 1:
		return Instance{}, &airbyte.LocateError{Workspace: w.Workspace, Ref: ref, Candidates: hits, Aliases: w.aliases(), Ambiguous: true}
	case refused:
		return Instance{}, &RefusedError{cleantext.Quote(ref), "the server is limited to other connectors"}
	default:
		candidates := w.visibleTo(s)
		return Instance{}, &airbyte.LocateError{
			Workspace: w.Workspace, Ref: ref, Candidates: candidates, Aliases: w.aliases(), Hint: w.hint(ref, candidates),
		}
	}
}
