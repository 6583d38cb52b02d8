package calls_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

const warehouse = `{"name": "warehouse", "title": "Warehouse", "definition_id": "0c1d7b7e-3f5c-4c59-9d0a-1f2e3d4c5b6a",
 "summary": "Tables.", "config": {},
 "entities": [{"name": "rows", "summary": "Rows.", "actions": [{"action": "get", EFFECT "summary": "Run SQL.",
 "params": [{"name": "sql", "in": "query", "required": true, "type": "string"}], "result": {"kind": "object"}}]}]}`

// TestStatementsAreWrites: what reads by its name but runs its caller's SQL is confirmed, is no
// part of a read-only server, and is sent once, by whatever way it is called.
func TestStatementsAreWrites(t *testing.T) {
	t.Parallel()
	row := row("w1", "Tables", "warehouse", "Warehouse", "0c1d7b7e-3f5c-4c59-9d0a-1f2e3d4c5b6a")
	const confirmed, refused, failed = "confirmed", "refused", "failed"
	for name, tt := range map[string]struct {
		effect string
		rules  []string
		policy tools.Policy
		want   string
		sent   int
	}{
		"by default":         {"", nil, tools.Policy{}, confirmed, 0},
		"read-only":          {"", nil, tools.Policy{ReadOnly: true}, refused, 0},
		"allowed":            {"", []string{"*.*.*=allow"}, tools.Policy{}, failed, 1},
		"file says it reads": {`"effect": "read",`, nil, tools.Policy{ReadOnly: true}, failed, 3},
	} {
		for tool, arguments := range map[string]string{
			"warehouse_rows_get": `{"sql":"DELETE FROM a"}`,
			"execute_action":     `{"connector":"w1","entity":"rows","action":"get","params":{"sql":"DELETE FROM a"}}`,
		} {
			if tool == "execute_action" && tt.policy.ReadOnly {
				continue // it is no part of a read-only server
			}
			t.Run(name+" "+tool, func(t *testing.T) {
				t.Parallel()
				file := []byte(strings.Replace(warehouse, "EFFECT", tt.effect, 1))
				a := &api{connectors: map[string]string{"main": row}, answer: `{}`, status: 503}
				a.opts.Rules = rules(t, tt.rules...)
				b := a.boxOf(t, schemas.Open(fstest.MapFS{"warehouse.json": &fstest.MapFile{Data: file}}))
				session := tools.Session{Workspace: "main", Policy: tt.policy}
				_, err := b.Call(t.Context(), session, calls.Silent{}, tool, json.RawMessage(arguments))
				var ask *calls.ConfirmationError
				var no *tools.RefusedError
				got := failed
				switch {
				case errors.As(err, &ask):
					got = confirmed
				case errors.As(err, &no):
					got = refused
				case err == nil:
					t.Fatal("the vendor's failure is none")
				}
				if got != tt.want || len(a.sent()) != tt.sent {
					t.Errorf("%s with %d executes, want %s with %d: %v", got, len(a.sent()), tt.want, tt.sent, err)
				}
			})
		}
	}
}
