package schemas

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// description is the hosted API's answer to the action "describe". The API only
// promises that it is specific to the connector, so every key is optional and
// several spellings are read.
type description struct {
	Name         string             `json:"connector_name"`
	DefinitionID string             `json:"definition_id"`
	Entities     []*describedEntity `json:"entities"`
	Result       *description       `json:"result"` // some answers nest it
	Schema       *description       `json:"schema"`
}

type describedEntity struct {
	EntityName       string                  `json:"entity_name"`
	Name             string                  `json:"name"`
	Entity           string                  `json:"entity"`
	Description      string                  `json:"description"`
	AvailableActions actionNames             `json:"available_actions"`
	Actions          actionNames             `json:"actions"`
	Parameters       map[string][]*Parameter `json:"parameters"`
	Fields           []*Field                `json:"fields"`
	SearchableFields []string                `json:"searchable_fields"`
	Relationships    []Relationship          `json:"relationships"`
}

// actionNames reads a list of names, a list of objects with a name, or an object
// whose keys are the names.
type actionNames []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *actionNames) UnmarshalJSON(b []byte) error {
	var names []string
	if json.Unmarshal(b, &names) == nil {
		*a = names
		return nil
	}
	var objects []struct{ Name, Action string }
	if json.Unmarshal(b, &objects) == nil {
		for _, o := range objects {
			*a = append(*a, o.Name+o.Action) // one of the two is set
		}
		return nil
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	*a = slices.Sorted(maps.Keys(keys))
	return nil
}

// find returns the level of the description that has the entities.
func (d *description) find() *description {
	for d != nil && d.Entities == nil {
		if d.Result != nil {
			d = d.Result
		} else {
			d = d.Schema
		}
	}
	return d
}

// name is the entity's name, however it is spelled.
func (e *describedEntity) name() string {
	for _, name := range []string{e.EntityName, e.Name, e.Entity} {
		if name != "" {
			return name
		}
	}
	return ""
}

// Described returns the connector as the hosted API describes it at this moment.
// Where the description agrees with what is known, the known words and facts are
// kept; the receiver is not changed. The description is the API's raw answer.
func (c *Connector) Described(answer json.RawMessage) (*Connector, error) {
	var read description
	if err := json.Unmarshal(answer, &read); err != nil {
		return nil, fmt.Errorf("reading the description of connector %s: %w", c.Name, rawjson.Fault(err))
	}
	d := read.find()
	if d == nil {
		return nil, errors.New("the API's description of connector " + c.Name + " lists no entities")
	}
	described := *c
	if d.DefinitionID != "" {
		described.DefinitionID = d.DefinitionID
	}
	described.Entities = nil
	for _, e := range d.Entities {
		if e.name() == "" {
			return nil, errors.New("the API's description of connector " + c.Name + " has an entity without a name")
		}
		described.Entities = append(described.Entities, e.merge(c.Entity(e.name())))
	}
	slices.SortFunc(described.Entities, func(a, b *Entity) int { return strings.Compare(a.Name, b.Name) })
	return &described, nil
}

// merge combines a described entity with what is known of it, which may be nil.
func (e *describedEntity) merge(known *Entity) *Entity {
	merged := &Entity{Name: e.name(), Summary: e.Description}
	if known != nil {
		*merged = *known
		merged.Actions = nil
	} else {
		merged.Relationships = e.Relationships
	}
	searchable := false
	for _, name := range append(e.AvailableActions, e.Actions...) {
		switch name {
		case ActionContextStoreSearch:
			searchable = true
		case "describe", "context_store_sql_query":
		default:
			merged.Actions = append(merged.Actions, e.action(name, known))
		}
	}
	merged.ContextStore = e.store(searchable, merged.ContextStore)
	return merged
}

// action is the known action if its parameters are still the same, else a new one
// from the description.
func (e *describedEntity) action(name string, known *Entity) *Action {
	params, told := e.Parameters[name]
	var before *Action
	if known != nil {
		before = known.Action(name)
	}
	if before != nil && (!told || sameParameters(before.Params, params)) {
		return before
	}
	action := &Action{Name: name, Summary: e.Description, Result: Result{Kind: "object", Fields: e.Fields}}
	if before != nil {
		*action = *before
	}
	action.Params = nil
	for _, p := range params {
		if p.Type == "" {
			p.Type = "string"
		}
		action.Params = append(action.Params, keepKnown(before, p))
	}
	if action.Pagination == nil && (name == ActionList || name == ActionAPISearch) {
		action.Result.Kind = "list"
		action.Pagination = guessPaging(params)
	}
	return action
}

func sameParameters(known, described []*Parameter) bool {
	if len(known) != len(described) {
		return false
	}
	for _, p := range described {
		if !slices.ContainsFunc(known, func(k *Parameter) bool { return k.Name == p.Name && k.Type == p.Type && k.Required == p.Required }) {
			return false
		}
	}
	return true
}

// keepKnown prefers what is known of a parameter to the description, which has
// fewer facts.
func keepKnown(before *Action, p *Parameter) *Parameter {
	if before == nil {
		return p
	}
	for _, k := range before.Params {
		if k.Name == p.Name && k.Type == p.Type {
			kept := *k
			kept.Required = p.Required
			return &kept
		}
	}
	return p
}

// guessPaging finds the parameter that takes the next page by its usual names.
func guessPaging(params []*Parameter) *Pagination {
	for _, name := range []string{"after", "cursor", "page_token", "pageToken", "next_token", "starting_after", "start_cursor"} {
		if slices.ContainsFunc(params, func(p *Parameter) bool { return p.Name == name }) {
			return &Pagination{Style: PagingCursor, CursorParam: name}
		}
	}
	return &Pagination{Style: PagingResponseOnly}
}

// store describes the entity's replica; fields that were not known are taken to be
// strings.
func (e *describedEntity) store(searchable bool, known *ContextStore) *ContextStore {
	if !searchable {
		if known == nil {
			return nil
		}
		hidden := *known
		hidden.Searchable = false
		return &hidden
	}
	store := &ContextStore{Stored: true}
	if known != nil {
		*store = *known
	}
	store.Searchable = true
	if e.SearchableFields == nil {
		return store
	}
	var fields []*Field
	for _, name := range e.SearchableFields {
		at := slices.IndexFunc(store.Fields, func(f *Field) bool { return f.Name == name })
		if at >= 0 {
			fields = append(fields, store.Fields[at])
		} else {
			fields = append(fields, &Field{Name: name, Type: Types{"string"}, Nullable: true})
		}
	}
	store.Fields = fields
	return store
}
