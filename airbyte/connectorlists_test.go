package airbyte_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

// A record that the vendor does not have says nothing about the connector. A 404 that
// means the connector, or may mean it, drops the list, the latter after a while.
func TestMissingRecordKeepsTheList(t *testing.T) {
	t.Parallel()
	const vendors = `{"message":"The vendor rejected the request: Not Found",` +
		`"errors":[{"error_code":"upstream_error","details":{"upstream_status":404}}]}`
	for name, tt := range map[string]struct {
		body  string
		after time.Duration // between two calls
		want  int           // requests for the list by ten calls
	}{
		"of the vendor":               {vendors, 0, 1},
		"of the vendor, by its code":  {`{"message":"x","errors":[{"error_code":"upstream_error"}]}`, 0, 1},
		"of the vendor, over minutes": {vendors, 29 * time.Second, 1},
		"unclear":                     {`{"detail":"Not Found"}`, 0, 1},
		"unclear, for ten minutes":    {`{"detail":"Not Found"}`, 29 * time.Second, 4},
		"of the connector":            {`{"message":"Connector not found"}`, 0, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.connectors, a.execute = listing(githubRow), say(http.StatusNotFound, tt.body)
				client := a.serveInMemory(t, func(cfg *airbyte.Config) { cfg.ConnectorLifetime = time.Hour })
				for range 10 {
					if _, err := client.Locate(t.Context(), "main", "github"); err != nil {
						t.Fatal(err)
					}
					if failure := run(t.Context(), t, client, listIssues); failure == nil || failure.Code != airbyte.CodeNotFound {
						t.Fatalf("got %+v, want 404", failure)
					}
					time.Sleep(tt.after)
				}
				if got := a.lists(); got != tt.want {
					t.Errorf("got %d requests for the list, want %d", got, tt.want)
				}
			})
		})
	}
}

// A change in one workspace does not cost the others the lists that they are fetching,
// unless such a list has the changed connector.
func TestChangesKeepTheListsOfOthers(t *testing.T) {
	t.Parallel()
	rename := func(id string) func(*testing.T, *airbyte.Client) {
		name := "n"
		return func(t *testing.T, c *airbyte.Client) {
			_, _ = c.UpdateConnector(t.Context(), id, airbyte.ConnectorChange{Name: &name})
		}
	}
	for what, tt := range map[string]struct {
		change func(*testing.T, *airbyte.Client)
		kept   bool
	}{
		"another workspace":       {func(_ *testing.T, c *airbyte.Client) { c.ForgetConnectors("rival") }, true},
		"the workspace itself":    {func(_ *testing.T, c *airbyte.Client) { c.ForgetConnectors("main") }, false},
		"a connector of another":  {rename("c-9"), true},
		"a connector of the list": {rename("c-1"), false},
		"another's connector is gone": {func(t *testing.T, c *airbyte.Client) {
			_, _ = c.Execute(t.Context(), "rival", "c-9", listIssues)
		}, true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			asked, answer := make(chan struct{}), make(chan struct{})
			a.execute = say(http.StatusNotFound, `{"message":"Connector not found"}`)
			a.connectors = inTurn(func(w http.ResponseWriter, r *http.Request) {
				close(asked)
				<-answer
				listing(githubRow)(w, r)
			}, listing(githubRow))
			client := a.serve(t)
			fetched := make(chan struct{})
			go func() {
				defer close(fetched)
				_, _ = client.Connectors(t.Context(), "main")
			}()
			<-asked
			tt.change(t, client)
			close(answer)
			<-fetched
			if _, err := client.Connectors(t.Context(), "main"); err != nil {
				t.Fatal(err)
			}
			if got := a.lists(); (got == 1) != tt.kept {
				t.Errorf("got %d requests for the list; want it kept: %t", got, tt.kept)
			}
		})
	}
}
