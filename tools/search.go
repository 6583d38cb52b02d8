package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/schemas"
)

// Names of the tools that stand for all others where those are too many to be listed.
// Reads and writes are called by different ones, so that a host can approve the
// reads once and for all.
const (
	findTools     = "find_tools"
	describeTool  = "describe_tool"
	callReadTool  = "call_read_tool"
	callWriteTool = "call_write_tool"
)

// usualFinds and maxFinds bound what one search shows.
const (
	usualFinds = 10
	maxFinds   = 50
)

// foundOutput and describedOutput are the JSON Schemas of what is found and described.
const (
	foundOutput = `{"type":"object","properties":{"tools":{"type":"array","items":{"type":"object","properties":{` +
		`"name":{"type":"string"},"connector":{"type":"string"},"entity":{"type":"string"},"action":{"type":"string"},` +
		`"effect":{"type":"string"},"summary":{"type":"string"},"required":{"type":"array","items":{"type":"string"}}},` +
		`"required":["name","effect","summary"]}},"hint":{"type":"string"}},"required":["tools"]}`
	describedOutput = `{"type":"object","properties":{"name":{"type":"string"},"description":{"type":"string"},` +
		`"effect":{"type":"string"},"call_with":{"type":"string"},"inputSchema":{"type":"object"}},` +
		`"required":["name","effect","call_with","inputSchema"]}`
)

// searchTools are the tools of the Search surface.
func searchTools() []*Tool {
	name := func(words string) *schemas.Parameter {
		return &schemas.Parameter{Name: "name", Type: "string", Required: true, Description: words}
	}
	arguments := &schemas.Parameter{Name: "arguments", Type: "object", Description: "The tool's own arguments, as its inputSchema has them."}
	return []*Tool{
		manageTool(&Tool{
			Name: findTools, Title: "Airbyte: find tools", Effect: Read, role: finding, output: foundOutput, run: runFindTools,
			Description: "Find tools of the user's connectors by a plain question, best first. Without a query, all tools of a connector. Costs no Airbyte operation.",
		},
			&schemas.Parameter{Name: "query", Type: "string", Description: "What is to be done, e.g. `overdue invoices of a customer`."},
			&schemas.Parameter{Name: "connector", Type: "string", Description: "Only tools of this connector type, e.g. `github`."},
			&schemas.Parameter{Name: "effect", Type: "string", Enum: []any{"read", "write", "create", "update", "delete"}, Description: "Only tools with this effect; write is all but read."},
			&schemas.Parameter{Name: "limit", Type: "integer", Minimum: "1", Maximum: "50", Default: json.RawMessage("10"), Description: "Most tools to return."},
		),
		manageTool(&Tool{
			Name: describeTool, Title: "Airbyte: describe a tool", Effect: Read, role: finding, output: describedOutput, run: runDescribeTool,
			Description: "Give a tool's inputSchema and say what to call it with. Costs no Airbyte operation.",
		}, name("Name from find_tools.")),
		manageTool(&Tool{
			Name: callReadTool, Title: "Airbyte: call a tool that reads", Effect: Read, role: calling,
			Description: "Call a tool that changes nothing. Refuses those that do.",
		}, name("Name of a tool with the effect read."), arguments),
		manageTool(&Tool{
			Name: callWriteTool, Title: "Airbyte: call a tool that changes something", Effect: Write, role: calling,
			Description: "Call a tool that creates, updates or deletes. Refuses those that only read.",
		}, name("Name of a tool with another effect than read."), arguments),
	}
}

// caller is the tool that a tool is called by where it is not listed.
func (t *Tool) caller() string {
	if t.Effect == Read {
		return callReadTool
	}
	return callWriteTool
}

// found is a tool as find_tools has it.
type found struct {
	Name      string   `json:"name"`
	Connector string   `json:"connector"` // slug; empty for a tool of the server itself
	Entity    string   `json:"entity"`
	Action    string   `json:"action"`
	Effect    Effect   `json:"effect"`
	Summary   string   `json:"summary"`
	Required  []string `json:"required"` // arguments
}

func runFindTools(ctx context.Context, c *call) (*Result, error) {
	var wanted Wanted
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", findTools, err)
	}
	set, err := c.Select(ctx, c.Session)
	if err != nil {
		return nil, err
	}
	list, err := c.instances(ctx, c.Session)
	if err != nil {
		return nil, err
	}
	if err := wanted.settle(set, list); err != nil {
		return nil, err
	}
	answer := struct {
		Tools []found `json:"tools"`
		Hint  string  `json:"hint,omitempty"`
	}{Tools: []found{}}
	for _, t := range set.Finder().Find(wanted) {
		answer.Tools = append(answer.Tools, found{t.Name, t.Connector, t.Entity, t.Action, t.Effect, t.Description, append([]string{}, t.Input.Required()...)})
	}
	if len(answer.Tools) == 0 {
		answer.Hint = "Nothing fits. Use other words, or leave out connector and effect; list_connectors shows what is connected, list_connector_types what could be."
	}
	return plain(answer)
}

// settle fills in what was left open, takes an instance's name for its type, and refuses
// a connector that the set lacks.
func (w *Wanted) settle(set *Set, list []instance) error {
	w.Limit = min(cmp.Or(w.Limit, usualFinds), maxFinds)
	if w.Connector == "" {
		return nil
	}
	slugs := set.connectors()
	if i := slices.IndexFunc(list, func(i instance) bool { return i.is(w.Connector) }); i >= 0 {
		w.Connector = list[i].slug
	}
	if !slices.Contains(slugs, w.Connector) {
		problem := "no such connector here" + nearest.Hint(w.Connector, slugs)
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: "connector", Problem: problem}}}
	}
	return nil
}

// connectors are the slugs of a set's connectors, sorted.
func (s *Set) connectors() []string {
	var slugs []string
	for _, t := range s.Tools {
		if t.Connector != "" {
			slugs = append(slugs, t.Connector)
		}
	}
	slices.Sort(slugs)
	return slices.Compact(slugs)
}

// described is a tool as describe_tool has it.
type described struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Connector   string          `json:"connector,omitempty"`
	Entity      string          `json:"entity,omitempty"`
	Action      string          `json:"action,omitempty"`
	Effect      Effect          `json:"effect"`
	CallWith    string          `json:"call_with"`
	InputSchema json.RawMessage `json:"inputSchema"`
}

func runDescribeTool(ctx context.Context, c *call) (*Result, error) {
	var wanted struct{ Name string }
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", describeTool, err)
	}
	set, err := c.Select(ctx, c.Session)
	if err != nil {
		return nil, err
	}
	t := set.Get(wanted.Name)
	if t == nil {
		return nil, c.unnamed(set, c.Session, wanted.Name)
	}
	return plain(set.describe(t))
}

func (s *Set) describe(t *Tool) described {
	d := described{t.Name, t.Title, t.Description, t.Connector, t.Entity, t.Action, t.Effect, t.Name, t.Input.Schema()}
	if s.Surface == Search && !slices.Contains(s.Listed, t) {
		d.CallWith = t.caller()
	}
	return d
}

// meant is the tool that a call of call_read_tool or call_write_tool names, and its
// arguments. The cause is why the connectors are not known, if they are not.
func (b *Box) meant(set *Set, s Session, by *Tool, arguments json.RawMessage, cause error) (*Tool, json.RawMessage, error) {
	args, err := by.Input.Check(arguments)
	if err != nil {
		return nil, nil, err
	}
	var wanted struct {
		Name      string
		Arguments json.RawMessage
	}
	if err := json.Unmarshal(args.JSON(), &wanted); err != nil {
		return nil, nil, fmt.Errorf("reading the arguments of %s: %w", by.Name, err)
	}
	t := set.Get(wanted.Name)
	switch {
	case t == nil && cause != nil:
		return nil, nil, cause
	case t == nil:
		return nil, nil, b.unnamed(set, s, wanted.Name)
	case t.searches():
		return nil, nil, &RefusedError{t.Name, "call it by its own name"}
	case t.caller() != by.Name:
		return nil, nil, &RefusedError{t.Name, fmt.Sprintf("its effect is %s: call it with %s", t.Effect, t.caller())}
	}
	if wanted.Arguments == nil {
		wanted.Arguments = json.RawMessage("{}")
	}
	return t, wanted.Arguments, nil
}

// unnamed is unknown as a fault of the argument that names the tool.
func (b *Box) unnamed(set *Set, s Session, name string) error {
	err := b.unknown(set, s, name)
	if unknown, ok := err.(*UnknownToolError); ok { //nolint:errorlint // not wrapped
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: "name", Problem: "is no tool here" + unknown.Hint}}}
	}
	return err
}
