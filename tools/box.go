package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

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
	Seal           *seal.Seal        // for confirmations; by default of this process alone
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
	kept int                                       // tools of all sets
}

// NewBox returns a Box over a catalog and a client.
func NewBox(catalog *schemas.Catalog, client *airbyte.Client, o Options) *Box {
	if o.MaxResultBytes <= 0 {
		o.MaxResultBytes = DefaultMaxResultBytes
	}
	if o.Results == nil {
		o.Results = results.New(results.Options{})
	}
	if o.Seal == nil {
		o.Seal = seal.New()
	}
	if o.Downloads == nil {
		o.Downloads = downloads.New("", DefaultMaxDownload)
	}
	return &Box{
		client: client, catalog: catalog, opts: o,
		manage: slices.Concat([]*Tool{listConnectors(), executeAction(), readResult(), listWorkspaces()}, setupTools(), searchTools()),
		seal:   o.Seal, sharing: newSharing(o.Cache), synced: &synced{byConnector: map[string]*syncTimes{}}, recent: &recentWrites{writes: map[string]recentWrite{}}, hashKey: newHashKey(),
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

// Call makes one call for a session. Its errors are *UnknownToolError,
// *RefusedError, *schemas.InvalidError, *airbyte.LocateError, *airbyte.Error,
// *PendingError, or our own fault.
func (b *Box) Call(ctx context.Context, s Session, d Dialog, name string, arguments json.RawMessage) (*Result, error) {
	t, arguments, err := b.Find(ctx, s, name, arguments)
	if err != nil {
		return nil, err
	}
	return b.Run(ctx, s, d, t, arguments)
}

// Find returns the tool that a call means, and its arguments, if the session is
// offered it. A call of call_read_tool or call_write_tool means the tool that it names.
func (b *Box) Find(ctx context.Context, s Session, name string, arguments json.RawMessage) (*Tool, json.RawMessage, error) {
	set, err := b.Select(ctx, s)
	if err != nil {
		// Without the API only the tools that help to find out why are left.
		set = b.Management(s)
	}
	t := set.Get(name)
	switch {
	case t != nil && t.role == calling:
		return b.meant(set, s, t, arguments, err)
	case t != nil && set.offers(t):
		return t, arguments, nil
	case t != nil:
		return nil, nil, &UnknownToolError{name, "; it is not listed here: call it by " + t.caller()}
	case err != nil:
		return nil, nil, b.lacking(name, err)
	default:
		return nil, nil, b.unknown(set, s, name)
	}
}

// lacking is why a tool cannot be found where the connectors could not be listed.
func (b *Box) lacking(name string, cause error) error {
	if t, err := b.inCatalog(name); err == nil && t == nil {
		return &UnknownToolError{Name: name}
	}
	return cause
}

// Run makes one call of a tool that the session was offered. The policy is checked
// again: a tool that was hidden must not be reachable by its name.
func (b *Box) Run(ctx context.Context, s Session, d Dialog, t *Tool, arguments json.RawMessage) (*Result, error) {
	return b.run(ctx, &call{Box: b, Session: s, Dialog: d, tool: t}, arguments, func(ctx context.Context, c *call) (r *Result, err error) {
		if err := s.permits(t); err != nil {
			return nil, err
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
	case t != nil && s.Policy.refuses(t) != "":
		return &RefusedError{name, s.Policy.refuses(t)}
	case t != nil && t.searches():
		return &UnknownToolError{name, "; the tools are listed one by one here"}
	case t != nil && t.Connector == "":
		return &UnknownToolError{Name: name}
	case t != nil:
		return &UnknownToolError{name, fmt.Sprintf("; workspace %q has no %s connector that this server may use", s.Workspace, t.Connector)}
	}
	return &UnknownToolError{name, nearest.Hint(name, offered.names())}
}

// inCatalog finds a tool that some session is offered, nil if there is none. Only
// connectors whose tools are named like it are read: a slip must not cost the whole
// catalog.
func (b *Box) inCatalog(name string) (*Tool, error) {
	if t := b.Management(Session{Operator: true, Listing: Listing{Surface: Search}}).Get(name); t != nil {
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
