package schemas

import (
	"encoding/json"
	"fmt"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// sort reads the order of the records: names, with "-" before those that descend, or
// objects such as {"name": "desc"}.
func (r *searchReader) sort(raw json.RawMessage) []json.RawMessage {
	raw = unpacked(raw)
	if isBlank(raw) {
		return nil
	}
	if raw[0] == '{' {
		r.taken.coerced(argSort)
		return r.sortObject(argSort, raw)
	}
	var keys []json.RawMessage
	for i, item := range r.textItems(argSort, raw, mostSortKeys) {
		at := fmt.Sprintf("%s[%d]", argSort, i)
		switch kindOf(item) {
		case "object":
			r.taken.coerced(argSort)
			keys = append(keys, r.sortObject(at, item)...)
		case "string":
			text, _ := textOf(item)
			keys = r.sortText(keys, at, text)
		default:
			r.fault(at, "must be the name of a field, with - before it for descending (got %s)", kindOf(item))
		}
	}
	return keys
}

// sortText reads "name", "-name", "name desc" or "name:desc".
func (r *searchReader) sortText(keys []json.RawMessage, at, text string) []json.RawMessage {
	name, order := strings.TrimSpace(text), "asc"
	if _, exists := r.fields.find(name); !exists {
		if rest, descends := strings.CutPrefix(name, "-"); descends {
			name, order = rest, "desc"
		} else if rest, ascends := strings.CutPrefix(name, "+"); ascends {
			name = rest
		} else if cut := strings.LastIndexAny(name, " :"); cut > 0 && orderNamed(name[cut+1:]) != "" {
			name, order = strings.TrimSpace(name[:cut]), orderNamed(name[cut+1:])
			r.taken.coerced(argSort)
		}
	}
	return r.sortKey(keys, at, name, order)
}

// sortObject reads {"name": "desc"}, or {"field": "name", "order": "desc"}.
func (r *searchReader) sortObject(at string, raw json.RawMessage) []json.RawMessage {
	members, err := rawjson.MembersOf(raw)
	if err != nil {
		r.fault(at, "%s", err)
		return nil
	}
	var keys []json.RawMessage
	if name, order, ok := namedSort(members); ok {
		return r.sortOrdered(keys, at, name, order)
	}
	if len(members) > mostSortKeys {
		r.refuseMany(argSort, mostSortKeys)
		return nil
	}
	for _, m := range members {
		keys = r.sortOrdered(keys, join(at, clip(m.Name)), m.Name, m.Value)
	}
	return keys
}

// namedSort reads an object whose members say what is the field and what the order.
func namedSort(members []rawjson.Member) (name string, order json.RawMessage, ok bool) {
	order = json.RawMessage(`"asc"`)
	for _, m := range members {
		switch m.Name {
		case "field":
			if name, ok = textOf(m.Value); !ok || orderNamed(name) != "" {
				return "", nil, false // a field of that name
			}
		case "order", "direction", "dir":
			order = m.Value
		default:
			return "", nil, false
		}
	}
	return name, order, ok
}

func (r *searchReader) sortOrdered(keys []json.RawMessage, at, name string, raw json.RawMessage) []json.RawMessage {
	text, isText := textOf(raw)
	if !isText {
		text = string(raw)
	}
	order := orderNamed(text)
	if order == "" {
		r.fault(at, `must be one of "asc", "desc"`)
	} else if order != text {
		r.taken.coerced(argSort)
	}
	return r.sortKey(keys, at, name, order)
}

func (r *searchReader) sortKey(keys []json.RawMessage, at, name, order string) []json.RawMessage {
	t, ok := r.find(argSort, at, name)
	if !ok || order == "" {
		return keys
	}
	return append(keys, Arguments{{t.path(), rawjson.Quote(order)}}.JSON())
}

// orderNamed is the API's word for an order.
func orderNamed(word string) string {
	switch strings.ToLower(word) {
	case "asc", "ascending", "1":
		return "asc"
	case "desc", "descending", "-1":
		return "desc"
	default:
		return ""
	}
}
