package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

// foreign is a client that was written for the real service: it knows the address
// of a sandbox, and speaks plain HTTP.
type foreign struct {
	t      *testing.T
	url    string
	client *http.Client
	header http.Header
	keys   Credentials
}

// newForeign starts a sandbox whose connectors disappear soon after their deletion.
func newForeign(t *testing.T, header map[string]string) *foreign {
	t.Helper()
	r, err := Start("127.0.0.1:0", Options{Catalog: catalog(), Switches: map[string]string{"delete_delay": "30ms"}})
	if err != nil {
		t.Fatal(err)
	}
	f := &foreign{t: t, url: r.URL, client: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}, header: http.Header{},
		keys: r.Credentials()}
	for name, value := range header {
		f.header.Set(name, value)
	}
	t.Cleanup(func() {
		f.client.CloseIdleConnections()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// call sends a request to a path, or to a whole address.
func (f *foreign) call(method, address string, body any) *answer {
	f.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = f.url + address
	}
	var text bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			f.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(f.t.Context(), method, address, &text)
	if err != nil {
		f.t.Fatal(err)
	}
	maps.Copy(r.Header, f.header)
	response, err := f.client.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer response.Body.Close()
	var received bytes.Buffer
	if _, err := received.ReadFrom(response.Body); err != nil {
		f.t.Fatal(err)
	}
	return &answer{f.t, response.StatusCode, response.Header, received.Bytes()}
}

// want calls and fails the test unless the status is as wanted.
func (f *foreign) want(status int, method, address string, body any) *answer {
	f.t.Helper()
	a := f.call(method, address, body)
	if a.status != status {
		f.t.Fatalf("%s %s: got %d %.400s, want %d", method, address, a.status, a.body, status)
	}
	return a
}

// signIn takes a token from an address and uses it from now on.
func (f *foreign) signIn(address string) {
	f.t.Helper()
	token := f.want(200, "POST", address, P{"client_id": clientID, "client_secret": clientSecret}).text("access_token")
	f.header.Set("Authorization", "Bearer "+token)
}

// gone waits until a list of connectors lacks one of them.
func (f *foreign) gone(list, id string) {
	f.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if !bytes.Contains(f.want(200, "GET", list, nil).body, []byte(id)) {
			return
		}
	}
	f.t.Errorf("the deleted connector stays in %s", list)
}

// TestAsTheCommandLineDoes lists, creates, describes, uses and deletes as Airbyte's
// own command line does.
func TestAsTheCommandLineDoes(t *testing.T) {
	t.Parallel()
	f := newForeign(t, map[string]string{
		"Content-Type": "application/json", "Accept": "application/json", "X-Organization-Id": organizationID,
		"User-Agent": "airbyte-agent/1.2.3", "X-ADP-Agent-CLI": "1.2.3",
	})
	f.signIn("/api/v1/account/applications/token")
	if got := f.want(200, "GET", "/api/v1/internal/account/organizations", nil).text("organizations.0.id"); got != organizationID {
		t.Errorf("organization %q, want %q", got, organizationID)
	}
	if a := f.want(200, "GET", "/api/v1/internal/account/enrollment-status", nil); a.at("is_enrolled") != true {
		t.Errorf("enrollment: %s", a.body)
	}
	f.followWorkspaces()
	f.mergeCredentials()
	id := f.createInBrowser("GitHub")
	path := connectorsPath + "/" + url.PathEscape(id)
	f.describeInParallel(path)
	for _, step := range []struct {
		action, path, want string
		params             P
	}{
		{"list", "result.0.title", "", P{"per_page": 2}},
		{"api_search", "connector_metadata.has_next_page", "true", P{"query": "repo:acme/widgets is:open", "per_page": 1}},
		{"context_store_search", "result.data.0.title", "", P{"query": P{"filter": P{"eq": P{"number": 7}}}, "limit": 5}},
		{"get", "result.title", "", P{"owner": "acme", "repo": "widgets", "number": 7}},
	} {
		a := f.want(200, "POST", path+"/execute", P{"entity": "issues", "action": step.action, "params": step.params,
			"select_fields": []string{"title", "number"}}).ok()
		if got := a.text(step.path); got == "" || step.want != "" && got != step.want {
			t.Errorf("%s: %s is %q, want %q in %.200s", step.action, step.path, got, step.want, a.body)
		}
	}
	skill := f.want(200, "GET", path+"/inspect", nil).text("docs_skill_id")
	f.want(200, "GET", "/api/v1/skills/docs?id="+url.QueryEscape(skill), nil)
	f.want(202, "DELETE", path, nil)
	f.want(404, "POST", path+"/execute", P{"entity": "issues", "action": "list"})
	f.gone(connectorsPath+"?workspace_name=default", id)
	f.want(404, "GET", path, nil)
}

// followWorkspaces reads all pages, and refuses those of other hosts.
func (f *foreign) followWorkspaces() {
	f.t.Helper()
	names := 0
	for address := f.url + "/api/v1/workspaces?limit=1"; address != ""; {
		if !strings.HasPrefix(address, f.url+"/") {
			f.t.Fatalf("the next page is at %s, want it at %s", address, f.url)
		}
		a := f.want(200, "GET", address, nil)
		names += len(a.list("data"))
		address = a.text("next")
	}
	if names != 4 {
		f.t.Errorf("%d workspaces, want 4", names)
	}
}

// mergeCredentials joins the list of connectors with that of credentials by id.
func (f *foreign) mergeCredentials() {
	f.t.Helper()
	states := map[string]string{}
	for offset := 0; ; offset += 50 {
		rows := f.want(200, "GET", "/api/v1/organizations/"+organizationID+"/credentials?limit=50&offset="+strconv.Itoa(offset), nil).list("data")
		for _, item := range rows {
			row := item.(map[string]any)
			states[jsonvalue.AsText(row["id"])] = jsonvalue.AsText(row["context_store_status"])
		}
		if len(rows) < 50 {
			break
		}
	}
	for _, item := range f.want(200, "GET", connectorsPath+"?workspace_name=acme-corp", nil).list("data") {
		row := item.(map[string]any)
		want := map[string]string{"GitHub - acme-corp": "ready", "GitHub - archive": "building"}[jsonvalue.AsText(row["name"])]
		if got := states[jsonvalue.AsText(row["id"])]; got != want {
			f.t.Errorf("the Context Store of %s is %q, want %q", row["name"], got, want)
		}
	}
}

// createInBrowser goes through the dialog for credentials and makes the connector
// from what it yields.
func (f *foreign) createInBrowser(name string) string {
	f.t.Helper()
	templates := f.want(200, "GET", "/api/v1/integrations/templates/sources/global", nil)
	for _, item := range templates.list("data") {
		if row := item.(map[string]any); strings.EqualFold(jsonvalue.AsText(row["name"]), name) {
			return f.finishInBrowser(jsonvalue.AsText(row["id"]))
		}
	}
	f.t.Fatalf("no template %q", name)
	return ""
}

func (f *foreign) finishInBrowser(template string) string {
	f.t.Helper()
	detail := f.want(200, "GET", "/api/v1/integrations/templates/sources/"+template, nil)
	widget := f.want(200, "POST", "/api/v1/account/applications/widget-token", P{
		"workspace_name": "default", "allowed_origin": "https://app.airbyte.ai", "selected_source_template_tags": []string{},
		"selected_source_template_tags_mode": "any",
		"selected_connection_template_tags":  []string{}, "selected_connection_template_tags_mode": "any",
	}).text("token")
	const sessions = "/api/v1/internal/mcp_oauth/sessions"
	session := sessions + "/" + f.want(200, "POST", sessions, P{
		"source_definition_id": detail.text("source_definition_id"), "workspace_id": f.widgetWorkspace(widget), "source_template_id": template,
	}).text("session_id")
	f.want(200, "GET", "/widget-bridge?widget_token="+url.QueryEscape(widget)+"&session=x&showEntityPicker=true", nil)
	if got := f.want(200, "GET", session, nil).text("status"); got != "pending" {
		f.t.Errorf("at first the session is %q, want pending", got)
	}
	done := f.want(200, "GET", session, nil)
	if done.text("status") != "completed" || done.text("source_template_id") != template {
		f.t.Fatalf("then the session is %s, want it completed", done.body)
	}
	id := f.want(200, "POST", connectorsPath, P{
		"source_template_id": template, "workspace_name": "default", "connector_type": detail.text("name"), "name": detail.text("name"),
		"replication_config": mergedConfig(detail.object(""), done.object("auth_payload")),
	}).text("id")
	if got := f.want(200, "PATCH", session, P{"source_id": id}).text("source_id"); got != id {
		f.t.Errorf("the session has made %q, want %q", got, id)
	}
	return id
}

// widgetWorkspace finds the workspace in a widget token, and looks at its page.
func (f *foreign) widgetWorkspace(token string) string {
	f.t.Helper()
	widget := decodeWidget(f.t, token)
	address, err := url.Parse(widget.WidgetURL)
	if err != nil {
		f.t.Fatal(err)
	}
	if page := f.want(200, "GET", widget.WidgetURL, nil); !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
		f.t.Errorf("the widget's page is of type %q, want HTML", page.header.Get("Content-Type"))
	}
	return address.Query().Get("workspaceId")
}

// widget is what a widget token holds.
type widget struct{ Token, WidgetURL string }

func decodeWidget(t testing.TB, token string) (w widget) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(raw, &w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// mergedConfig is the configuration that a client makes of a template and of what
// the dialog yields.
func mergedConfig(detail, payload map[string]any) map[string]any {
	config := jsonvalue.Overlay(nil, detail["partial_default_config"].(map[string]any))
	spec := detail["user_config_spec"].(map[string]any)["connectionSpecification"].(map[string]any)
	properties := spec["properties"].(map[string]any)
	for _, name := range spec["required"].([]any) {
		property, _ := properties[name.(string)].(map[string]any)
		if fallback, ok := property["default"]; ok {
			config[name.(string)] = fallback
		}
	}
	if property, ok := properties["start_date"].(map[string]any); ok && property["format"] == "date-time" {
		config["start_date"] = "2024-07-01T12:00:00.000000Z"
	}
	maps.Copy(config, payload)
	return config
}

// describeInParallel asks for the connector and its description at once.
func (f *foreign) describeInParallel(path string) {
	f.t.Helper()
	var connector, schema *answer
	var both sync.WaitGroup
	both.Go(func() { connector = f.call("GET", path, nil) })
	both.Go(func() { schema = f.call("POST", path+"/execute", P{"entity": "", "action": "describe"}) })
	both.Wait()
	if connector.status != 200 || connector.text("source_template.source_definition_id") != githubDefinition {
		f.t.Errorf("the connector: %d %.200s", connector.status, connector.body)
	}
	if len(schema.ok().list("result.entities")) == 0 {
		f.t.Errorf("the description: %.200s", schema.body)
	}
}
