package records

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// orderParams are the parameters, folded, by which vendors put lists in order. Some
// name a field, some a direction, some both: their values tell which.
var orderParams = map[string]bool{
	"sort": true, "sorts": true, "sortby": true, "sortfield": true, "orderby": true, "order": true,
	"sortorder": true, "sortdir": true, "sortdirection": true, "ordertype": true, "sortascending": true, "direction": true,
}

// directions are the words for them; true means downwards.
var directions = map[string]bool{"asc": false, "ascending": false, "desc": true, "descending": true}

// steersOrder reports whether a value of a parameter says in which order to list,
// which direction does not always do: calls have one, too.
func steersOrder(p *schemas.Parameter, value any) bool {
	name := naming.Fold(p.Name)
	_, isDirection := directions[strings.ToLower(jsonvalue.AsText(value))]
	return orderParams[name] && p.Type != "integer" && (name != "direction" || isDirection)
}

// ordering is the order that a caller asks for.
type ordering struct {
	keys []orderKey
	down bool // keys that do not say their own direction
}

type orderKey struct {
	contextstore.SortKey
	own bool // it says its direction
}

// ordered sorts a list as the caller asks. A vendor's field that records do not
// have leaves the list as it is: from old to new.
func (c *Call) ordered(records []*record) []*record {
	o := c.ordering()
	if o == nil {
		return records
	}
	if len(o.keys) == 0 && o.down {
		records = slices.Clone(records)
		slices.Reverse(records)
		return records
	}
	var keys []contextstore.SortKey
	for _, k := range o.keys {
		if field := c.orderField(k.Field); field != "" {
			keys = append(keys, contextstore.SortKey{Field: field, Down: k.Down || !k.own && o.down})
		}
	}
	if len(keys) == 0 {
		return records
	}
	return slices.SortedStableFunc(slices.Values(records), func(a, b *record) int {
		for _, key := range keys {
			if n := jsonvalue.CompareValues(a.orderValue(key.Field), b.orderValue(key.Field), key.Down); n != 0 {
				return n
			}
		}
		return 0
	})
}

// orderValue is what a record is put in order by: amounts count as numbers even
// where vendors write them as text.
func (r *record) orderValue(field string) any {
	value := jsonvalue.PathValue(r.fields, field)
	if text, ok := value.(string); ok && measured(naming.Snake(field)) {
		return json.Number(text)
	}
	return value
}

// ordering reads the parameters, nil if none of them is given. The defaults of the
// others then count: a field may go with a direction.
func (c *Call) ordering() *ordering {
	o := &ordering{}
	given := false
	for _, p := range c.action.Params {
		value := c.Params[p.Name]
		if !orderParams[naming.Fold(p.Name)] || value != nil && !steersOrder(p, value) {
			continue
		}
		given = given || value != nil
		switch {
		case p.Type == "boolean":
			value = jsonvalue.AsText(value) == "true"
		case value == nil && p.Default != nil:
			_ = jsonvalue.Decode(p.Default, &value) // nothing is a fine default
		}
		o.add(value)
	}
	if !given {
		return nil
	}
	return o
}

// add reads one value: asc, name, -name, "name desc", "name,desc", a list of them,
// or an object of a field and a direction.
func (o *ordering) add(value any) {
	switch v := value.(type) {
	case bool:
		o.down = !v // sort_ascending
	case []any:
		for _, item := range v {
			o.add(item)
		}
	case map[string]any:
		direction := jsonvalue.AsText(v["direction"])
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name != "direction" {
				o.addText(jsonvalue.AsText(v[name]) + " " + direction)
			}
		}
	case string:
		o.addText(v)
	}
}

func (o *ordering) addText(text string) {
	first := len(o.keys)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,:", r) }) {
		down, isDirection := directions[strings.ToLower(word)]
		switch name := strings.TrimLeft(word, "+-"); {
		case isDirection && len(o.keys) > first:
			o.keys[len(o.keys)-1].Down, o.keys[len(o.keys)-1].own = down, true
		case isDirection:
			o.down = down
		case name != "":
			o.keys = append(o.keys, orderKey{contextstore.SortKey{Field: name, Down: word[0] == '-'}, name != word})
		}
	}
}

// orderAliases are the fields that vendors' words for an order mean, where these are
// not the fields' own names.
var orderAliases = map[string][]string{"alphabetical": {"title", "name"}, "title": {"name"}, "name": {"title"}}

// orderWords are parts of names that tell which of a record's times is meant.
var orderWords = map[string]role{
	"created": roleCreated, "registered": roleCreated, "processed": roleCreated, "submitted": roleCreated,
	"updated": roleUpdated, "modified": roleUpdated, "changed": roleUpdated, "closed": roleClosed, "completed": roleClosed,
}

// orderField is the path of the field that a word of an order means, "" if records
// have none. What the list shows comes first.
func (c *Call) orderField(name string) string {
	for _, candidate := range append([]string{name}, orderAliases[naming.Fold(name)]...) {
		if path := shownField(recordFields(c.action), candidate); path != "" {
			return path
		}
		if f := c.m.fieldOf(candidate); f != nil && scalar(f) {
			return f.Name
		}
	}
	return c.m.orderTime(name)
}

func shownField(fields []*schemas.Field, name string) string {
	for _, f := range fields {
		if naming.Fold(f.Name) == naming.Fold(name) && scalar(f) {
			return f.Name
		}
		if transparent[naming.Fold(f.Name)] {
			if inner := shownField(f.Fields, name); inner != "" {
				return f.Name + "." + inner
			}
		}
	}
	return ""
}

// orderTime is the field of the time that a word such as created-date means.
func (m *model) orderTime(name string) string {
	wanted := roleNone
	for _, word := range naming.Words(name) {
		if r, ok := orderWords[word]; ok {
			wanted = r
		} else if word == "date" && wanted == roleNone {
			wanted = roleCreated
		}
	}
	for _, f := range m.fields {
		if wanted != roleNone && roleOf(f, f.Name) == wanted {
			return f.Name
		}
	}
	return ""
}
