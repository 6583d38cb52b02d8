package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// embedded is a runner of the built-in catalog over connectors of three types.
func embedded(t *testing.T, answer string) (*api, *calls.Runner) {
	t.Helper()
	a := &api{answer: answer, connectors: map[string]string{"main": strings.Join([]string{
		row("g1", "Code", "github", "GitHub", "ef69ef6e-aa7f-4af1-a01d-ef775033524e"),
		row("m1", "Boards", "monday", "monday.com", "80a54ea2-9959-4040-aac1-eee42423ec9b"),
		row("s1", "Pay", "stripe", "Stripe", "e094cb9a-26de-4645-8761-65c0c425d1de"),
	}, ",")}}
	return a, a.boxOf(t, schemas.Embedded())
}

// TestAnswersThatMayHideARefusal: the errors of some vendors arrive as nothing.
func TestAnswersThatMayHideARefusal(t *testing.T) {
	t.Parallel()
	const issues, raw = `{"owner":"a","repo":"b"}`, `{"connector":"g1","entity":"issues","action":"list","params":{}}`
	for name, tt := range map[string]struct{ tool, arguments, data, meta, want string }{
		"no metadata":      {"github_issues_list", issues, `[]`, `{}`, "the vendor probably refused"},
		"null metadata":    {"github_issues_list", issues, `[]`, `{"has_next_page":null,"end_cursor":null}`, "the vendor probably refused"},
		"null for a list":  {"github_issues_list", issues, `null`, `null`, "the vendor probably refused"},
		"by its raw name":  {"execute_action", raw, `[]`, `{}`, "the vendor probably refused"},
		"truly empty":      {"github_issues_list", issues, `[]`, `{"has_next_page":false,"end_cursor":null}`, ""},
		"with records":     {"github_issues_list", issues, `[{"number":1}]`, `{}`, ""},
		"no telling":       {"monday_boards_list", `{}`, `[]`, `{}`, "empty, or refused: this list cannot tell"},
		"a record":         {"github_issues_get", `{"owner":"a","repo":"b","number":1}`, `{"number":1}`, `{}`, ""},
		"no record":        {"github_issues_get", `{"owner":"a","repo":"b","number":1}`, `null`, `{}`, "no such record, or the vendor refused"},
		"of another style": {"stripe_customers_list", `{}`, `[]`, `{}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, b := embedded(t, result(tt.data, tt.meta))
			got := string(mustCall(t, b, inMain, tt.tool, tt.arguments).JSON())
			if !strings.Contains(got, tt.want) || strings.Contains(got, `"warning"`) != (tt.want != "") {
				t.Errorf("got %s, want %q", got, tt.want)
			}
		})
	}
}

// TestPathValues: what would lead to another route of the vendor is refused, not sent.
func TestPathValues(t *testing.T) {
	t.Parallel()
	for value, fine := range map[string]bool{`".."`: false, `"."`: false, `""`: false, `"cus_1"`: true, `"..."`: true, `"../x"`: true} {
		for tool, arguments := range map[string]string{
			"stripe_customers_get":    `{"id":` + value + `}`,
			"stripe_customers_update": `{"id":` + value + `,"name":"x"}`,
			"execute_action":          `{"connector":"s1","entity":"customers","action":"get","params":{"id":` + value + `}}`,
		} {
			a, b := embedded(t, result(`{"id":"cus_1"}`, `{}`))
			_, err := b.Call(t.Context(), inMain, calls.Silent{}, tool, json.RawMessage(arguments))
			if (err == nil) != fine || (len(a.sent()) == 1) != fine || !fine && tools.Kind(err) != tools.KindInvalid {
				t.Errorf("%s(%s): %v with %d executes", tool, arguments, err, len(a.sent()))
			}
		}
	}
}

// TestFieldsAreNames: they are put into the text of a query.
func TestFieldsAreNames(t *testing.T) {
	t.Parallel()
	for fields, fine := range map[string]bool{
		`["login"]`: true, `["owner.login","_x1"]`: true,
		`["login","} viewer2: viewer { email"]`: false, `["a b"]`: false, `["a."]`: false, `["1a"]`: false, `["a{b}"]`: false,
	} {
		a, b := embedded(t, result(`{"login":"x"}`, `{}`))
		_, err := b.Call(t.Context(), inMain, calls.Silent{}, "github_viewer_get", json.RawMessage(`{"fields":`+fields+`}`))
		if (err == nil) != fine || (len(a.sent()) == 1) != fine {
			t.Errorf("%s: %v with %d executes", fields, err, len(a.sent()))
		}
	}
}

// TestRefIsAlwaysSent: without it Airbyte's executor loses the path.
func TestRefIsAlwaysSent(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{``: `"ref":"HEAD"`, `,"ref":"v1"`: `"ref":"v1"`} {
		for _, tool := range []string{"github_file_content_get", "github_directory_content_list"} {
			a, b := embedded(t, result(`{}`, `{}`))
			mustCall(t, b, inMain, tool, `{"owner":"a","repo":"b","path":"x"`+ref+`}`)
			if sent := a.sent(); len(sent) != 1 || !strings.Contains(sent[0].body, want) {
				t.Errorf("%s: sent %+v, want %s", tool, sent, want)
			}
		}
	}
}

// TestHangOfAConsent names the likely cause, for connectors that may live by a consent.
func TestHangOfAConsent(t *testing.T) {
	t.Parallel()
	for tool, want := range map[string]bool{"github_issues_create": true, "stripe_products_create": false} {
		a, b := embedded(t, result(`{}`, `{}`))
		a.hold = make(chan struct{})
		t.Cleanup(func() { close(a.hold) })
		f, err := b.Directory().Find(t.Context(), inMain, tool, json.RawMessage(`{"owner":"a","repo":"b","title":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		if !want {
			f.Arguments = json.RawMessage(`{"name":"x"}`)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		_, err = b.Run(ctx, calls.Silent{}, f)
		var worded interface {
			Words(tool, doubt string) string
		}
		if !errors.As(err, &worded) || tools.Outcome(err) != tools.OutcomeUnknown {
			t.Fatalf("%s: %v", tool, err)
		}
		if got := worded.Words(tool, "Unknown."); strings.Contains(got, "consent") != want || !strings.HasPrefix(got, "Unknown.") {
			t.Errorf("%s: got %q", tool, got)
		}
	}
}
