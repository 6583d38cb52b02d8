package manage_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// newGitHub is a request for a GitHub connector with a token.
func newGitHub(t *testing.T, m *manage.Manager, s tools.Session, token string) manage.ConnectRequest {
	t.Helper()
	asked, err := m.Setup(t.Context(), s, "github")
	if err != nil {
		t.Fatal(err)
	}
	return manage.ConnectRequest{Setup: asked, Values: setup.Values{
		Name: "GitHub - new", Fields: map[string]string{"repositories": "acme/widgets"},
		Secrets: map[string]secret.Text{"token": secret.New(token)},
	}}
}

// TestConnect creates a connector, proves it, and tells each step.
func TestConnect(t *testing.T) {
	t.Parallel()
	var records []calls.Record
	m, w := newManager(t, calls.Options{Audit: func(r calls.Record) { records = append(records, r) }})
	s := tools.Session{Workspace: "default"}
	var told []string
	done, err := m.Connect(t.Context(), s, newGitHub(t, m, s, "good"), func(step string) { told = append(told, step) })
	if err != nil {
		t.Fatal(err)
	}
	if done.ID == "" || done.Name != "GitHub - new" || done.Type != "github" || !done.Proven || done.Next != "" {
		t.Errorf("got %+v", done)
	}
	want := []string{
		`Workspace "default" has 1 connector of GitHub already ("GitHub - default"): with one more, calls must say which`,
		"Asking Airbyte to check the configuration (not billed)", "Airbyte's check: succeeded", "Creating the connector",
		`Created "GitHub - new" (id ` + done.ID + `) in workspace "default"`, "Proving the credentials with ", "github_",
	}
	for i, step := range told {
		if !strings.HasPrefix(step, want[i]) {
			t.Errorf("step %d is %q, want %q", i, step, want[i])
		}
	}
	checks := []string{told[0], told[2], told[4], told[len(told)-1]}
	proven := strings.HasSuffix(told[len(told)-1], " works: the vendor takes the credentials")
	if len(told) != len(want) || !slices.Equal(done.Checks, checks) || !proven {
		t.Errorf("told %q, checks %q", told, done.Checks)
	}
	if len(w.sent()) != 2 || len(records) == 0 || records[len(records)-1].ConnectorID != done.ID {
		t.Errorf("sent %q, records %+v", w.sent(), records)
	}
}

func TestConnectWithoutProof(t *testing.T) {
	t.Parallel()
	m, w := newManager(t, calls.Options{})
	s := tools.Session{Workspace: "default"}
	r := newGitHub(t, m, s, "good")
	r.Unbilled = true
	done, err := m.Connect(t.Context(), s, r, func(string) {})
	if err != nil || done.ID == "" || done.Proven || len(done.Checks) != 3 || len(w.sent()) != 1 ||
		done.Next != "The credentials have not been tried; call any of its read tools to see whether they work" {
		t.Errorf("got %+v (%v), sent %q", done, err, w.sent())
	}
}

// TestConnectCreatesNothingOfWrongCredentials, be they missing or refused.
func TestConnectCreatesNothingOfWrongCredentials(t *testing.T) {
	t.Parallel()
	m, w := newManager(t, calls.Options{})
	s := tools.Session{Workspace: "default"}
	done, err := m.Connect(t.Context(), s, newGitHub(t, m, s, "invalid"), func(string) {})
	rejected, ok := errors.AsType[*manage.RejectedError](err)
	if !ok || done != nil || !strings.HasPrefix(rejected.Reason, "GitHub refused the credentials; ") ||
		err.Error() != "nothing was created: Airbyte's check refused the credentials: "+rejected.Reason {
		t.Errorf("got %+v, %v", done, err)
	}
	missing := newGitHub(t, m, s, "x")
	missing.Values.Secrets = nil
	if _, err := m.Connect(t.Context(), s, missing, func(string) {}); tools.Kind(err) != tools.KindInvalid {
		t.Errorf("got %v, want invalid arguments", err)
	}
	if len(w.sent()) != 0 {
		t.Errorf("sent %q, want nothing", w.sent())
	}
}

func TestProveAndDescribe(t *testing.T) {
	t.Parallel()
	m, _ := newManager(t, calls.Options{})
	tried, err := m.Prove(t.Context(), inEverything, "github")
	if err != nil || !strings.HasPrefix(tried, "github_") {
		t.Errorf("tried %q, %v", tried, err)
	}
	i, answer, err := m.Describe(t.Context(), inEverything, "github")
	if err != nil || i.Slug != "github" || !json.Valid(answer) || len(answer) < 3 {
		t.Errorf("got %+v, %s, %v", i, answer, err)
	}
	found, err := m.Locate(t.Context(), inEverything, "GitHub")
	if err != nil || found.ID != i.ID {
		t.Errorf("located %+v, %v, want %s", found, err, i.ID)
	}
	for _, s := range []tools.Session{inEverything, {Workspace: "nowhere"}} {
		tried, proofErr := m.Prove(t.Context(), s, "unheard-of")
		_, answer, describeErr := m.Describe(t.Context(), s, "unheard-of")
		_, locateErr := m.Locate(t.Context(), s, "unheard-of")
		if proofErr == nil || describeErr == nil || locateErr == nil || tried != "" || answer != nil {
			t.Errorf("%s: got %v, %v and %v of no connector", s.Workspace, proofErr, describeErr, locateErr)
		}
	}
}

func TestListingTools(t *testing.T) {
	t.Parallel()
	m, _ := newManager(t, calls.Options{})
	for tool, test := range map[string]struct {
		arguments string
		want      []string
	}{
		"list_connectors":          {`{}`, []string{`"type":"github"`, `"type":"stripe"`}},
		"list_connector_types":     {`{"query":"github"}`, []string{`"name":"github"`, `"has_tools":true`}},
		"describe_connector_setup": {`{"type":"github"}`, []string{`"type":"github","title":"GitHub"`, `"secret":true`}},
		"check_connector":          {`{"connector":"github"}`, []string{`"check_passed":true`, `"check":"succeeded`}},
	} {
		result, err := m.Calls().Call(t.Context(), inEverything, calls.Silent{}, tool, json.RawMessage(test.arguments))
		if err != nil {
			t.Errorf("%s: %v", tool, err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(string(result.Data), want) {
				t.Errorf("%s: got %.400s, want %s in it", tool, result.Data, want)
			}
		}
	}
	for tool, arguments := range map[string]string{
		"check_connector": `{"connector":"unheard-of"}`, "delete_connector": `{"connector":"unheard-of"}`,
		"update_connector": `{"connector":"unheard-of","name":"x"}`, "describe_connector_setup": `{"type":"unheard-of"}`,
	} {
		_, err := m.Calls().Call(t.Context(), inEverything, agreeing{}, tool, json.RawMessage(arguments))
		if tools.Kind(err) != tools.KindNoConnector {
			t.Errorf("%s: got %v, want that there is no such connector", tool, err)
		}
	}
	_, err := m.Calls().Call(t.Context(), inEverything, agreeing{}, "update_connector", json.RawMessage(`{"connector":"github"}`))
	if err == nil || !strings.Contains(err.Error(), "give `name` or `config`") {
		t.Errorf("an update of nothing: got %v", err)
	}
}

func TestDeleteAConnector(t *testing.T) {
	t.Parallel()
	m, w := newManager(t, calls.Options{})
	before, err := m.Locate(t.Context(), inEverything, "stripe")
	if err != nil {
		t.Fatal(err)
	}
	const arguments = `{"connector":"stripe"}`
	_, err = m.Calls().Call(t.Context(), inEverything, calls.Silent{}, "delete_connector", json.RawMessage(arguments))
	if err == nil || len(w.sent()) != 0 || !strings.Contains(err.Error(), "with its stored credentials and its synced data, for good") {
		t.Errorf("unconfirmed: got %v, sent %q", err, w.sent())
	}
	result, err := m.Calls().Call(t.Context(), inEverything, agreeing{}, "delete_connector", json.RawMessage(arguments))
	if err != nil || len(w.sent()) != 1 || !strings.Contains(string(result.Data), `"deleted":"`+before.ID+`"`) {
		t.Fatalf("got %+v, %v, sent %q", result, err, w.sent())
	}
	if _, err := m.Locate(t.Context(), inEverything, "stripe"); err == nil {
		t.Error("the deleted connector is still there")
	}
}
