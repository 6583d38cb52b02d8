package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"airbyte-mcp-server/internal/paging"
	"airbyte-mcp-server/internal/rawjson"
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
	}, t.OfferWriting(nil, true)...)...)
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
	return c.raw(ctx, wanted.Connector, Execution{Entity: wanted.Entity, Action: wanted.Action, Params: wanted.Params}, c.refuseNested)
}

// RawCall is a call of an entity/action pair without its tool. Our options stand among the
// parameters.
type RawCall struct {
	Execution

	Connector string // type, alias, instance name or id
	DryRun    bool   // only show the request
}

// Execute makes a raw call, within the session's policy.
func (r *Runner) Execute(ctx context.Context, s tools.Session, d Dialog, raw RawCall) (*Result, error) {
	x := raw.Execution
	args, err := schemas.SplitObject(x.Params)
	if err != nil {
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Problem: err.Error()}}}
	}
	if rawjson.HasLongNumber(x.Params) {
		problem := fmt.Sprintf("hold a number of more than %d digits", rawjson.MaxDigits)
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Path: "params", Problem: problem}}}
	}
	t := &tools.Tool{Name: rawName}
	c := &Call{Session: s, Dialog: d, runner: r, tool: t, args: args, workspace: func() (*tools.Snapshot, error) {
		return r.directory.Snapshot(ctx, s.Workspace)
	}}
	return r.run(ctx, c, x.Params, func(ctx context.Context, c *Call) (*Result, error) {
		return c.raw(ctx, raw.Connector, x, func(x *Execution, vendor []*schemas.Parameter) error {
			err := c.takeRawOptions(x, vendor)
			c.chosen.dryRun = c.chosen.dryRun || raw.DryRun
			return err
		})
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

// splitter deals with options among the parameters of an execution; vendor are the
// parameters that the catalog knows.
type splitter func(x *Execution, vendor []*schemas.Parameter) error

// raw runs an action of which nothing is known, in the name of the call's tool.
func (c *Call) raw(ctx context.Context, connector string, x Execution, split splitter) (*Result, error) {
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
	vendor, err := c.takeMeaning(&t)
	if err != nil {
		return nil, err
	}
	if err := c.permitPair(&t); err != nil {
		return nil, err
	}
	if err := split(&x, vendor); err != nil {
		return nil, err
	}
	return c.executeOn(ctx, c.target(instance), x)
}

// takeRawOptions takes our options off the parameters, as a tool does.
func (c *Call) takeRawOptions(x *Execution, vendor []*schemas.Parameter) error {
	c.tool.OfferRaw(vendor)
	given := len(c.args)
	if err := c.takeOptions(); err != nil {
		return &schemas.InvalidError{Faults: []schemas.Fault{{Problem: err.Error()}}}
	}
	if c.chosen.connector != "" {
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: c.tool.Options.Connector,
			Problem: "which connector is meant is said before the entity, not among the parameters"}}}
	}
	if n := c.chosen.maxPages; n < 1 || n > tools.MaxPages {
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: c.tool.Options.MaxPages,
			Problem: fmt.Sprintf("must be between 1 and %d", tools.MaxPages)}}}
	}
	if c.chosen.maxPages > 1 && !c.tool.Pager.Turns() {
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: c.tool.Options.MaxPages,
			Problem: "needs a list of which the catalog knows how it goes on"}}}
	}
	x.SelectFields, x.ExcludeFields = c.chosen.selectFields, c.chosen.excludeFields
	if len(c.args) < given {
		x.Params = c.args.JSON()
	}
	return nil
}

// refuseNested refuses options of the tool itself among the parameters of the pair: a vendor
// leaves out what it does not know, and the write would be made.
func (c *Call) refuseNested(x *Execution, vendor []*schemas.Parameter) error {
	args, err := schemas.SplitObject(x.Params)
	if err != nil {
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: "params", Problem: err.Error()}}}
	}
	var faults []schemas.Fault
	for _, name := range []string{c.tool.Options.DryRun, c.tool.Options.Confirmation} {
		isVendors := slices.ContainsFunc(vendor, func(p *schemas.Parameter) bool { return schemas.ArgumentName(p.Name) == name })
		if args.Has(name) && !isVendors {
			faults = append(faults, schemas.Fault{Path: "params." + name, Problem: "belongs beside `params`, not into it"})
		}
	}
	if len(faults) > 0 {
		return &schemas.InvalidError{Faults: faults}
	}
	return nil
}

// takeMeaning takes over what the pair does, where the catalog knows more than its name says.
// A policy that allows what the name says may not allow that. It returns the parameters of
// the pair, nil where they are not known.
func (c *Call) takeMeaning(t *tools.Tool) (vendor []*schemas.Parameter, err error) {
	if t.Connector == "" {
		return nil, nil
	}
	conn, err := c.runner.directory.Catalog().Connector(t.Connector)
	if err != nil {
		return nil, err
	}
	if e := conn.Entity(t.Entity); e != nil {
		if a := e.Action(t.Action); a != nil {
			t.Effect, t.Destroys, t.Record = tools.EffectIn(a), tools.Destroys(a), len(a.Result.Fields) > 0
			t.Hides, t.Paths = tools.HidingIn(a), tools.PathsIn(a)
			vendor = a.Params
			if pager := paging.Of(a); pager != nil {
				t.Pager = pager
			}
		}
	}
	return vendor, c.Permits(t)
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
