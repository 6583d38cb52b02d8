package airbyte_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

const (
	githubRow = `{"id":"c-1","name":"GitHub - acme","summarized_source_template":{"name":"GitHub","connector_name":"github",` +
		`"actor_definition_id":"d-1","icon":null},"created_at":"2026-05-04T09:15:00Z","updated_at":null}`
	zendeskRow = `{"id":"c-2","name":"Support desk","summarized_source_template":{"name":"Zendesk Support",` +
		`"connector_name":"zendesk-support"}}`
	stripeRow = `{"id":"c-3","name":"Stripe - live","summarized_source_template":{"name":"Stripe","connector_name":"stripe"}}`
	testRow   = `{"id":"c-4","name":"Stripe - test","summarized_source_template":{"name":"Stripe","connector_name":"stripe"}}`
	bareRow   = `{"id":"c-5","name":"Bare"}`
)

// listing is an answer with some connectors.
func listing(rows ...string) http.HandlerFunc {
	return say(200, `{"data":[`+strings.Join(rows, ",")+`]}`)
}

func TestLocate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ref            string
		want           string // id; "" for a *LocateError
		wantAmbiguous  bool
		wantCandidates []string
	}{
		"id":                         {ref: "c-2", want: "c-2"},
		"name":                       {ref: "Support desk", want: "c-2"},
		"name, other case":           {ref: "SUPPORT DESK", want: "c-2"},
		"slug":                       {ref: "zendesk-support", want: "c-2"},
		"slug, other case":           {ref: "GitHub", want: "c-1"},
		"display name":               {ref: "zendesk support", want: "c-2"},
		"name of one of two":         {ref: "stripe - TEST", want: "c-4"},
		"no type":                    {ref: "bare", want: "c-5"},
		"several of a type":          {ref: "stripe", wantAmbiguous: true, wantCandidates: []string{"c-3", "c-4"}},
		"none":                       {ref: "hubspot", wantCandidates: []string{"c-1", "c-2", "c-3", "c-4", "c-5"}},
		"part of a name":             {ref: "GitHub -", wantCandidates: []string{"c-1", "c-2", "c-3", "c-4", "c-5"}},
		"empty, though one is bare":  {ref: "", wantCandidates: []string{"c-1", "c-2", "c-3", "c-4", "c-5"}},
		"definition is no reference": {ref: "d-1", wantCandidates: []string{"c-1", "c-2", "c-3", "c-4", "c-5"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.connectors = listing(githubRow, zendeskRow, stripeRow, testRow, bareRow)
			got, err := a.serve(t).Locate(t.Context(), "acme", test.ref)
			if test.want != "" {
				if err != nil || got.ID != test.want {
					t.Errorf("got %+v, %v, want %s", got, err, test.want)
				}
				return
			}
			var missed *airbyte.LocateError
			if !errors.As(err, &missed) {
				t.Fatalf("got %+v, %v, want a *LocateError", got, err)
			}
			if got := idsOf(missed.Candidates); missed.Ambiguous != test.wantAmbiguous || !slices.Equal(got, test.wantCandidates) {
				t.Errorf("got ambiguous %t and candidates %v, want %t and %v", missed.Ambiguous, got, test.wantAmbiguous,
					test.wantCandidates)
			}
			for _, id := range test.wantCandidates {
				if !strings.Contains(missed.Error(), "id "+id) {
					t.Errorf("got %q, want id %s in it", missed, id)
				}
			}
		})
	}
}

func idsOf(list []airbyte.Connector) []string {
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestLocateInAnEmptyWorkspace(t *testing.T) {
	t.Parallel()
	_, err := newAPI().serve(t).Locate(t.Context(), "acme", "github")
	if err == nil || !strings.Contains(err.Error(), `workspace "acme" has no connectors`) {
		t.Errorf("got %v, want words about an empty workspace", err)
	}
}

func TestConnectorsOfAWorkspace(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.connectors = listing(githubRow)
	got, err := a.serve(t).Connectors(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	want := []airbyte.Connector{{
		ID: "c-1", Name: "GitHub - acme", Type: "github", TypeName: "GitHub", DefinitionID: "d-1", CreatedAt: "2026-05-04T09:15:00Z",
	}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUselessListIsAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty": ``, "null": `null`, "empty object": `{}`, "data of null": `{"data":null}`, "list": `[]`,
		"page": `<html>`, "truncated": `{"data":[`, "seed form": `{"connectors":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.connectors = say(200, body)
			client := a.serve(t)
			for range 2 { // a failure is not remembered
				list, err := client.Connectors(t.Context(), "acme")
				failure := failureOf(t, err)
				if failure == nil || failure.Code != airbyte.CodeBadResponse {
					t.Fatalf("got %v, %v, want a bad response", list, err)
				}
				if want := `listing the connectors of workspace "acme"`; failure.Op != want {
					t.Errorf("got op %q, want %q", failure.Op, want)
				}
			}
			if got := a.lists(); got != 2 {
				t.Errorf("got %d list requests, want 2", got)
			}
		})
	}
}

func TestListIsRememberedForItsLifetime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.connectors = listing(githubRow)
		client := a.serveInMemory(t, func(cfg *airbyte.Config) { cfg.ConnectorLifetime = time.Minute })
		start := time.Now()
		steps := []struct {
			at        time.Duration
			workspace string
			want      int
		}{
			{0, "acme", 1},
			{0, "acme", 1},
			{10 * time.Second, "other", 2}, // a list belongs to its workspace alone
			{59 * time.Second, "acme", 2},
			{60 * time.Second, "acme", 3},
			{61 * time.Second, "other", 3},
			{70 * time.Second, "other", 4},
			{119 * time.Second, "acme", 4},
		}
		for _, step := range steps {
			time.Sleep(time.Until(start.Add(step.at)))
			if _, err := client.Locate(t.Context(), step.workspace, "github"); err != nil {
				t.Fatal(err)
			}
			if got := a.lists(); got != step.want {
				t.Errorf("%s at %s: got %d list requests, want %d", step.workspace, step.at, got, step.want)
			}
		}
	})
}

func TestListIsForgottenWhenItsConnectorIsGone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer http.HandlerFunc
		want   int
	}{
		"404":     {say(404, `{"detail":"Connector not found"}`), 2},
		"400":     {say(400, ``), 1},
		"success": {say(200, okResult), 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = test.answer
			a.connectors = inTurn(listing(githubRow), listing(zendeskRow))
			client := a.serve(t)
			if _, err := client.Locate(t.Context(), "acme", "github"); err != nil {
				t.Fatal(err)
			}
			_ = run(t.Context(), t, client, listIssues)
			_, err := client.Locate(t.Context(), "acme", "github")
			var missed *airbyte.LocateError
			if gone := errors.As(err, &missed); gone != (test.want == 2) || a.lists() != test.want {
				t.Errorf("got %v after %d list requests, want %d", err, a.lists(), test.want)
			}
		})
	}
}

func TestCallersShareOneListRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.connectors = slowly(5*time.Second, listing(githubRow, zendeskRow))
		client := a.serveInMemory(t)
		hasty, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		together(200, func(i int) error {
			ctx := hasty
			if i%2 == 1 {
				// Half of them leave, the one whose request it is among them.
				ctx = t.Context()
				time.Sleep(100 * time.Millisecond)
			}
			// Nobody shares the slice: the race detector watches.
			list, err := client.Connectors(ctx, "acme")
			slices.Reverse(list)
			switch failure := failureOf(t, err); {
			case i%2 == 0 && (failure == nil || failure.Code != airbyte.CodeCanceled):
				t.Errorf("caller %d got %+v, want canceled", i, failure)
			case i%2 == 1 && failure != nil:
				t.Errorf("caller %d got %v, want the list", i, failure)
			}
			return nil
		})
		if got := a.lists(); got != 1 {
			t.Errorf("got %d list requests, want 1", got)
		}
		list, err := client.Connectors(t.Context(), "acme")
		if got := idsOf(list); err != nil || !slices.Equal(got, []string{"c-1", "c-2"}) {
			t.Errorf("got %v, %v, want the list as the API gave it", got, err)
		}
	})
}

// Workspaces are different customers.
func TestListsOfWorkspacesDoNotMix(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.connectors = slowly(time.Second, func(w http.ResponseWriter, r *http.Request) {
			workspace := r.URL.Query().Get("workspace_name")
			listing(fmt.Sprintf(`{"id":"c-of-%s","name":"GitHub"}`, workspace))(w, r)
		})
		client := a.serveInMemory(t)
		workspaces := []string{"acme", "ACME", "acme ", "other", ""}
		for range 2 { // at once, then from memory
			together(50, func(i int) error {
				workspace := workspaces[i%len(workspaces)]
				got, err := client.Locate(t.Context(), workspace, "github")
				if want := "c-of-" + workspace; err != nil || got.ID != want {
					t.Errorf("workspace %q: got %+v, %v, want %s", workspace, got, err, want)
				}
				return nil
			})
		}
		if got := a.lists(); got != len(workspaces) {
			t.Errorf("got %d list requests, want %d", got, len(workspaces))
		}
	})
}

// Callers that come at any moment of a flight must not start another: the look at
// the cache and the joining of the flight are two steps.
func TestNoSecondListRequestAtTheBorder(t *testing.T) {
	t.Parallel()
	for round := range 50 {
		a := newAPI()
		a.connectors = listing(githubRow)
		client := a.serve(t)
		mustRun(t.Context(), t, client, listIssues)
		together(20, func(int) error {
			_, err := client.Connectors(t.Context(), "acme")
			return err
		})
		if got := a.lists(); got != 1 {
			t.Fatalf("round %d: got %d list requests, want 1", round, got)
		}
	}
}

func TestListWithoutAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.connectors = hang
		client := a.serveInMemory(t)
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		start := time.Now()
		_, err := client.Locate(ctx, "acme", "github")
		failure := failureOf(t, err)
		if failure == nil || failure.Code != airbyte.CodeTimeout || time.Since(start) != 7*time.Second {
			t.Fatalf("got %+v after %s, want a timeout after 7s", failure, time.Since(start))
		}
		if want := fmt.Sprintf("listing the connectors of workspace %q: no list in time", "acme"); failure.Error() != want {
			t.Errorf("got %q, want %q", failure, want)
		}
		// Nobody waits any more, yet the request ends by itself.
		time.Sleep(time.Minute)
		if got := a.lists(); got > 2 {
			t.Errorf("got %d list requests in a minute, want at most 2", got)
		}
	})
}
