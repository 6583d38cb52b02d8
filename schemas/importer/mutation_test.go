package importer_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"airbyte-mcp-server/schemas/importer"
)

// TestWrongKinds puts a value of another kind in place of each value of a file, and
// drops each key. Whatever is missing or wrong, the file is refused, or tools can
// be made of it.
func TestWrongKinds(t *testing.T) {
	t.Parallel()
	for name, every := range map[string]int{"parcelwing": 5, "plotline": 1, "filebarn": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile("testdata/" + name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			var file any
			if err := yaml.Unmarshal(data, &file); err != nil {
				t.Fatal(err)
			}
			m := mutator{t: t, root: file, every: every}
			m.walk(file, func(value any) { m.root = value }, "")
			if m.tried < 100 {
				t.Errorf("only %d changes were tried", m.tried)
			}
		})
	}
}

// strange are values that take turns in the place of others.
var strange = []any{nil, "x", 7, true, []any{}, []any{[]any{1}}, object{}, object{"$ref": "#/info"}, object{"a": object{}}}

type mutator struct {
	t     *testing.T
	root  any
	tried int
	every int // which of the changes are tried: each, each second...
	turn  int
}

// walk replaces the value at a path, and then what is in it, one after the other.
func (m *mutator) walk(value any, set func(any), path string) {
	set(strange[m.turn/m.every%len(strange)])
	m.try(path)
	set(value)
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			each := v[key]
			delete(v, key)
			m.try(path + "/" + key + " (dropped)")
			v[key] = each
			m.walk(each, func(value any) { v[key] = value }, path+"/"+key)
		}
	case []any:
		for i, each := range v {
			m.walk(each, func(value any) { v[i] = value }, fmt.Sprintf("%s/%d", path, i))
		}
	}
}

func (m *mutator) try(path string) {
	m.t.Helper()
	if m.turn++; m.turn%m.every != 0 {
		return
	}
	m.tried++
	defer func() {
		if reason := recover(); reason != nil {
			m.t.Errorf("%s changed: panic: %v", path, reason)
		}
	}()
	root, isObject := m.root.(object)
	if !isObject {
		return // TestFaults has files that are no objects
	}
	conn, _, err := importer.ReadObject(root)
	if (conn == nil) != (err != nil) {
		m.t.Errorf("%s changed: read %v and the error %v", path, conn, err)
	}
	if conn != nil && m.tried%7 == 0 { // compiling all schemas each time takes long
		usable(m.t, conn)
	}
}
