package calls_test

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/tools/calls"
)

// TestConfirmationsOfAmbiguousArguments: texts that readers of JSON take for different
// things are different writes, though one reader sees the same.
func TestConfirmationsOfAmbiguousArguments(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]string{
		"a name given twice": {`{"x":{"amount":1}}`, `{"x":{"amount":1000,"amount":1}}`},
		"half a character":   {`{"x":"\ud800"}`, `{"x":"\udfff"}`},
		"not UTF-8":          {`{"x":"` + "\xff" + `"}`, `{"x":"` + "\xfe" + `"}`},
		"digits":             {`{"x":1}`, `{"x":1.0}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(`{}`, `{}`))
			b := a.box(t)
			arguments := func(params, more string) string {
				return `{"connector":"shop","entity":"orders","action":"delete","params":` + params + more + `}`
			}
			token := tokenFor(t, b, "execute_action", arguments(pair[0], ""))
			_, err := b.Call(t.Context(), inMain, calls.Silent{}, "execute_action",
				json.RawMessage(arguments(pair[1], `,"confirmation":"`+token+`"`)))
			if err == nil || len(a.sent()) != 0 {
				t.Errorf("the confirmation of %s sent %s", pair[0], pair[1])
			}
		})
	}
}
