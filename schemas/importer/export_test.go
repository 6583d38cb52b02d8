package importer

import (
	"maps"
	"slices"
	"strconv"

	"airbyte-mcp-server/schemas"
)

// ReadBytes is Read for a text that is no file yet.
var ReadBytes = read

// ReadObject is Read for what has been parsed already, which takes most of the time.
func ReadObject(value map[string]any) (*schemas.Connector, []string, error) {
	r := newReader("x.yaml")
	r.root = nodeOf(value)
	return r.translate()
}

// nodeOf is a value as the parser would give it.
func nodeOf(value any) *node {
	made := &node{line: 1}
	switch v := value.(type) {
	case map[string]any:
		made.kind = object
		for _, name := range slices.Sorted(maps.Keys(v)) {
			made.pairs = append(made.pairs, pair{name, 1, nodeOf(v[name])})
		}
		if len(made.pairs) > indexedFrom {
			made.index()
		}
	case []any:
		made.kind = list
		for _, item := range v {
			made.items = append(made.items, nodeOf(item))
		}
	case string:
		made.kind, made.text = text, v
	case bool:
		made.kind, made.text = boolean, strconv.FormatBool(v)
	case int:
		made.kind, made.text = number, strconv.Itoa(v)
	case float64:
		made.kind, made.text = number, strconv.FormatFloat(v, 'g', -1, 64)
	}
	return made
}
