package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
)

// executeAction is the tool for entity/action pairs that are newer than the
// catalog. Nothing is known of what it will be asked to do, so it counts as a
// write and is not offered to read-only sessions.
func executeAction() *Tool {
	text := func(name, words string) *schemas.Parameter {
		return &schemas.Parameter{Name: name, Type: "string", Required: true, Description: words}
	}
	input, err := schemas.NewInput(
		text("connector", "Connector type, instance name or id, from list_connectors."),
		text("entity", "Entity as Airbyte names it, e.g. `pull_requests`."),
		text("action", "Action as Airbyte names it, e.g. `list`."),
		&schemas.Parameter{Name: "params", Type: "object", Description: "Parameters of the action; they are not checked here."},
	)
	if err != nil {
		panic(err) // a constant schema
	}
	return &Tool{
		Name:        "execute_action",
		Title:       "Airbyte: execute any action",
		Description: "Execute an entity/action pair that has no tool of its own, because it is newer than this server. Prefer the specific tools: they check arguments.",
		Effect:      Write,
		Input:       input,
		run:         runExecuteAction,
	}
}

func runExecuteAction(ctx context.Context, b *Box, s Session, _ *Tool, args schemas.Arguments) (*Result, error) {
	var call struct{ Connector, Entity, Action string }
	if err := json.Unmarshal(args.JSON(), &call); err != nil {
		return nil, fmt.Errorf("reading the arguments of execute_action: %w", err)
	}
	x := airbyte.Execution{Entity: call.Entity, Action: call.Action, Params: args.Take("params")}
	return b.Execute(ctx, s, call.Connector, x)
}

// Execute runs an execution as it is given, within the session's policy. The
// connector is a type, an instance name or an instance id.
func (b *Box) Execute(ctx context.Context, s Session, connector string, x airbyte.Execution) (*Result, error) {
	t := &Tool{
		Name:   fmt.Sprintf("%s %s.%s", connector, x.Entity, x.Action),
		Effect: effectOf(x.Action),
		Entity: x.Entity,
		Action: x.Action,
	}
	if x.Action == schemas.ActionList || x.Action == schemas.ActionAPISearch {
		t.pager = &pager{Pagination: &schemas.Pagination{}}
	}
	if !s.Policy.allows(t.Effect) {
		return nil, &RefusedError{t.Name, "the server is read-only"}
	}
	conn, err := b.instance(ctx, s, connector)
	if err != nil {
		return nil, unsent(err)
	}
	answer, err := b.client.Execute(ctx, conn.ID, x)
	if err != nil {
		return nil, err
	}
	return t.result(nil, answer), nil
}

// instance finds the connector that a reference means: an id, an instance name or
// a type.
func (b *Box) instance(ctx context.Context, s Session, ref string) (airbyte.Connector, error) {
	conn, err := b.one(ctx, s, ref, func(slug string, c airbyte.Connector) bool {
		return c.Is(ref) || slug != "" && strings.EqualFold(slug, ref)
	})
	located, ok := errors.AsType[*airbyte.LocateError](err)
	if ok && !located.Ambiguous && slices.ContainsFunc(located.Candidates, func(c airbyte.Connector) bool { return c.Is(ref) }) {
		return conn, &RefusedError{ref, "the server is limited to other connectors"}
	}
	return conn, err
}

// Describe asks the API what a connector can do at this moment. It is one Airbyte
// operation.
func (b *Box) Describe(ctx context.Context, s Session, connector string) (airbyte.Connector, json.RawMessage, error) {
	conn, err := b.instance(ctx, s, connector)
	if err != nil {
		return conn, nil, err
	}
	answer, err := b.client.Execute(ctx, conn.ID, airbyte.Execution{Action: "describe"})
	if err != nil {
		return conn, nil, err
	}
	return conn, answer.Data, nil
}
