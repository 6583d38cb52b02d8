package tools

import (
	"context"
	"errors"
	"strconv"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
)

// call is one call of a tool whose arguments have been checked.
type call struct {
	*Box
	Session
	Dialog
	tool   *Tool
	args   schemas.Arguments // the vendor's, once the options have been taken
	chosen options
	trace  *Trace
}

// Trace is what became of a call, for logs and the audit: no values.
type Trace struct {
	ConnectorID string
	Requests    int // that were sent, or tried to
	Status      int // of the last answer, 0 if none came
	RequestID   string
	Bytes       int    // of the API's answers
	Confirmed   string // how a write was confirmed: "", "elicited" or "two_step"
}

// took notes what an answer or a failure of the API says.
func (tr *Trace) took(answer *airbyte.Result, err error) {
	if failure, ok := errors.AsType[*airbyte.Error](err); ok {
		tr.Requests += failure.Requests
		tr.Status, tr.RequestID = failure.Status, failure.RequestID
	}
	if answer != nil {
		tr.Requests += answer.Requests
		tr.Status, tr.RequestID = answer.Status, answer.RequestID
		tr.Bytes += answer.Bytes
	}
}

// execute runs a catalog action on the caller's connector.
func execute(ctx context.Context, c *call) (*Result, error) {
	if err := c.takeOptions(); err != nil {
		return nil, err
	}
	conn, err := c.locate(ctx, c.Session, c.tool, c.chosen.instance)
	if err != nil {
		return nil, unsent(err)
	}
	if c.tool.Action == schemas.ActionContextStoreSearch && !c.args.Has("limit") {
		c.args = append(c.args, schemas.Argument{Name: "limit", Value: strconv.AppendInt(nil, schemas.SearchLimit, 10)})
	}
	return c.executeOn(ctx, conn, airbyte.Execution{
		Entity: c.tool.Entity, Action: c.tool.Action, Params: c.args.JSON(),
		SelectFields: c.chosen.selectFields, ExcludeFields: c.chosen.excludeFields,
	})
}

// executeOn runs an action on one connector, in the way that its effect asks for.
func (c *call) executeOn(ctx context.Context, conn instance, x airbyte.Execution) (*Result, error) {
	c.trace.ConnectorID = conn.ID
	switch {
	case c.chosen.dryRun:
		return c.preview(conn, x)
	case x.Action == schemas.ActionDownload:
		return c.download(ctx, conn, x)
	case c.tool.Effect == Read:
		return c.read(ctx, conn, x)
	default:
		return c.write(ctx, conn, x)
	}
}

// unsent says of a failure on the way to a call that the call itself was not made.
// Without it a write would read as one that may have happened.
func unsent(err error) error {
	if e, ok := errors.AsType[*airbyte.Error](err); ok {
		before := *e
		before.Outcome = airbyte.OutcomeNotSent
		return &before
	}
	return err
}
