package manage_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestShow tells a connector in detail, and checks it only where that is asked for.
func TestShow(t *testing.T) {
	t.Parallel()
	m, w := newManager(t, calls.Options{})
	plain, err := m.Show(t.Context(), inEverything, "github", false)
	if err != nil {
		t.Fatal(err)
	}
	if plain.ID == "" || plain.Name == "" || plain.Type != "github" || plain.CreatedAt == "" || plain.Check != "" || plain.Passed != nil {
		t.Errorf("got %+v, want a GitHub connector that was not checked", plain)
	}
	checked, err := m.Show(t.Context(), inEverything, plain.ID, true)
	if err != nil || checked.ID != plain.ID || checked.Passed == nil || !*checked.Passed || !strings.HasPrefix(checked.Check, "succeeded") {
		t.Errorf("got %+v, %v, want the same one, which passed", checked, err)
	}
	if _, err := m.Show(t.Context(), inEverything, "unheard-of", true); err == nil || len(w.sent()) != 0 {
		t.Errorf("got %v and sent %q, want an error and no change", err, w.sent())
	}
	masked := string(plain.Config)
	if plain.Config != nil && (!json.Valid(plain.Config) || strings.Contains(masked, "ghp_")) {
		t.Errorf("the settings are %s, want JSON without a secret", masked)
	}
}

// TestUpdateNeedsAChange sends nothing without one, and nothing of a session that must
// only read.
func TestUpdateNeedsAChange(t *testing.T) {
	t.Parallel()
	m, w := newManager(t, calls.Options{})
	reader := inEverything
	reader.Policy.ReadOnly = true
	for name, tt := range map[string]struct {
		session   tools.Session
		tool      string
		arguments string
		want      string
	}{
		"no change": {inEverything, "update_connector", `{"connector":"github"}`, "give `name` or `config`"},
		"too large a change": {inEverything, "update_connector",
			`{"connector":"github","config":{"a":"` + strings.Repeat("x", 256<<10) + `"}}`, "`config` has 262152 bytes, and may have 262144"},
		"no such connector":    {inEverything, "update_connector", `{"connector":"gitlap","name":"x"}`, "gitlap"},
		"an update by readers": {reader, "update_connector", `{"connector":"github","name":"x"}`, "read-only"},
		"a delete by readers":  {reader, "delete_connector", `{"connector":"github"}`, "read-only"},
	} {
		_, err := m.Calls().Call(t.Context(), tt.session, calls.Silent{}, tt.tool, json.RawMessage(tt.arguments))
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(w.sent()) != 0 {
			t.Errorf("%s: got %v and sent %q, want %q and nothing sent", name, err, w.sent(), tt.want)
		}
	}
	result, err := m.Calls().Call(t.Context(), inEverything, calls.Silent{}, "update_connector",
		json.RawMessage(`{"connector":"github","name":"Renamed","dry_run":true}`))
	if err != nil || len(w.sent()) != 0 || !strings.Contains(string(result.Data), `change the connector \"GitHub`) {
		t.Errorf("a dry run: got %v, %v and sent %q, want what it would do and nothing sent", result, err, w.sent())
	}
}

// TestDeleteIsConfirmed sends nothing before that.
func TestDeleteIsConfirmed(t *testing.T) {
	t.Parallel()
	m, w := newManager(t, calls.Options{})
	_, err := m.Calls().Call(t.Context(), inEverything, calls.Silent{}, "delete_connector", json.RawMessage(`{"connector":"github"}`))
	var wanted *calls.ConfirmationError
	if !errors.As(err, &wanted) || !strings.Contains(err.Error(), "synced data, for good") || len(w.sent()) != 0 {
		t.Errorf("got %v and sent %q, want a question that names what is lost", err, w.sent())
	}
}

// TestDeleteTakesOneAway deletes the connector that is named, which then is none.
func TestDeleteTakesOneAway(t *testing.T) {
	t.Parallel()
	rules, err := calls.ParseRules([]string{"airbyte.connectors.delete=allow"})
	if err != nil {
		t.Fatal(err)
	}
	m, w := newManager(t, calls.Options{Rules: rules})
	shown, err := m.Show(t.Context(), inEverything, "github", false)
	if err != nil {
		t.Fatal(err)
	}
	result, err := m.Calls().Call(t.Context(), inEverything, calls.Silent{}, "delete_connector", json.RawMessage(`{"connector":"github"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := w.sent(); len(got) != 1 || !strings.HasPrefix(got[0], "DELETE ") || !strings.HasSuffix(got[0], shown.ID) ||
		!strings.Contains(string(result.Data), shown.ID) {
		t.Errorf("sent %q and answered %s, want %s deleted", got, result.Data, shown.ID)
	}
	if _, err := m.Show(t.Context(), inEverything, shown.ID, false); err == nil {
		t.Error("it still is there")
	}
}
