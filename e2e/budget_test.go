package e2e_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestBudgetOnTheWire holds what `tools --budget` says before anything is installed
// against the bytes that tools/list really has.
func TestBudgetOnTheWire(t *testing.T) {
	t.Parallel()
	const connectors = "--connectors=github,google-drive,hubspot,linear,slack,stripe,zendesk-support"
	for _, surface := range []string{"direct", "search", "auto"} {
		t.Run(surface, func(t *testing.T) {
			t.Parallel()
			printed, err := program(t, "tools", "--budget", "--json", connectors, "--surface="+surface).Output()
			if err != nil {
				t.Fatal(err)
			}
			var budget struct {
				Listed struct{ Tools, Bytes int }
			}
			if err := json.Unmarshal(printed, &budget); err != nil {
				t.Fatal(err)
			}
			serve := program(t, "serve", "--sandbox", connectors, "--surface="+surface)
			serve.Stdin = strings.NewReader(handshake + `{"jsonrpc":"2.0","id":1,"method":"tools/list"}` + "\n")
			out, err := serve.Output()
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			var answer struct {
				Result struct{ Tools json.RawMessage }
			}
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &answer); err != nil {
				t.Fatal(err)
			}
			var entries []json.RawMessage
			if err := json.Unmarshal(answer.Result.Tools, &entries); err != nil {
				t.Fatal(err)
			}
			if bytes := len(answer.Result.Tools) - len("[]"); bytes != budget.Listed.Bytes || len(entries) != budget.Listed.Tools {
				t.Errorf("printed %d tools and %d bytes, on the wire are %d and %d", budget.Listed.Tools, budget.Listed.Bytes, len(entries), bytes)
			}
		})
	}
}
