package calls_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// folding is an API whose workspace "main" has one connector with several searches, and a
// session that is shown them folded.
func folding(t *testing.T, p tools.Policy) (*api, *calls.Runner, tools.Session) {
	t.Helper()
	a := &api{
		connectors: map[string]string{"main": row("c-1", "Intercom", "intercom", "Intercom", "x")},
		answer:     `{"status":"success","result":{"data":[{"id":"1"}],"meta":{"has_more":false}},"execution_metadata":{"execution_time_ms":1}}`,
	}
	b := a.boxOf(t, schemas.Embedded())
	s := tools.Session{Workspace: "main", Policy: p, Listing: tools.Listing{Surface: tools.Auto}}
	set, err := b.Directory().Select(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	s.Listing.MaxTools = len(set.Direct()) - 1
	return a, b, s
}

// TestFolded lists one search for a connector where the searches one by one are too many, with
// the entities that the policy leaves.
func TestFolded(t *testing.T) {
	t.Parallel()
	_, b, s := folding(t, tools.Policy{Exclude: []string{"intercom_teams_search"}})
	set, err := b.Directory().Select(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	names := listedNames(set.Listed)
	if set.Surface != tools.Folded || !strings.Contains(set.Reason, "with one search for each connector") {
		t.Fatalf("the surface is %s: %s", set.Surface, set.Reason)
	}
	for _, name := range []string{"intercom_search", "describe_tool", "intercom_contacts_list"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not listed: %q", name, names)
		}
	}
	if slices.Contains(names, "intercom_contacts_search") || !slices.IsSorted(names) {
		t.Errorf("listed %q", names)
	}
	fold := set.Listed[slices.Index(names, "intercom_search")]
	var schema struct {
		Properties map[string]struct {
			Enum        []string
			Description string
		}
		Required []string
	}
	if err := json.Unmarshal(fold.Input.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	want, got := []string{"companies", "contacts", "conversation_parts", "conversations"}, schema.Properties["entity"].Enum
	if !slices.Equal(got, want) || !slices.Equal(schema.Required, []string{"entity"}) {
		t.Errorf("entities %q, required %q; want %q", got, schema.Required, want)
	}
	for _, entity := range []string{"companies:", "contacts:", "conversations:"} {
		if !strings.Contains(schema.Properties["filter"].Description, entity) {
			t.Errorf("the fields of %s are not told in %q", entity, schema.Properties["filter"].Description)
		}
	}
}

// TestFoldedCall calls a search by its folded name and by its own: both are the same request.
func TestFoldedCall(t *testing.T) {
	t.Parallel()
	a, b, s := folding(t, tools.Policy{})
	const filter = `"filter":[{"field":"id","op":"eq","value":"7"}],"limit":5`
	mustCall(t, b, s, "intercom_search", `{"entity":"contacts",`+filter+`}`)
	mustCall(t, b, s, "intercom_search", `{`+filter+`,"entity":"Contacts"}`)
	mustCall(t, b, s, "intercom_contacts_search", `{`+filter+`}`)
	sent := a.sent()
	if len(sent) != 3 || sent[0] != sent[2] || sent[1] != sent[2] || !strings.Contains(sent[0].body, `"entity":"contacts"`) {
		t.Errorf("sent %q", sent)
	}
	found, err := b.Directory().Find(t.Context(), s, "intercom_search", json.RawMessage(`{"entity":"contacts"}`))
	if err != nil || found.Tool.Name != "intercom_contacts_search" || string(found.Arguments) != "{}" {
		t.Errorf("found %+v, %v", found, err)
	}
	var described struct {
		CallWith string `json:"call_with"`
	}
	decode(t, mustCall(t, b, s, "describe_tool", `{"name":"intercom_contacts_search"}`), &described)
	if described.CallWith != "intercom_search with entity contacts" {
		t.Errorf("to be called with %q", described.CallWith)
	}
}

// TestFoldedRefusals: what is wrong is said with a call that works, in the form in which the
// host knows it.
func TestFoldedRefusals(t *testing.T) {
	t.Parallel()
	a, b, s := folding(t, tools.Policy{Exclude: []string{"intercom_teams_search"}})
	for _, tt := range []struct{ arguments, says string }{
		{`{}`, "`entity` is required: "},
		{`{"entity":7}`, "`entity` is required: "},
		{`{"entity":"contact"}`, "did you mean contacts?"},
		{`{"entity":"teams"}`, "`entity` is none of "},
		{`{"entity":"contacts","filter":[{"field":"names","op":"eq","value":"x"}]}`, "did you mean name or notes?"},
		{`{"entity":"contacts","entities":1}`, "entities"},
	} {
		_, err := b.Call(t.Context(), s, calls.Silent{}, "intercom_search", json.RawMessage(tt.arguments))
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want %q", tt.arguments, err, tt.says)
			continue
		}
		_, call, ok := strings.Cut(err.Error(), "a right call: intercom_search ")
		if !ok {
			t.Errorf("%s: no right call in %v", tt.arguments, err)
			continue
		}
		mustCall(t, b, s, "intercom_search", call)
	}
	if n := len(a.sent()); n != 6 {
		t.Errorf("%d requests were sent, want those of the right calls", n)
	}
	s.Listing = tools.Listing{Surface: tools.Direct}
	if _, err := b.Call(t.Context(), s, calls.Silent{}, "intercom_search", json.RawMessage(`{"entity":"contacts"}`)); err == nil {
		t.Error("a folded search was called that no list can have had")
	}
}
