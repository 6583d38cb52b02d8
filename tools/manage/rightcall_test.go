package manage_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"testing"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// shownCall is the right call that a refusal shows to a model.
var shownCall = regexp.MustCompile(`(?s)[Aa] right call: ([a-z0-9_]+) (\{.*\})`)

// refusedCalls are calls that every session refuses, of each tool that takes arguments
// and belongs to no connector, and of some that do.
var refusedCalls = []struct {
	tool, arguments string
	of              string // the tool that the right call is of; "" for the same
}{
	{"find_tools", `{"limit":"many"}`, ""}, {"find_tools", `{"query":"issues","connector":"githubb"}`, ""},
	{"find_tools", `{"effect":"reading","connector":7}`, ""}, {"find_tools", `[]`, ""},
	{"describe_tool", `{}`, ""}, {"describe_tool", `{"name":"github_issue_list"}`, ""},
	{"call_read_tool", `{}`, ""}, {"call_read_tool", `{"name":"no_such_tool"}`, ""},
	{"call_read_tool", `{"name":"stripe_customers_list","arguments":[1]}`, ""},
	{"call_read_tool", `{"name":"stripe_customers_list","arguments":{"limt":3}}`, ""},
	{"call_read_tool", `{"name":"github_issues_list","arguments":{"select_fields":["titel"]}}`, ""},
	{"call_read_tool", `{"name":"stripe_customers_create","arguments":{"name":"x"}}`, "call_write_tool"},
	{"call_write_tool", `{"arguments":{}}`, ""}, {"call_write_tool", `{"name":"github_issues_list"}`, "call_read_tool"},
	{"call_write_tool", `{"name":"stripe_customers_create","arguments":{"nam":"x","confirmation":5.5}}`, ""},
	{"call_read_tool", `{"name":"check_connector","arguments":{"connector":"nothing like it"}}`, ""},
	{"call_read_tool", `{"name":"github_issues_list","arguments":{"owner":"a","repo":"b","connector":"nothing like it"}}`, ""},
	{"call_write_tool", `{"name":"execute_action","arguments":{"connector":"stripe","entity":"cus tomers","action":"list"}}`, ""},
	{"call_write_tool", `{"name":"execute_action","arguments":{}}`, ""},
	{"call_write_tool", `{"name":"execute_action","arguments":{"connector":"none","entity":"a","action":"list"}}`, ""},
	{"call_read_tool", `{"name":"list_connector_types","arguments":{"query":{}}}`, ""},
	{"call_read_tool", `{"name":"describe_connector_setup","arguments":{}}`, ""},
	{"call_read_tool", `{"name":"list_workspaces","arguments":{"name":"x"}}`, ""},
	{"call_read_tool", `{"name":"check_connector","arguments":{}}`, ""},
	{"call_write_tool", `{"name":"connect_connector","arguments":{}}`, ""},
	{"call_write_tool", `{"name":"connect_connector","arguments":{"typ":"github"}}`, ""},
	{"call_write_tool", `{"name":"update_connector","arguments":{"connector":"stripe"}}`, ""},
	{"call_write_tool", `{"name":"update_connector","arguments":{"connector":"nothing like it","name":"x"}}`, ""},
	{"call_write_tool", `{"name":"delete_connector","arguments":{}}`, ""},
	{"list_connectors", `{"all":true}`, ""}, {"read_result", `{}`, ""}, {"read_result", `{"handle":"gone"}`, ""},
	{"read_result", `{"handle":"HANDLE","path":"nowhere"}`, ""}, {"read_result", `{"handle":"HANDLE","limit":0}`, ""},
	{"github_issues_list", `{}`, "call_read_tool"},
}

// TestRightCallsWork calls what each refusal shows.
func TestRightCallsWork(t *testing.T) {
	t.Parallel()
	m, _, _, _ := newDesk(t, calls.Options{MaxResultBytes: 4 << 10})
	s := tools.Session{Workspace: "default", Operator: true, Listing: tools.Listing{Surface: tools.Search}}
	large, err := m.Calls().Call(t.Context(), s, calls.Silent{}, "call_read_tool",
		json.RawMessage(`{"name":"stripe_customers_list","arguments":{"limit":100,"select_fields":["*"]}}`))
	if err != nil || large.Truncation == nil {
		t.Fatalf("no result was kept: %v", err)
	}
	handle := regexp.MustCompile(`"handle":"([^"]+)"`).FindSubmatch(large.JSON())[1]
	for _, tt := range refusedCalls {
		given := regexp.MustCompile("HANDLE").ReplaceAllString(tt.arguments, string(handle))
		_, err := m.Calls().Call(t.Context(), s, calls.Silent{}, tt.tool, json.RawMessage(given))
		shown := shownCall.FindStringSubmatch(wordsOf(tt.tool, err))
		switch {
		case err == nil:
			t.Errorf("%s %s was not refused", tt.tool, given)
			continue
		case shown == nil || shown[1] != tt.tool && shown[1] != tt.of:
			t.Errorf("%s %s is refused without a right call: %s", tt.tool, given, wordsOf(tt.tool, err))
			continue
		}
		if _, err := m.Calls().Call(t.Context(), s, calls.Silent{}, shown[1], json.RawMessage(shown[2])); err != nil && !isAsked(err) {
			t.Errorf("%s %s: the right call %s %s fails: %s", tt.tool, given, shown[1], shown[2], wordsOf(shown[1], err))
		}
	}
}

// isAsked reports a call that only waits for a person.
func isAsked(err error) bool {
	pending, confirm := errors.AsType[*calls.PendingError](err)
	_, asked := errors.AsType[*calls.ConfirmationError](err)
	return confirm && pending != nil || asked
}

// wordsOf is what a model is told.
func wordsOf(tool string, err error) string {
	worded, ok := errors.AsType[interface {
		error
		Words(tool, doubt string) string
	}](err)
	switch {
	case err == nil:
		return ""
	case ok:
		return worded.Words(tool, "")
	default:
		return err.Error()
	}
}

// TestRightCallsOfEmptyWorkspaces shows no call that could not work.
func TestRightCallsOfEmptyWorkspaces(t *testing.T) {
	t.Parallel()
	m := withPage(t, nil)
	s := tools.Session{Workspace: "default", Operator: true, Listing: tools.Listing{Surface: tools.Search}}
	for tool, want := range map[string]string{
		"read_result": "", "describe_tool": "describe_tool", "call_read_tool": "call_read_tool", "find_tools": "find_tools",
	} {
		_, err := m.Calls().Call(t.Context(), s, calls.Silent{}, tool, json.RawMessage(`{"nothing":1}`))
		shown := append(shownCall.FindStringSubmatch(wordsOf(tool, err)), "", "")
		if i := slices.Index(shown, ""); err == nil || shown[min(i, 1)] != want && want != "" || want == "" && i != 0 {
			t.Errorf("%s: %s", tool, wordsOf(tool, err))
		}
		if want == "" {
			continue
		}
		if _, err := m.Calls().Call(t.Context(), s, calls.Silent{}, shown[1], json.RawMessage(shown[2])); err != nil {
			t.Errorf("%s: the right call %s fails: %v", tool, shown[2], err)
		}
	}
}
