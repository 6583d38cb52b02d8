package setup_test

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

// withoutCheck are the connectors whose every read needs an id that only the
// user knows.
var withoutCheck = map[string]bool{"google-analytics-data-api": true, "tiktok-marketing": true}

// TestCheckAction finds a read for each connector that can be called as it is.
func TestCheckAction(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		e, a, params, ok := setup.CheckAction(conn)
		if ok == withoutCheck[conn.Name] {
			t.Fatalf("found: %t", ok)
		}
		if !ok {
			return
		}
		if a.Name != schemas.ActionList && a.Name != schemas.ActionGet {
			t.Errorf("%s.%s may write", e.Name, a.Name)
		}
		var values map[string]any
		if err := json.Unmarshal(params, &values); err != nil {
			t.Fatal(err)
		}
		arguments := map[string]any{}
		for name, value := range values {
			arguments[schemas.ArgumentName(name)] = value
		}
		input, err := conn.ActionInput(e, a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := input.Check([]byte(encode(t, arguments))); err != nil {
			t.Errorf("%s.%s with %s: %v", e.Name, a.Name, params, err)
		}
		if a.Pagination != nil && a.Pagination.LimitParam != "" && values[a.Pagination.LimitParam] == nil {
			t.Errorf("%s.%s with %s: more than one record is asked for", e.Name, a.Name, params)
		}
	})
}

func TestCheckActionOfSome(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"github":       `viewer_repositories.list {"per_page":1}`, // the preferred one needs a user name
		"stripe":       `customers.list {"limit":1}`,
		"clickup-api":  `user.get {}`,
		"linkedin-ads": `accounts.list {"pageSize":1,"q":"search"}`,
		"airtable":     `bases.list {}`,
	} {
		e, a, params, _ := setup.CheckAction(connector(t, name))
		if got := e.Name + "." + a.Name + " " + string(params); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
