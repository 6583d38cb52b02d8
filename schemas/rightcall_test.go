package schemas_test

import (
	"errors"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestEveryRefusalShowsARightCall gives each tool something that it does not know, and each
// parameter something that it cannot be. The arguments that the refusal shows must be taken
// as they are, and show what was wrong in its right form.
func TestEveryRefusalShowsARightCall(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			in := tl.input(t, conn)
			checkExample(t, tl.name, in, `{"no_such_argument":1}`, "")
			checkExample(t, tl.name, in, `[]`, "")
			if tl.action == nil {
				checkExample(t, tl.name, in, `{"filter":[{"field":"no_such_field","op":"eq","value":1}]}`, "filter")
				continue
			}
			for _, p := range tl.action.Params {
				args, name := sampler{}.arguments(tl.action), schemas.ArgumentName(p.Name)
				args[name] = wrongValue(p)
				shown := name
				if tl.action.Requirements != nil { // it may exclude what is required
					shown = ""
				}
				checkExample(t, tl.name, in, encode(t, args), shown)
			}
		}
	})
}

// wrongValue is no value of a parameter's type.
func wrongValue(p *schemas.Parameter) any {
	switch p.Type {
	case "string":
		if p.Format == "json" {
			return true
		}
		return object{"a": 1}
	case "array":
		return true
	case "object", "boolean":
		return 5.5
	default:
		return object{"no_such_member": object{}}
	}
}

// checkExample checks the right call of a refusal.
func checkExample(t *testing.T, name string, in *schemas.Input, arguments, shown string) {
	t.Helper()
	_, err := in.Check([]byte(arguments))
	var invalid *schemas.InvalidError
	if !errors.As(err, &invalid) {
		t.Errorf("%s: Check(%s) gave %v, want a refusal", name, arguments, err)
		return
	}
	got, taken, err := in.Take([]byte(invalid.Example))
	isSearch := strings.HasPrefix(invalid.Example, `{"filter":`) // whose values are texts, as it is told
	if err != nil || len(taken.Coerced) > 0 && !isSearch || invalid.Example == "" {
		t.Errorf("%s: the right call %s becomes %s, noted %v, error %v", name, invalid.Example, got.JSON(), taken, err)
	}
	if !strings.Contains(invalid.Example, encode(t, shown)+":") && shown != "" {
		t.Errorf("%s: the right call %s for %s does not show %s", name, invalid.Example, arguments, shown)
	}
	for _, words := range []string{invalid.Error(), invalid.Words(name, "")} {
		if !strings.Contains(words, invalid.Example) {
			t.Errorf("%s: %q does not show the right call", name, words)
		}
	}
}
