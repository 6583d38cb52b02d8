// Package tools says what may be called: it turns the catalog into tools (a name, a
// schema and an effect), and offers a session those that its workspace, its policy and
// its listing have room for. What happens in a call is in package calls, what looks after
// connectors in package manage. None of the three knows of MCP or HTTP.
package tools

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/paging"
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

// EffectOf is an action's effect. Only actions known to read are reads.
func EffectOf(action string) Effect {
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

// EffectIn is an action's effect: as the catalog says, else by its name. What reads by its
// name is a read, unless it takes statements that can write; that these only read can be
// stated. The catalog cannot make a read of what is a write by its name.
func EffectIn(a *schemas.Action) Effect {
	switch stated := Effect(a.Effect); stated {
	case Create, Update, Delete, Write:
		return stated
	}
	if executes(a) {
		return Write
	}
	return EffectOf(a.Name)
}

// executes reports whether an action that reads by its name does what its caller's statement
// says.
func executes(a *schemas.Action) bool {
	return a.Effect == "" && EffectOf(a.Name) == Read && a.TakesStatement()
}

// Tool is one thing that a caller can do. A Tool is immutable.
type Tool struct {
	Name        string // unique and stable, see schemas.Connector.ToolName
	Title       string
	Description string
	Effect      Effect
	Destroys    bool   // what it removes or ends is lost: a deletion, or an action that the catalog marks
	Record      bool   // a success answers with a record, by what is known of its fields
	Reaches     bool   // a tool of the server itself that reaches the vendor
	Connector   string // slug; empty for tools that manage the server itself
	Entity      string
	Action      string
	Input       *schemas.Input
	VerifyWith  string // the read tool that shows whether a write has happened, if there is one
	Operators   bool   // offered to operators only
	Role        Role

	// What runs the tool goes by these.
	Pager    *paging.Pager // nil for an action that does not list
	Options  OptionNames
	Fields   []*schemas.Field  // of a record, where the catalog knows them
	ShapedBy []string          // arguments that decide which fields a record has
	Defaults []string          // fields that a list gives unless the caller selects some
	Always   schemas.Arguments // sent unless the caller gives others
	Paths    []string          // parameters that are parts of the vendor's path
	Hides    Hiding            // how a refusal by the vendor may look like an answer

	output  string             // JSON Schema, where it is not OutputSchema
	plain   bool               // the title says no more than the name
	asked   bool               // a person may have to be asked before a call
	aliases []string           // former names
	params  []string           // names of the vendor's parameters
	from    *schemas.Connector // nil for tools of the server itself
	entry   func() []byte
}

// Role is what part a tool plays for the others.
type Role int

// Roles.
const (
	Ordinary  Role = iota
	Companion      // needed beside whatever is chosen, so that a choice of tools keeps it
	Finding        // finds and describes tools
	Calling        // calls the tool that its arguments name
)

// searches reports whether the tool is part of the Search surface alone.
func (t *Tool) searches() bool { return t.Role == Finding || t.Role == Calling }

// OutputSchema is the JSON Schema of a tool's structured result: the envelope is
// typed, what the vendor gave is open.
const OutputSchema = `{"type":"object","properties":{"result":{},"page":{"type":"object"},"source":{"type":"string"}},` +
	`"required":["result","source"]}`

// Output is the JSON Schema of the tool's structured result.
func (t *Tool) Output() json.RawMessage { return json.RawMessage(cmp.Or(t.output, OutputSchema)) }

// Destructive reports whether the tool may change or remove what exists.
func (t *Tool) Destructive() bool { return t.Destroys || t.Effect != Read && t.Effect != Create }

// Idempotent reports whether a second call with the same arguments changes
// nothing more.
func (t *Tool) Idempotent() bool { return t.Effect == Read || t.Effect == Update || t.Effect == Delete }

// connectorTools makes the tools of one connector: one per entity/action pair,
// and a search per entity whose replica is searchable. Where a workspace has
// several connectors of the type, each tool takes the name of one.
func connectorTools(c *schemas.Connector, several bool, asks Asks) ([]*Tool, error) {
	var list []*Tool
	for _, e := range c.Entities {
		for _, a := range e.Actions {
			t, err := actionTool(c, e, a, several, asks)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
		if e.Searchable() {
			t, err := searchTool(c, e, several)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
	}
	return list, nil
}

func actionTool(c *schemas.Connector, e *schemas.Entity, a *schemas.Action, several bool, asks Asks) (*Tool, error) {
	t := newTool(c, e, a.Name)
	t.Title, t.Effect, t.Destroys = titleOf(c, e, a), EffectIn(a), Destroys(a)
	t.Record = len(a.Result.Fields) > 0
	t.plain = a.Title == ""
	t.Pager, t.Fields, t.Defaults = paging.Of(a), a.Result.Fields, a.DefaultFields
	t.ShapedBy = a.Result.ShapedBy
	t.Hides, t.Paths = HidingIn(a), PathsIn(a)
	for _, p := range a.Params {
		t.params = append(t.params, p.Name)
		if p.SendDefault {
			t.Always = append(t.Always, schemas.Argument{Name: p.Name, Value: p.Default})
		}
	}
	if t.Defaults != nil {
		t.Description += " Gives the main fields; `select_fields: [\"*\"]` gives all."
	}
	var extra []*schemas.Parameter
	switch {
	case t.Effect != Read:
		t.VerifyWith = verifier(c, e)
		extra = t.OfferWriting(a.Params, asks(c.Name, e.Name, a.Name, t.Destroys))
	case a.Name != schemas.ActionDownload:
		extra = t.offerFields(a.Params)
		extra[0].Unlisted = a.Name == schemas.ActionGet // there is little to leave out of one record
	}
	if t.Pager.Turns() {
		extra = append(extra, t.offerPages(a.Params)...)
	}
	if several {
		extra = append(extra, t.offerInstance(a.Params)...)
	}
	var err error
	t.Input, err = c.ActionInput(e, t.withoutChoices(a), extra...)
	return t, err
}

func searchTool(c *schemas.Connector, e *schemas.Entity, several bool) (*Tool, error) {
	t := newTool(c, e, schemas.ActionContextStoreSearch)
	t.Pager, t.Fields = paging.OfSearch(), e.ContextStore.Fields
	extra := append(t.offerFields(nil), t.offerPages(nil)...)
	for _, p := range extra {
		p.Unlisted = true // the search has `fields` for a choice of fields
	}
	if several {
		extra = append(extra, t.offerInstance(nil)...)
	}
	var err error
	t.Input, err = c.SearchInput(e, extra...)
	return t, err
}

// Asks says whether a person may be asked before an action of a connector is run.
type Asks func(connector, entity, action string, destroys bool) bool

// destroying asks before what is lost.
func destroying(_, _, _ string, destroys bool) bool { return destroys }

// Destroys reports whether what an action removes or ends is lost.
func Destroys(a *schemas.Action) bool { return a.Destroys || EffectIn(a) == Delete || executes(a) }

func newTool(c *schemas.Connector, e *schemas.Entity, action string) *Tool {
	t := &Tool{
		Name:        c.ToolName(e.Name, action),
		Title:       titled("Search synced "+spelt(e.Name), c),
		Description: c.ToolSummary(e, action),
		Effect:      EffectOf(action),
		Connector:   c.Name,
		from:        c,
		Entity:      e.Name,
		Action:      action,
		plain:       true,
		aliases:     formerNames(c, e.Name+"."+action),
	}
	t.entry = sync.OnceValue(t.plainEntry)
	return t
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

// verifier names the tool that shows an entity's present state.
func verifier(c *schemas.Connector, e *schemas.Entity) string {
	for _, action := range []string{schemas.ActionList, schemas.ActionGet, schemas.ActionAPISearch} {
		if e.Action(action) != nil {
			return c.ToolName(e.Name, action)
		}
	}
	return ""
}
