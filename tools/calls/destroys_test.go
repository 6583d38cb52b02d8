package calls_test

import (
	"encoding/json"
	"errors"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// gmailOne is a connector with an action that is a create by its name and a deletion by what
// it does.
var gmailOne = row("g1", "Mail", "gmail", "Gmail", "f7833dac-fc18-4feb-a2a9-94b22001edc6")

// TestDestroyingActionsAreDeletions for confirmation, rules and policies, under whatever
// name, and by whatever way they are called.
func TestDestroyingActionsAreDeletions(t *testing.T) {
	t.Parallel()
	const confirmed, refused, sent = "confirmed", "refused", "sent"
	for name, tt := range map[string]struct {
		rules  []string
		policy tools.Policy
		want   string
	}{
		"by default":                 {nil, tools.Policy{}, confirmed},
		"deletions denied":           {[]string{"*.*.delete=deny"}, tools.Policy{}, refused},
		"deletions allowed":          {[]string{"*.*.delete=allow"}, tools.Policy{}, sent},
		"allowed by its own name":    {[]string{"gmail.messages_trash.create=allow"}, tools.Policy{}, sent},
		"creates denied":             {[]string{"*.*.create=deny"}, tools.Policy{}, refused},
		"other creates":              {[]string{"gmail.messages.create=deny"}, tools.Policy{}, confirmed},
		"a session that may create":  {nil, tools.Policy{Effects: []tools.Effect{tools.Read, tools.Create}}, refused},
		"a session that may destroy": {nil, tools.Policy{Effects: []tools.Effect{tools.Delete}}, confirmed},
	} {
		for tool, arguments := range map[string]string{
			"gmail_messages_trash_create": `{"messageId":"1"}`,
			"execute_action":              `{"connector":"g1","entity":"messages_trash","action":"create","params":{"messageId":"1"}}`,
		} {
			if tool == "execute_action" && len(tt.policy.Effects) > 0 {
				continue // it is a write of any kind, which such a session has not
			}
			t.Run(name+" "+tool, func(t *testing.T) {
				t.Parallel()
				a := &api{connectors: map[string]string{"main": gmailOne}, answer: result(`{}`, `{}`)}
				a.opts.Rules = rules(t, tt.rules...)
				b := a.boxOf(t, schemas.Embedded())
				_, err := b.Call(t.Context(), tools.Session{Workspace: "main", Policy: tt.policy}, calls.Silent{}, tool, json.RawMessage(arguments))
				var ask *calls.ConfirmationError
				var no *tools.RefusedError
				got := sent
				switch {
				case errors.As(err, &ask):
					got = confirmed
				case errors.As(err, &no):
					got = refused
				case err != nil:
					t.Fatal(err)
				}
				if got != tt.want || (len(a.sent()) == 1) != (got == sent) {
					t.Errorf("%s with %d executes, want %s: %v", got, len(a.sent()), tt.want, err)
				}
			})
		}
	}
}
