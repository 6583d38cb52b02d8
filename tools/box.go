package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/downloads"
	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/schemas"
)

// Options is what a Box needs to know. Every zero value means its default.
type Options struct {
	MaxResultBytes int               // of one answer; larger results are kept and shown in part
	Results        *results.Store    // for what is kept; by default one of its own, which Close closes
	Rules          Rules             // about writes
	Domains        []string          // e-mail domains of the organization; records with others are marked
	Cache          time.Duration     // how long reads are remembered; 0 for not at all
	Audit          func(Record)      // told of every call, if set
	Accountable    func() error      // why writes cannot be written down, so that they are refused; nil for never
	Downloads      *downloads.Folder // for files; by default a private one of its own, which Close removes
	PublicURL      func() string     // where callers on other machines reach this server, "" if they do not; nil for never
	Forms          Forms             // pages for credentials, if there are any
	Log            zerolog.Logger
}

// Box has all tools that could be offered and makes the calls. It is safe for
// concurrent use; nothing in it belongs to a caller but under the caller's name.
type Box struct {
	client  *airbyte.Client
	catalog *schemas.Catalog
	opts    Options
	manage  []*Tool
	seal    *seal.Seal
	sharing *sharing
	synced  *synced
	recent  *recentWrites
	files   *files
	hashKey hashKey

	mu   sync.Mutex
	kits map[connectorType]func() ([]*Tool, error) // made when first asked for
	sets map[string]*Set                           // by selection
}

// NewBox returns a Box over a catalog and a client.
func NewBox(catalog *schemas.Catalog, client *airbyte.Client, o Options) *Box {
	if o.MaxResultBytes <= 0 {
		o.MaxResultBytes = DefaultMaxResultBytes
	}
	if o.Results == nil {
		o.Results = results.New(results.Options{})
	}
	if o.Downloads == nil {
		o.Downloads = downloads.New("", DefaultMaxDownload)
	}
	return &Box{
		client: client, catalog: catalog, opts: o,
		manage: slices.Concat([]*Tool{listConnectors(), executeAction(), readResult(), listWorkspaces()}, setupTools()),
		seal:   seal.New(), sharing: newSharing(o.Cache), synced: &synced{byConnector: map[string]*syncTimes{}}, recent: &recentWrites{writes: map[string]recentWrite{}}, hashKey: newHashKey(),
		files: &files{byID: map[string]*Download{}},
		kits:  map[connectorType]func() ([]*Tool, error){}, sets: map[string]*Set{},
	}
}

// Close forgets the results that were kept, and the files if they were private.
func (b *Box) Close() {
	b.opts.Results.Close()
	b.opts.Downloads.Close()
}

// DefaultMaxDownload bounds a downloaded file, in bytes.
const DefaultMaxDownload = 1 << 30

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

// Management is the set of tools of a session that need no connector.
func (b *Box) Management(s Session) *Set {
	set, _ := b.set(selection{policy: s.Policy, operator: s.Operator}) // without connectors nothing is read that could fail
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
	chosen := selection{policy: s.Policy, operator: s.Operator}
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
	slugs := slices.Clone(s.Policy.Connectors)
	if len(slugs) == 0 {
		var err error
		if slugs, err = b.catalog.Names(); err != nil {
			return nil, err
		}
	}
	slices.Sort(slugs)
	chosen := selection{policy: s.Policy, operator: s.Operator}
	for _, slug := range slices.Compact(slugs) {
		chosen.types = append(chosen.types, connectorType{slug, false})
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
	var all []airbyte.Connector
	for _, i := range list {
		all = append(all, i.Connector)
	}
	for _, ref := range s.Policy.Connectors {
		isInstance := slices.ContainsFunc(list, func(i instance) bool { return i.is(ref) })
		if !isInstance && !slices.Contains(known, strings.ToLower(ref)) {
			return &airbyte.LocateError{Workspace: s.Workspace, Ref: ref, Candidates: all}
		}
	}
	return nil
}

// selection is what makes the difference between one set of tools and another.
type selection struct {
	types    []connectorType // sorted
	policy   Policy
	operator bool
}

// connectorType is a type of connector of which a workspace has one or several.
type connectorType struct {
	slug    string
	several bool
}

func (s selection) key() string { return fmt.Sprint(s.policy.ReadOnly, s.operator, s.types) }

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
	candidates := slices.Concat(kits...)
	set = newSet(slices.DeleteFunc(candidates, func(t *Tool) bool {
		return !chosen.policy.allows(t.Effect) || t.operators && !chosen.operator
	}))
	b.mu.Lock()
	defer b.mu.Unlock()
	if other, ok := b.sets[key]; ok {
		return other, nil // made at the same time; equal selections share one set
	}
	b.sets[key] = set
	return set, nil
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

// Call makes one call for a session. Its errors are *UnknownToolError,
// *RefusedError, *schemas.InvalidError, *airbyte.LocateError, *airbyte.Error,
// *PendingError, or our own fault.
func (b *Box) Call(ctx context.Context, s Session, d Dialog, name string, arguments json.RawMessage) (*Result, error) {
	t, err := b.Find(ctx, s, name)
	if err != nil {
		return nil, err
	}
	return b.Run(ctx, s, d, t, arguments)
}

// Find returns the named tool if the session is offered it.
func (b *Box) Find(ctx context.Context, s Session, name string) (*Tool, error) {
	set, err := b.Select(ctx, s)
	if err != nil {
		// Without the API only the tools that help to find out why are left.
		if t := b.Management(s).Get(name); t != nil {
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
func (b *Box) Run(ctx context.Context, s Session, d Dialog, t *Tool, arguments json.RawMessage) (*Result, error) {
	return b.run(ctx, &call{Box: b, Session: s, Dialog: d, tool: t}, arguments, func(ctx context.Context, c *call) (r *Result, err error) {
		if !s.Policy.allows(t.Effect) {
			return nil, &RefusedError{t.Name, "the server is read-only"}
		}
		if c.args, err = t.Input.Check(arguments); err != nil {
			return nil, err
		}
		return t.run(ctx, c)
	})
}

// run makes a call, holds the answer to the budget and writes the record, whatever
// comes of it.
func (b *Box) run(ctx context.Context, c *call, arguments json.RawMessage, do func(context.Context, *call) (*Result, error)) (result *Result, err error) {
	c.trace = &Trace{}
	if b.opts.Audit != nil {
		began, hash := time.Now(), b.hash(arguments)
		defer func() { b.opts.Audit(c.record(began, hash, err)) }()
	}
	err = errPanic // unless it returns
	if result, err = do(ctx, c); err != nil {
		return nil, err
	}
	c.fit(result)
	c.mark(result)
	result.Trace = c.trace
	return result, nil
}

// errPanic is how a call ended of which nothing else is known.
var errPanic = errors.New("panic")

// Note writes the record of a call that was refused before it could run.
func (b *Box) Note(s Session, t *Tool, arguments json.RawMessage, err error) {
	if b.opts.Audit != nil {
		c := &call{Box: b, Session: s, tool: t, trace: &Trace{}}
		b.opts.Audit(c.record(time.Now(), b.hash(arguments), err))
	}
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
	if t := b.Management(Session{Operator: true}).Get(name); t != nil {
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
		kit, err := b.kit(connectorType{h.Name, false})
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
