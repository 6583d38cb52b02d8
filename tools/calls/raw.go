package calls

import (
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/internal/paging"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// executeAction is the tool for entity/action pairs that are newer than the
// catalog. Nothing is known of what it will be asked to do, so it counts as a
// write and is not offered to read-only sessions.
func executeAction() *tools.Tool {
	text := func(name, words string) *schemas.Parameter {
		return &schemas.Parameter{Name: name, Type: "string", Required: true, Description: words}
	}
	t := tools.Tool{
		Name:  "execute_action",
		Title: "Airbyte: execute any action",
		Description: "Execute an entity/action pair that has no tool of its own, because it is newer than this server. Prefer the specific " +
			"tools: they check arguments.",
		Effect: tools.Write,
	}
	return tools.Own(t, append([]*schemas.Parameter{
		text("connector", "Connector type, instance name or id, from list_connectors."),
		text("entity", "Entity as Airbyte names it, e.g. `pull_requests`."),
		text("action", "Action as Airbyte names it, e.g. `list`."),
		{Name: "params", Type: "object", Description: "Parameters of the action; they are not checked here."},
	}, t.OfferWriting(nil)...)...)
}

func runExecuteAction(ctx context.Context, c *Call) (*Result, error) {
	if err := c.takeOptions(); err != nil {
		return nil, err
	}
	var wanted struct {
		Connector, Entity, Action string
		Params                    json.RawMessage
	}
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	return c.raw(ctx, wanted.Connector, Execution{Entity: wanted.Entity, Action: wanted.Action, Params: wanted.Params})
}

// Execute runs an execution as it is given, within the session's policy. The
// connector is a type, an alias, an instance name or an instance id.
func (r *Runner) Execute(ctx context.Context, s tools.Session, d Dialog, connector string, x Execution) (*Result, error) {
	args, err := schemas.SplitObject(x.Params)
	if err != nil {
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Problem: err.Error()}}}
	}
	t := &tools.Tool{Name: fmt.Sprintf("%s %s.%s", connector, x.Entity, x.Action)}
	c := &Call{Session: s, Dialog: d, runner: r, tool: t, args: args, workspace: func() (*tools.Snapshot, error) {
		return r.directory.Snapshot(ctx, s.Workspace)
	}}
	return r.run(ctx, c, x.Params, func(ctx context.Context, c *Call) (*Result, error) {
		return c.raw(ctx, connector, x)
	})
}

// raw runs an action of which nothing is known, in the name of the call's tool.
func (c *Call) raw(ctx context.Context, connector string, x Execution) (*Result, error) {
	t := *c.tool
	t.Entity, t.Action, t.Effect = x.Entity, x.Action, tools.EffectOf(x.Action)
	switch x.Action {
	case schemas.ActionList, schemas.ActionAPISearch:
		t.Pager = paging.OfUnknown()
	case schemas.ActionContextStoreSearch:
		t.Pager = paging.OfSearch()
	}
	c.tool = &t
	if err := c.Permits(&t); err != nil {
		return nil, err
	}
	instance, err := c.Locate(connector)
	if err != nil {
		return nil, err
	}
	t.Connector = instance.Slug
	if err := c.permitPair(&t); err != nil {
		return nil, err
	}
	return c.executeOn(ctx, c.target(instance), x)
}

// permitPair refuses an entity/action pair whose own tool the policy leaves out.
func (c *Call) permitPair(t *tools.Tool) error {
	if t.Connector == "" || !c.Policy.NamesTools() {
		return nil
	}
	conn, err := c.runner.directory.Catalog().Connector(t.Connector)
	if err != nil {
		return err
	}
	own := &tools.Tool{Name: conn.ToolName(t.Entity, t.Action), Effect: t.Effect}
	if reason := c.Policy.Refuses(own); reason != "" {
		return &tools.RefusedError{Tool: own.Name, Reason: reason}
	}
	return nil
}

// Probe runs an action on a connector, by its id, for somebody who looks after connectors.
// It is no call of a tool: nothing is shortened, and no record is written.
func (r *Runner) Probe(ctx context.Context, s tools.Session, connectorID string, x Execution) (*Answer, error) {
	return r.executor.Execute(ctx, Target{Workspace: s.Workspace, ID: connectorID}, x)
}
