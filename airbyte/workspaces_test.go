package airbyte_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
)

// pages answers with one workspace a page; next words the pointer to the page of a
// cursor.
func pages(next func(r *http.Request, cursor string) string, names ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		var left []string
		for _, name := range names {
			if strings.Contains(strings.ToLower(name), strings.ToLower(query.Get("name_contains"))) {
				left = append(left, name)
			}
		}
		at := slices.Index(left, query.Get("cursor")) // the cursor is the name to begin with
		at = max(at, 0)
		pointer := "null"
		if at+1 < len(left) {
			pointer = fmt.Sprintf("%q", next(r, left[at+1]))
		}
		row := ""
		if at < len(left) {
			row = fmt.Sprintf(`{"id":"id-of-%s","name":%q,"status":"inactive","tombstone":false}`, left[at], left[at])
		}
		say(200, fmt.Sprintf(`{"data":[%s],"next":%s}`, row, pointer))(w, r)
	}
}

// pointers are the forms in which the API points to the next page.
var pointers = map[string]func(r *http.Request, cursor string) string{
	"absolute": func(r *http.Request, cursor string) string {
		return "http://" + r.Host + workspacesPath + "?limit=1&cursor=" + cursor
	},
	"relative":   func(_ *http.Request, cursor string) string { return workspacesPath + "?cursor=" + cursor },
	"query only": func(_ *http.Request, cursor string) string { return "?cursor=" + cursor },
	"a cursor":   func(_ *http.Request, cursor string) string { return cursor },
	"elsewhere on the host": func(r *http.Request, cursor string) string {
		return "http://" + r.Host + "/trap?cursor=" + cursor
	},
}

func TestWorkspacesOfAllPages(t *testing.T) {
	t.Parallel()
	for name, next := range pointers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.others["GET "+workspacesPath] = pages(next, "default", "acme", "acme-corp", "other")
			client := a.serve(t)
			list, err := client.Workspaces(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, w := range list {
				names = append(names, w.Name)
			}
			if got, want := strings.Join(names, " "), "default acme acme-corp other"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if want := (airbyte.Workspace{ID: "id-of-default", Name: "default", Status: "inactive"}); list[0] != want {
				t.Errorf("got %+v, want %+v", list[0], want)
			}
			// The exact name is on a later page of those that contain it.
			w, err := client.Workspace(t.Context(), "acme-corp")
			if err != nil || w.ID != "id-of-acme-corp" {
				t.Errorf("got %+v, %v, want acme-corp", w, err)
			}
			for _, s := range a.requests(workspacesPath) {
				if !strings.Contains(s.query, "limit=") {
					t.Errorf("got query %q, want the limit on every page", s.query)
				}
			}
			if got := len(a.requests("/trap")); got != 0 {
				t.Errorf("got %d requests on another path, want none", got)
			}
		})
	}
}

func TestPagesThatLeadAstray(t *testing.T) {
	t.Parallel()
	trap := newAPI()
	elsewhere := trap.serve(t).Hosts(airbyte.DialectCurrent)[0]
	tests := map[string]string{
		"another host":      elsewhere + workspacesPath + "?cursor=x",
		"host alone":        elsewhere,
		"no scheme":         "//" + strings.TrimPrefix(elsewhere, "http://") + "/?cursor=x",
		"another scheme":    "https://" + strings.TrimPrefix(elsewhere, "http://") + "/?cursor=x",
		"in a circle":       workspacesPath + "?cursor=same",
		"cursor, in circle": "same",
	}
	for name, next := range tests {
		a := newAPI()
		a.others["GET "+workspacesPath] = say(200, fmt.Sprintf(`{"data":[{"id":"w","name":"w"}],"next":%q}`, next))
		_, err := a.serve(t).Workspaces(t.Context())
		failure := failureOf(t, err)
		if failure == nil || failure.Code != airbyte.CodeBadResponse {
			t.Errorf("%s: got %v, want bad_response", name, err)
		}
		if got := len(a.requests(workspacesPath)); got > 2 {
			t.Errorf("%s: got %d requests, want 2 at most", name, got)
		}
	}
	if got := len(trap.all()); got != 0 {
		t.Errorf("got %d requests at the other host, want none", got)
	}
}

func TestWorkspaceByExactName(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.others["GET "+workspacesPath] = say(200, `{"data":[
		{"id":"1","name":"gone","tombstone":true},{"id":"2","name":"Acme"},{"id":"3","name":"acme-corp"},
		{"id":"4","name":"twin"},{"id":"5","name":"twin"}]}`)
	client := a.serve(t)
	for _, name := range []string{"gone", "acme", "corp", ""} {
		_, err := client.Workspace(t.Context(), name)
		unknown, ok := errors.AsType[*airbyte.UnknownWorkspaceError](err)
		if !ok || strings.Join(unknown.Known, " ") != "Acme acme-corp twin twin" {
			t.Errorf("%q: got %v, want an unknown workspace and the known ones", name, err)
		}
	}
	_, err := client.Workspace(t.Context(), "twin")
	if failure := failureOf(t, err); failure == nil || failure.Code != airbyte.CodeInvalid ||
		!strings.Contains(failure.Message, "2 workspaces") {
		t.Errorf("got %v, want neither of the twins", err)
	}
}

func TestCreateWorkspace(t *testing.T) {
	t.Parallel()
	const us, own = "645a183f-b12b-4c6e-8ad3-99e165603450", "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"
	tests := map[string]struct {
		name, region string
		wantBody     string // "" for a refusal before anything is sent
	}{
		"plain":             {"acme", "", `{"workspace_name":"acme"}`},
		"us":                {"acme", "us", `{"workspace_name":"acme","region_id":"` + us + `"}`},
		"EU":                {"acme", "EU", `{"workspace_name":"acme","region_id":"b9e48d61-f082-4a14-a8d0-799a907938cb"}`},
		"id of a region":    {"acme", own, `{"workspace_name":"acme","region_id":"` + own + `"}`},
		"unknown region":    {"acme", "mars", ""},
		"no name":           {"", "", ""},
		"spaces at the end": {"acme ", "", ""},
		"two lines":         {"ac\nme", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI().withScoped()
			a.others["GET "+workspacesPath] = inTurn(workspaces(), workspaces(), workspaces("acme"))
			got, err := a.serve(t).CreateWorkspace(t.Context(), test.name, test.region)
			sent := a.requests(scopedPath)
			if test.wantBody == "" {
				if failure := failureOf(t, err); failure == nil || failure.Outcome != airbyte.OutcomeNotSent || len(a.all()) != 0 {
					t.Errorf("got %v after %d requests, want a refusal", err, len(a.all()))
				}
				return
			}
			if err != nil || got.ID != "id-of-acme" {
				t.Errorf("got %+v, %v, want the new workspace", got, err)
			}
			if len(sent) != 1 || sent[0].body != test.wantBody {
				t.Errorf("got %+v, want one request of %s", sent, test.wantBody)
			}
		})
	}
}

func TestCreateWorkspaceThatExists(t *testing.T) {
	t.Parallel()
	a := newAPI().withScoped("acme")
	_, err := a.serve(t).CreateWorkspace(t.Context(), "acme", "")
	exists, ok := errors.AsType[*airbyte.WorkspaceExistsError](err)
	if !ok || exists.Workspace.ID != "id-of-acme" || len(a.requests(scopedPath)) != 0 {
		t.Errorf("got %v, want the workspace that exists and no mint", err)
	}
}

// A creation is a write: in doubt it is not repeated, and not called a failure.
func TestCreateWorkspaceIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{"503": say(503, ``), "hangs up": hangUp, "no token": say(200, `{}`)} {
		a := newAPI().withScoped()
		a.others["POST "+scopedPath] = answer
		_, err := a.serve(t).CreateWorkspace(t.Context(), "acme", "")
		failure := failureOf(t, err)
		if failure == nil || failure.Outcome != airbyte.OutcomeUnknown || failure.Retryable() ||
			!strings.Contains(failure.Hint, "whether it was done") {
			t.Errorf("%s: got %+v, want a write in doubt", name, failure)
		}
		if got := len(a.requests(scopedPath)); got != 1 {
			t.Errorf("%s: got %d requests, want 1", name, got)
		}
	}
}

func TestCreateWorkspaceThatCannotBegin(t *testing.T) {
	t.Parallel()
	a := newAPI().withScoped()
	a.others["GET "+workspacesPath] = say(408, ``)
	_, err := a.serve(t).CreateWorkspace(t.Context(), "acme", "")
	if failure := failureOf(t, err); failure == nil || failure.Outcome != airbyte.OutcomeNotSent || len(a.requests(scopedPath)) != 0 {
		t.Errorf("got %+v, want not_sent", failure)
	}
}

// A workspace that was refused as unknown can be used as soon as it is created.
func TestCreatedWorkspaceCanBeUsed(t *testing.T) {
	t.Parallel()
	a := newAPI().withScoped()
	a.others["GET "+workspacesPath] = func(w http.ResponseWriter, r *http.Request) {
		if len(a.requests(scopedPath)) > 0 {
			workspaces("main")(w, r)
			return
		}
		workspaces("other")(w, r)
	}
	client := a.serve(t, inScope(airbyte.ScopeWorkspace))
	if failure := run(t.Context(), t, client, listIssues); failure == nil || failure.Code != airbyte.CodeNotFound {
		t.Fatalf("got %v, want an unknown workspace", failure)
	}
	if _, err := client.CreateWorkspace(t.Context(), "main", ""); err != nil {
		t.Fatal(err)
	}
	mustRun(t.Context(), t, client, listIssues)
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"organizations":[{"id":"o-1","organization_name":"Acme","first_workspace_id":null}],"is_instance_admin":false}`,
		`{"data":[{"id":"o-1","organization_name":"Acme"}]}`,
	} {
		a := newAPI()
		a.others["GET /api/v1/internal/account/organizations"] = say(200, body)
		got, err := a.serve(t).Organizations(t.Context())
		if want := []airbyte.Organization{{ID: "o-1", Name: "Acme"}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", body, got, err, want)
		}
	}
}

func TestListsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `{"data":null}`, `<html>`, ``, `{"data":{}}`} {
		a := newAPI()
		a.execute = say(200, body)
		client := a.serve(t)
		calls := map[string]func() error{
			"workspaces":    func() error { _, err := client.Workspaces(t.Context()); return err },
			"organizations": func() error { _, err := client.Organizations(t.Context()); return err },
			"definitions":   func() error { _, err := client.Definitions(t.Context(), "x"); return err },
			"templates":     func() error { _, err := client.Templates(t.Context(), "main"); return err },
			"template":      func() error { _, err := client.Template(t.Context(), "main", "t-1"); return err },
			"connector":     func() error { _, err := client.Connector(t.Context(), "c-9"); return err },
			"stores":        func() error { _, err := client.StoreStatuses(t.Context(), "o-1"); return err },
			"inspect":       func() error { _, err := client.Inspect(t.Context(), "c-9"); return err },
			"check":         func() error { _, err := client.CheckNew(t.Context(), github("main")); return err },
		}
		for name, call := range calls {
			if failure := failureOf(t, call()); failure == nil || failure.Code != airbyte.CodeBadResponse {
				t.Errorf("%s answered with %q: got %v, want bad_response", name, body, failure)
			}
		}
	}
}
