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
		Effect: tools.Write, Reaches: true,
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
	t := &tools.Tool{Name: rawName}
	c := &Call{Session: s, Dialog: d, runner: r, tool: t, args: args, workspace: func() (*tools.Snapshot, error) {
		return r.directory.Snapshot(ctx, s.Workspace)
	}}
	return r.run(ctx, c, x.Params, func(ctx context.Context, c *Call) (*Result, error) {
		return c.raw(ctx, connector, x)
	})
}

// rawName is what a call without a tool is called until its names are known to be plain.
const rawName = "call --raw"

// plain puts the names of an execution into their one form, before anything looks at them.
func (x *Execution) plain(connector string) error {
	entity, err := tools.PlainName("entity", x.Entity)
	if err != nil {
		return err
	}
	action, err := tools.PlainName("action", x.Action)
	if err != nil {
		return err
	}
	x.Entity, x.Action = entity, action
	return tools.CheckReference("connector", connector)
}

// raw runs an action of which nothing is known, in the name of the call's tool.
func (c *Call) raw(ctx context.Context, connector string, x Execution) (*Result, error) {
	if err := x.plain(connector); err != nil {
		return nil, err
	}
	t := *c.tool
	if t.Name == rawName {
		t.Name = fmt.Sprintf("%s %s.%s", connector, x.Entity, x.Action)
	}
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
	if err := c.takeMeaning(&t); err != nil {
		return nil, err
	}
	if err := c.permitPair(&t); err != nil {
		return nil, err
	}
	return c.executeOn(ctx, c.target(instance), x)
}

// takeMeaning takes over what the pair does, where the catalog knows more than its name says.
// A policy that allows what the name says may not allow that.
func (c *Call) takeMeaning(t *tools.Tool) error {
	if t.Connector == "" {
		return nil
	}
	conn, err := c.runner.directory.Catalog().Connector(t.Connector)
	if err != nil {
		return err
	}
	if e := conn.Entity(t.Entity); e != nil {
		if a := e.Action(t.Action); a != nil {
			t.Effect, t.Destroys = tools.EffectIn(a), tools.Destroys(a)
			t.Hides, t.Paths = tools.HidingIn(a), tools.PathsIn(a)
		}
	}
	return c.Permits(t)
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
	for _, action := range actionsMeant(t.Action) {
		own := &tools.Tool{Name: conn.ToolName(t.Entity, action), Effect: t.Effect}
		if reason := c.Policy.Refuses(own); reason != "" {
			return &tools.RefusedError{Tool: own.Name, Reason: reason}
		}
	}
	return nil
}

// actionsMeant are the actions that the API may take an action for: "search" is, by its
// parameters, the vendor's own search or that of the Context Store.
func actionsMeant(action string) []string {
	if action == "search" {
		return []string{schemas.ActionAPISearch, schemas.ActionContextStoreSearch}
	}
	return []string{action}
}

// Probe runs an action on a connector, by its id, for somebody who looks after connectors.
// It is no call of a tool: nothing is shortened, and no record is written.
func (r *Runner) Probe(ctx context.Context, s tools.Session, connectorID string, x Execution) (*Answer, error) {
	return r.executor.Execute(ctx, Target{Workspace: s.Workspace, ID: connectorID}, x)
}
