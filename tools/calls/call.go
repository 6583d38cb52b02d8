package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// Call is one call of a tool whose arguments have been checked.
type Call struct {
	tools.Session
	Dialog

	runner    *Runner
	tool      *tools.Tool
	by        string                          // the tool by which it is called, "" for itself
	workspace func() (*tools.Snapshot, error) // as it was when the tool was found, or why it is not known
	args      schemas.Arguments               // the vendor's, once the options have been taken
	taken     *schemas.Taken
	chosen    options
	trace     Trace
	account   accounted
}

// Trace is what became of a call, for logs and the audit: no values.
type Trace struct {
	ConnectorID string
	Requests    int // that were sent, or tried to
	Status      int // of the last answer, 0 if none came
	RequestID   string
	Bytes       int      // of the answers
	Coerced     []string // names of arguments that were taken for something else than was written
	Confirmed   string   // how a write was confirmed: "", "elicited" or "two_step"
	Unasked     string   // why nobody could be asked, though the host says that it can: "", "host_error", "no_answer" or "host_silent"
}

// took notes what an answer or a failure of the executor says.
func (tr *Trace) took(answer *Answer, err error) {
	if failure, ok := errors.AsType[Failure](err); ok {
		requests, status, id := failure.Sent()
		tr.Requests += requests
		tr.Status, tr.RequestID = status, id
	}
	if answer != nil {
		tr.Requests += answer.Requests
		tr.Status, tr.RequestID = answer.Status, answer.RequestID
		tr.Bytes += answer.Bytes
	}
}

// take checks the arguments.
func (c *Call) take(ctx context.Context, arguments json.RawMessage) (err error) {
	if c.args, c.taken, err = c.tool.Input.TakeWithin(ctx, arguments); err != nil {
		return tools.Unread(err)
	}
	c.trace.Coerced = c.taken.Coerced
	return nil
}

// explain says in an answer what was taken for something else, and, of a search that
// found nothing, which values are known.
func (c *Call) explain(r *Result) {
	if r == nil {
		return
	}
	for _, note := range c.taken.Notes {
		r.warn(note)
	}
	if c.tool.Action == schemas.ActionContextStoreSearch && rawjson.IsEmpty(r.Data) {
		for _, hint := range c.tool.Input.ValueHints(c.args) {
			r.warn(hint)
		}
	}
}

// Tool is what is called.
func (c *Call) Tool() *tools.Tool { return c.tool }

// Arguments decodes the arguments.
func (c *Call) Arguments(into any) error {
	if err := json.Unmarshal(c.args.JSON(), into); err != nil {
		return fmt.Errorf("reading the arguments of %s: %w", c.tool.Name, rawjson.Fault(err))
	}
	return nil
}

// About notes which connector the call is about, for the record.
func (c *Call) About(connectorID string) { c.trace.ConnectorID = connectorID }

// Locate finds the connector that a reference means: an id, an alias, an instance name or
// a type.
func (c *Call) Locate(ref string) (tools.Instance, error) {
	w, err := c.workspace()
	if err != nil {
		return tools.Instance{}, Unsent(err)
	}
	return w.Locate(c.Session, ref)
}

// execute runs a catalog action on the caller's connector.
func (c *Call) execute(ctx context.Context) (*Result, error) {
	if err := c.takeOptions(); err != nil {
		return nil, err
	}
	w, err := c.workspace()
	if err != nil {
		return nil, Unsent(err)
	}
	instance, err := w.LocateFor(c.Session, c.tool, c.chosen.connector)
	if err != nil {
		return nil, err
	}
	if c.tool.Action == schemas.ActionContextStoreSearch && !c.args.Has("limit") {
		c.args = append(c.args, schemas.Argument{Name: "limit", Value: strconv.AppendInt(nil, schemas.SearchLimit, 10)})
	}
	for _, always := range c.tool.Always {
		if !c.args.Has(always.Name) {
			c.args = append(c.args, always)
		}
	}
	return c.executeOn(ctx, c.target(instance), Execution{
		Entity: c.tool.Entity, Action: c.tool.Action, Params: c.args.JSON(),
		SelectFields: c.chosen.selectFields, ExcludeFields: c.chosen.excludeFields,
	})
}

// target is an instance as the executor needs to know it.
func (c *Call) target(i tools.Instance) Target {
	return Target{Workspace: c.Workspace, ID: i.ID, Name: i.Name, Type: i.Type, Slug: i.Slug}
}

// executeOn runs an action on one connector, in the way that its effect asks for.
func (c *Call) executeOn(ctx context.Context, on Target, x Execution) (*Result, error) {
	c.About(on.ID)
	if err := checkPaths(c.tool.Paths, x.Params); err != nil {
		return nil, err
	}
	switch {
	case c.chosen.dryRun:
		return c.preview(on, x)
	case x.Action == schemas.ActionDownload && c.tool.Effect == tools.Read:
		return c.download(ctx, on, x)
	case c.tool.Effect == tools.Read:
		return c.read(ctx, on, x)
	default:
		return c.write(ctx, on, x)
	}
}

// Unsent says of a failure on the way to a call that the call itself was not made.
// Without it a write would read as one that may have happened.
func Unsent(err error) error {
	if failure, ok := errors.AsType[Failure](err); ok {
		return failure.Before()
	}
	return err
}
