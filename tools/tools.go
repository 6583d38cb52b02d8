// Package tools turns the catalog into tools and calls of tools into requests of
// the hosted API. A tool is a name, a schema, an effect and a function. The
// package knows nothing of MCP or HTTP.
package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
)

// Effect is what a tool does to the vendor's data.
type Effect string

// Effects of tools.
const (
	Read   Effect = "read"
	Create Effect = "create"
	Update Effect = "update"
	Delete Effect = "delete"
	Write  Effect = "write" // an action of a kind we do not know: it counts as a write
)

// effectOf is an action's effect. Only actions known to read are reads.
func effectOf(action string) Effect {
	switch {
	case airbyte.IsRead(action):
		return Read
	case action == schemas.ActionCreate:
		return Create
	case action == schemas.ActionUpdate:
		return Update
	case action == schemas.ActionDelete:
		return Delete
	default:
		return Write
	}
}

// Tool is one thing that a caller can do. A Tool is immutable.
type Tool struct {
	Name        string // unique and stable, see schemas.Connector.ToolName
	Title       string
	Description string
	Effect      Effect
	Connector   string // slug; empty for tools that manage the server itself
	Entity      string
	Action      string
	Input       *schemas.Input
	VerifyWith  string // the read tool that shows whether a write has happened, if there is one
	aliases     []string

	run func(context.Context, *Box, Session, *Tool, schemas.Arguments) (*Result, error)

	pager         *pager // nil for an action that does not list
	selectFields  string // names of the execution options among the arguments, "" where not offered
	excludeFields string
}

// Destructive reports whether the tool may change or remove what exists.
func (t *Tool) Destructive() bool { return t.Effect != Read && t.Effect != Create }

// Idempotent reports whether a second call with the same arguments changes
// nothing more.
func (t *Tool) Idempotent() bool { return t.Effect == Read || t.Effect == Update || t.Effect == Delete }

// connectorTools makes the tools of one connector: one per entity/action pair,
// and a search per entity whose replica is searchable.
func connectorTools(c *schemas.Connector) ([]*Tool, error) {
	var list []*Tool
	for _, e := range c.Entities {
		for _, a := range e.Actions {
			t, err := actionTool(c, e, a)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
		if e.Searchable() {
			t, err := searchTool(c, e)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
	}
	return list, nil
}

func actionTool(c *schemas.Connector, e *schemas.Entity, a *schemas.Action) (*Tool, error) {
	t := newTool(c, e, a.Name)
	t.pager = newPager(a)
	var options []*schemas.Parameter
	if t.Effect == Read && a.Name != schemas.ActionDownload {
		options = t.fieldOptions(a.Params)
	} else if t.Effect != Read {
		t.VerifyWith = verifier(c, e)
	}
	var err error
	t.Input, err = c.ActionInput(e, a, options...)
	return t, err
}

func searchTool(c *schemas.Connector, e *schemas.Entity) (*Tool, error) {
	t := newTool(c, e, schemas.ActionContextStoreSearch)
	var err error
	t.Input, err = c.SearchInput(e, t.fieldOptions(nil)...)
	return t, err
}

func newTool(c *schemas.Connector, e *schemas.Entity, action string) *Tool {
	verb := strings.ReplaceAll(action, "_", " ")
	if action == schemas.ActionContextStoreSearch {
		verb = "search"
	}
	return &Tool{
		Name:        c.ToolName(e.Name, action),
		Title:       fmt.Sprintf("%s: %s %s", c.Title, verb, strings.ReplaceAll(e.Name, "_", " ")),
		Description: c.ToolSummary(e, action),
		Effect:      effectOf(action),
		Connector:   c.Name,
		Entity:      e.Name,
		Action:      action,
		aliases:     formerNames(c, e.Name+"."+action),
		run:         execute,
	}
}

// formerNames are the names that a tool once had.
func formerNames(c *schemas.Connector, target string) []string {
	var names []string
	for name, now := range c.Aliases {
		if now == target {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// fieldOptions are the execution options of the hosted API that a read offers
// beside the vendor's parameters. Where a vendor's parameter has the same name, it
// wins and ours is prefixed.
func (t *Tool) fieldOptions(vendor []*schemas.Parameter) []*schemas.Parameter {
	free := func(name string) string {
		for _, p := range vendor {
			if schemas.ArgumentName(p.Name) == name {
				return "airbyte_" + name
			}
		}
		return name
	}
	t.selectFields, t.excludeFields = free("select_fields"), free("exclude_fields")
	names := &schemas.Parameter{Type: "string"}
	return []*schemas.Parameter{
		{Name: t.selectFields, Type: "array", Items: names, Description: "Record fields to keep, e.g. `a.b`."},
		{Name: t.excludeFields, Type: "array", Items: names, Description: "Record fields to drop."},
	}
}

// verifier names the tool that shows an entity's present state.
func verifier(c *schemas.Connector, e *schemas.Entity) string {
	for _, action := range []string{schemas.ActionList, schemas.ActionGet, schemas.ActionAPISearch} {
		if e.Action(action) != nil {
			return c.ToolName(e.Name, action)
		}
	}
	return ""
}

// execute runs a catalog action on the caller's connector.
func execute(ctx context.Context, b *Box, s Session, t *Tool, args schemas.Arguments) (*Result, error) {
	x := airbyte.Execution{Entity: t.Entity, Action: t.Action}
	for option, target := range map[string]*[]string{t.selectFields: &x.SelectFields, t.excludeFields: &x.ExcludeFields} {
		if raw := args.Take(option); raw != nil {
			if err := json.Unmarshal(raw, target); err != nil {
				return nil, fmt.Errorf("reading %s: %w", option, err)
			}
		}
	}
	if t.Action == schemas.ActionContextStoreSearch && !args.Has("limit") {
		args = append(args, schemas.Argument{Name: "limit", Value: strconv.AppendInt(nil, schemas.SearchLimit, 10)})
	}
	x.Params = args.JSON()
	conn, err := b.locate(ctx, s, t)
	if err != nil {
		return nil, unsent(err)
	}
	answer, err := b.client.Execute(ctx, conn.ID, x)
	if err != nil {
		return nil, err
	}
	return t.result(args, answer), nil
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
