// Package calls is what happens when a tool is called: its arguments are checked, its
// options taken off, its connector found, a write held to the rules and, where they ask
// for it, to a person's yes; equal reads join; the answer is held to the budget, and a
// record written of whatever came of it. It knows nothing of what executes an action
// (Executor), nor of MCP or HTTP.
package calls

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/downloads"
	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// Options is what a Runner needs to know. Every zero value means its default.
type Options struct {
	MaxResultBytes int                // of one answer; larger results are kept and shown in part
	Results        *results.Store     // for what is kept; by default one of its own, which Close closes
	Memory         *budget.Pool       // for kept results that are read; nil for no bound
	Rules          Rules              // about writes
	Writes         SharedWrites       // for the guard against equal writes; nil for this process alone
	Domains        []string           // e-mail domains of the organization; records with others are marked
	Cache          time.Duration      // how long reads are remembered; 0 for not at all
	Audit          func(Record)       // told of every call when it has ended, if set
	Intend         func(Record) error // told of every write before it is sent, if set; after an error it is not sent
	Downloads      *downloads.Folder  // for files; by default a private one of its own, which Close removes
	PublicURL      func() string      // where callers on other machines reach this server, "" if they do not; nil for never
	DownloadPrefix string             // of the ids of files; it names the replica that has them
	Seal           *seal.Seal         // for confirmations; by default of this process alone
	Log            zerolog.Logger
}

// DefaultMaxDownload bounds a downloaded file, in bytes.
const DefaultMaxDownload = 1 << 30

func (o *Options) setDefaults() {
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
}

// Runner makes calls. It is safe for concurrent use; nothing in it belongs to a caller but
// under the caller's key.
type Runner struct {
	directory *tools.Directory
	executor  Executor
	opts      Options
	handlers  map[string]Handler // of the server's own tools, by name
	shared    *sharedReads
	synced    *syncTimes
	recent    *recentWrites
	seen      *seenRecords
	told      told
	files     *files
	hashKey   hashKey
}

// Handler runs a tool of the server itself. The arguments have been checked.
type Handler func(ctx context.Context, c *Call) (*Result, error)

// Own is a tool of the server itself, with what runs it.
type Own struct {
	Tool *tools.Tool
	Run  Handler
}

// New returns a Runner of the tools of a catalog, and of tools of the server itself, which
// it joins with its own. Without a lister and an executor it only says what there is.
func New(catalog *schemas.Catalog, lister tools.Lister, executor Executor, o Options, own ...Own) *Runner {
	o.setDefaults()
	if executor != nil {
		executor = hangs{executor, catalog}
	}
	r := &Runner{
		executor: executor, opts: o, hashKey: newHashKey(), handlers: map[string]Handler{
			tools.FindTools: findTools, tools.DescribeTool: describeTool,
		},
		shared: newSharedReads(o.Cache), synced: newSyncTimes(executor, o.Log), recent: newRecentWrites(o.Writes),
		seen: &seenRecords{}, told: newTold(), files: newFiles(o.Downloads.Limit()),
	}
	var list []*tools.Tool
	for _, t := range append([]Own{{executeAction(), runExecuteAction}, {readResult(), runReadResult}}, own...) {
		r.handlers[t.Tool.Name] = t.Run
		list = append(list, t.Tool)
	}
	r.directory = tools.NewDirectory(catalog, lister, o.Rules.asks, list...)
	return r
}

// Directory is what may be called.
func (r *Runner) Directory() *tools.Directory { return r.directory }

// Close forgets the results that were kept, and the files if they were private.
func (r *Runner) Close() {
	r.opts.Results.Close()
	r.opts.Downloads.Close()
}

// Call makes one call for a session: Find and Run.
func (r *Runner) Call(ctx context.Context, s tools.Session, d Dialog, name string, arguments json.RawMessage) (*Result, error) {
	f, err := r.directory.Find(ctx, s, name, arguments)
	if err != nil {
		return nil, err
	}
	return r.Run(ctx, d, f)
}

// Run makes one call of what was found. The policy is checked again: a tool that was
// hidden must not be reachable by its name. Errors are a *tools.RefusedError, a
// *schemas.InvalidError, an *airbyte.LocateError, a Failure, a *ConfirmationError, a
// *PendingError where a person has been asked, or our own fault.
func (r *Runner) Run(ctx context.Context, d Dialog, f *tools.Found) (*Result, error) {
	c := &Call{Session: f.Session, Dialog: d, runner: r, tool: f.Tool, by: f.By, workspace: f.Workspace}
	result, err := r.run(ctx, c, f.Arguments, func(ctx context.Context, c *Call) (result *Result, err error) {
		if err := c.Permits(f.Tool); err != nil {
			return nil, err
		}
		if err := c.take(ctx, f.Arguments); err != nil {
			return nil, err
		}
		if handle, ok := r.handlers[f.Tool.Name]; ok {
			return handle(ctx, c)
		}
		result, err = c.execute(ctx)
		c.explain(result)
		return result, err
	})
	if err != nil {
		f.ShowRightCall(err, r.opts.Results.Newest(f.Session.CallerKey()))
	}
	return result, err
}

// run makes a call, holds the answer to the budget and writes the record, whatever
// comes of it.
func (r *Runner) run(ctx context.Context, c *Call, arguments json.RawMessage, do Handler) (result *Result, err error) {
	defer r.account(c, arguments, &err)()
	err = errPanic // unless it returns
	if result, err = do(ctx, c); err != nil {
		return nil, err
	}
	c.lean(result)
	c.fit(result)
	c.keepExact(result)
	c.mark(result)
	c.advise(result)
	c.tabulate(result)
	result.Trace = &c.trace
	return result, nil
}

// errPanic is how a call ended of which nothing else is known.
var errPanic = errors.New("panic")

// account begins a record; the function that it returns writes it, with how the call has
// ended.
func (r *Runner) account(c *Call, arguments json.RawMessage, err *error) func() {
	if r.opts.Audit == nil {
		return func() {}
	}
	c.account = r.newAccounted(arguments)
	return func() { r.opts.Audit(c.record(*err)) }
}

// Account does something that is no call of a tool in the name of one, and writes the
// record.
func (r *Runner) Account(s tools.Session, t *tools.Tool, do func(*Call) error) (err error) {
	c := &Call{Session: s, Dialog: Silent{}, runner: r, tool: t}
	defer r.account(c, nil, &err)()
	err = errPanic // unless it returns
	err = do(c)
	return err
}

// Note writes the record of a call that was refused before it could run.
func (r *Runner) Note(s tools.Session, t *tools.Tool, arguments json.RawMessage, err error) {
	r.account(&Call{Session: s, runner: r, tool: t}, arguments, &err)()
}

// findTools runs find_tools.
func findTools(_ context.Context, c *Call) (*Result, error) {
	var wanted tools.Wanted
	w, err := c.about(&wanted)
	if err != nil {
		return nil, err
	}
	found, err := w.Search(c.Session, wanted)
	if err != nil {
		return nil, err
	}
	return wholeAnswer(found)
}

// describeTool runs describe_tool.
func describeTool(_ context.Context, c *Call) (*Result, error) {
	var wanted struct{ Name string }
	w, err := c.about(&wanted)
	if err != nil {
		return nil, err
	}
	described, err := w.Describe(c.Session, wanted.Name)
	if err != nil {
		return nil, err
	}
	return wholeAnswer(described)
}

// about reads the arguments of a tool that tells about the workspace.
func (c *Call) about(wanted any) (*tools.Snapshot, error) {
	if err := c.Arguments(wanted); err != nil {
		return nil, err
	}
	return c.workspace()
}
