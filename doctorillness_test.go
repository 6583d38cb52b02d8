package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func illConfigurations() []illness {
	return []illness{
		{"nothing", func(*testing.T, *ward) {}, 0, "MCP self-test", "ok", []string{"tools"}},
		{"credentials unset", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_CLIENT_ID", "")
			w.set("AIRBYTE_CLIENT_SECRET", "")
		}, 11, "configuration", "problem", []string{"missing", "set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"}},
		{"secret file open to others", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_CLIENT_SECRET", "")
			w.set("AIRBYTE_CLIENT_SECRET_FILE", write(t, "secret", "wrong-secret-4711", 0o644))
		}, 11, "configuration", "problem", []string{"0644", "run chmod 600"}},
		{"API host with a path", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_API_HOST", "https://api.airbyte.ai/api/v1")
		}, 11, "configuration", "problem", []string{"AIRBYTE_API_HOST", "scheme and host only"}},
		{"config file broken", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_CONFIG", write(t, "config.yaml", "read-only: true\nclient-secret: [wrong-secret-4711\n", 0o600))
		}, 11, "configuration", "problem", []string{"config.yaml:", "not valid YAML", "change what is named"}},
		{"config file with an unknown key", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_CONFIG", write(t, "config.yaml", "workspaze: default\n", 0o600))
		}, 11, "configuration", "problem", []string{"config.yaml:1", "workspaze"}},
		{"duration without a unit", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_CALL_TIMEOUT", "soon")
		}, 11, "configuration", "problem", []string{"AIRBYTE_MCP_CALL_TIMEOUT"}},
		{"CA file without a certificate", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_CA_FILE", write(t, "ca.pem", "nothing", 0o600))
		}, 11, "configuration", "problem", []string{"ca.pem", "change what is named"}},
		{"catalog file broken", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_CATALOG", filepath.Dir(write(t, "acme.json", `{"name":`, 0o600)))
		}, 10, "binary", "problem", []string{"acme", "mend or remove the file", "catalog check"}},
		{"serve over HTTP by the environment", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_HTTP", "127.0.0.1:0")
		}, 20, "MCP self-test", "problem", []string{"listens over HTTP at 127.0.0.1:0", "unset AIRBYTE_MCP_HTTP"}},
		{"serve over HTTP by the config file", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_CONFIG", write(t, "config.yaml", "http: 127.0.0.1:0\n", 0o600))
		}, 20, "MCP self-test", "problem", []string{"listens over HTTP at 127.0.0.1:0", "`http` in the configuration file"}},
	}
}

func illAccounts() []illness {
	return []illness{
		{"wrong secret", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_CLIENT_SECRET", "wrong-secret-4711")
		}, 13, "token", "problem", []string{"invalid client credentials", "HTTP 401", "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"}},
		{"wrong client id", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_CLIENT_ID", "nobody")
		}, 13, "token", "problem", []string{"invalid client credentials", "AIRBYTE_CLIENT_ID"}},
		{"token endpoint unavailable", func(t *testing.T, w *ward) {
			w.fault(t, "route=token,status=503,body=5")
		}, 13, "token", "problem", []string{"HTTP 503", "try again later"}},
		{"token endpoint throttles", func(t *testing.T, w *ward) {
			w.fault(t, "route=token,status=429,retry_after=30")
		}, 13, "token", "problem", []string{"rate limit", "wait 30s"}},
		{"token revoked", func(t *testing.T, w *ward) {
			var rules []string
			for _, route := range []string{"organizations", "workspaces", "connectors", "credentials"} {
				rules = append(rules, "route="+route+",status=401")
			}
			w.fault(t, rules...)
		}, 13, "token", "problem", []string{"HTTP 401", "refused the token that it has issued", "revoked"}},
		{"tokens expire early", func(t *testing.T, w *ward) {
			w.fault(t, "route=workspaces,expire_token,times=1")
		}, 0, "token", "ok", nil},
		{"header removed on the way", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_API_HOST", relay(t, w.url, func(r *http.Request) { r.Header.Del("Authorization") }, nil))
		}, 13, "token", "problem", []string{"Not authenticated", "removes the Authorization header"}},
		{"organizations cut off", func(t *testing.T, w *ward) {
			w.fault(t, "route=organizations,malformed")
		}, 14, "organization", "problem", []string{"not what it promises", "--log-level debug"}},
		{"organizations hang", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_REQUEST_TIMEOUT", "300ms")
			w.fault(t, "route=organizations,hang")
		}, 14, "organization", "problem", []string{"no answer in time", "try again later"}},
		{"wrong organization", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_ORGANIZATION_ID", "00000000-0000-4000-8000-000000000001")
		}, 14, "organization", "problem", []string{"not accessible", "check AIRBYTE_ORGANIZATION_ID", "belong to: Sandbox"}},
		{"several organizations, none chosen", func(t *testing.T, w *ward) {
			w.turn(t, "organizations", "several")
			w.set("AIRBYTE_ORGANIZATION_ID", "")
		}, 14, "organization", "problem", []string{"specify target organization", "set AIRBYTE_ORGANIZATION_ID"}},
		{"not subscribed", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_ORGANIZATION_ID", "5a4db0c5-0000-4000-8000-00000000000d")
		}, 14, "organization", "problem", []string{"subscription", "an administrator must subscribe"}},
		{"unknown workspace", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_WORKSPACE", "nobody")
		}, 15, "workspace", "problem", []string{`"nobody"`, "workspaces create", "there are: default, acme-corp", "environment AIRBYTE_WORKSPACE"}},
		{"workspace in other case", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_WORKSPACE", "Acme-Corp")
		}, 15, "workspace", "problem", []string{"upper and lower case matter", "AIRBYTE_WORKSPACE=acme-corp"}},
		{"workspaces cannot be listed", func(t *testing.T, w *ward) {
			w.fault(t, "route=workspaces,status=500")
		}, 15, "workspace", "problem", []string{"HTTP 500", "try again later"}},
		{"workspace renamed meanwhile", func(t *testing.T, w *ward) {
			w.host(relay(t, w.url, func(r *http.Request) {
				if r.URL.Query().Has("workspace_name") {
					r.URL.RawQuery = "workspace_name=renamed"
				}
			}, nil))
		}, 15, "workspace", "problem", []string{"Workspace not found", "exact name of an existing workspace"}},
		{"token of a workspace refused", func(t *testing.T, w *ward) {
			w.turn(t, "scoped_tokens_on_connectors", "refused")
			w.set("AIRBYTE_MCP_TOKEN_SCOPE", "workspace")
		}, 17, "connectors", "problem", []string{"not valid for this workspace", "AIRBYTE_MCP_TOKEN_SCOPE=application"}},
		{"inactive workspace", func(t *testing.T, w *ward) {
			exchangeJSON(t, http.MethodPut, w.url+"/api/v1/workspaces/"+w.variable("AIRBYTE_CLOUD_WORKSPACE_ID"), w.token(t), `{"status":"inactive"}`, &struct{}{})
		}, 0, "workspace", "warn", []string{"inactive", "activate the workspace"}},
	}
}

func illDialects() []illness {
	seedOnly := func(t *testing.T, w *ward) { w.turn(t, "dialect", "seed") }
	return []illness{
		{"older API, found out", seedOnly, 0, "dialect", "ok", []string{"seed", "cannot be checked"}},
		{"older API, current configured", func(t *testing.T, w *ward) {
			seedOnly(t, w)
			w.set("AIRBYTE_MCP_API_DIALECT", "current")
		}, 16, "dialect", "problem", []string{"api-dialect is current, but the API speaks the dialect seed", "AIRBYTE_MCP_API_DIALECT=auto"}},
		{"current API, older configured", func(t *testing.T, w *ward) {
			w.turn(t, "dialect", "current")
			w.set("AIRBYTE_MCP_API_DIALECT", "seed")
		}, 16, "dialect", "problem", []string{"api-dialect is seed, but the API speaks the dialect current", "AIRBYTE_MCP_API_DIALECT=auto"}},
		{"older routes gone but for the token's", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_CLOUD_HOST", relay(t, w.url, nil, nil)) // serves both
			other := newWard(t, "--dialect", "current")
			w.set("AIRBYTE_API_HOST", relay(t, w.url, func(r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/api/v1/connectors/") {
					r.URL.Host = strings.TrimPrefix(other.url, "http://")
				}
			}, nil))
			w.set("AIRBYTE_MCP_API_DIALECT", "seed")
		}, 16, "dialect", "problem", []string{"api-dialect is seed, but the API speaks the dialect current"}},
		{"another host", func(t *testing.T, w *ward) {
			w.host(serve(t, http.NotFound))
		}, 16, "dialect", "problem", []string{"no token endpoint", "check AIRBYTE_API_HOST: this is not the Airbyte API", "environment AIRBYTE_API_HOST"}},
		{"login page of a gateway", func(t *testing.T, w *ward) {
			w.host(serve(t, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				_, _ = rw.Write([]byte("<html><body>Please sign in</body></html>"))
			}))
		}, 16, "dialect", "problem", []string{"without a usable token", "login page"}},
		{"redirect", func(t *testing.T, w *ward) {
			w.host(serve(t, http.RedirectHandler("https://elsewhere.example", http.StatusTemporaryRedirect).ServeHTTP))
		}, 16, "dialect", "problem", []string{"redirect", "never followed"}},
	}
}

// host makes everything be asked of another host.
func (w *ward) host(url string) {
	w.set("AIRBYTE_API_HOST", url)
	w.set("AIRBYTE_CLOUD_HOST", url)
}

func illConnectors() []illness {
	return []illness{
		{"empty workspace", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_WORKSPACE", "empty")
		}, 0, "connectors", "warn", []string{"none that may be served", "airbyte-mcp-server connect TYPE"}},
		{"two connectors of a type", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_WORKSPACE", "acme-corp")
		}, 0, "connectors", "warn", []string{"2 connectors are of type github: calls must name one", "github-archive"}},
		{"type not in the catalog", func(t *testing.T, w *ward) {
			strange := newWard(t, "--catalog", strangeCatalog(t))
			w.url, w.env = strange.url, strange.env
			w.args = []string{"doctor", "--json", "--workspace", "everything"}
		}, 0, "connectors", "warn", []string{"Acme Tracker - everything", "not in the catalog", "catalog sync"}},
		{"connectors cannot be listed", func(t *testing.T, w *ward) {
			w.fault(t, "route=connectors,status=500")
		}, 17, "connectors", "problem", []string{"HTTP 500", "try again later"}},
		{"throttled", func(t *testing.T, w *ward) {
			w.fault(t, "route=connectors,status=429,retry_after=90")
		}, 17, "connectors", "problem", []string{"HTTP 429", "wait 1m30s"}},
		{"unknown connector in --connectors", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_MCP_CONNECTORS", "githubb")
			w.args = []string{"doctor", "--json"}
		}, 17, "connectors", "problem", []string{`"githubb"`, "environment AIRBYTE_MCP_CONNECTORS", "GitHub - default", "name a type such as github"}},
		{"served connector deleted", func(t *testing.T, w *ward) {
			w.turn(t, "delete_delay", "0s")
			id := w.create(t, "invalid-vendor-token-2203")
			w.delete(t, id)
			w.args = []string{"doctor", "--json", "--connectors", id}
		}, 17, "connectors", "problem", []string{"neither a type of the catalog nor a connector of the workspace", "may have been deleted"}},
		{"connector deleted but still listed", func(t *testing.T, w *ward) {
			w.turn(t, "delete_delay", "1h")
			w.delete(t, w.create(t, "invalid-vendor-token-2203"))
		}, 17, "connectors", "problem", []string{"does not know it any more", "being deleted"}},
		{"vendor refuses the credentials", func(t *testing.T, w *ward) {
			w.create(t, "invalid-vendor-token-2203")
		}, 17, "connectors", "problem", []string{"check failed: GitHub refused the credentials; Bad credentials", "connect again what failed"}},
		{"credentials where nobody looks", func(t *testing.T, w *ward) {
			w.createUnmapped(t)
		}, 17, "connectors", "problem", []string{"Unable to map source configuration", "connect again what failed"}},
		{"check unavailable", func(t *testing.T, w *ward) {
			w.fault(t, "route=check,status=503")
		}, 0, "connectors", "warn", []string{"the check could not be made", "run doctor again later"}},
		{"Context Store loading", func(_ *testing.T, w *ward) {
			w.set("AIRBYTE_WORKSPACE", "acme-corp")
		}, 0, "context store", "warn", []string{"github-archive: building, 0 of", "ready for 1 of 2", "use the list and get tools"}},
		{"Context Stores unknown", func(t *testing.T, w *ward) {
			w.fault(t, "route=credentials,status=500")
		}, 18, "context store", "problem", []string{"HTTP 500", "try again later"}},
	}
}

func illExecutions() []illness {
	execute := func(w *ward) { w.args = append(w.args, "--execute") }
	return []illness{
		{"nothing, proven", func(_ *testing.T, w *ward) { execute(w) }, 0, "check execute", "ok", []string{"1 of 1 went well", "works"}},
		{"execute not asked for", func(*testing.T, *ward) {}, 0, "check execute", "skipped", []string{"--execute would send one billed operation"}},
		{"vendor refuses the execution", func(t *testing.T, w *ward) {
			w.create(t, "invalid-vendor-token-2203")
			execute(w)
		}, 17, "check execute", "problem", []string{"1 of 2 went well", "the vendor refused the connector's stored credentials"}},
		{"execution finds no credentials", func(t *testing.T, w *ward) {
			w.turn(t, "dialect", "both")
			w.createUnmapped(t)
			w.set("AIRBYTE_MCP_API_DIALECT", "seed") // in which nothing is checked before
			execute(w)
		}, 19, "check execute", "problem", []string{"Unable to map source configuration", "create the connector anew"}},
		{"allowance used up", func(t *testing.T, w *ward) {
			w.fault(t, "route=execute,quota")
			execute(w)
		}, 19, "check execute", "problem", []string{"0 of 1 went well", "used up its agent operations"}},
		{"execution fails in the envelope", func(t *testing.T, w *ward) {
			w.fault(t, "route=execute,inband")
			execute(w)
		}, 19, "check execute", "problem", []string{"0 of 1 went well", "the connector ran and failed"}},
		{"execution breaks off", func(t *testing.T, w *ward) {
			w.fault(t, "route=execute,reset")
			execute(w)
		}, 19, "check execute", "problem", []string{"broke before the answer was complete"}},
	}
}

// create makes a GitHub connector with a token and returns its id.
func (w *ward) create(t *testing.T, token string) string {
	t.Helper()
	var made struct{ ID string }
	body := `{"workspace_name":"default","connector_type":"github","name":"GitHub - second","credentials":{"token":"` + token + `"},"replication_config":{"repositories":["acme/widgets"]}}`
	exchangeJSON(t, http.MethodPost, w.url+"/api/v1/integrations/connectors", w.token(t), body, &made)
	return made.ID
}

func (w *ward) delete(t *testing.T, id string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, w.url+"/api/v1/integrations/connectors/"+id, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token(t))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("deleting: got %d", response.StatusCode)
	}
}

// createUnmapped makes a connector as the older dialect lets one: its credentials are
// stored where no execution finds them.
func (w *ward) createUnmapped(t *testing.T) {
	t.Helper()
	var templates struct {
		Data []struct {
			ID   string
			Slug string `json:"connector_name"`
		}
	}
	token := w.token(t)
	exchangeJSON(t, http.MethodGet, w.url+"/api/v1/integrations/templates/sources", token, "", &templates)
	for _, template := range templates.Data {
		if template.Slug != "github" {
			continue
		}
		body := `{"source_template_id":"` + template.ID + `","workspace_id":"` + w.variable("AIRBYTE_CLOUD_WORKSPACE_ID") + `","name":"GitHub - older","auth_config":{"credentials":{"secret_sauce":"unfound-token-9921"}},"source_config":{"repositories":["acme/widgets"]}}`
		exchangeJSON(t, http.MethodPost, w.url+"/api/v1/embedded/sources", token, body, &struct{}{})
		return
	}
	t.Fatal("there is no template of type github")
}

// strangeCatalog is a folder with a type of connector that the program lacks.
func strangeCatalog(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("schemas/catalog/linear.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for key, value := range map[string]string{"name": `"acme-tracker"`, "title": `"Acme Tracker"`, "definition_id": `"00000000-0000-4000-8000-00000000abcd"`} {
		text = strings.Replace(text, string(file[key]), value, 1)
	}
	return filepath.Dir(write(t, "acme-tracker.json", text, 0o600))
}
