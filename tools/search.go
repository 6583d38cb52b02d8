package tools

import (
	"encoding/json"

	"airbyte-mcp-server/schemas"
)

// Names of the tools that stand for all others where those are too many to be listed.
// Reads and writes are called by different ones, so that a host can approve the
// reads once and for all.
const (
	FindTools     = "find_tools"
	DescribeTool  = "describe_tool"
	callReadTool  = "call_read_tool"
	callWriteTool = "call_write_tool"
)

// readResult is the tool that reads what answers left out.
const readResult = "read_result"

// usualFinds and maxFinds bound what one search shows.
const (
	usualFinds = 10
	maxFinds   = 50
)

// describedOutput is the JSON Schema of what is described.
const describedOutput = `{"type":"object","properties":{"name":{"type":"string"},"description":{"type":"string"},` +
	`"effect":{"type":"string"},"call_with":{"type":"string"},"inputSchema":{"type":"object"},"also_takes":{"type":"object"}},` +
	`"required":["name","effect","call_with","inputSchema"]}`

// searchTools are the tools of the Search surface.
func searchTools() []*Tool {
	name := func(words string) *schemas.Parameter {
		return &schemas.Parameter{Name: "name", Type: "string", Required: true, Description: words}
	}
	arguments := &schemas.Parameter{Name: "arguments", Type: "object", Description: "The tool's own arguments, as its inputSchema has them."}
	return []*Tool{
		Own(Tool{
			Name: FindTools, Title: "Airbyte: find tools", Effect: Read, Role: Finding, output: foundOutput,
			Description: "Find tools of the user's connectors and how to call them. In the query name the connector, the API's noun, " +
				"the action and synonyms. Without a query, all tools of a connector. Tools with the effect read are called by " +
				"call_read_tool, others by call_write_tool; `?` marks optional arguments, describe_tool gives all of them. Costs no Airbyte operation.",
		},
			&schemas.Parameter{Name: "query", Type: "string", Description: "In API words, e.g. `list invoices, overdue unpaid bills`."},
			&schemas.Parameter{Name: "connector", Type: "string", Description: "Only tools of this connector: type, name or prefix of tools."},
			&schemas.Parameter{Name: "effect", Type: "string", Enum: []any{"read", "write", "create", "update", "delete"},
				Description: "Only tools with this effect; write is all but read."},
			&schemas.Parameter{Name: "limit", Type: "integer", Minimum: "1", Maximum: "50", Default: json.RawMessage("10"),
				Description: "Most tools to return."},
		),
		Own(Tool{
			Name: DescribeTool, Title: "Airbyte: describe a tool", Effect: Read, Role: Finding, output: describedOutput,
			Description: "Give a tool's inputSchema, what else it takes, and what to call it with. Costs no Airbyte operation.",
		}, name("Name from find_tools.")),
		Own(Tool{
			Name: callReadTool, Title: "Airbyte: call a tool that reads", Effect: Read, Role: Calling, Reaches: true,
			Description: "Call a tool that changes nothing. Refuses those that do.",
		}, name("Name of a tool with the effect read."), arguments),
		Own(Tool{
			Name: callWriteTool, Title: "Airbyte: call a tool that changes something", Effect: Write, Role: Calling, Reaches: true,
			Description: "Call a tool that creates, updates or deletes. Refuses those that only read.",
		}, name("Name of a tool with another effect than read."), arguments),
	}
}

// calledBy is the tool that a tool is called by where it is not listed.
func (t *Tool) calledBy() string {
	if t.Effect == Read {
		return callReadTool
	}
	return callWriteTool
}

// Described is a tool as describe_tool and the command line show it.
type Described struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Connector   string          `json:"connector,omitempty"`
	Entity      string          `json:"entity,omitempty"`
	Action      string          `json:"action,omitempty"`
	Effect      Effect          `json:"effect"`
	CallWith    string          `json:"call_with,omitempty"` // the tool that it is called by, where there is a session
	InputSchema json.RawMessage `json:"inputSchema"`
	AlsoTakes   json.RawMessage `json:"also_takes,omitempty"` // arguments that inputSchema leaves out, by name
}

// Describe is the tool as it is, whoever calls it.
func (t *Tool) Describe() *Described {
	return &Described{
		Name: t.Name, Title: t.Title, Description: t.Description, Connector: t.Connector, Entity: t.Entity, Action: t.Action,
		Effect: t.Effect, InputSchema: t.Input.Schema(), AlsoTakes: t.Input.Unlisted(),
	}
}

// Describe describes a tool of a session. One that the session lacks is a
// *schemas.InvalidError about the argument name, or a *RefusedError.
func (w *Snapshot) Describe(s Session, name string) (*Described, error) {
	set, err := w.Select(s)
	if err != nil {
		return nil, err
	}
	if t := set.Get(name); t != nil {
		return set.describe(t), nil
	}
	if f := set.fold(name); f != nil {
		d := f.Describe()
		d.CallWith = name
		return d, nil
	}
	return nil, w.directory.unnamed(set, s, name)
}

func (s *Set) describe(t *Tool) *Described {
	d := s.described(t).Describe()
	d.CallWith = t.Name
	switch {
	case s.listed[t] && s.decided && s.Surface == Direct && !t.searches() && t.Connector != "":
		// Who asks for this may have a list from before the tool was there.
		d.CallWith += ", or, where that is not among your tools, " + t.calledBy()
	case s.listed[t]:
	case s.Surface == Search:
		d.CallWith = t.calledBy()
	case s.Surface == Folded && s.foldOf(t) != nil:
		d.CallWith = s.foldOf(t).Name + " with entity " + t.Entity
	}
	return d
}
