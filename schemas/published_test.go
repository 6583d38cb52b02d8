package schemas_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestDefaultsAreToldInWords holds that a default, which some model APIs refuse as a
// keyword, is told once, and only where it says more than leaving the argument out.
func TestDefaultsAreToldInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, words, value, want string }{
		{"string", "Direction.", `"asc"`, "Direction. Default `asc`."},
		{"string", "", `"asc"`, "Default `asc`."},
		{"string", "Kind, always `doc`.", `"doc"`, "Kind, always `doc`."},
		{"string", "Branch; `HEAD` is the default branch.", `"HEAD"`, "Branch; `HEAD` is the default branch."},
		{"string", "Finder; leave at its default.", `"q"`, "Finder; leave at its default."},
		{"integer", "Days.", `7`, "Days. Default 7."},
		{"boolean", "Closed ones too.", `true`, "Closed ones too. Default true."},
		{"boolean", "Closed ones too.", `false`, "Closed ones too."},
		{"string", "Path.", `""`, "Path."},
		{"array", "Rows.", `[ {"name": "date"} ]`, "Rows. Default [{name:date}]."},
	} {
		p := &schemas.Parameter{Name: "x", Type: c.kind, Description: c.words, Default: json.RawMessage(c.value)}
		if c.kind == "array" {
			p.Items = &schemas.Parameter{Type: "object", Properties: []*schemas.Parameter{{Name: "name", Type: "string"}}}
		}
		in, err := schemas.NewInput(p)
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Properties struct{ X map[string]any } }
		if err := json.Unmarshal(in.Schema(), &got); err != nil {
			t.Fatal(err)
		}
		if words, _ := got.Properties.X["description"].(string); words != c.want {
			t.Errorf("default %s of %q: got %q, want %q", c.value, c.words, words, c.want)
		}
	}
}

// TestFreeKeysAreSaid holds that a map says that it takes any key, in a list too, and that an
// object which takes none does not.
func TestFreeKeysAreSaid(t *testing.T) {
	t.Parallel()
	free := &schemas.Parameter{Name: "free", Type: "object"}
	list := &schemas.Parameter{Name: "list", Type: "array", Items: &schemas.Parameter{Type: "object"}}
	none := &schemas.Parameter{Name: "none", Type: "object", AdditionalProperties: json.RawMessage("false")}
	in, err := schemas.NewInput(free, list, none)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"free":{"additionalProperties":true,"type":"object"}`,
		`"list":{"items":{"additionalProperties":true,"type":"object"},"type":"array"}`,
		`"none":{"additionalProperties":false,"type":"object"}`,
	} {
		if !strings.Contains(string(in.Schema()), want) {
			t.Errorf("got %s, want %s", in.Schema(), want)
		}
	}
}
