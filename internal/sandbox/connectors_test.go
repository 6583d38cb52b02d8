package sandbox

import (
	"net/url"
	"testing"
)

const githubDefinition = "ef69ef6e-aa7f-4af1-a01d-ef775033524e"

func TestListConnectors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	acme := c.s.world.findWorkspace(func(w *workspace) bool { return w.Name == "acme-corp" }).ID
	tests := []struct {
		name   string
		query  url.Values
		status int
		count  int
	}{
		{"by name", url.Values{"workspace_name": {"acme-corp"}}, 200, 2},
		{"by older name", url.Values{"external_user_id": {"acme-corp"}}, 200, 2},
		{"by customer name", url.Values{"customer_name": {"acme-corp"}}, 200, 2},
		{"by id", url.Values{"workspace_id": {acme}}, 200, 2},
		{"by definition", url.Values{"workspace_name": {"acme-corp"}, "definition_id": {githubDefinition}}, 200, 2},
		{"other definition", url.Values{"workspace_name": {"acme-corp"}, "definition_id": {"1c5d8316-ed42-4473-8fbc-2626f03f070c"}}, 200, 0},
		{"empty workspace", url.Values{"workspace_name": {"empty"}}, 200, 0},
		{"unknown workspace", url.Values{"workspace_name": {"no-such-customer"}}, 404, 0},
		{"names are exact", url.Values{"workspace_name": {"ACME-corp"}}, 404, 0},
		{"no workspace", url.Values{}, 422, 0},
		{"bad definition", url.Values{"workspace_name": {"empty"}, "definition_id": {"github"}}, 422, 0},
		{"bad workspace id", url.Values{"workspace_id": {"1"}}, 422, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := c.get("/api/v1/integrations/connectors?" + test.query.Encode())
			if a.status != test.status {
				t.Fatalf("got %d %s, want %d", a.status, a.body, test.status)
			}
			if a.status == 200 && len(a.list("data")) != test.count {
				t.Errorf("got %d connectors, want %d", len(a.list("data")), test.count)
			}
		})
	}
}

func TestConnectorShape(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	row := c.get("/api/v1/integrations/connectors?workspace_name=default&definition_id=" + githubDefinition)
	want := map[string]string{
		"data.0.name": "GitHub - default", "data.0.summarized_source_template.name": "GitHub",
		"data.0.summarized_source_template.connector_name":      "github",
		"data.0.summarized_source_template.actor_definition_id": githubDefinition,
	}
	for path, text := range want {
		if got := row.text(path); got != text {
			t.Errorf("%s is %q, want %q", path, got, text)
		}
	}
	detail := c.get("/api/v1/integrations/connectors/" + row.text("data.0.id"))
	if detail.text("source_template.source_definition_id") != githubDefinition ||
		detail.text("replication_config.repositories.0") != "acme/widgets" {
		t.Errorf("connector is %s", detail.body)
	}
}

func TestGetConnectorErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for id, want := range map[string]int{"00000000-0000-4000-8000-000000000404": 404, "github": 422} {
		if got := c.get("/api/v1/integrations/connectors/" + id).status; got != want {
			t.Errorf("id %s: got %d, want %d", id, got, want)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	tests := []struct {
		method, path string
		status       int
		detail       string
	}{
		{"GET", "/api/v1/nowhere", 404, "Not Found"},
		{"GET", "/nowhere", 404, "Not Found"},
		{"DELETE", "/api/v1/workspaces", 405, "Method Not Allowed"},
		{"GET", "/api/v1/account/applications/token", 405, "Method Not Allowed"},
	}
	for _, test := range tests {
		a := c.send(test.method, test.path, nil, nil)
		if a.status != test.status || a.text("detail") != test.detail {
			t.Errorf("%s %s: got %d %s, want %d %q", test.method, test.path, a.status, a.body, test.status, test.detail)
		}
	}
}

func TestListWorkspaces(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	var names []string
	for path := "/api/v1/workspaces?limit=3"; path != ""; {
		a := c.get(path)
		for _, row := range a.list("data") {
			names = append(names, row.(map[string]any)["name"].(string))
		}
		next, err := url.Parse(a.text("next"))
		if err != nil {
			t.Fatal(err)
		}
		if path = next.RequestURI(); next.Host == "" {
			path = ""
		}
	}
	if got, want := len(names), 4; got != want || names[0] != "default" {
		t.Errorf("got workspaces %v, want %d beginning with default", names, want)
	}
	for query, want := range map[string]int{"limit=0": 422, "limit=101": 422, "limit=x": 422, "status=gone": 422, "cursor=x": 400,
		"name_contains=ACME": 200} {
		if got := c.get("/api/v1/workspaces?" + query).status; got != want {
			t.Errorf("%s: got %d, want %d", query, got, want)
		}
	}
}
