package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestTemplates(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const path = "/api/v1/integrations/templates/sources"
	own, global := c.get(path), c.get(path+"/global")
	if own.text("data.0.organization_id") != organizationID || global.at("data.0.organization_id") != nil {
		t.Errorf("own: %.200s; global: %.200s", own.body, global.body)
	}
	clone := P{"original_source_template_id": global.text("data.0.id"), "name": "Mine"}
	made := c.send("POST", path, clone, nil)
	if made.status != 200 || made.text("name") != "Mine" || made.text("source_definition_id") == "" {
		t.Fatalf("clone: %d %s", made.status, made.body)
	}
	if a := c.send("POST", path, clone, nil); a.status != 400 || !strings.Contains(a.text("message"), "already exists") {
		t.Errorf("a second of the same name: %d %s", a.status, a.body)
	}
	if a := c.send("PATCH", path+"/"+made.text("id"), P{"partial_default_config": P{"start_date": "2026-01-01T00:00:00Z"}},
		nil); a.text("partial_default_config.start_date") == "" {
		t.Errorf("update: %s", a.body)
	}
	if a := c.send("DELETE", path+"/"+made.text("id"), nil, nil); a.status != 200 || a.text("deleted_at") == "" {
		t.Errorf("delete: %d %s", a.status, a.body)
	}
	for _, gone := range []string{path + "/" + made.text("id"), path + "/00000000-0000-4000-8000-000000000404"} {
		if got := c.get(gone).status; got != 404 {
			t.Errorf("%s gives %d, want 404", gone, got)
		}
	}
	if got := c.send("POST", path, P{"actor_definition_id": "00000000-0000-4000-8000-000000000404", "partial_default_config": P{}},
		nil).status; got != 400 {
		t.Errorf("an unknown definition gives %d, want 400", got)
	}
}

func TestOAuth(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	begin := P{"workspace_name": "empty", "connector_type": "GitHub", "redirect_url": "http://127.0.0.1:1/back?x=1",
		"replication_config": P{"repositories": []string{"a/b"}}}
	consent := func() string {
		a := c.send("POST", connectorsPath+"/oauth/initiate", begin, nil)
		_, path, ok := strings.Cut(a.text("consent_url"), "http://example.com")
		if a.status != 200 || !ok {
			t.Fatalf("initiate: %d %s", a.status, a.body)
		}
		return path
	}
	denied := c.get(consent() + "&deny=1")
	if denied.status != 302 || !strings.Contains(denied.header.Get("Location"), "error=access_denied") {
		t.Errorf("refused: %d %v", denied.status, denied.header)
	}
	path := consent()
	agreed := c.get(path)
	_, id, ok := strings.Cut(agreed.header.Get("Location"), "http://127.0.0.1:1/back?x=1&connector_id=")
	if !ok || c.get(connectorsPath+"/"+id).status != 200 {
		t.Errorf("agreed: %d %v", agreed.status, agreed.header)
	}
	if got := c.get(path).status; got != 404 {
		t.Errorf("a second visit gives %d, want 404", got)
	}
	const application = "/api/v1/oauth/credentials"
	put := c.send("PUT", application, P{"connector_type": "github", "configuration": P{"client_secret": "hush"}}, nil)
	if put.status != 200 || strings.Contains(string(put.body), "hush") {
		t.Errorf("own application: %d %s", put.status, put.body)
	}
	for body, want := range map[string]int{`{"configuration":{}}`: 422, `{"connector_type":"github"}`: 422,
		`{"connector_type":"github","configuration":{},"extra":1}`: 422, `{"connector_type":"nothing","configuration":{}}`: 404} {
		if got := c.send("PUT", application, body, nil).status; got != want {
			t.Errorf("%s: got %d, want %d", body, got, want)
		}
	}
	for range 2 {
		if a := c.send("DELETE", application+"/connector_type/github", nil, nil); a.status != http.StatusNoContent || len(a.body) != 0 {
			t.Errorf("delete: %d %s", a.status, a.body)
		}
	}
}

func TestSessionsAndListings(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const sessions = "/api/v1/internal/mcp_oauth/sessions"
	id := c.send("POST", sessions, P{"source_definition_id": githubDefinition, "workspace_id": "x", "source_template_id": "y"},
		nil).text("session_id")
	if got := c.get(sessions + "/" + id).text("status"); got != "pending" {
		t.Errorf("at first the session is %q", got)
	}
	if a := c.get(sessions + "/" + id); a.text("status") != "completed" || a.text("auth_payload.credentials.personal_access_token") == "" {
		t.Errorf("then it is %s", a.body)
	}
	if got := c.send("PATCH", sessions+"/"+id, P{"source_id": "z"}, nil).text("source_id"); got != "z" {
		t.Errorf("source_id is %q", got)
	}
	rows := c.get("/api/v1/organizations/" + organizationID + "/credentials?limit=2&offset=1")
	if len(rows.list("data")) != 2 || rows.text("data.0.context_store_status") == "" {
		t.Errorf("credentials: %s", rows.body)
	}
	if got := c.get("/api/v1/internal/account/organizations").text("organizations.0.id"); got != organizationID {
		t.Errorf("organization %q", got)
	}
	if a := c.get(connectorsPath + "/" + c.id("GitHub - archive") +
		"/inspect"); a.at("context_store_readiness.configured_cache_entities.0.ready_for_search") != false {
		t.Errorf("inspect: %.300s", a.body)
	}
	found := c.get("/api/v1/skills/search?query=archive")
	docs := c.get("/api/v1/skills/docs?section=issues&id=" + found.text("data.0.id"))
	if docs.text("section_id") != "issues" || docs.text("content.0.type") != "heading" {
		t.Errorf("skill: %.300s", docs.body)
	}
	first := c.get("/api/v1/skills?limit=1")
	second := c.get("/api/v1/skills?limit=1&cursor=" + first.text("next_cursor"))
	if first.text("data.0.id") == second.text("data.0.id") {
		t.Error("the second page of skills repeats the first")
	}
}
