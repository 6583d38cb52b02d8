package schemas

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/invopop/jsonschema"
)

// TestEncodedAsTheLibraryDoes compares the schemas of all actions, as they are published and
// as arguments are held to them.
func TestEncodedAsTheLibraryDoes(t *testing.T) {
	t.Parallel()
	catalog := Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, name := range names {
		c, err := catalog.Connector(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.Entities {
			for _, a := range e.Actions {
				full := c.rootSchema(a, a.Params)
				for _, s := range []*jsonschema.Schema{full, published(c.rootSchema(a, toldOf(a.Params)))} {
					want, err := json.Marshal(s)
					if err != nil {
						t.Fatal(err)
					}
					if got := encoded(s); string(got) != string(want) {
						t.Fatalf("%s.%s.%s is\n%s\nwant\n%s", name, e.Name, a.Name, got, want)
					}
					compared++
				}
			}
		}
	}
	if compared < 2000 {
		t.Errorf("%d schemas were compared", compared)
	}
}

func TestEncodedTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a\"b\\c", "<&>", "é\u2028", "\x00\x1f\x7f", "\xff", "plain"} {
		s := &jsonschema.Schema{
			Description: text, Enum: []any{text, 1, nil, true}, Default: json.RawMessage(` [ 1, 2 ] `), Items: &jsonschema.Schema{},
		}
		want, err := json.Marshal(s)
		if got := encoded(s); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is %s, want %s (%v)", text, got, want, err)
		}
	}
}
