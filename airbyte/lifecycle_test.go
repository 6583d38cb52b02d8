package airbyte_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

// github is a connector to be created.
func github(workspace string) airbyte.NewConnector {
	return airbyte.NewConnector{
		Workspace: workspace, Type: "GitHub", Name: "GitHub - acme",
		Credentials: secretText(`{"token":"canary-credential"}`),
		StoredAuth:  secretText(`{"credentials":{"option_title":"PAT Credentials","personal_access_token":"canary-credential"}}`),
		Replication: json.RawMessage(`{"repositories":["acme/widgets"],"count":12345678901234567890}`),
	}
}

const (
	checkPath = connectorsPath + "/check"
	onePath   = connectorsPath + "/c-1"

	// detail is a connector as the API tells it, with a secret that it forgot to mask.
	detail = `{"id":"source_id:c-1","name":"GitHub - acme",
		"source_template":{"id":"t-1","name":"GitHub","icon":null,"source_definition_id":"d-1",
		"user_config_spec":{"connectionSpecification":{"properties":{
		"credentials":{"oneOf":[{"properties":{"pat":{"type":"string","airbyte_secret":true}}}]}}}}},
		"replication_config":{"repositories":["acme/widgets"],"start_date":"2026-01-01T00:00:00Z","count":12345678901234567890,
			"credentials":{"option_title":"PAT","pat":"canary-1","personal_access_token":"canary-2","keys":{"api_key":"canary-3"}}},
		"entities":null,"created_at":"2026-05-04T09:15:00Z","updated_at":null}`
)

// fromDetail is what detail says.
var fromDetail = airbyte.ConnectorDetail{
	ID: "c-1", Name: "GitHub - acme", TemplateID: "t-1", TypeName: "GitHub", DefinitionID: "d-1", CreatedAt: "2026-05-04T09:15:00Z",
	Config: json.RawMessage(`{"count":12345678901234567890,"credentials":{"keys":{"api_key":"**********"},"option_title":"PAT",` +
		`"pat":"**********",` +
		`"personal_access_token":"**********"},"repositories":["acme/widgets"],"start_date":"2026-01-01T00:00:00Z"}`),
}

func TestConnector(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.others["GET "+onePath] = inTurn(say(503, ``), say(200, detail))
	got, err := a.serve(t).Connector(t.Context(), "source_id:c-1")
	if err != nil || !reflect.DeepEqual(*got, fromDetail) {
		t.Errorf("got %+v, %v, want %+v", got, err, fromDetail)
	}
}

func TestCreateBody(t *testing.T) {
	t.Parallel()
	const tail = `,"name":"GitHub - acme","credentials":{"token":"canary-credential"},` +
		`"replication_config":{"repositories":["acme/widgets"],"count":12345678901234567890}}`
	tests := map[string]struct {
		change func(*airbyte.NewConnector)
		want   string
	}{
		"type": {func(*airbyte.NewConnector) {}, `{"workspace_name":"main","connector_type":"GitHub"` + tail},
		"definition": {func(n *airbyte.NewConnector) { n.Type, n.DefinitionID = "", "d-1" },
			`{"workspace_name":"main","definition_id":"d-1"` + tail},
		"definition before type": {func(n *airbyte.NewConnector) { n.DefinitionID = "d-1" },
			`{"workspace_name":"main","definition_id":"d-1"` + tail},
		"template beside type": {func(n *airbyte.NewConnector) { n.TemplateID = "t-1" },
			`{"workspace_name":"main","connector_type":"GitHub","source_template_id":"t-1"` + tail},
		"nothing but a type": {func(n *airbyte.NewConnector) { *n = airbyte.NewConnector{Workspace: "main", Type: "x"} },
			`{"workspace_name":"main","connector_type":"x","replication_config":{}}`},
		"environment, no setting": {func(n *airbyte.NewConnector) {
			n.Replication, n.Environment, n.Name = nil, []byte(`{"subdomain":"acme"}`), ""
		}, `{"workspace_name":"main","connector_type":"GitHub","credentials":{"token":"canary-credential"},` +
			`"environment":{"subdomain":"acme"}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.others["POST "+connectorsPath] = say(200, detail)
			a.others["POST "+checkPath] = say(200, `{"id":"x","status":"succeeded"}`)
			client := a.serve(t)
			n := github("main")
			test.change(&n)
			if _, err := client.CheckNew(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			got, err := client.CreateConnector(t.Context(), n)
			if err != nil || got.ID != "c-1" {
				t.Fatalf("got %+v, %v, want c-1", got, err)
			}
			for _, path := range []string{checkPath, connectorsPath} {
				if got := a.requests(path)[0].body; got != test.want {
					t.Errorf("%s: got body %s, want %s", path, got, test.want)
				}
			}
		})
	}
}

func TestInvalidConnectorIsNotSent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*airbyte.NewConnector)
		want   string
	}{
		"no workspace": {func(n *airbyte.NewConnector) { n.Workspace = "" }, "no workspace"},
		"no type":      {func(n *airbyte.NewConnector) { n.Type = "" }, "needs a type"},
		"credentials, a text": {func(n *airbyte.NewConnector) { n.Credentials = secretText("canary-credential") },
			"the credentials must be"},
		"credentials, two": {func(n *airbyte.NewConnector) { n.Credentials = secretText(`{} {"a":"canary-credential"}`) },
			"the credentials must be"},
		"stored, a list": {func(n *airbyte.NewConnector) { n.StoredAuth = secretText(`["canary-credential"]`) },
			"the stored credentials must be"},
		"replication, null":    {func(n *airbyte.NewConnector) { n.Replication = []byte("null") }, "the replication configuration must be"},
		"environment, cut off": {func(n *airbyte.NewConnector) { n.Environment = []byte(`{"a":`) }, "the environment must be"},
	}
	for name, test := range tests {
		a := newAPI()
		n := github("main")
		test.change(&n)
		_, err := a.serve(t).CreateConnector(t.Context(), n)
		failure := failureOf(t, err)
		if failure == nil || failure.Code != airbyte.CodeInvalid || failure.Outcome != airbyte.OutcomeNotSent ||
			!strings.Contains(failure.Message, test.want) || len(a.all()) != 0 {
			t.Errorf("%s: got %+v after %d requests, want %q", name, failure, len(a.all()), test.want)
		}
		checkError(t, err)
	}
}

// lifecycleCalls are what can be done with a connector or a template.
var lifecycleCalls = map[string]struct {
	route string
	call  func(context.Context, *airbyte.Client) error
	write bool
}{
	"create": {"POST " + connectorsPath, func(ctx context.Context, c *airbyte.Client) error {
		_, err := c.CreateConnector(ctx, github("main"))
		return err
	}, true},
	"update": {"PUT " + onePath, func(ctx context.Context, c *airbyte.Client) error {
		_, err := c.UpdateConnector(ctx, "c-1", airbyte.ConnectorChange{Entities: []byte(`[]`)})
		return err
	}, true},
	"delete": {"DELETE " + onePath, func(ctx context.Context, c *airbyte.Client) error { return c.DeleteConnector(ctx, "main", "c-1") },
		true},
	"clone": {"POST " + templatesPath, func(ctx context.Context, c *airbyte.Client) error {
		_, err := c.CloneTemplate(ctx, "t-1", "")
		return err
	}, true},
	"consent": {"POST " + connectorsPath + "/oauth/initiate", func(ctx context.Context, c *airbyte.Client) error {
		_, err := c.StartConsent(ctx, airbyte.Consent{Workspace: "main", Type: "x"})
		return err
	}, true},
	"get": {"GET " + onePath, func(ctx context.Context, c *airbyte.Client) error { _, err := c.Connector(ctx, "c-1"); return err }, false},
	"check": {"POST " + onePath + "/check", func(ctx context.Context, c *airbyte.Client) error {
		_, err := c.CheckConnector(ctx, "c-1", airbyte.ConnectorChange{})
		return err
	}, false},
}

// faults are what may become of them.
var faults = map[string]struct {
	answer    http.HandlerFunc
	wantSends int // of a read
	want      airbyte.Outcome
}{
	"429":      {say(429, ``), 3, airbyte.OutcomeRejected},
	"500":      {say(500, ``), 2, airbyte.OutcomeUnknown},
	"504":      {say(504, ``), 3, airbyte.OutcomeUnknown},
	"hangs up": {hangUp, 3, airbyte.OutcomeUnknown},
	"422":      {say(422, ``), 1, airbyte.OutcomeRejected},
}

// Writes are sent once, whatever becomes of them; checks and gets may be repeated.
func TestLifecycleWritesAreSentOnce(t *testing.T) {
	t.Parallel()
	for what, call := range lifecycleCalls {
		for fault, f := range faults {
			t.Run(what+" "+fault, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					a := newAPI()
					a.others[call.route] = f.answer
					failure := failureOf(t, call.call(t.Context(), a.serveInMemory(t)))
					want := f.wantSends
					if call.write {
						want = 1
					}
					method, path, _ := strings.Cut(call.route, " ")
					got := 0
					for _, s := range a.requests(path) {
						if strings.HasPrefix(s.route, method+" ") {
							got++
						}
					}
					// net/http itself asks again where a kept connection breaks under a GET.
					again := got == want+1 && strings.HasPrefix(call.route, http.MethodGet)
					if failure == nil || failure.Outcome != f.want || got != want && !again {
						t.Errorf("got %+v after %d requests, want outcome %s after %d", failure, got, f.want, want)
					}
					if inDoubt := call.write && f.want == airbyte.OutcomeUnknown; failure.Retryable() && inDoubt {
						t.Error("a write in doubt is called retryable")
					}
				})
			})
		}
	}
}

func TestUpdateConnector(t *testing.T) {
	t.Parallel()
	name, none := "renamed", airbyte.ConnectorChange{}
	a := newAPI()
	a.others["PUT "+onePath] = say(200, detail)
	client := a.serve(t)
	got, err := client.UpdateConnector(t.Context(), "source_id:c-1",
		airbyte.ConnectorChange{Name: &name, Replication: []byte(`{"a":1}`), Entities: []byte(`[]`)})
	if err != nil || got.ID != "c-1" || a.requests(onePath)[0].body != `{"name":"renamed","replication_config":{"a":1},"entities":[]}` {
		t.Errorf("got %+v, %v by %s", got, err, a.requests(onePath)[0].body)
	}
	_, err = client.UpdateConnector(t.Context(), "c-1", none)
	if failure := failureOf(t, err); failure == nil || failure.Code != airbyte.CodeInvalid || len(a.requests(onePath)) != 1 {
		t.Errorf("got %v for no change, want invalid and nothing sent", err)
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body       string
		want       airbyte.CheckResult
		wantFailed bool
	}{
		"succeeded": {`{"id":"x","status":"succeeded","error_message":null,"failure_reason":null,"entity_check_results":null}`,
			airbyte.CheckResult{Status: "succeeded"}, false},
		"failed": {
			`{"id":"x","status":"failed","error_message":"no","entity_check_results":[{"entity":"issues","status":"failed",` +
				`"status_code":401,"error_message":"Bad credentials"}]}`,
			airbyte.CheckResult{Status: "failed", Message: "no",
				Entities: []airbyte.EntityCheck{{Entity: "issues", Status: "failed", Message: "Bad credentials"}}}, true,
		},
		"reason only": {`{"id":"x","status":"failed","failure_reason":{"external_message":"vendor says no","internal_message":"trace"}}`,
			airbyte.CheckResult{Status: "failed", Message: "vendor says no"}, true},
		"cancelled": {`{"id":"x","status":"cancelled"}`, airbyte.CheckResult{Status: "cancelled"}, true},
		"pending":   {`{"id":"x","status":"pending"}`, airbyte.CheckResult{Status: "pending"}, false},
		"no status": {`{"id":"x","status":null}`, airbyte.CheckResult{}, false},
		"inconclusive, entity": {`{"id":"x","status":"inconclusive","entity_check_results":[{"entity":"a","status":"failed"}]}`,
			airbyte.CheckResult{Status: "inconclusive", Entities: []airbyte.EntityCheck{{Entity: "a", Status: "failed"}}}, true},
	}
	for name, test := range tests {
		a := newAPI()
		a.others["POST "+checkPath] = say(200, test.body)
		got, err := a.serve(t).CheckNew(t.Context(), github("main"))
		if err != nil || !reflect.DeepEqual(*got, test.want) || got.Failed() != test.wantFailed {
			t.Errorf("%s: got %+v, %v, want %+v, failed %t", name, got, err, test.want, test.wantFailed)
		}
	}
}

// Any success will do as an answer: 202 with a job, 204 or 200 without a body.
func TestDeleteWaitsUntilTheConnectorIsGone(t *testing.T) {
	t.Parallel()
	gone, there := listing(zendeskRow), listing(githubRow, zendeskRow)
	tests := map[string]struct {
		answer   http.HandlerFunc
		lists    []http.HandlerFunc
		wantTook time.Duration // at most
		want     airbyte.Outcome
		message  string
	}{
		"at once, 202":  {say(202, `{"job_id":"j"}`), []http.HandlerFunc{gone}, 0, "", ""},
		"at once, 204":  {say(204, ``), []http.HandlerFunc{gone}, 0, "", ""},
		"at once, 200":  {say(200, ``), []http.HandlerFunc{gone}, 0, "", ""},
		"a moment late": {say(202, `{}`), []http.HandlerFunc{there, there, there, gone}, 5 * time.Second, "", ""},
		"list troubled": {say(202, `{}`), []http.HandlerFunc{say(400, ``), say(400, ``), gone}, 5 * time.Second, "", ""},
		"never":         {say(202, `{}`), []http.HandlerFunc{there}, 21 * time.Second, airbyte.OutcomeUnknown, "still listed"},
		"never seen": {say(202, `{}`), []http.HandlerFunc{say(400, `{"message":"no list today"}`)}, 21 * time.Second,
			airbyte.OutcomeUnknown, "no list today"},
		"unknown": {say(404, `{"detail":"Connector not found"}`), []http.HandlerFunc{there}, 0, airbyte.OutcomeRejected, "not found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.others["DELETE "+onePath], a.connectors = test.answer, inTurn(test.lists...)
				start := time.Now()
				failure := failureOf(t, a.serveInMemory(t).DeleteConnector(t.Context(), "main", "source_id:c-1"))
				if (failure == nil) != (test.want == "") || failure != nil && (failure.Outcome != test.want || failure.Retryable()) {
					t.Errorf("got %+v, want outcome %q", failure, test.want)
				}
				if failure != nil && !strings.Contains(failure.Message, test.message) {
					t.Errorf("got %q, want %q in it", failure.Message, test.message)
				}
				if took := time.Since(start); took > test.wantTook {
					t.Errorf("it took %s, want %s at most", took, test.wantTook)
				}
				if got := len(a.requests(onePath)); got != 1 {
					t.Errorf("got %d deletions, want 1", got)
				}
			})
		})
	}
}

func TestStartConsent(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		`{"consent_url":"https://vendor.example.com/oauth?x=1"}`: true,
		`{"consent_url":"http://127.0.0.1:8899/consent"}`:        true,
		`{"consent_url":"http://vendor.example.com/"}`:           false,
		`{"consent_url":"javascript:alert(1)"}`:                  false,
		`{"consent_url":"/relative"}`:                            false,
		`{"consent_url":null}`:                                   false,
		`{}`:                                                     false,
	}
	for body, want := range tests {
		a := newAPI()
		a.others["POST "+connectorsPath+"/oauth/initiate"] = say(200, body)
		got, err := a.serve(t).StartConsent(t.Context(), airbyte.Consent{
			Workspace: "main", Type: "GitHub", TemplateID: "t-1", RedirectURL: "http://127.0.0.1/cb", Environment: []byte(`{"a":1}`),
		})
		if (err == nil) != want || want && !strings.Contains(body, got) {
			t.Errorf("%s: got %q, %v, want success: %t", body, got, err, want)
		}
		const sent = `{"workspace_name":"main","redirect_url":"http://127.0.0.1/cb","connector_type":"GitHub",` +
			`"source_template_id":"t-1","environment":{"a":1}}`
		if got := a.requests(connectorsPath + "/oauth/initiate")[0].body; got != sent {
			t.Errorf("got body %s, want %s", got, sent)
		}
	}
}
