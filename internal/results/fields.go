package results

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// fields are the members to keep of a record, by name; nil keeps a whole value.
type fields map[string]fields

// newFields reads dotted paths.
func newFields(paths []string) fields {
	if len(paths) == 0 {
		return nil
	}
	root := fields{}
	for _, path := range paths {
		root.add(strings.Split(path, "."))
		root[path] = nil // some names have dots
	}
	return root
}

// add keeps what is at the end of a path. A shorter path keeps all that is below it.
func (f fields) add(names []string) {
	inner, known := f[names[0]]
	switch {
	case len(names) == 1:
		f[names[0]] = nil
	case known && inner == nil:
	case known:
		inner.add(names[1:])
	default:
		inner = fields{}
		f[names[0]] = inner
		inner.add(names[1:])
	}
}

// of is a value with the chosen fields only, in the value's own order. Elements of a
// list are narrowed one by one.
func (f fields) of(value gjson.Result) string {
	switch {
	case f == nil || !value.IsObject() && !value.IsArray():
		return value.Raw
	case value.IsArray():
		var parts []string
		value.ForEach(func(_, element gjson.Result) bool {
			parts = append(parts, f.of(element))
			return true
		})
		return "[" + strings.Join(parts, ",") + "]"
	}
	var parts []string
	value.ForEach(func(key, member gjson.Result) bool {
		if inner, wanted := f[key.Str]; wanted {
			parts = append(parts, key.Raw+":"+inner.of(member))
		}
		return true
	})
	return "{" + strings.Join(parts, ",") + "}"
}

func itoa(n int) string { return strconv.Itoa(n) }
