package calls_test

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestEmptyAnswersOfWrites: whether an empty answer is a success is known from the catalog,
// by whatever way the write is called.
func TestEmptyAnswersOfWrites(t *testing.T) {
	t.Parallel()
	const create = `{"connector":"s1","entity":"customers","action":"create","params":{"name":"x"}}`
	for _, tt := range []struct{ name, tool, arguments, answer, want string }{
		{"a record is due", "stripe_customers_create", `{"name":"x"}`, `[]`, tools.OutcomeUnknown},
		{"in an object", "stripe_customers_create", `{"name":"x"}`, `{"data":[]}`, tools.OutcomeUnknown},
		{"by its raw name", "execute_action", create, `[]`, tools.OutcomeUnknown},
		{"a record", "stripe_customers_create", `{"name":"x"}`, `{"id":"cus_1"}`, tools.OutcomeOK},
		{"a deletion", "stripe_customers_delete", `{"id":"cus_1"}`, `{}`, tools.OutcomeOK},
		{"a deletion without a word", "gmail_labels_delete", `{"labelId":"Label_1"}`, `[]`, tools.OutcomeOK},
		{"a pair that nobody knows", "execute_action",
			`{"connector":"s1","entity":"things","action":"create","params":{}}`, `[]`, tools.OutcomeOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := &api{answer: result(tt.answer, `{}`), connectors: map[string]string{
				"main": gmailOne + "," + row("s1", "Pay", "stripe", "Stripe", "e094cb9a-26de-4645-8761-65c0c425d1de"),
			}}
			a.opts.Rules = rules(t, "*.*.*=allow")
			_, err := a.boxOf(t, schemas.Embedded()).Call(t.Context(), inMain, calls.Silent{}, tt.tool, json.RawMessage(tt.arguments))
			if got := tools.Outcome(err); got != tt.want || len(a.sent()) != 1 {
				t.Errorf("%s, %d requests, want %s: %v", got, len(a.sent()), tt.want, err)
			}
		})
	}
}
