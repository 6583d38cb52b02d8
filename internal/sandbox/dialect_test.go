package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

// dialectRequests are what a client of a dialect does: sign in, find a connector,
// use it.
var dialectRequests = map[string][]struct{ method, path string }{
	"current": {
		{"POST", "/api/v1/account/applications/token"},
		{"GET", "/api/v1/integrations/connectors?workspace_name=default"},
		{"POST", "/api/v1/integrations/connectors/{id}/execute"},
	},
	"seed": {
		{"POST", "/api/v1/applications/token"},
		{"GET", "/api/v1/connectors/connectors_for_user?external_user_id=default&definition_id=" + githubDefinition},
		{"POST", "/api/v1/connectors/sources/{id}/execute"},
	},
	"both": {
		{"GET", "/api/v1/integrations/definitions/sources"},
		{"GET", "/api/v1/integrations/templates/sources"},
		{"GET", "/api/v1/workspaces"},
	},
}

func TestDialect(t *testing.T) {
	t.Parallel()
	for _, served := range []string{"", "both", "current", "seed"} {
		t.Run("served "+served, func(t *testing.T) {
			t.Parallel()
			s, err := New(Options{Catalog: catalog(), Dialect: served})
			if err != nil {
				t.Fatal(err)
			}
			c := &client{t: t, s: s, token: s.mint.issue(claims{Kind: tokenApplication, Organization: organizationID}, defaultTokenLife)}
			for dialect, requests := range dialectRequests {
				there := dialect == "both" || served != "current" && served != "seed" || served == dialect
				for _, r := range requests {
					a := c.send(r.method, strings.Replace(r.path, "{id}", c.id("GitHub - default"), 1), dialectBody(r.path), nil)
					if there && a.status != http.StatusOK {
						t.Errorf("%s %s: %d %s, want 200", r.method, r.path, a.status, a.body)
					}
					if !there && (a.status != http.StatusNotFound || string(a.body) != `{"detail":"Not Found"}`) {
						t.Errorf("%s %s: %d %s, want what unknown paths give", r.method, r.path, a.status, a.body)
					}
				}
			}
		})
	}
}

// dialectBody fits all of the requests above.
func dialectBody(path string) any {
	if strings.HasSuffix(path, "/execute") {
		return P{"entity": "issues", "action": "list"}
	}
	return P{"client_id": clientID, "client_secret": clientSecret}
}

// TestDialectIsASwitch chooses a dialect and changes the choice.
func TestDialectIsASwitch(t *testing.T) {
	t.Parallel()
	const seedToken, config = "/api/v1/applications/token", "/__sandbox/config"
	s, err := New(Options{Catalog: catalog(), Dialect: "seed"})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, s: s}
	if got := c.get(config).text("switches.0.name") + "=" + c.get(config).text("switches.0.value"); got != "dialect=seed" {
		t.Errorf("the first switch is %s, want dialect=seed", got)
	}
	c.send("PUT", config, P{"switches": P{"dialect": "current"}}, nil)
	if got := c.send("POST", seedToken, dialectBody(""), nil).status; got != http.StatusNotFound {
		t.Errorf("after the change, the older token route gives %d, want 404", got)
	}
	if got := c.send("PUT", seedToken, nil, nil).status; got != http.StatusNotFound {
		t.Errorf("another method of an unknown route gives %d, want 404", got)
	}
	c.send("PUT", config, P{"switches": P{"dialect": "both"}}, nil)
	if got := c.send("PUT", seedToken, nil, nil).status; got != http.StatusMethodNotAllowed {
		t.Errorf("another method of a known route gives %d, want 405", got)
	}
	c.signIn()
}

func TestUnknownDialect(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Catalog: catalog(), Dialect: "older"})
	for _, name := range []string{"both", "current", "seed"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one that names %s", err, name)
		}
	}
}
