package records

import (
	"maps"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// operation is something done to a record of another entity: what catalogs call
// the creation of a channel archive changes a channel.
type operation struct {
	sets  map[string]any // beside what the caller says
	isNew bool           // it makes a record of the other entity
}

// operations is keyed by the last word of the entity's name.
var operations = map[string]operation{
	"archives": {sets: map[string]any{"is_archived": true, "archived": true}}, "topics": {}, "purposes": {}, "invites": {}, "kicks": {},
	"cancellations": {sets: map[string]any{"status": "canceled"}}, "confirmations": {sets: map[string]any{"status": "succeeded"}},
	"finalizations": {sets: map[string]any{"status": "open"}}, "sends": {}, "assignments": {}, "assignee": {}, "statuses": {},
	"transitions": {},
	"trash":       {sets: map[string]any{"trashed": true}}, "untrash": {sets: map[string]any{"trashed": false}}, "upload": {isNew: true},
}

// operates tells which entity's record an action works on, if its own entity only
// stands for an operation.
func (c *Call) operates() (*model, operation, bool) {
	if c.m.listed() || c.entity.Action(schemas.ActionGet) != nil {
		return nil, operation{}, false
	}
	i := strings.LastIndexByte(c.Entity, '_')
	if i < 0 {
		return nil, operation{}, false
	}
	op, ok := operations[c.Entity[i+1:]]
	if !ok {
		return nil, operation{}, false
	}
	for _, e := range c.Account.spec.Entities {
		if naming.SingularWords(e.Name) == naming.SingularWords(c.Entity[:i]) && e.Name != c.Entity {
			if m := c.Account.model(e.Name); m.listed() {
				return m, op, true
			}
		}
	}
	return nil, operation{}, false
}

// operate changes the record that the parameters name.
func (c *Call) operate(m *model, op operation) (*Outcome, error) {
	found, err := c.findIn(m)
	if err != nil {
		return nil, err
	}
	values := c.values(m)
	maps.DeleteFunc(values, func(_ string, value any) bool {
		f := m.byName[m.key]
		return f != nil && jsonvalue.AsText(found.record.fields[m.key]) == jsonvalue.AsText(value)
	})
	for name, value := range op.sets {
		if m.byFold[naming.Fold(name)] != nil {
			values[name] = value
		}
	}
	return c.change(found, values), nil
}
