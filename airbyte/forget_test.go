package airbyte_test

import (
	"net/http"
	"testing"

	"airbyte-mcp-server/airbyte"
)

// Whatever changes a list of connectors makes it be asked for anew.
func TestChangesForgetTheLists(t *testing.T) {
	t.Parallel()
	for what, call := range listChanges() {
		for _, doubtful := range []bool{false, true} {
			checkForgotten(t, what, call, doubtful)
		}
	}
}

// listChanges are the calls after which a list is not the same.
func listChanges() map[string]func(*testing.T, *airbyte.Client) error {
	name := "n"
	return map[string]func(*testing.T, *airbyte.Client) error{
		"create": func(t *testing.T, c *airbyte.Client) error {
			_, err := c.CreateConnector(t.Context(), github("main"))
			return err
		},
		"update": func(t *testing.T, c *airbyte.Client) error {
			_, err := c.UpdateConnector(t.Context(), "c-1", airbyte.ConnectorChange{Name: &name})
			return err
		},
		"consent": func(t *testing.T, c *airbyte.Client) error {
			_, err := c.StartConsent(t.Context(), airbyte.Consent{Workspace: "main", Type: "x"})
			return err
		},
		"delete": func(t *testing.T, c *airbyte.Client) error { return c.DeleteConnector(t.Context(), "main", "c-9") },
		"forget": func(_ *testing.T, c *airbyte.Client) error { c.ForgetConnectors("main"); return nil },
	}
}

// checkForgotten makes a change and lists the connectors before and after it.
func checkForgotten(t *testing.T, what string, call func(*testing.T, *airbyte.Client) error, doubtful bool) {
	t.Helper()
	a := newAPI()
	a.connectors = listing(githubRow)
	answers := map[string]http.HandlerFunc{
		"POST " + connectorsPath: say(200, detail), "PUT " + onePath: say(200, detail), "DELETE " + connectorsPath +
			"/c-9": say(202, ``),
		"POST " + connectorsPath + "/oauth/initiate": say(200, `{"consent_url":"https://vendor.example.com/"}`),
	}
	for route, answer := range answers {
		if doubtful {
			answer = hangUp
		}
		a.others[route] = answer
	}
	client := a.serve(t)
	list := func() int {
		before := a.lists()
		if _, err := client.Connectors(t.Context(), "main"); err != nil {
			t.Fatal(err)
		}
		return a.lists() - before
	}
	list()
	if err := call(t, client); (err != nil) != (doubtful && what != "forget") {
		t.Errorf("%s: got %v", what, err)
	}
	before := len(a.all())
	list()
	if got := len(a.all()) - before; got != 1 {
		t.Errorf("%s, in doubt %t: got %d requests for the list, want 1", what, doubtful, got)
	}
}

// A list that was asked for before a change is not kept, though it arrives after.
func TestLateListIsNotKept(t *testing.T) {
	t.Parallel()
	a := newAPI()
	asked, answer := make(chan struct{}), make(chan struct{})
	a.connectors = inTurn(func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-answer
		listing(githubRow)(w, r)
	}, listing(githubRow, zendeskRow))
	client := a.serve(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = client.Connectors(t.Context(), "main")
	}()
	<-asked
	client.ForgetConnectors("main")
	// Who asks now does not get the older answer either.
	if list, err := client.Connectors(t.Context(), "main"); err != nil || len(list) != 2 {
		t.Errorf("got %v, %v, want the new list", list, err)
	}
	close(answer)
	<-done
	if list, err := client.Connectors(t.Context(), "main"); err != nil || len(list) != 2 {
		t.Errorf("got %v, %v, want the new list", list, err)
	}
}
