package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/schemas"
)

// Box has all tools that could be offered and makes the calls. It is safe for
// concurrent use; nothing in it belongs to a caller.
type Box struct {
	client  *airbyte.Client
	catalog *schemas.Catalog
	manage  []*Tool

	mu   sync.Mutex
	kits map[string]func() ([]*Tool, error) // by connector, made when first asked for
	sets map[string]*Set                    // by selection
}

// NewBox returns a Box over a catalog and a client.
func NewBox(catalog *schemas.Catalog, client *airbyte.Client) *Box {
	return &Box{
		client: client, catalog: catalog, manage: []*Tool{listConnectors(), executeAction()},
		kits: map[string]func() ([]*Tool, error){}, sets: map[string]*Set{},
	}
}

// Set is the tools offered to a caller, sorted by name. A Set is immutable and
// shared by all callers with the same selection.
type Set struct {
	Tools  []*Tool
	byName map[string]*Tool
}

// Get returns the tool of that name, or one that was once called so, or nil.
func (s *Set) Get(name string) *Tool { return s.byName[name] }

func newSet(tools []*Tool) *Set {
	set := &Set{Tools: tools, byName: make(map[string]*Tool, len(tools))}
	slices.SortFunc(set.Tools, func(a, b *Tool) int { return cmp.Compare(a.Name, b.Name) })
	for _, t := range set.Tools {
		for _, former := range t.aliases {
			set.byName[former] = t
		}
	}
	for _, t := range set.Tools { // a name in use beats a former one
		set.byName[t.Name] = t
	}
	return set
}

// UnknownToolError reports a tool that the caller is not offered.
type UnknownToolError struct {
	Name string
	Hint string
}

func (e *UnknownToolError) Error() string { return fmt.Sprintf("unknown tool %q%s", e.Name, e.Hint) }

// RefusedError reports a call that the caller's policy forbids. Nothing was sent.
type RefusedError struct {
	Tool   string
	Reason string
}

func (e *RefusedError) Error() string { return e.Tool + " is refused: " + e.Reason }

// Management is the set of tools that need no connector, within a policy.
func (b *Box) Management(p Policy) *Set {
	set, _ := b.set(nil, p.ReadOnly) // without connectors nothing is read that could fail
	return set
}

// Select returns the tools that a session may use: those of the connectors that
// its workspace has, within its policy, and the management tools.
func (b *Box) Select(ctx context.Context, s Session) (*Set, error) {
	instances, err := b.client.Connectors(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	var slugs []string
	for _, conn := range instances {
		slug, err := b.slug(conn)
		if err != nil {
			return nil, err
		}
		if slug != "" && b.admits(s.Policy, slug, conn) {
			slugs = append(slugs, slug)
		}
	}
	if err := b.checkNames(s, instances); err != nil {
		return nil, err
	}
	slices.Sort(slugs)
	return b.set(slices.Compact(slugs), s.Policy.ReadOnly)
}

// CatalogSet returns the tools of the named connectors, or of all that the catalog
// has, without asking the API.
func (b *Box) CatalogSet(p Policy) (*Set, error) {
	slugs := slices.Clone(p.Connectors)
	if len(slugs) == 0 {
		var err error
		if slugs, err = b.catalog.Names(); err != nil {
			return nil, err
		}
	}
	slices.Sort(slugs)
	return b.set(slices.Compact(slugs), p.ReadOnly)
}

// slug is the catalog's name of an instance's type, "" if the catalog lacks it.
func (b *Box) slug(conn airbyte.Connector) (string, error) {
	return b.catalog.Match(conn.DefinitionID, conn.Type, conn.TypeName)
}

func (b *Box) admits(p Policy, slug string, conn airbyte.Connector) bool {
	return len(p.Connectors) == 0 || slices.ContainsFunc(p.Connectors, func(ref string) bool {
		return strings.EqualFold(ref, slug) || conn.Is(ref)
	})
}

// checkNames refuses names in a policy that mean nothing: neither a connector of
// the catalog nor an instance of the workspace.
func (b *Box) checkNames(s Session, instances []airbyte.Connector) error {
	known, err := b.catalog.Names()
	if err != nil {
		return err
	}
	for _, ref := range s.Policy.Connectors {
		isInstance := slices.ContainsFunc(instances, func(c airbyte.Connector) bool { return c.Is(ref) })
		if !isInstance && !slices.Contains(known, strings.ToLower(ref)) {
			return &airbyte.LocateError{Workspace: s.Workspace, Ref: ref, Candidates: instances}
		}
	}
	return nil
}

// set assembles, or remembers, the tools of some connectors.
func (b *Box) set(slugs []string, readOnly bool) (*Set, error) {
	key := fmt.Sprint(readOnly, slugs)
	b.mu.Lock()
	set, ok := b.sets[key]
	b.mu.Unlock()
	if ok {
		return set, nil
	}
	kits := make([][]*Tool, 1+len(slugs))
	kits[0] = b.manage
	var loading errgroup.Group
	loading.SetLimit(runtime.GOMAXPROCS(0))
	for i, slug := range slugs {
		loading.Go(func() (err error) {
			kits[1+i], err = b.kit(slug)
			return err
		})
	}
	if err := loading.Wait(); err != nil {
		return nil, err
	}
	candidates := slices.Concat(kits...)
	policy := Policy{ReadOnly: readOnly}
	set = newSet(slices.DeleteFunc(candidates, func(t *Tool) bool { return !policy.allows(t.Effect) }))
	b.mu.Lock()
	defer b.mu.Unlock()
	if other, ok := b.sets[key]; ok {
		return other, nil // made at the same time; equal selections share one set
	}
	b.sets[key] = set
	return set, nil
}

// kit makes a connector's tools once.
func (b *Box) kit(slug string) ([]*Tool, error) {
	b.mu.Lock()
	load, ok := b.kits[slug]
	if !ok {
		load = sync.OnceValues(func() ([]*Tool, error) {
			conn, err := b.catalog.Connector(slug)
			if err != nil {
				return nil, err
			}
			return connectorTools(conn)
		})
		b.kits[slug] = load
	}
	b.mu.Unlock()
	return load()
}

// Call makes one call for a session. Its errors are *UnknownToolError,
// *RefusedError, *schemas.InvalidError, *airbyte.LocateError, *airbyte.Error, or
// our own fault.
func (b *Box) Call(ctx context.Context, s Session, name string, arguments json.RawMessage) (*Result, error) {
	t, err := b.Find(ctx, s, name)
	if err != nil {
		return nil, err
	}
	return b.Run(ctx, s, t, arguments)
}

// Find returns the named tool if the session is offered it.
func (b *Box) Find(ctx context.Context, s Session, name string) (*Tool, error) {
	set, err := b.Select(ctx, s)
	if err != nil {
		// Without the API only the tools that help to find out why are left.
		if t := b.Management(s.Policy).Get(name); t != nil {
			return t, nil
		}
		if t, unreadable := b.inCatalog(name); unreadable == nil && t == nil {
			return nil, &UnknownToolError{Name: name}
		}
		return nil, err
	}
	if t := set.Get(name); t != nil {
		return t, nil
	}
	return nil, b.unknown(set, s, name)
}

// Run makes one call of a tool that the session was offered. The policy is checked
// again: a tool that was hidden must not be reachable by its name.
func (b *Box) Run(ctx context.Context, s Session, t *Tool, arguments json.RawMessage) (*Result, error) {
	if !s.Policy.allows(t.Effect) {
		return nil, &RefusedError{t.Name, "the server is read-only"}
	}
	args, err := t.Input.Check(arguments)
	if err != nil {
		return nil, err
	}
	return t.run(ctx, b, s, t, args)
}

// unknown explains why a tool is not offered.
func (b *Box) unknown(offered *Set, s Session, name string) error {
	t, err := b.inCatalog(name)
	switch {
	case err != nil:
		return err
	case t != nil && !s.Policy.allows(t.Effect):
		return &RefusedError{name, "the server is read-only"}
	case t != nil:
		return &UnknownToolError{name, fmt.Sprintf("; workspace %q has no %s connector that this server may use", s.Workspace, t.Connector)}
	}
	names := make([]string, len(offered.Tools))
	for i, t := range offered.Tools {
		names[i] = t.Name
	}
	return &UnknownToolError{name, nearest.Hint(name, names)}
}

// inCatalog finds a tool that some session is offered, nil if there is none. Only
// connectors whose tools are named like it are read: a slip must not cost the whole
// catalog.
func (b *Box) inCatalog(name string) (*Tool, error) {
	if t := b.Management(Policy{}).Get(name); t != nil {
		return t, nil
	}
	heads, err := b.catalog.Heads()
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		if !strings.HasPrefix(name, h.Prefix+"_") {
			continue
		}
		kit, err := b.kit(h.Name)
		if err != nil {
			return nil, err
		}
		for _, t := range kit {
			if t.Name == name {
				return t, nil
			}
		}
	}
	return nil, nil
}

// locate finds the one instance that a tool of a session works on.
func (b *Box) locate(ctx context.Context, s Session, t *Tool) (airbyte.Connector, error) {
	return b.one(ctx, s, t.Connector, func(slug string, _ airbyte.Connector) bool { return slug == t.Connector })
}

// one finds the instance that is meant, among those that the session's policy
// admits. It never picks one of several.
func (b *Box) one(ctx context.Context, s Session, ref string, means func(slug string, c airbyte.Connector) bool) (airbyte.Connector, error) {
	instances, err := b.client.Connectors(ctx, s.Workspace)
	if err != nil {
		return airbyte.Connector{}, err
	}
	var hits []airbyte.Connector
	for _, conn := range instances {
		slug, err := b.slug(conn)
		if err != nil {
			return airbyte.Connector{}, err
		}
		if means(slug, conn) && b.admits(s.Policy, slug, conn) {
			hits = append(hits, conn)
		}
	}
	switch len(hits) {
	case 0:
		return airbyte.Connector{}, &airbyte.LocateError{Workspace: s.Workspace, Ref: ref, Candidates: instances}
	case 1:
		return hits[0], nil
	default:
		return airbyte.Connector{}, &airbyte.LocateError{Workspace: s.Workspace, Ref: ref, Candidates: hits, Ambiguous: true}
	}
}
