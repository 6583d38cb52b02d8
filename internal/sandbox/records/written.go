package records

import (
	"encoding/json"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// written shows a record as the answer to a write. Writes may answer with other
// names and shapes than reads do, such as html_url for url: values are found by
// the meaning of the names, and made up only where reads have nothing like them.
func (c *Call) written(r *record) any {
	fields := c.action.Result.Fields
	out := make(map[string]any, len(fields))
	for _, f := range fields {
		out[f.Name] = c.writtenField(r, f)
	}
	return c.transform(out)
}

func (c *Call) writtenField(r *record, f *schemas.Field) any {
	if c.wraps(r, f) {
		inner := make(map[string]any, len(f.Fields))
		for _, g := range f.Fields {
			inner[g.Name] = c.writtenField(r, g)
		}
		return inner
	}
	if f.Type.Has("boolean") && outcomes[naming.Fold(f.Name)] {
		return naming.Fold(f.Name) != "deleted" || c.Action == schemas.ActionDelete
	}
	for _, source := range sources(r, f.Name) {
		if value, ok := c.reshape(r, source, r.fields[source], f); ok {
			return value
		}
	}
	if value, ok := r.extra[naming.Fold(f.Name)]; ok {
		if shaped, ok := c.reshape(r, f.Name, value, f); ok {
			return shaped
		}
	}
	return r.blueprint.value(f)
}

// outcomes are flags that say that a write took place.
var outcomes = map[string]bool{"success": true, "ok": true, "deleted": true}

// wraps reports whether a field holds the whole record: issue in the answer to
// the creation of an issue.
func (c *Call) wraps(r *record, f *schemas.Field) bool {
	name := naming.Fold(f.Name)
	return f.Type.Has("object") && (name == naming.Fold(r.blueprint.m.name) || name == naming.Fold(c.m.name) || name == "data") &&
		r.blueprint.m.byName[f.Name] == nil && len(f.Fields) > 0
}

// sources are the read fields that may hold what a written field shows.
func sources(r *record, name string) []string {
	var out []string
	add := func(folded string) {
		if f := r.blueprint.m.byFold[folded]; f != nil {
			if _, ok := r.fields[f.Name]; ok {
				out = append(out, f.Name)
			}
		}
	}
	if _, ok := r.fields[name]; ok {
		out = append(out, name)
	}
	add(naming.Fold(name))
	for _, alias := range writtenAliases[naming.Fold(name)] {
		add(alias)
	}
	for _, alias := range aliases[naming.Fold(name)] {
		add(alias)
	}
	return out
}

// writtenAliases are names in answers to writes for what reads call otherwise.
var writtenAliases = map[string][]string{
	"id": {"databaseid"}, "assignee": {"assignees"}, "stateid": {"state"}, "createdat": {"created"}, "updatedat": {"updated"},
}

// reshape gives a read value the shape of a written field; ok is false where that
// cannot be done.
func (c *Call) reshape(r *record, source string, value any, f *schemas.Field) (any, bool) {
	switch v := value.(type) {
	case nil:
		return nil, !f.Type.Has("boolean")
	case string:
		if f.Type.Has("integer") && !f.Type.Has("string") {
			return asNumber(v, f)
		}
		return c.writtenCase(f.Name, v), f.Type.Has("string")
	case bool:
		return v, f.Type.Has("boolean")
	case json.Number:
		if f.Type.Has("string") && !f.Type.Has("integer") {
			return v.String(), true
		}
		return v, f.Type.Has("integer") || f.Type.Has("number")
	case []any:
		return c.reshapeList(r, source, v, f)
	case map[string]any:
		return c.reshapeObject(r, source, v, f)
	}
	return nil, false
}

// asNumber writes a text as a number: one of digits, or a point in time.
func asNumber(text string, f *schemas.Field) (any, bool) {
	if number, ok := typed(f, text).(json.Number); ok {
		return number, true
	}
	when, ok := parseTime(text)
	return moment(when, f, f.Name), ok
}

func (c *Call) reshapeList(r *record, source string, list []any, f *schemas.Field) (any, bool) {
	switch {
	case f.Type.Has("array"):
		out := make([]any, 0, len(list))
		for i, item := range list {
			inner, isObject := item.(map[string]any)
			if f.Items != nil && isObject && len(f.Items.Fields) > 0 {
				item = c.complete(r, source, i, inner, f.Items.Fields)
			}
			out = append(out, item)
		}
		return out, true
	case f.Type.Has("object") && len(list) > 0:
		first, ok := list[0].(map[string]any)
		return c.complete(r, source, 0, first, f.Fields), ok
	case f.Type.Has("object"):
		return nil, true
	}
	return nil, false
}

func (c *Call) reshapeObject(r *record, source string, object map[string]any, f *schemas.Field) (any, bool) {
	nodes, connection := object["nodes"].([]any)
	switch {
	case connection && !hasField(f, "nodes"):
		return c.reshapeList(r, source, nodes, f)
	case f.Type.Has("integer"):
		count, ok := object["totalCount"]
		return count, ok
	case !f.Type.Has("object"):
		return nil, false
	case len(f.Fields) == 0:
		return object, true
	}
	return c.complete(r, source, 0, object, f.Fields), true
}

// complete shows an object with other fields than it was read with.
func (c *Call) complete(r *record, source string, i int, object map[string]any, fields []*schemas.Field) map[string]any {
	filler := c.filler(r, source, i, object)
	out := make(map[string]any, len(fields))
	for _, g := range fields {
		value, ok := object[g.Name]
		if !ok {
			value, ok = byMeaning(object, g.Name)
		}
		if !ok {
			value = filler.value(g)
		}
		out[g.Name] = value
	}
	return out
}

func byMeaning(object map[string]any, name string) (any, bool) {
	for key, value := range object {
		if naming.Fold(key) == naming.Fold(name) {
			return value, true
		}
	}
	return nil, false
}

// filler is the blueprint that has an object's other fields: that of the record which
// the object shows, if it can be found by its name.
func (c *Call) filler(r *record, source string, i int, object map[string]any) *blueprint {
	if target := r.blueprint.target(source); target != nil {
		for _, name := range names {
			text := jsonvalue.AsText(object[name])
			if text == "" {
				continue
			}
			if found := c.Account.lookup(target, r.blueprint.scope, []string{name}, text); found != nil {
				return found.blueprint
			}
		}
	}
	filler := r.blueprint.nested(source, i)
	for _, name := range names {
		if text := jsonvalue.AsText(object[name]); text != "" && name != "number" {
			filler.natural, filler.fresh = text, true
			break
		}
	}
	return filler
}

// writtenCase puts an enumerated word into the letter case in which writes take it.
func (c *Call) writtenCase(name, value string) string {
	for _, action := range []string{schemas.ActionUpdate, schemas.ActionCreate} {
		a := c.entity.Action(action)
		if a == nil {
			continue
		}
		for _, p := range a.Params {
			if naming.Fold(p.Name) != naming.Fold(name) {
				continue
			}
			for _, e := range p.Enum {
				if s, ok := e.(string); ok && strings.EqualFold(s, value) {
					return s
				}
			}
		}
	}
	return value
}
