package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

// TestAsTheSDKDoes finds a connector by its definition, uses it with params of
// null, and gets one by OAuth, as the current Python SDK does.
func TestAsTheSDKDoes(t *testing.T) {
	t.Parallel()
	f := newForeign(t, map[string]string{"X-ADP-Agent-SDK": "airbyte-agent-sdk", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"})
	f.signIn("/api/v1/account/applications/token")
	find := func(workspace string) []any {
		query := url.Values{"workspace_name": {workspace}, "definition_id": {githubDefinition}}
		return f.want(200, "GET", connectorsPath+"?"+query.Encode(), nil).list("data")
	}
	if none, several := len(find("empty")), len(find("acme-corp")); none != 0 || several != 2 {
		t.Errorf("found %d and %d connectors, want none and 2", none, several)
	}
	id := f.want(200, "POST", connectorsPath, P{
		"name": "mine", "definition_id": githubDefinition, "workspace_name": "empty", "credentials": P{"token": "x"},
		"replication_config": P{"repositories": "acme/widgets", "start_date": "2026-01-01T00:00:00Z"},
	}).text("id")
	if got := jsonvalue.AsText(find("empty")[0].(map[string]any)["id"]); got != id {
		t.Errorf("found %q, want %q", got, id)
	}
	execute := func(status int, entity, action string, params any) *answer {
		t.Helper()
		return f.want(status, "POST", connectorsPath+"/"+id+"/execute", P{"entity": entity, "action": action, "params": params})
	}
	execute(200, "viewer", "get", nil).ok()
	number := execute(200, "issues", "create", P{"owner": "acme", "repo": "widgets", "title": "from afar"}).at("result.number")
	execute(200, "issues", "update", P{"owner": "acme", "repo": "widgets", "issue_number": number, "state": "closed"}).ok()
	if got := execute(200, "issues", "get", P{"owner": "acme", "repo": "widgets", "number": number}).text("result.state"); got != "CLOSED" {
		t.Errorf("the issue is %q, want CLOSED", got)
	}
	if got := execute(200, "issues", "search", P{"query": "from afar"}).text("result.0.title"); got != "from afar" {
		t.Errorf("the search finds %q", got)
	}
	meta := execute(200, "issues", "context_store_search", P{"query": P{}, "limit": 2,
		"fields": [][]string{{"id"}, {"number"}}}).object("result.meta")
	if meta["has_more"] != true || jsonvalue.AsText(meta["cursor"]) == "" || jsonvalue.AsText(meta["took_ms"]) == "" {
		t.Errorf("the search's meta is %v", meta)
	}
	if a := execute(400, "nothing", "list", nil); !strings.Contains(a.text("message"), "Available entities") {
		t.Errorf("an unknown entity gives %s", a.body)
	}
	f.connectByOAuth()
	f.want(202, "DELETE", connectorsPath+"/"+id, nil)
	f.want(200, "POST", "/__sandbox/expire-tokens", nil)
	f.want(401, "GET", "/api/v1/workspaces", nil)
}

// connectByOAuth needs a template of the organization, and goes through a dialog.
func (f *foreign) connectByOAuth() {
	f.t.Helper()
	f.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	body := P{"workspace_name": "empty", "connector_type": "Notion", "redirect_url": "https://acme.example/done?a=1"}
	if a := f.want(400, "POST", connectorsPath+"/oauth/initiate", body); !strings.Contains(a.text("message"),
		"No organization-specific source template") {
		f.t.Errorf("without a template: %s", a.body)
	}
	for _, item := range f.want(200, "GET", "/api/v1/integrations/templates/sources?use_global=true", nil).list("data") {
		if row := item.(map[string]any); row["name"] == "Notion" {
			f.want(200, "POST", "/api/v1/integrations/templates/sources", P{"original_source_template_id": row["id"]})
		}
	}
	consent := f.want(200, "POST", connectorsPath+"/oauth/initiate", body).text("consent_url")
	address, err := url.Parse(f.want(302, "GET", consent, nil).header.Get("Location"))
	if err != nil {
		f.t.Fatal(err)
	}
	if address.Host != "acme.example" || address.Query().Get("a") != "1" {
		f.t.Errorf("the browser goes to %s", address)
	}
	f.want(200, "GET", connectorsPath+"/"+address.Query().Get("connector_id"), nil)
	f.want(200, "PUT", "/api/v1/oauth/credentials", P{"connector_type": "notion", "configuration": P{"client_id": "a", "client_secret": "b"}})
	for range 2 {
		if a := f.want(204, "DELETE", "/api/v1/oauth/credentials/connector_type/notion", nil); len(a.body) > 0 {
			f.t.Errorf("a deletion answers %q, want nothing", a.body)
		}
	}
}

// TestAsTheOlderSDKDoes takes the way of January 2026, with a scoped token, up to
// the failure that it ended in, and the one of the instances before it.
func TestAsTheOlderSDKDoes(t *testing.T) {
	t.Parallel()
	f := newForeign(t, nil)
	f.signIn("/api/v1/applications/token")
	application := f.header.Get("Authorization")
	scoped := f.want(200, "POST", "/api/v1/embedded/scoped-token", P{"workspace_name": "customer-7"}).text("token")
	f.header.Set("Authorization", "Bearer "+scoped)
	workspace := f.want(200, "GET", "/api/v1/embedded/scoped-token/info", nil).text("workspace_id")
	template := ""
	for _, item := range f.want(200, "GET", "/api/v1/integrations/templates/sources", nil).list("data") {
		if row := item.(map[string]any); row["name"] == "GitHub" {
			template = jsonvalue.AsText(row["id"])
		}
	}
	create := func(name string, auth P) string {
		return f.want(200, "POST", "/api/v1/embedded/sources", P{
			"source_template_id": template, "workspace_id": workspace, "name": name, "auth_config": auth,
			"source_config": P{"repositories": []string{"acme/widgets"}},
		}).text("id")
	}
	good, bad := create("good", P{"token": "x"}), create("bad", P{"pat": "x"})
	f.header.Set("Authorization", application)
	query := "?external_user_id=customer-7&definition_id=" + githubDefinition
	for key, path := range map[string]string{"connectors": "/api/v1/connectors/connectors_for_user",
		"instances": "/api/v1/connectors/instances_for_user"} {
		a := f.want(200, "GET", path+query, nil)
		if rows := a.list(key); len(rows) != 2 || len(rows[0].(map[string]any)) != 2 || a.text(key+".0.id") != good {
			t.Errorf("%s: %s, want two connectors with id and name", path, a.body)
		}
	}
	for _, kind := range []string{"sources", "instances"} {
		path := "/api/v1/connectors/" + kind + "/"
		a := f.want(200, "POST", path+good+"/execute", P{"entity": "issues", "action": "list", "params": nil})
		if len(a.object("")) != 2 || len(a.list("result")) == 0 || a.text("connector_metadata.pagination.cursor") == "" {
			t.Errorf("%s: %.300s, want the older envelope", path, a.body)
		}
		if got := f.want(400, "POST", path+bad+"/execute", P{"entity": "issues", "action": "list",
			"params": P{}}).text("detail"); got != unmappedConfig {
			t.Errorf("%s: %q, want the mapping failure", path, got)
		}
	}
	f.want(404, "POST", "/v1/integrations/connectors", P{"name": "x", "external_user_id": "customer-7"})
	f.want(202, "DELETE", connectorsPath+"/"+bad, nil)
	f.gone("/api/v1/connectors/connectors_for_user"+query, bad)
}

// TestAsPyAirbyteDoes asks for a token before each request, goes by ids of
// workspaces, and pages all vendors alike.
func TestAsPyAirbyteDoes(t *testing.T) {
	t.Parallel()
	f := newForeign(t, map[string]string{"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "PyAirbyte Client",
		"X-Organization-Id": organizationID})
	request := func(status int, method, path string, body any) *answer {
		t.Helper()
		f.header.Del("Authorization")
		f.signIn("/v1/applications/token")
		return f.want(status, method, "/api/v1"+path, body)
	}
	workspace := f.keys.WorkspaceID
	if got := request(200, "GET", "/workspaces/"+workspace, nil).text("name"); got != "default" {
		t.Errorf("the workspace is %q, want default", got)
	}
	var ids []string
	for _, item := range request(200, "GET", "/integrations/connectors?workspace_id="+workspace, nil).list("data") {
		if row := item.(map[string]any); strings.Contains(strings.ToLower(jsonvalue.AsText(row["name"])), "github") {
			ids = append(ids, jsonvalue.AsText(row["id"]))
		}
	}
	if len(ids) != 1 {
		t.Fatalf("%d connectors are called GitHub, want one", len(ids))
	}
	path := "/integrations/connectors/" + ids[0]
	execute := func(entity, action string, params P) *answer {
		t.Helper()
		return request(200, "POST", path+"/execute", P{"entity": entity, "action": action, "params": params, "skip_truncation": true,
			"intent": "a test"}).ok()
	}
	pageThrough(t, func(params P) *answer { return execute("issues", "list", params) })
	number := execute("issues", "create", P{"owner": "acme", "repo": "widgets", "title": "by PyAirbyte"}).at("result.number")
	execute("issues", "update", P{"owner": "acme", "repo": "widgets", "issue_number": number, "title": "renamed"})
	if got := execute("issues", "api_search", P{"query": "repo:acme/widgets renamed"}).text("result.0.title"); got != "renamed" {
		t.Errorf("the search finds %q, want the renamed issue", got)
	}
	skill := request(200, "GET", path+"/inspect", nil).text("docs_skill_id")
	docs := request(200, "GET", "/skills/docs?id="+url.QueryEscape(skill)+"&organization_id="+organizationID+"&workspace_id="+workspace, nil)
	request(200, "GET", "/skills/docs?id="+url.QueryEscape(skill)+"&section="+docs.text("outline.0.id"), nil)
	if strings.ContainsAny(docs.text("outline"), "{}") {
		t.Errorf("the outline has marks: %.300s", docs.text("outline"))
	}
	request(202, "DELETE", path, nil)
	f.gone(connectorsPath+"?workspace_name=default", ids[0])
}

// pageThrough lists the issues with the names of parameters that all vendors share.
func pageThrough(t *testing.T, list func(P) *answer) {
	t.Helper()
	seen, pages := map[string]bool{}, 0
	for params := (P{"owner": "acme", "repo": "widgets", "limit": 50}); pages < 9; pages++ {
		a := list(params)
		for _, item := range a.list("result") {
			seen[jsonvalue.AsText(item.(map[string]any)["id"])] = true
		}
		if a.at("connector_metadata.has_next_page") != true {
			break
		}
		params["cursor"] = a.text("connector_metadata.end_cursor")
	}
	if len(seen) != 120 || pages != 2 {
		t.Errorf("%d issues on %d pages, want 120 on 3", len(seen), pages+1)
	}
}

// TestEveryKindCanBeConnected makes a connector of each kind from what the dialog
// for credentials yields, and tries it.
func TestEveryKindCanBeConnected(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const sessions = "/api/v1/internal/mcp_oauth/sessions"
	for _, item := range c.get(templates + "/global").list("data") {
		row := item.(map[string]any)
		detail := c.get(templates + "/" + jsonvalue.AsText(row["id"]))
		session := sessions + "/" + c.send("POST", sessions, P{"source_definition_id": detail.text("source_definition_id"),
			"workspace_id": "x", "source_template_id": row["id"]}, nil).text("session_id")
		c.get(session)
		made := c.send("POST", connectorsPath, P{
			"source_template_id": row["id"], "workspace_name": "empty", "replication_config": mergedConfig(detail.object(""),
				c.get(session).object("auth_payload")),
		}, nil)
		if made.status != 200 {
			t.Errorf("%s: %d %.200s", row["name"], made.status, made.body)
			continue
		}
		if got := c.send("POST", connectorsPath+"/"+made.text("id")+"/check", P{}, nil).text("status"); got != "succeeded" {
			t.Errorf("%s: the check has %s", row["name"], got)
		}
	}
}
