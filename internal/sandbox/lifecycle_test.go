package sandbox

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const connectorsPath = "/api/v1/integrations/connectors"

// newGitHub is the body of a request that creates a connector.
func newGitHub(change func(P)) P {
	body := P{
		"workspace_name": "empty", "connector_type": "GitHub", "credentials": P{"token": "ghp_example"},
		"replication_config": P{"repositories": []string{"octo/cat", "octo/dog"}},
	}
	if change != nil {
		change(body)
	}
	return body
}

func TestCreateConnector(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.send("POST", connectorsPath, newGitHub(nil), nil)
	want := map[string]string{
		"name": "GitHub - empty", "replication_config.credentials.personal_access_token": mask,
		"replication_config.credentials.option_title": "PAT Credentials",
		"replication_config.repositories.1":           "octo/dog", "source_template.source_definition_id": githubDefinition,
	}
	for path, text := range want {
		if got := a.text(path); got != text {
			t.Errorf("%s is %q, want %q in %.200s", path, got, text, a.body)
		}
	}
	list := c.get(connectorsPath + "?workspace_name=empty")
	if got := list.text("data.0.id"); got != a.text("id") {
		t.Errorf("the list has %q, want the new connector", got)
	}
	issues := c.send("POST", connectorsPath+"/"+a.text("id")+"/execute",
		P{"entity": "issues", "action": "list", "params": P{"per_page": 1}}, nil)
	if got := issues.text("result.0.url"); got != "https://github.com/octo/cat/issues/1" {
		t.Errorf("its first issue is %q, want one of the configured repository", got)
	}
	found := c.send("POST", connectorsPath+"/"+a.text("id")+"/execute",
		P{"entity": "issues", "action": "context_store_search", "params": P{"query": P{"filter": P{"like": P{"url": "%octo/dog%"}}}}}, nil)
	if len(found.list("result.data")) == 0 {
		t.Error("the Context Store lacks the second repository")
	}
}

func TestCreateConnectorErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	tests := []struct {
		name   string
		change func(P)
		status int
		text   string
	}{
		{"no workspace", func(b P) { delete(b, "workspace_name") }, 422, "Field required"},
		{"older name of the workspace", func(b P) { b["external_user_id"] = b["workspace_name"]; delete(b, "workspace_name") }, 200, ""},
		{"unknown workspace", func(b P) { b["workspace_name"] = "nobody" }, 404, "Workspace not found"},
		{"no type", func(b P) { delete(b, "connector_type") }, 422,
			"One of connector_type, definition_id, or source_template_id must be provided"},
		{"slug", func(b P) { b["connector_type"] = "github" }, 200, ""},
		{"definition", func(b P) { delete(b, "connector_type"); b["definition_id"] = githubDefinition }, 200, ""},
		{"unknown type", func(b P) { b["connector_type"] = "git_hub" }, 404, "Connector type 'git_hub' not found"},
		{"bad definition", func(b P) { b["definition_id"] = "x" }, 422, "valid UUID"},
		{"unknown definition", func(b P) {
			delete(b, "connector_type")
			b["definition_id"] = "00000000-0000-4000-8000-000000000404"
		}, 404, "not found"},
		{"nothing but a type", func(b P) { delete(b, "credentials"); delete(b, "replication_config") }, 422, "At least one of"},
		{"stored vocabulary", func(b P) { b["credentials"] = P{"option_title": "x", "personal_access_token": "y"} }, 200, ""},
		{"unknown credentials", func(b P) { b["credentials"] = P{"pat": "x"} }, 400,
			"Provided keys: ['pat']. Available schemes: githubOAuth (access_token), githubPAT (token)"},
		{"discriminator", func(b P) { b["credentials"] = P{"token": "x", "auth_type": "pat"} }, 400, "do not match"},
		{"no repositories", func(b P) { b["replication_config"] = P{} }, 422, "required property 'repositories' not found"},
		{"unknown setting", func(b P) { b["replication_config"] = P{"repositories": []string{}, "repos": 1} }, 422, "unknown property 'repos'"},
		{"entities", func(b P) { b["entities"] = []P{{"entity": "issues", "modes": []string{"read"}}} }, 200, ""},
		{"bad mode", func(b P) { b["entities"] = []P{{"entity": "issues", "modes": []string{"all"}}} }, 422, "'read' or 'write'"},
		{"bad entities", func(b P) { b["entities"] = "issues" }, 422, "valid list"},
		{"name of a wrong type", func(b P) { b["name"] = 1 }, 422, "valid string"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := c.send("POST", connectorsPath, newGitHub(test.change), nil)
			if a.status != test.status || !strings.Contains(a.text("message"), test.text) {
				t.Errorf("got %d %.300s, want %d %q", a.status, a.body, test.status, test.text)
			}
		})
	}
}

func TestUpdateConnector(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.send("POST", connectorsPath, newGitHub(nil), nil).text("id")
	path := connectorsPath + "/" + id
	execute := func(entity, action string, params P) *answer {
		return c.send("POST", path+"/execute", P{"entity": entity, "action": action, "params": params}, nil)
	}
	execute("issues", "create", P{"title": "kept"}).ok()
	a := c.send("PUT", path, P{"name": "renamed", "entities": []P{{"entity": "issues"}}}, nil)
	if a.text("name") != "renamed" || a.text("entities.0.entity") != "issues" || a.text("replication_config.repositories.0") != "octo/cat" {
		t.Errorf("after a new name: %s", a.body)
	}
	a = c.send("PUT", path, P{"replication_config": P{"repositories": []string{"octo/dog"}}, "entities": nil}, nil)
	if a.text("name") != "renamed" || a.text("entities.0.entity") != "issues" || a.text("replication_config.repositories.0") != "octo/dog" {
		t.Errorf("after a new configuration: %s", a.body)
	}
	if got := execute("issues", "list", P{"per_page": 1}).ok().text("result.0.url"); got != "https://github.com/octo/dog/issues/1" {
		t.Errorf("the first issue is now %q", got)
	}
	if got := execute("issues", "get", P{"owner": "octo", "repo": "cat", "number": 121}).text("result.title"); got != "kept" {
		t.Errorf("the created issue is now %q", got)
	}
	for body, want := range map[string]int{`{"replication_config":{"repos":1}}`: 422, `{"name":1}`: 422, `[]`: 422} {
		if got := c.send("PUT", path, body, nil).status; got != want {
			t.Errorf("%s: got %d, want %d", body, got, want)
		}
	}
}

func TestDeleteConnector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t)
		id := c.send("POST", connectorsPath, newGitHub(nil), nil).text("id")
		path := connectorsPath + "/" + id
		listed := func() int { return len(c.get(connectorsPath + "?workspace_name=empty").list("data")) }
		if a := c.send("DELETE", path, nil, nil); a.status != 202 || a.text("job_id") == "" {
			t.Errorf("delete gives %d %s", a.status, a.body)
		}
		if listed() != 1 {
			t.Error("the connector left the list at once")
		}
		if got := c.send("POST", path+"/execute", P{"entity": "issues", "action": "list"}, nil).status; got != 404 {
			t.Errorf("execute gives %d, want 404", got)
		}
		if got := c.send("DELETE", path, nil, nil).status; got != 404 {
			t.Errorf("a second delete gives %d, want 404", got)
		}
		time.Sleep(time.Second)
		if listed() != 0 {
			t.Error("the connector is still listed")
		}
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	if a := c.send("POST", connectorsPath+"/check", newGitHub(nil), nil); a.status != 200 || a.text("status") != "succeeded" {
		t.Errorf("good credentials: %d %s", a.status, a.body)
	}
	bad := newGitHub(func(b P) { b["credentials"] = P{"token": "invalid"} })
	if a := c.send("POST", connectorsPath+"/check", bad,
		nil); a.status != 200 || a.text("status") != "failed" || a.text("failure_reason.failure_type") != "config_error" {
		t.Errorf("bad credentials: %d %s", a.status, a.body)
	}
	id := c.send("POST", connectorsPath, bad, nil).text("id")
	a := c.send("POST", connectorsPath+"/"+id+"/execute", P{"entity": "issues", "action": "list"}, nil)
	if a.status != 400 || a.text("errors.0.details.upstream_status") != "401" {
		t.Errorf("execute with bad credentials: %d %s", a.status, a.body)
	}
	if a := c.send("POST", connectorsPath+"/"+id+"/check", P{}, nil); a.text("status") != "failed" {
		t.Errorf("check of the connector: %s", a.body)
	}
}

func TestScopedTokens(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	application := c.token
	token := func(workspace string) string {
		c.token = application
		return c.send("POST", "/api/v1/account/applications/scoped-token", P{"workspace_name": workspace}, nil).text("token")
	}
	acme, fresh := token("acme-corp"), token("brand-new")
	if n := len(c.get("/api/v1/workspaces?name_contains=brand-new").list("data")); n != 1 {
		t.Errorf("%d workspaces brand-new, want 1", n)
	}
	if got := c.s.Requests().Tokens.Scoped; got != 2 {
		t.Errorf("%d scoped tokens counted, want 2", got)
	}
	own := connectorsPath + "/" + c.id("GitHub - acme-corp") + "/execute"
	call := P{"entity": "issues", "action": "list", "params": P{"per_page": 1}}
	tests := []struct {
		name, token, method, path string
		body                      any
		status                    int
	}{
		{"execute in the workspace", acme, "POST", own, call, 200},
		{"execute in another", fresh, "POST", own, call, 403},
		{"list the workspace", acme, "GET", connectorsPath + "?workspace_name=acme-corp", nil, 200},
		{"list another", acme, "GET", connectorsPath + "?workspace_name=default", nil, 403},
		{"organization's route", acme, "GET", "/api/v1/workspaces", nil, 403},
		{"info", acme, "GET", "/api/v1/account/applications/scoped-token/info", nil, 200},
		{"info with an application token", application, "GET", "/api/v1/account/applications/scoped-token/info", nil, 403},
		{"create in another", fresh, "POST", connectorsPath, newGitHub(nil), 403},
		{"scoped token by scoped token", acme, "POST", "/api/v1/account/applications/scoped-token", P{"workspace_name": "x"}, 403},
	}
	for _, test := range tests {
		c.token = test.token
		if a := c.send(test.method, test.path, test.body, nil); a.status != test.status {
			t.Errorf("%s: got %d %.200s, want %d", test.name, a.status, a.body, test.status)
		}
	}
	c.token = fresh
	if got := c.get("/api/v1/account/applications/scoped-token/info").text("workspace_name"); got != "brand-new" {
		t.Errorf("info names workspace %q", got)
	}
}

func TestWorkspaces(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	acme := c.s.world.findWorkspace(func(w *workspace) bool { return w.Name == "acme-corp" }).ID
	path := "/api/v1/workspaces/" + acme
	if a := c.send("PUT", path, P{"name": "acme-inc", "status": "inactive"},
		nil); a.text("name") != "acme-inc" || a.text("status") != "inactive" {
		t.Errorf("update: %s", a.body)
	}
	if got := c.get(connectorsPath + "?workspace_name=acme-corp").status; got != 404 {
		t.Errorf("the old name gives %d, want 404", got)
	}
	if got := c.get("/api/v1/workspaces/stats"); got.text("inactive_count") != "1" || got.text("total_count") != "4" {
		t.Errorf("stats: %s", got.body)
	}
	if got := c.send("PUT", path, P{"status": "gone"}, nil).status; got != 422 {
		t.Errorf("a wrong status gives %d, want 422", got)
	}
	connector := c.id("GitHub - acme-corp")
	if a := c.send("DELETE", path, nil, nil); a.status != 200 || a.text("id") != acme || a.text("deleted_at") == "" {
		t.Errorf("delete: %d %s", a.status, a.body)
	}
	for _, gone := range []string{path, connectorsPath + "/" + connector} {
		if got := c.get(gone).status; got != 404 {
			t.Errorf("%s gives %d, want 404", gone, got)
		}
	}
}

func TestOlderDialect(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.token = c.send("POST", "/api/v1/applications/token", P{"client_id": clientID, "client_secret": clientSecret}, nil).text("access_token")
	acme := c.s.world.findWorkspace(func(w *workspace) bool { return w.Name == "acme-corp" })
	rows := c.get("/api/v1/connectors/connectors_for_user?external_user_id=acme-corp&definition_id=" + githubDefinition)
	if len(rows.list("connectors")) != 2 {
		t.Errorf("connectors: %s", rows.body)
	}
	if n := len(c.get("/api/v1/connectors/connectors_for_user?external_user_id=nobody&definition_id=" +
		githubDefinition).list("connectors")); n != 0 {
		t.Errorf("an unknown user has %d connectors", n)
	}
	run := "/api/v1/connectors/sources/" + c.id("GitHub - acme-corp") + "/execute"
	list := c.send("POST", run, P{"entity": "issues", "action": "list", "params": P{"per_page": 2}}, nil)
	if len(list.list("result")) != 2 || list.text("connector_metadata.pagination.cursor") == "" || list.at("status") != nil {
		t.Errorf("execute: %.300s", list.body)
	}
	missing := c.send("POST", run, P{"action": "list"}, nil)
	if missing.status != 422 || missing.text("detail.0.loc.1") != "entity" {
		t.Errorf("without an entity: %d %s", missing.status, missing.body)
	}
	source := P{"workspace_id": acme.ID, "source_template_id": c.s.world.templateOf("github").ID, "name": "seeded",
		"auth_config": P{"token": "x"}, "source_config": P{"repositories": []string{"a/b"}}}
	id := c.send("POST", "/api/v1/embedded/sources", source, nil).text("id")
	if got := c.send("POST", connectorsPath+"/"+id+"/execute", P{"entity": "issues", "action": "list"},
		nil).text("result.0.url"); got != "https://github.com/a/b/issues/1" {
		t.Errorf("the new source's first issue is %q", got)
	}
	source["auth_config"] = P{"pat": "x"}
	id = c.send("POST", "/api/v1/embedded/sources", source, nil).text("id")
	unmapped := c.send("POST", "/api/v1/connectors/sources/"+id+"/execute", P{"entity": "issues", "action": "list"}, nil)
	if unmapped.status != 400 || !strings.Contains(unmapped.text("detail"), "Unable to map source configuration") {
		t.Errorf("unknown credentials: %d %s", unmapped.status, unmapped.body)
	}
	c.send("PUT", "/__sandbox/config", P{"switches": P{"dialect": "current"}}, nil)
	if got := c.send("POST", run, P{"entity": "issues", "action": "list"}, nil).status; got != 404 {
		t.Errorf("switched off, the route gives %d, want 404", got)
	}
}
