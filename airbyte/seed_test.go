package airbyte_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

const (
	forUserPath     = "/api/v1/connectors/connectors_for_user"
	seedSourcesPath = "/api/v1/embedded/sources"
	seedInfoPath    = seedScopedPath + "/info"
)

// newSeed is an API of the seed dialect alone: none of the newer routes exists.
func newSeed() *api {
	a := newAPI().withScoped("default", "main")
	seedExecute := a.execute
	a.token, a.connectors = absent, absent
	a.execute = absent
	delete(a.others, "POST "+scopedPath)
	a.others["POST "+seedTokenPath] = token
	a.others["POST /api/v1/connectors/sources/c-1/execute"] = seedExecute
	a.others["GET "+seedInfoPath] = say(200, `{"organization_id":"o-1","workspace_id":"w-1","workspace_name":"main"}`)
	a.others["GET "+templatesPath] = templates(ownGitHub, globalGitHub+","+globalAds)
	a.others["POST "+seedSourcesPath] = say(200, `{"id":"c-9"}`)
	a.others["GET "+forUserPath] = rowsOf(map[string]string{"d-1": `{"id":"source_id:c-1","name":"GitHub - main"}`})
	return a
}

// rowsOf answers with the rows of the definition that is asked for.
func rowsOf(rows map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if query.Get("external_user_id") != "main" {
			say(200, `{"connectors":[]}`)(w, r)
			return
		}
		say(200, fmt.Sprintf(`{"connectors":[%s]}`, rows[query.Get("definition_id")]))(w, r)
	}
}

func TestSeedConnectors(t *testing.T) {
	t.Parallel()
	a := newSeed()
	a.others["GET "+forUserPath] = rowsOf(map[string]string{
		"d-1": `{"id":"source_id:c-1","name":"GitHub - main"},{"id":"c-2","name":"Second"}`,
		"d-2": `{"id":"c-3","name":"Ads"},{"id":"c-2","name":"Second"}`,
	})
	client := a.serve(t)
	got, err := client.Connectors(t.Context(), "main")
	want := []airbyte.Connector{
		{ID: "c-1", Name: "GitHub - main", Type: "github", TypeName: "GitHub", DefinitionID: "d-1"},
		{ID: "c-2", Name: "Second", Type: "github", TypeName: "GitHub", DefinitionID: "d-1"},
		{ID: "c-3", Name: "Ads", Type: "google-ads", TypeName: "Google Ads", DefinitionID: "d-2"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if got := len(a.requests(forUserPath)); got != 2 {
		t.Errorf("got %d requests, want one for each type", got)
	}
	for _, s := range a.requests(templatesPath) {
		if s.bearer != "scoped-1" {
			t.Errorf("got templates by %s, want the workspace's token", s.bearer)
		}
	}
	for _, ref := range []string{"c-1", "source_id:c-1", "GitHub - main"} {
		if conn, err := client.Locate(t.Context(), "main", ref); err != nil || conn.ID != "c-1" {
			t.Errorf("Locate(%s): got %+v, %v, want c-1", ref, conn, err)
		}
	}
}

// A few types are asked for at a time; their order stays.
func TestSeedConnectorsOfManyTypes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rows []string
		for i := range 50 {
			rows = append(rows, fmt.Sprintf(`{"id":"t-%d","name":"Type %d","actor_definition_id":"d-%d"}`, i, i, i))
		}
		a := newSeed()
		a.others["GET "+templatesPath] = templates("", strings.Join(rows, ","))
		var now, most atomic.Int32
		a.others["GET "+forUserPath] = func(w http.ResponseWriter, r *http.Request) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer now.Add(-1)
			time.Sleep(time.Second)
			definition := r.URL.Query().Get("definition_id")
			say(200, fmt.Sprintf(`{"connectors":[{"id":"c-%s","name":"n"}]}`, definition))(w, r)
		}
		client := a.serveInMemory(t)
		list, err := client.Connectors(t.Context(), "main")
		if err != nil || len(list) != 50 || list[7].ID != "c-d-7" {
			t.Errorf("got %d connectors, %v, want 50 in order", len(list), err)
		}
		if got := most.Load(); got < 2 || got > 8 {
			t.Errorf("got %d requests at once, want a few and 8 at most", got)
		}
	})
}

// A list that lacks a type must not look complete.
func TestSeedConnectorsWithAFailure(t *testing.T) {
	t.Parallel()
	a := newSeed()
	a.others["GET "+forUserPath] = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("definition_id") == "d-2" {
			say(400, `{"detail":"no such definition"}`)(w, r)
			return
		}
		rowsOf(nil)(w, r)
	}
	_, err := a.serve(t).Connectors(t.Context(), "main")
	if failure := failureOf(t, err); failure == nil || failure.Message != "no such definition" {
		t.Errorf("got %v, want the failure of one type", err)
	}
}

func TestSeedUnknownWorkspace(t *testing.T) {
	t.Parallel()
	a := newSeed()
	_, err := a.serve(t).Connectors(t.Context(), "mian")
	if failure := failureOf(t, err); failure == nil || failure.Code != airbyte.CodeNotFound || len(a.requests(seedScopedPath)) != 0 {
		t.Errorf("got %v after %d mints, want an unknown workspace and no mint", err, len(a.requests(seedScopedPath)))
	}
}

func TestSeedExecute(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/connectors/sources/c-1/execute"
	for scope, wantBearer := range map[airbyte.TokenScope]string{
		airbyte.ScopeApplication: "the-token", airbyte.ScopeWorkspace: "scoped-1",
	} {
		a := newSeed()
		a.others["POST "+path] = say(200,
			`{"result":[{"n":12345678901234567890}],"connector_metadata":{"pagination":{"cursor":"Y3Vyc29yOjI="}}}`)
		result := mustRun(t.Context(), t, a.serve(t, inScope(scope)), listIssues)
		if string(result.Data) != `[{"n":12345678901234567890}]` || string(result.Metadata) != `{"pagination":{"cursor":"Y3Vyc29yOjI="}}` {
			t.Errorf("got %s and %s", result.Data, result.Metadata)
		}
		if got := a.requests(path)[0].bearer; got != wantBearer {
			t.Errorf("%s: got bearer %s, want %s", scope, got, wantBearer)
		}
	}
}

func TestSeedCreate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change   func(*airbyte.NewConnector)
		wantBody string
	}{
		"by type": {
			func(*airbyte.NewConnector) {},
			`{"source_template_id":"t-1","workspace_id":"w-1","name":"GitHub - acme",` +
				`"auth_config":{"credentials":{"option_title":"PAT Credentials","personal_access_token":"canary-credential"}},` +
				`"source_config":{"count":12345678901234567890,"repositories":["acme/widgets"]}}`,
		},
		"by definition, with environment": {
			func(n *airbyte.NewConnector) {
				n.Type, n.DefinitionID, n.Name = "", "D-2", ""
				n.Replication, n.Environment = []byte(`{"a":{"b":1,"c":2}}`), []byte(`{"a":{"c":3},"d":4}`)
				n.Credentials, n.StoredAuth = secretText(`{"token":"x"}`), secretText("")
			},
			`{"source_template_id":"t-3","workspace_id":"w-1","auth_config":{"token":"x"},"source_config":{"a":{"b":1,"c":3},"d":4}}`,
		},
		"by template, without settings": {
			func(n *airbyte.NewConnector) {
				n.Type, n.TemplateID, n.Name, n.Replication = "", "t-77", "", nil
				n.StoredAuth = secretText(`{"key":"x"}`)
			},
			`{"source_template_id":"t-77","workspace_id":"w-1","auth_config":{"key":"x"}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newSeed()
			n := github("main")
			test.change(&n)
			got, err := a.serve(t).CreateConnector(t.Context(), n)
			if err != nil || got.ID != "c-9" || got.Name != n.Name {
				t.Fatalf("got %+v, %v, want c-9", got, err)
			}
			sent := a.requests(seedSourcesPath)
			if len(sent) != 1 || sent[0].body != test.wantBody || sent[0].bearer != "scoped-1" {
				t.Errorf("got %+v, want one request of %s", sent, test.wantBody)
			}
		})
	}
}

func TestSeedCreateNeedsOneTemplate(t *testing.T) {
	t.Parallel()
	other := strings.Replace(ownGitHub, "t-1", "t-4", 1)
	tests := map[string]struct{ own, kind, want string }{
		"unknown type": {ownGitHub, "githb", "did you mean github?"},
		"two of them":  {ownGitHub + "," + other, "GITHUB", "choose one by its id: t-1, t-4"},
	}
	for name, test := range tests {
		a := newSeed()
		a.others["GET "+templatesPath] = templates(test.own, globalGitHub)
		n := github("main")
		n.Type = test.kind
		_, err := a.serve(t).CreateConnector(t.Context(), n)
		failure := failureOf(t, err)
		if failure == nil || failure.Outcome != airbyte.OutcomeNotSent || !strings.Contains(failure.Message, test.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, test.want)
		}
		if got := len(a.requests(seedSourcesPath)); got != 0 {
			t.Errorf("%s: got %d creations, want none", name, got)
		}
	}
}

// What comes before a creation may fail in doubt; the creation itself was not sent.
func TestSeedCreateThatCannotBegin(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"GET " + templatesPath, "GET " + seedInfoPath, "POST " + seedScopedPath, "GET " + workspacesPath} {
		a := newSeed()
		a.others[route] = say(408, ``)
		_, err := a.serve(t).CreateConnector(t.Context(), github("main"))
		failure := failureOf(t, err)
		if failure == nil || failure.Outcome != airbyte.OutcomeNotSent ||
			!strings.HasPrefix(failure.Op, "creating a connector of type GitHub: ") || len(a.requests(seedSourcesPath)) != 0 {
			t.Errorf("%s: got %+v, want not_sent", route, failure)
		}
		checkError(t, err)
	}
}

func TestSeedLacksTheRest(t *testing.T) {
	t.Parallel()
	a := newSeed()
	client := a.serve(t)
	name := "n"
	for what, call := range map[string]func() error{
		"get": func() error { _, err := client.Connector(t.Context(), "c-1"); return err },
		"update": func() error {
			_, err := client.UpdateConnector(t.Context(), "c-1", airbyte.ConnectorChange{Name: &name})
			return err
		},
		"delete": func() error { return client.DeleteConnector(t.Context(), "main", "c-1") },
		"check": func() error {
			_, err := client.CheckConnector(t.Context(), "c-1", airbyte.ConnectorChange{})
			return err
		},
		"check new": func() error { _, err := client.CheckNew(t.Context(), github("main")); return err },
		"consent": func() error {
			_, err := client.StartConsent(t.Context(), airbyte.Consent{Workspace: "main", Type: "x"})
			return err
		},
		"inspect":       func() error { _, err := client.Inspect(t.Context(), "c-1"); return err },
		"stores":        func() error { _, err := client.StoreStatuses(t.Context(), "o-1"); return err },
		"organizations": func() error { _, err := client.Organizations(t.Context()); return err },
	} {
		failure := failureOf(t, call())
		if failure == nil || failure.Code != airbyte.CodeUnsupported || failure.Outcome != airbyte.OutcomeNotSent || failure.Retryable() {
			t.Errorf("%s: got %+v, want unsupported and not_sent", what, failure)
			continue
		}
		if !strings.Contains(failure.Message, "older dialect") || !strings.Contains(failure.Hint, "web app") {
			t.Errorf("%s: got %q, hint %q", what, failure, failure.Hint)
		}
	}
	for _, s := range a.all() {
		if !strings.HasSuffix(s.route, "/token") {
			t.Errorf("got request %s, want none but for the token", s.route)
		}
	}
}

// What both dialects share works in the older one too.
func TestSeedWorkspacesAndTemplates(t *testing.T) {
	t.Parallel()
	a := newSeed()
	a.others["GET "+templatesPath+"/t-1"] = say(200, ownGitHub)
	a.others["POST "+templatesPath] = say(200, ownGitHub)
	a.others["GET "+definitionsPath] = say(200, `{"definitions":[]}`)
	client := a.serve(t)
	for what, call := range map[string]func() error{
		"workspaces":  func() error { _, err := client.Workspaces(t.Context()); return err },
		"definitions": func() error { _, err := client.Definitions(t.Context(), ""); return err },
		"templates":   func() error { _, err := client.Templates(t.Context(), "main"); return err },
		"template":    func() error { _, err := client.Template(t.Context(), "main", "t-1"); return err },
		"clone":       func() error { _, err := client.CloneTemplate(t.Context(), "t-2", ""); return err },
	} {
		if err := call(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := client.CreateWorkspace(t.Context(), "new", ""); err != nil || len(a.requests(seedScopedPath)) != 2 {
		t.Errorf("got %v after %d scoped tokens, want one for templates and one that creates", err, len(a.requests(seedScopedPath)))
	}
}
