package tools

import (
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/paging"
	"airbyte-mcp-server/schemas"
)

// executeAction is the tool for entity/action pairs that are newer than the
// catalog. Nothing is known of what it will be asked to do, so it counts as a
// write and is not offered to read-only sessions.
func executeAction() *Tool {
	text := func(name, words string) *schemas.Parameter {
		return &schemas.Parameter{Name: name, Type: "string", Required: true, Description: words}
	}
	t := &Tool{
		Name:        "execute_action",
		Title:       "Airbyte: execute any action",
		Description: "Execute an entity/action pair that has no tool of its own, because it is newer than this server. Prefer the specific tools: they check arguments.",
		Effect:      Write,
		run:         runExecuteAction,
	}
	return manageTool(t, append([]*schemas.Parameter{
		text("connector", "Connector type, instance name or id, from list_connectors."),
		text("entity", "Entity as Airbyte names it, e.g. `pull_requests`."),
		text("action", "Action as Airbyte names it, e.g. `list`."),
		{Name: "params", Type: "object", Description: "Parameters of the action; they are not checked here."},
	}, t.offerWriting(nil)...)...)
}

func runExecuteAction(ctx context.Context, c *call) (*Result, error) {
	if err := c.takeOptions(); err != nil {
		return nil, err
	}
	var wanted struct {
		Connector, Entity, Action string
		Params                    json.RawMessage
	}
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of execute_action: %w", err)
	}
	return c.raw(ctx, wanted.Connector, airbyte.Execution{Entity: wanted.Entity, Action: wanted.Action, Params: wanted.Params})
}

// Execute runs an execution as it is given, within the session's policy. The
// connector is a type, an alias, an instance name or an instance id.
func (b *Box) Execute(ctx context.Context, s Session, d Dialog, connector string, x airbyte.Execution) (*Result, error) {
	args, err := schemas.SplitObject(x.Params)
	if err != nil {
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Problem: err.Error()}}}
	}
	t := &Tool{Name: fmt.Sprintf("%s %s.%s", connector, x.Entity, x.Action)}
	return b.run(ctx, &call{Box: b, Session: s, Dialog: d, tool: t, args: args}, x.Params, func(ctx context.Context, c *call) (*Result, error) {
		return c.raw(ctx, connector, x)
	})
}

// raw runs an action of which nothing is known, in the name of the call's tool.
func (c *call) raw(ctx context.Context, connector string, x airbyte.Execution) (*Result, error) {
	t := *c.tool
	t.Entity, t.Action, t.Effect = x.Entity, x.Action, effectOf(x.Action)
	switch x.Action {
	case schemas.ActionList, schemas.ActionAPISearch:
		t.pager = paging.OfUnknown()
	case schemas.ActionContextStoreSearch:
		t.pager = paging.OfSearch()
	}
	c.tool = &t
	if err := c.permits(&t); err != nil {
		return nil, err
	}
	conn, err := c.instance(ctx, c.Session, connector)
	if err != nil {
		return nil, unsent(err)
	}
	t.Connector = conn.slug
	if err := c.permitPair(&t); err != nil {
		return nil, err
	}
	return c.executeOn(ctx, conn, x)
}

// permitPair refuses an entity/action pair whose own tool the policy leaves out.
func (c *call) permitPair(t *Tool) error {
	if t.Connector == "" || !c.Policy.namesTools() {
		return nil
	}
	conn, err := c.catalog.Connector(t.Connector)
	if err != nil {
		return err
	}
	own := &Tool{Name: conn.ToolName(t.Entity, t.Action), Effect: t.Effect}
	if reason := c.Policy.refuses(own); reason != "" {
		return &RefusedError{own.Name, reason}
	}
	return nil
}

// Describe asks the API what a connector can do at this moment. It is one Airbyte
// operation.
func (b *Box) Describe(ctx context.Context, s Session, connector string) (airbyte.Connector, json.RawMessage, error) {
	conn, err := b.instance(ctx, s, connector)
	if err != nil {
		return conn.Connector, nil, err
	}
	answer, err := b.client.Execute(ctx, s.Workspace, conn.ID, airbyte.Execution{Action: "describe"})
	if err != nil {
		return conn.Connector, nil, err
	}
	return conn.Connector, answer.Data, nil
}
