package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
)

// switched is a client of a sandbox in which one switch has a value.
func switched(t *testing.T, name, value string) *client {
	t.Helper()
	s, err := New(Options{Catalog: catalog(), Switches: map[string]string{name: value}})
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, s: s, token: s.mint.issue(claims{Kind: tokenApplication, Organization: organizationID}, defaultTokenLife)}
}

// TestEverySwitchChangesSomething flips each switch to each of its values: what it
// names has to differ from what it is by default.
func TestEverySwitchChangesSomething(t *testing.T) {
	t.Parallel()
	for _, d := range switchDefs {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			look, others := switchProbes[d.name], []string{"0s"}
			if d.life == "" {
				others = d.values[1:]
			}
			if look == nil || len(others) == 0 {
				t.Fatal("nothing shows what this switch does")
			}
			seen := []string{fmt.Sprint(look(switched(t, d.name, d.initial())))}
			for _, value := range others {
				got := fmt.Sprint(look(switched(t, d.name, value)))
				if slices.Contains(seen, got) {
					t.Errorf("with %s: %s, which is what another value gives", value, got)
				}
				seen = append(seen, got)
			}
		})
	}
}

// switchProbes show what each switch is about.
var switchProbes = map[string]func(*client) any{
	dialectSwitch: dialectOf,
	olderRoutes: statusOf("GET",
		"/api/v1/connectors/instances_for_user?external_user_id=default&definition_id="+githubDefinition, nil),
	"scoped_token_key":               func(c *client) any { return jsonvalue.SortedKeys(c.mintFor("default").object("")) },
	"autocreate_on_connector_create": statusOf("POST", connectorsPath, newGitHub(func(b P) { b["workspace_name"] = "brand new" })),
	"unknown_workspace_list":         statusOf("GET", connectorsPath+"?workspace_name=nobody", nil),
	"list_without_workspace":         statusOf("GET", connectorsPath, nil),
	"missing_bearer": func(c *client) any {
		c.token = ""
		return statusOf("GET", "/api/v1/workspaces", nil)(c)
	},
	"scoped_tokens_on_connectors": func(c *client) any {
		c.token = c.mintFor("default").text("token")
		return statusOf("GET", connectorsPath+"?workspace_name=default", nil)(c)
	},
	"organizations": statusOf("GET", "/api/v1/workspaces", nil),
	"organization_precedence": func(c *client) any {
		header := http.Header{organizationHeader: {dormantOrganizationID}}
		return c.send("GET", "/api/v1/workspaces", nil, header).status
	},
	"organizations_key": func(c *client) any {
		return jsonvalue.SortedKeys(c.get("/api/v1/internal/account/organizations").object(""))
	},
	"template_list_scope":      func(c *client) any { return len(c.get(templates).list("data")) },
	"several_type_identifiers": statusOf("POST", connectorsPath, newGitHub(func(b P) { b["definition_id"] = githubDefinition })),
	"required_settings": statusOf("POST", connectorsPath,
		P{"workspace_name": "empty", "connector_type": "stripe", "credentials": P{"api_key": "sk_test"}}),
	"credential_discriminators": statusOf("POST", connectorsPath,
		newGitHub(func(b P) { b["credentials"] = P{"token": "x", "auth_type": "pat"} })),
	"secret_masking": func(c *client) any {
		return c.send("POST", connectorsPath, newGitHub(nil), nil).text("replication_config.credentials.personal_access_token")
	},
	"default_connector_name": func(c *client) any { return c.send("POST", connectorsPath, newGitHub(nil), nil).text("name") },
	"second_delete": func(c *client) any {
		path := connectorsPath + "/" + c.id("GitHub - archive")
		c.send("DELETE", path, nil, nil)
		return statusOf("DELETE", path, nil)(c)
	},
	"check_polling": func(c *client) any {
		return c.send("POST", connectorsPath+"/check", newGitHub(nil), nil).text("status")
	},

	string(problem.FromExecutor): executeStatus("GitHub - default", "nothing", "list", nil),
	string(problem.FromVendor):   executeStatus("GitHub - default", "issues", "get", P{"number": 4711}),
	string(problem.FromFilter):   executeStatus("GitHub - default", "issues", "context_store_search", P{"query": P{"filter": P{}}}),
	string(problem.FromStore):    executeStatus("GitHub - archive", "issues", "context_store_search", P{"query": P{}}),
	string(problem.FromMapping): func(c *client) any {
		id := c.send("POST", connectorsPath, newGitHub(func(b P) { delete(b, "credentials") }), nil).text("id")
		return statusOf("POST", connectorsPath+"/"+id+"/execute", P{"entity": "issues", "action": "list"})(c)
	},
	"semantic_with_query": executeStatus("GitHub - default", "comments", "context_store_search",
		P{"query": P{}, "semantic": P{"prompt": "slow"}}),
	"inband_status":   func(c *client) any { return c.faulty("inband").text("status") },
	"quota_exhausted": func(c *client) any { return c.faulty("quota").status },
	"search_action": func(c *client) any {
		return []any{executeStatus("GitHub - default", "issues", "search", P{"query": "repo:acme/widgets"})(c),
			executeStatus("GitHub - default", "issues", "search", P{"query": P{}})(c)}
	},
	"common_paging_params": func(c *client) any {
		return len(c.execute("GitHub - default", "issues", "list", P{"limit": 3}).list("result"))
	},
	"context_store_limit": func(c *client) any { return len(stored(c, P{"query": P{}}).list("result.data")) },
	"text_operators":      textOperators,
	"describe_shape": func(c *client) any {
		return jsonvalue.SortedKeys(c.execute("GitHub - default", "", "describe", nil).object(""))
	},
	"delete_result": func(c *client) any {
		id := c.execute("google-drive", "files", "list", nil).text("result.0.id")
		return c.execute("google-drive", "files", "delete", P{"fileId": id}).at("result")
	},
	"empty_metadata": func(c *client) any {
		return c.execute("GitHub - default", "issues", "get", P{"number": 1}).at("connector_metadata")
	},
	"warning_type": func(c *client) any {
		return fmt.Sprintf("%T", c.execute("GitHub - default", "issues", "get", P{"number": 1}).at("warning"))
	},
	"inactive_workspace": func(c *client) any {
		c.send("PUT", "/api/v1/workspaces/"+c.s.Credentials().WorkspaceID, P{"status": "inactive"}, nil)
		return executeStatus("GitHub - default", "issues", "list", nil)(c)
	},
	"widget_token_life": func(c *client) any {
		_, ok := c.s.mint.check(c.widgetToken())
		return ok
	},
	"scoped_token_life": func(c *client) any {
		c.token = c.mintFor("default").text("token")
		return statusOf("GET", accountsPath+"/scoped-token/info", nil)(c)
	},
	"rate_limit": func(c *client) any {
		look := statusOf("GET", "/api/v1/workspaces/stats", nil)
		for range 60 {
			look(c)
		}
		return look(c)
	},
	"context_store_lag": func(c *client) any {
		c.execute("GitHub - default", "issues", "create", P{"title": "just now"}).ok()
		return len(stored(c, P{"query": P{"filter": P{"eq": P{"title": "just now"}}}}).list("result.data"))
	},
	"delete_delay": func(c *client) any {
		id := c.id("GitHub - archive")
		c.send("DELETE", connectorsPath+"/"+id, nil, nil)
		return strings.Contains(string(c.get(connectorsPath+"?workspace_name=acme-corp").body), id)
	},
}

// statusOf shows the status of a request.
func statusOf(method, path string, body any) func(*client) any {
	return func(c *client) any { return c.send(method, path, body, nil).status }
}

// executeStatus shows the status of an action.
func executeStatus(connector, entity, action string, params P) func(*client) any {
	return func(c *client) any { return c.execute(connector, entity, action, params).status }
}

func dialectOf(c *client) any {
	body := P{"client_id": clientID, "client_secret": clientSecret}
	return []any{statusOf("POST", accountsPath+"/token", body)(c), statusOf("POST", "/api/v1/applications/token", body)(c)}
}

// textOperators counts what operators find where their meanings differ.
func textOperators(c *client) any {
	var counts []int
	for _, filter := range []P{{"like": P{"url": "%issues/1"}}, {"like": P{"url": "issues/1"}}, {"contains": P{"url": "issues"}},
		{"fuzzy": P{"url": "issues acme"}}} {
		counts = append(counts, len(stored(c, P{"query": P{"filter": filter}, "limit": 200}).list("result.data")))
	}
	return counts
}

// mintFor asks for a scoped token.
func (c *client) mintFor(workspace string) *answer {
	c.t.Helper()
	return c.send("POST", accountsPath+"/scoped-token", P{"workspace_name": workspace}, nil)
}

// widgetToken is the token within a widget token.
func (c *client) widgetToken() string {
	c.t.Helper()
	a := c.send("POST", accountsPath+"/widget-token", P{"workspace_name": "default", "allowed_origin": "https://acme.example"}, nil)
	return decodeWidget(c.t, a.text("token")).Token
}

// faulty executes an action with a fault.
func (c *client) faulty(rule string) *answer {
	c.t.Helper()
	return c.send("POST", connectorsPath+"/"+c.id("GitHub - default")+"/execute", P{"entity": "issues", "action": "list"},
		http.Header{FaultHeader: {rule}})
}

// register are the switches for what the API leaves open, whatever else there is.
var register = []string{
	dialectSwitch, "scoped_token_key", "autocreate_on_connector_create", "unknown_workspace_list", "list_without_workspace", "missing_bearer",
	"scoped_tokens_on_connectors", "organization_precedence", "template_list_scope", "several_type_identifiers", "credential_discriminators",
	"secret_masking", "default_connector_name", "second_delete", "check_polling", string(problem.FromExecutor), string(problem.FromVendor),
	"inband_status",
	"search_action", "context_store_limit", "text_operators", string(problem.FromFilter), string(problem.FromStore), "describe_shape",
	"delete_result",
	"empty_metadata", "warning_type", "quota_exhausted", "inactive_workspace", "widget_token_life", "rate_limit",
	string(problem.FromMapping), "semantic_with_query",
}

func TestConfigListsTheRegister(t *testing.T) {
	t.Parallel()
	var names []string
	for _, item := range newClient(t).get("/__sandbox/config").list("switches") {
		names = append(names, jsonvalue.AsText(item.(map[string]any)["name"]))
	}
	for _, name := range register {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not listed among %v", name, names)
		}
	}
	if len(register) != 33 {
		t.Errorf("the register has %d entries, want 33", len(register))
	}
}
