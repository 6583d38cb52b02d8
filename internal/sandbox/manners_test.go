package sandbox

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

const accountsPath = "/api/v1/account/applications"

func TestWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	widget := P{"workspace_name": "default", "allowed_origin": "https://acme.example"}
	template := P{"actor_definition_id": githubDefinition, "partial_default_config": P{}, "name": "mine"}
	tests := []struct {
		method, path string
		body         any
		status       int
		text         string
	}{
		{"POST", accountsPath + "/scoped-token", P{"workspace_name": "default", "region_id": "eu"}, 422, "valid UUID"},
		{"POST", accountsPath + "/widget-token", jsonvalue.Overlay(widget, P{"selected_source_template_tags_mode": "some"}), 422,
			"'any' or 'all'"},
		{"POST", accountsPath + "/widget-token", jsonvalue.Overlay(widget, P{"selected_connection_template_tags_mode": "some"}), 422,
			"'any' or 'all'"},
		{"POST", connectorsPath, newGitHub(func(b P) { b["selected_connection_template_tags_mode"] = "some" }), 422, "'any' or 'all'"},
		{"POST", connectorsPath, newGitHub(func(b P) { b["credentials"] = P{"token": "x", "access_token": "y"} }), 400,
			"do not match any auth scheme"},
		{"POST", templates, jsonvalue.Overlay(template, P{"actor_definition_id": "github"}), 422, "valid UUID"},
		{"POST", templates, P{"original_source_template_id": "github"}, 422, "valid UUID"},
		{"POST", templates, jsonvalue.Overlay(template, P{"customization": P{"stream_selection_mode": "none"}}), 422,
			"'all', 'suggested' or 'whitelist'"},
		{"POST", templates, jsonvalue.Overlay(template, P{"customization": "all"}), 422, "valid dictionary"},
		{"GET", templates + "?use_global=perhaps", nil, 422, "valid boolean"},
	}
	for _, test := range tests {
		if a := c.send(test.method, test.path, test.body, nil); a.status != test.status || !strings.Contains(a.text("message"), test.text) {
			t.Errorf("%s %s %v: got %d %s, want %d %q", test.method, test.path, test.body, a.status, a.body, test.status, test.text)
		}
	}
}

// TestTruthValuesInQueries reads them as Python clients write them, too.
func TestTruthValuesInQueries(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for value, want := range map[string]bool{"true": true, "True": true, "1": true, "false": false, "False": false, "": false} {
		got := c.get(templates+"?use_global="+value).at("data.0.organization_id") == nil
		if got != want {
			t.Errorf("use_global=%s lists global templates: %v, want %v", value, got, want)
		}
	}
}

func TestRefusedMethodsNameTheAllowed(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for path, want := range map[string]string{connectorsPath: "GET, POST", "/api/v1/workspaces/" + organizationID: "GET, PUT, DELETE"} {
		for _, method := range []string{"PATCH", "HEAD", "OPTIONS"} {
			if a := c.send(method, path, nil, nil); a.status != 405 || a.header.Get("Allow") != want {
				t.Errorf("%s %s: got %d, Allow %q, want 405, %q", method, path, a.status, a.header.Get("Allow"), want)
			}
		}
	}
}

// TestTokensAreForAnOrganization asks for tokens with the header that names one.
func TestTokensAreForAnOrganization(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ask := func(organization string) *answer {
		return c.send("POST", accountsPath+"/token", P{"client_id": clientID, "client_secret": clientSecret},
			http.Header{organizationHeader: {organization}})
	}
	for _, organization := range []string{dormantOrganizationID, "5a4db0c5-0000-4000-8000-000000000fff"} {
		if a := ask(organization); a.status != 403 {
			t.Errorf("a token of %s: got %d %s, want 403", organization, a.status, a.body)
		}
	}
	c.send("PUT", "/__sandbox/config", P{"switches": P{"organizations": "several"}}, nil)
	if a := c.get("/api/v1/workspaces"); a.status != 400 || !strings.Contains(a.text("message"), "specify target organization") {
		t.Errorf("without an organization: got %d %s, want 400", a.status, a.body)
	}
	c.token = ask(organizationID).text("access_token")
	if a := c.get("/api/v1/workspaces"); a.status != 200 {
		t.Errorf("with a token of the organization: got %d %s, want 200", a.status, a.body)
	}
	c.token = c.mintFor("default").text("token")
	if a := c.get("/api/v1/workspaces"); a.status != 403 || a.text("message") != "Token is not valid for this workspace" {
		t.Errorf("a scoped token on a route of the organization: %d %s", a.status, a.body)
	}
}

// TestConnectorWithoutCredentials is made, but cannot be used before it has some.
func TestConnectorWithoutCredentials(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	path := connectorsPath + "/" + c.send("POST", connectorsPath, newGitHub(func(b P) { delete(b, "credentials") }), nil).text("id")
	list := P{"entity": "issues", "action": "list"}
	if a := c.send("POST", path+"/execute", list, nil); a.status != 400 || a.text("message") != unmappedConfig {
		t.Errorf("got %d %s, want the mapping failure", a.status, a.body)
	}
	if a := c.send("POST", path+"/check", P{}, nil); a.text("status") != "failed" || a.text("error_message") != unmappedConfig {
		t.Errorf("the check: %s", a.body)
	}
	c.send("PUT", path, P{"replication_config": P{"credentials": P{"personal_access_token": "x"}}}, nil)
	c.send("POST", path+"/execute", list, nil).ok()
}

// TestRefusedCredentialsConcernTheVendorAlone: what Airbyte itself answers needs
// no vendor.
func TestRefusedCredentialsConcernTheVendorAlone(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.send("POST", connectorsPath, newGitHub(func(b P) { b["credentials"] = P{"token": "invalid"} }), nil).text("id")
	for action, want := range map[string]int{"list": 400, "describe": 200, "context_store_search": 200} {
		body := P{"entity": map[bool]string{true: "", false: "issues"}[action == "describe"], "action": action, "params": P{"query": P{}}}
		if a := c.send("POST", connectorsPath+"/"+id+"/execute", body, nil); a.status != want {
			t.Errorf("%s: got %d %.200s, want %d", action, a.status, a.body, want)
		}
	}
}

// TestFlatCredentialsAreRequired: a form must ask for the only way to sign in.
func TestFlatCredentialsAreRequired(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, item := range c.get(templates + "?use_global=true").list("data") {
		if row := item.(map[string]any); row["connector_name"] == "jira" {
			required, _ := c.get(templates + "/" + jsonvalue.AsText(row["id"])).at("user_config_spec.connectionSpecification.required").([]any)
			for _, name := range []any{"api_token", "email", "subdomain"} {
				if !slices.Contains(required, name) {
					t.Errorf("required are %v, want %s among them", required, name)
				}
			}
		}
	}
}

func TestTextsHaveNoMarks(t *testing.T) {
	reference := regexp.MustCompile(`\{(\w+\.\w+)\}`)
	t.Parallel()
	c := newClient(t)
	described := string(c.execute("GitHub - default", "", "describe", nil).body)
	docs := string(c.get("/api/v1/skills/docs?section=issues&id=" + skillPrefix + c.id("GitHub - default")).body)
	for name, text := range map[string]string{"describe": described, "skill": docs} {
		if found := reference.FindString(text); found != "" || !strings.Contains(text, "issues.list") {
			t.Errorf("%s: found %q, want references without marks", name, found)
		}
	}
}

// TestDownloadRefusals asks for what a download cannot be.
func TestDownloadRefusals(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.execute("google-drive", "files", "list", nil).text("result.0.id")
	for _, params := range []P{{"_airbyte_response_type": "xml"}, {"_airbyte_response_type": "json", "range_header": "bytes=10-"}} {
		if a := c.execute("google-drive", "files", "download", jsonvalue.Overlay(P{"fileId": id, "alt": "media"}, params)); a.status != 400 {
			t.Errorf("%v: got %d, want 400", params, a.status)
		}
	}
}

// TestHTTPManners sends what libraries send: bodies in chunks, encoded paths, and
// wishes for compression, over one connection.
func TestHTTPManners(t *testing.T) {
	t.Parallel()
	f := newForeign(t, map[string]string{"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate, br"})
	f.signIn(accountsPath + "/token")
	id := f.want(200, "GET", connectorsPath+"?workspace_name=default", nil).text("data.0.id")
	body := io.MultiReader(strings.NewReader(`{"entity":"issues",`), strings.NewReader(`"action":"list","params":{"per_page":1}}`))
	r := httptest.NewRequest(http.MethodPost, f.url+connectorsPath+"/source_id%3A"+id+"/execute", body)
	r.RequestURI, r.ContentLength, r.Header = "", -1, f.header
	response, err := f.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/json" ||
		response.Header.Get("Content-Encoding") != "" || response.ContentLength <= 0 {
		t.Errorf("got %d %v, want JSON of a known length", response.StatusCode, response.Header)
	}
	if a := f.want(404, "GET", "/api/v1/workspaces/", nil); a.text("detail") != "Not Found" {
		t.Errorf("a slash at the end: %s", a.body)
	}
	if a := f.want(405, "HEAD", "/api/v1/workspaces", nil); len(a.body) > 0 {
		t.Errorf("HEAD is answered with a body of %d bytes", len(a.body))
	}
	for _, text := range []string{"", "null", "[]", "{"} {
		r := httptest.NewRequest(http.MethodPost, f.url+connectorsPath+"/"+id+"/execute", strings.NewReader(text))
		r.RequestURI, r.Header = "", f.header
		response, err := f.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("body %q: got %d, want 422", text, response.StatusCode)
		}
	}
}
