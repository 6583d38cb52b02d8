package sandbox

import (
	"strings"
	"testing"
)

func TestExecuteBody(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	tests := []struct {
		name, body, field string
		status            int
	}{
		{"params missing", `{"entity":"issues","action":"list"}`, "", 200},
		{"params null", `{"entity":"issues","action":"list","params":null}`, "", 200},
		{"params empty", `{"entity":"issues","action":"list","params":{},"unknown":1,"select_fields":null,"intent":null}`, "", 200},
		{"params list", `{"entity":"issues","action":"list","params":[]}`, "body.params", 422},
		{"no action", `{"entity":"issues"}`, "body.action", 422},
		{"no entity", `{"action":"list"}`, "body.entity", 422},
		{"entity null", `{"entity":null,"action":"list"}`, "body.entity", 422},
		{"select_fields text", `{"entity":"issues","action":"list","select_fields":"id"}`, "body.select_fields", 422},
		{"skip_truncation text", `{"entity":"issues","action":"list","skip_truncation":"maybe"}`, "body.skip_truncation", 422},
		{"intent 512", `{"entity":"issues","action":"list","intent":"` + strings.Repeat("ä", 512) + `"}`, "", 200},
		{"intent 513", `{"entity":"issues","action":"list","intent":"` + strings.Repeat("x", 513) + `"}`, "body.intent", 422},
		{"not JSON", `entity`, "body", 422},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := c.send("POST", "/api/v1/integrations/connectors/"+c.id("GitHub - default")+"/execute", test.body, nil)
			if a.status != test.status || a.text("errors.0.field") != test.field {
				t.Errorf("got %d %.300s, want %d at %q", a.status, a.body, test.status, test.field)
			}
		})
	}
}

func TestExecuteErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	tests := []struct {
		entity, action string
		params         P
		text           string
	}{
		{"issue", "list", nil, "Entity 'issue' not found in connector. Available entities: ['branches', "},
		{"issues", "delete", nil, "Action 'delete' not supported for entity 'issues'. Supported actions: ['list', 'get', 'create', 'update', " +
			"'api_search', 'context_store_search', 'context_store_sql_query']"},
		{"issues", "get", nil, "Missing required body fields for issues.get: ['number']"},
		{"issues", "update", nil, "Missing required path parameter 'issue_number' for issues.update"},
		{"issues", "list", P{"states": []string{"open"}}, "Invalid value 'open' for parameter 'states'; expected one of: ['OPEN', 'CLOSED']"},
		{"issues", "list", P{"states": "OPEN"}, "Parameter 'states' expects an array; got scalar 'OPEN'"},
		{"issues", "list", P{"per_page": 101}, "Invalid value '101' for parameter 'per_page'; expected at most 100"},
		{"issues", "list", P{"per_page": 0}, "Invalid value '0' for parameter 'per_page'; expected at least 1"},
		{"issues", "list", P{"per_page": "many"}, "Invalid value 'many' for parameter 'per_page'; expected an integer"},
		{"issues", "list", P{"after": "garbage"}, "Invalid value 'garbage' for parameter 'after'"},
		{"issues", "get", P{"number": 4711}, "GitHub rejected the request: Not Found"},
		{"comments", "list", P{"number": 4711}, "GitHub rejected the request: Not Found"},
	}
	for _, test := range tests {
		a := c.execute("GitHub - default", test.entity, test.action, test.params)
		if a.status != 400 || !strings.Contains(a.text("message"), test.text) {
			t.Errorf("%s.%s %v: got %d %s, want 400 %q", test.entity, test.action, test.params, a.status, a.body, test.text)
		}
	}
}

func TestExecuteConnector(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	body := `{"entity":"issues","action":"list","params":{"per_page":1}}`
	id := c.id("GitHub - default")
	for path, want := range map[string]int{id: 200, "source_id:" + id: 200, strings.ToUpper(id): 200,
		"00000000-0000-4000-8000-000000000404": 404, "github": 404} {
		a := c.send("POST", "/api/v1/integrations/connectors/"+path+"/execute", body, nil)
		if a.status != want {
			t.Errorf("%s: got %d %.200s, want %d", path, a.status, a.body, want)
		}
		if want == 200 && a.text("execution_metadata.connector_instance_id") != "source_id:"+id {
			t.Errorf("%s: metadata is %v", path, a.at("execution_metadata"))
		}
	}
}

func TestMissingOwnerComesFromConfiguration(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	short := c.execute("GitHub - default", "issues", "list", P{"per_page": 5}).ok()
	long := c.execute("GitHub - default", "issues", "list", P{"owner": "acme", "repo": "widgets", "per_page": 5}).ok()
	if got, want := short.text("result.0.id"), long.text("result.0.id"); got != want {
		t.Errorf("without owner and repo the first issue is %s, with them %s", got, want)
	}
	other := c.execute("GitHub - default", "issues", "list", P{"owner": "octo", "repo": "cat", "per_page": 5}).ok()
	if got := other.text("result.0.url"); got != "https://github.com/octo/cat/issues/1" {
		t.Errorf("the first issue of another repository is %s", got)
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	selected := c.execute(github, "issues", "list", P{"per_page": 1}, "select_fields", []string{"number", "author.login", "no.such"},
		"exclude_fields", []string{"number"})
	if got := selected.object("result.0"); len(got) != 2 || got["number"] == nil || len(got["author"].(map[string]any)) != 1 {
		t.Errorf("selected fields are %v", got)
	}
	excluded := c.execute(github, "issues", "list", P{"per_page": 1}, "exclude_fields", []string{"body", "author.login"})
	if got := excluded.object("result.0"); got["body"] != nil || got["title"] == nil || got["author"].(map[string]any)["login"] != nil ||
		got["author"].(map[string]any)["avatarUrl"] == nil {
		t.Errorf("record without excluded fields is %v", got)
	}
	vendor := c.execute(github, "issues", "get", P{"number": 1, "fields": []string{"id", "url"}})
	if got := vendor.object("result"); len(got) != 2 {
		t.Errorf("fields the vendor was asked for are %v", got)
	}
	whole := c.execute(github, "issues", "list", P{"per_page": 1}).object("result.0")
	if whole["body"] == nil || whole["author"].(map[string]any)["login"] == nil {
		t.Errorf("a later call gets a changed record: %v", whole)
	}
}

func TestTruncation(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	for _, action := range []string{"list", "api_search"} {
		a := c.execute(github, "issues", action, P{"per_page": 100, "query": "repo:acme/widgets"}, "skip_truncation", false).ok()
		cut := 0
		for _, row := range a.list("result") {
			if body, _ := row.(map[string]any)["body"].(string); strings.HasSuffix(body,
				truncationMark) && len(body) == longText+len(truncationMark) {
				cut++
			}
		}
		if got, want := cut > 0, action == "list"; got != want {
			t.Errorf("%s: %d texts are shortened, want some: %v", action, cut, want)
		}
	}
}
