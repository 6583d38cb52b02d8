package airbyte_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
)

const (
	workspacesPath = "/api/v1/workspaces"
	scopedPath     = "/api/v1/account/applications/scoped-token"
	infoPath       = scopedPath + "/info"
	seedScopedPath = "/api/v1/embedded/scoped-token"
	templatesPath  = "/api/v1/integrations/templates/sources"
)

func secretText(s string) secret.Text { return secret.New(s) }

// workspaces is an answer with some workspaces, in a single page.
func workspaces(names ...string) http.HandlerFunc {
	var rows []string
	for _, name := range names {
		rows = append(rows, fmt.Sprintf(`{"id":"id-of-%s","name":%q,"organization_id":"o-1","status":"active"}`, name, name))
	}
	return say(200, `{"data":[`+strings.Join(rows, ",")+`],"next":null}`)
}

// withScoped lets the API give out tokens of workspaces: scoped-1, scoped-2…
func (a *api) withScoped(names ...string) *api {
	a.others["GET "+workspacesPath] = workspaces(names...)
	for _, path := range []string{scopedPath, seedScopedPath} {
		a.others["POST "+path] = func(w http.ResponseWriter, r *http.Request) {
			say(200, fmt.Sprintf(`{"token":"scoped-%d"}`, len(a.requests(path))))(w, r)
		}
	}
	return a
}

func inMain(a *api, t *testing.T, change ...func(*airbyte.Config)) *airbyte.Client {
	t.Helper()
	return a.withScoped("default", "main").serve(t, append([]func(*airbyte.Config){inScope(airbyte.ScopeWorkspace)}, change...)...)
}

func TestScopedTokensOfAWorkspace(t *testing.T) {
	t.Parallel()
	a := newAPI()
	answerAll(a)
	c, name := inMain(a, t), "new"
	calls := map[string]struct {
		route string
		call  func() error
		want  string // bearer
	}{
		"execute": {"POST " + executePath, func() error { _, err := c.Execute(t.Context(), "main", "c-1", listIssues); return err },
			"scoped-1"},
		"connectors": {"GET " + connectorsPath, func() error { _, err := c.Connectors(t.Context(), "main"); return err }, "scoped-1"},
		"templates":  {"GET " + templatesPath, func() error { _, err := c.Templates(t.Context(), "main"); return err }, "scoped-1"},
		"template": {"GET " + templatesPath + "/t-1", func() error { _, err := c.Template(t.Context(), "main", "t-1"); return err },
			"scoped-1"},
		"create": {"POST " + connectorsPath, func() error { _, err := c.CreateConnector(t.Context(), github("main")); return err },
			"scoped-1"},
		"consent": {"POST " + connectorsPath + "/oauth/initiate", func() error {
			_, err := c.StartConsent(t.Context(), airbyte.Consent{Workspace: "main", Type: "GitHub"})
			return err
		}, "scoped-1"},
		"get": {"GET " + connectorsPath + "/c-1", func() error { _, err := c.Connector(t.Context(), "c-1"); return err }, "bearer-1"},
		"update": {"PUT " + connectorsPath + "/c-1", func() error {
			_, err := c.UpdateConnector(t.Context(), "c-1", airbyte.ConnectorChange{Name: &name})
			return err
		}, "bearer-1"},
		"check": {"POST " + connectorsPath + "/c-1/check",
			func() error { _, err := c.CheckConnector(t.Context(), "c-1", airbyte.ConnectorChange{}); return err }, "bearer-1"},
		"definitions": {"GET /api/v1/integrations/definitions/sources",
			func() error { _, err := c.Definitions(t.Context(), ""); return err }, "bearer-1"},
		"workspaces": {"GET " + workspacesPath, func() error { _, err := c.Workspaces(t.Context()); return err }, "bearer-1"},
	}
	for name, test := range calls { // one after the other: they share the client's tokens
		if err := test.call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, s := range a.all() {
			if s.route == test.route && s.bearer != test.want {
				t.Errorf("%s: got bearer %s, want %s", name, s.bearer, test.want)
			}
		}
	}
	if got := len(a.requests(scopedPath)); got != 1 {
		t.Errorf("got %d scoped tokens, want 1 for the workspace", got)
	}
	if got := a.requests(scopedPath)[0]; got.bearer != "bearer-1" || got.body != `{"workspace_name":"main"}` {
		t.Errorf("got %+v, want the application token and the workspace", got)
	}
}

// answerAll gives the routes around connectors an answer.
func answerAll(a *api) {
	a.others["GET "+templatesPath] = say(200, `{"data":[]}`)
	a.others["GET "+templatesPath+"/t-1"] = say(200, `{"id":"t-1"}`)
	a.others["POST "+connectorsPath] = say(200, `{"id":"c-9"}`)
	a.others["POST "+connectorsPath+"/oauth/initiate"] = say(200, `{"consent_url":"https://vendor.example.com/"}`)
	a.others["GET "+connectorsPath+"/c-1"] = say(200, `{"id":"c-1"}`)
	a.others["PUT "+connectorsPath+"/c-1"] = say(200, `{"id":"c-1"}`)
	a.others["POST "+connectorsPath+"/c-1/check"] = say(200, `{"id":"x","status":"succeeded"}`)
	a.others["GET /api/v1/integrations/definitions/sources"] = say(200, `{"definitions":[]}`)
}

// Minting a token for a name that does not exist would create a workspace of it.
func TestUnknownWorkspaceIsNotCreated(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"mian", "Main", "main ", "mai", "main2"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			client := inMain(a, t)
			_, err := client.Execute(t.Context(), name, "c-1", createIssue)
			failure := failureOf(t, err)
			if failure == nil || failure.Outcome != airbyte.OutcomeNotSent || failure.Code != airbyte.CodeNotFound {
				t.Fatalf("got %+v, want not_found and not_sent", failure)
			}
			unknown, ok := errors.AsType[*airbyte.UnknownWorkspaceError](err)
			if !ok || unknown.Name != name || strings.Join(unknown.Known, " ") != "default main" {
				t.Errorf("got %+v, want the name and those that are known", unknown)
			}
			for _, word := range []string{"did you mean main?", "would create it", "airbyte-mcp-server workspaces create "} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("got %q, want %q in it", err, word)
				}
			}
			if got := len(a.requests(scopedPath)) + a.executes(); got != 0 {
				t.Errorf("got %d requests that needed the workspace, want none", got)
			}
		})
	}
}

func TestScopedTokenUnderEitherName(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"token", "access_token"} {
		a := newAPI()
		client := inMain(a, t)
		a.others["POST "+scopedPath] = say(200, fmt.Sprintf(`{%q:"the-scoped"}`, key))
		mustRun(t.Context(), t, client, listIssues)
		if got := a.requests(executePath)[0].bearer; got != "the-scoped" {
			t.Errorf("%s: got bearer %q, want the-scoped", key, got)
		}
	}
	for _, body := range []string{`{}`, `{"token":null}`, `{"token":7}`, `<html>`, ``} {
		a := newAPI()
		client := inMain(a, t)
		a.others["POST "+scopedPath] = say(200, body)
		failure := run(t.Context(), t, client, createIssue)
		if failure == nil || failure.Code != airbyte.CodeBadResponse || failure.Outcome != airbyte.OutcomeNotSent {
			t.Errorf("%s: got %+v, want bad_response and not_sent", body, failure)
		}
	}
}

func TestScopedTokenIsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI().withScoped("main")
		client := a.serveInMemory(t, inScope(airbyte.ScopeWorkspace))
		mustRun(t.Context(), t, client, listIssues)
		time.Sleep(18 * time.Minute)
		mustRun(t.Context(), t, client, listIssues)
		if got := len(a.requests(scopedPath)); got != 1 {
			t.Errorf("got %d scoped tokens after 18 minutes, want 1", got)
		}
		time.Sleep(3 * time.Minute)
		mustRun(t.Context(), t, client, listIssues)
		if got := len(a.requests(scopedPath)); got != 2 {
			t.Errorf("got %d scoped tokens after 21 minutes, want 2", got)
		}
		if got := len(a.requests(workspacesPath)); got != 1 {
			t.Errorf("got %d looks for the workspace, want 1", got)
		}
	})
}

// A 401 renews the token that was refused, and no other.
func TestRefusedScopedTokens(t *testing.T) {
	t.Parallel()
	refused := say(401, `{"detail":"Invalid authentication credentials"}`)
	t.Run("on the call", func(t *testing.T) {
		t.Parallel()
		a := newAPI()
		a.execute = inTurn(refused, say(200, okResult))
		mustRun(t.Context(), t, inMain(a, t), createIssue)
		if got := len(a.requests(scopedPath)); got != 2 || a.mints() != 1 {
			t.Errorf("got %d scoped and %d application tokens, want 2 and 1", got, a.mints())
		}
	})
	t.Run("on the mint", func(t *testing.T) {
		t.Parallel()
		a := newAPI()
		client := inMain(a, t)
		a.others["POST "+scopedPath] = inTurn(refused, say(200, `{"token":"s"}`))
		mustRun(t.Context(), t, client, createIssue)
		if got := len(a.requests(scopedPath)); got != 2 || a.mints() != 2 || a.executes() != 1 {
			t.Errorf("got %d scoped mints, %d application tokens, %d executions, want 2, 2 and 1", got, a.mints(), a.executes())
		}
	})
	t.Run("always", func(t *testing.T) {
		t.Parallel()
		a := newAPI()
		a.execute = refused
		failure := run(t.Context(), t, inMain(a, t), createIssue)
		if failure == nil || failure.Code != airbyte.CodeUnauthorized || failure.Outcome != airbyte.OutcomeRejected || a.executes() != 2 {
			t.Errorf("got %+v after %d requests, want unauthorized after 2", failure, a.executes())
		}
	})
}

// A mint that failed is spaced by the source, not repeated at once.
func TestScopedMintInTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI().withScoped("main")
		a.others["POST "+scopedPath] = say(503, ``)
		client := a.serveInMemory(t, inScope(airbyte.ScopeWorkspace))
		ctx, cancel := hasty(t)
		defer cancel()
		failure := run(ctx, t, client, createIssue)
		if failure == nil || failure.Code != airbyte.CodeUnavailable || failure.Outcome != airbyte.OutcomeNotSent ||
			strings.Contains(failure.Hint, "whether it was done") {
			t.Errorf("got %+v, want unavailable and not_sent", failure)
		}
		if got, want := failure.Op, "executing issues.create: minting a workspace's token"; got != want {
			t.Errorf("got op %q, want %q", got, want)
		}
		if got := len(a.requests(scopedPath)); got != 1 {
			t.Errorf("got %d mints, want 1", got)
		}
	})
}

func TestCallersShareScopedMints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var names []string
		for i := range 5 {
			names = append(names, fmt.Sprintf("w-%d", i))
		}
		a := newAPI().withScoped(names...)
		a.token = slowly(time.Second, a.token)
		client := a.serveInMemory(t, inScope(airbyte.ScopeWorkspace))
		failures := together(200, func(i int) error {
			_, err := client.Execute(t.Context(), names[i%len(names)], "c-1", createIssue)
			return err
		})
		if got := len(a.requests(scopedPath)); failures != 0 || got != len(names) || a.mints() != 1 {
			t.Errorf("got %d failures, %d scoped and %d application tokens, want 0, %d and 1", failures, got, a.mints(), len(names))
		}
	})
}

// The workspaces that are in use keep their tokens; the idlest makes room.
func TestScopedTokensAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI().withScoped("main")
		a.others["GET "+workspacesPath] = func(w http.ResponseWriter, r *http.Request) {
			workspaces(r.URL.Query().Get("name_contains"))(w, r)
		}
		client := a.serveInMemory(t, inScope(airbyte.ScopeWorkspace))
		use := func(name string) {
			time.Sleep(time.Millisecond)
			if _, err := client.Execute(t.Context(), name, "c-1", listIssues); err != nil {
				t.Fatal(err)
			}
		}
		use("first")
		use("second")
		for i := range 999 {
			use(fmt.Sprint("w-", i))
			use("first")
		}
		before := len(a.requests(scopedPath))
		use("first")
		if got := len(a.requests(scopedPath)) - before; got != 0 {
			t.Errorf("got %d mints for a workspace in use, want none", got)
		}
		use("second")
		if got := len(a.requests(scopedPath)) - before; got != 1 {
			t.Errorf("got %d mints for the idlest workspace, want 1", got)
		}
	})
}

func TestNoWorkspaceIsNoWorkspace(t *testing.T) {
	t.Parallel()
	a := newAPI()
	_, err := inMain(a, t).Execute(t.Context(), "", "c-1", createIssue)
	failure := failureOf(t, err)
	if failure == nil || failure.Code != airbyte.CodeInvalid || failure.Outcome != airbyte.OutcomeNotSent || a.executes() != 0 {
		t.Errorf("got %+v, want invalid and not_sent", failure)
	}
}

// Close waits for the mints of all workspaces, and none begins after it.
func TestCloseEndsScopedMints(t *testing.T) {
	t.Parallel()
	a := newAPI()
	client := inMain(a, t)
	minting, done := make(chan struct{}), make(chan struct{})
	a.others["POST "+scopedPath] = func(w http.ResponseWriter, r *http.Request) {
		close(minting)
		hang(w, r)
	}
	var failure *airbyte.Error
	go func() {
		defer close(done)
		failure = run(t.Context(), t, client, createIssue)
	}()
	<-minting
	client.Close()
	<-done
	if failure == nil || failure.Outcome != airbyte.OutcomeNotSent {
		t.Errorf("got %+v, want not_sent", failure)
	}
	if failure := run(t.Context(), t, client, createIssue); failure == nil || failure.Code != airbyte.CodeCanceled {
		t.Errorf("got %+v after Close, want canceled", failure)
	}
}
