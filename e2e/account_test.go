package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

func accountCases() []doctorCase {
	return []doctorCase{
		{"wrong secret", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_CLIENT_SECRET", "wrong-secret-4711")
		}, 13, "token", "problem", []string{"invalid client credentials", "HTTP 401", "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"}},
		{"wrong client id", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_CLIENT_ID", "nobody")
		}, 13, "token", "problem", []string{"invalid client credentials", "AIRBYTE_CLIENT_ID"}},
		{"token endpoint unavailable", func(t *testing.T, in *installation) {
			in.fault(t, "route=token,status=503,body=5")
		}, 13, "token", "problem", []string{"HTTP 503", "try again later"}},
		{"token endpoint throttles", func(t *testing.T, in *installation) {
			in.fault(t, "route=token,status=429,retry_after=30")
		}, 13, "token", "problem", []string{"rate limit", "wait 30s"}},
		{"token revoked", func(t *testing.T, in *installation) {
			var rules []string
			for _, route := range []string{"organizations", "workspaces", "connectors", "credentials"} {
				rules = append(rules, "route="+route+",status=401")
			}
			in.fault(t, rules...)
		}, 13, "token", "problem", []string{"HTTP 401", "refused the token that it has issued", "revoked"}},
		{"tokens expire early", func(t *testing.T, in *installation) {
			in.fault(t, "route=workspaces,expire_token,times=1")
		}, 0, "token", "ok", nil},
		{"header removed on the way", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_API_HOST", startRelay(t, in.url, func(r *http.Request) { r.Header.Del("Authorization") }, nil))
		}, 13, "token", "problem", []string{"Not authenticated", "removes the Authorization header"}},
	}
}

func organizationCases() []doctorCase {
	return []doctorCase{
		{"organizations cut off", func(t *testing.T, in *installation) {
			in.fault(t, "route=organizations,malformed")
		}, 14, "organization", "problem", []string{"not what it promises", "--log-level debug"}},
		{"organizations hang", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_REQUEST_TIMEOUT", "300ms")
			in.fault(t, "route=organizations,hang")
		}, 14, "organization", "problem", []string{"no answer in time", "try again later"}},
		{"wrong organization", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_ORGANIZATION_ID", "00000000-0000-4000-8000-000000000001")
		}, 14, "organization", "problem", []string{"not accessible", "check AIRBYTE_ORGANIZATION_ID", "belong to: Sandbox"}},
		{"several organizations, none chosen", func(t *testing.T, in *installation) {
			in.setSwitch(t, "organizations", "several")
			in.set("AIRBYTE_ORGANIZATION_ID", "")
		}, 14, "organization", "problem", []string{"specify target organization", "set AIRBYTE_ORGANIZATION_ID"}},
		{"not subscribed", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_ORGANIZATION_ID", "5a4db0c5-0000-4000-8000-00000000000d")
		}, 14, "organization", "problem", []string{"subscription", "an administrator must subscribe"}},
		{"unknown workspace", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_WORKSPACE", "nobody")
		}, 15, "workspace", "problem", []string{
			`"nobody"`, "workspaces create", "there are: default, acme-corp", "environment AIRBYTE_WORKSPACE",
		}},
		{"workspace in other case", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_WORKSPACE", "Acme-Corp")
		}, 15, "workspace", "problem", []string{"upper and lower case matter", "AIRBYTE_WORKSPACE=acme-corp"}},
		{"workspaces cannot be listed", func(t *testing.T, in *installation) {
			in.fault(t, "route=workspaces,status=500")
		}, 15, "workspace", "problem", []string{"HTTP 500", "try again later"}},
		{"workspace renamed meanwhile", func(t *testing.T, in *installation) {
			in.host(startRelay(t, in.url, func(r *http.Request) {
				if r.URL.Query().Has("workspace_name") {
					r.URL.RawQuery = "workspace_name=renamed"
				}
			}, nil))
		}, 15, "workspace", "problem", []string{"Workspace not found", "exact name of an existing workspace"}},
		{"token of a workspace refused", func(t *testing.T, in *installation) {
			in.setSwitch(t, "scoped_tokens_on_connectors", "refused")
			in.set("AIRBYTE_MCP_TOKEN_SCOPE", "workspace")
		}, 17, "connectors", "problem", []string{"not valid for this workspace", "AIRBYTE_MCP_TOKEN_SCOPE=application"}},
		{"inactive workspace", func(t *testing.T, in *installation) {
			url := in.url + "/api/v1/workspaces/" + in.variable("AIRBYTE_CLOUD_WORKSPACE_ID")
			exchangeJSON(t, http.MethodPut, url, in.token(t), `{"status":"inactive"}`, &struct{}{})
		}, 0, "workspace", "warn", []string{"inactive", "activate the workspace"}},
	}
}

func dialectCases() []doctorCase {
	seedOnly := func(t *testing.T, in *installation) { in.setSwitch(t, "dialect", "seed") }
	return []doctorCase{
		{"older API, found out", seedOnly, 0, "dialect", "ok", []string{"seed", "cannot be checked"}},
		{"older API, current configured", func(t *testing.T, in *installation) {
			seedOnly(t, in)
			in.set("AIRBYTE_MCP_API_DIALECT", "current")
		}, 16, "dialect", "problem", []string{"api-dialect is current, but the API speaks the dialect seed", "AIRBYTE_MCP_API_DIALECT=auto"}},
		{"current API, older configured", func(t *testing.T, in *installation) {
			in.setSwitch(t, "dialect", "current")
			in.set("AIRBYTE_MCP_API_DIALECT", "seed")
		}, 16, "dialect", "problem", []string{"api-dialect is seed, but the API speaks the dialect current", "AIRBYTE_MCP_API_DIALECT=auto"}},
		{"older routes gone but for the token's", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_CLOUD_HOST", startRelay(t, in.url, nil, nil)) // serves both
			other := newInstallation(t, "--dialect", "current")
			in.set("AIRBYTE_API_HOST", startRelay(t, in.url, func(r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/api/v1/connectors/") {
					r.URL.Host = strings.TrimPrefix(other.url, "http://")
				}
			}, nil))
			in.set("AIRBYTE_MCP_API_DIALECT", "seed")
		}, 16, "dialect", "problem", []string{"api-dialect is seed, but the API speaks the dialect current"}},
		{"another host", func(t *testing.T, in *installation) {
			in.host(startServer(t, http.NotFound))
		}, 16, "dialect", "problem", []string{
			"no token endpoint", "check AIRBYTE_API_HOST: this is not the Airbyte API", "environment AIRBYTE_API_HOST",
		}},
		{"login page of a gateway", func(t *testing.T, in *installation) {
			in.host(startServer(t, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				_, _ = rw.Write([]byte("<html><body>Please sign in</body></html>"))
			}))
		}, 16, "dialect", "problem", []string{"without a usable token", "login page"}},
		{"redirect", func(t *testing.T, in *installation) {
			in.host(startServer(t, http.RedirectHandler("https://elsewhere.example", http.StatusTemporaryRedirect).ServeHTTP))
		}, 16, "dialect", "problem", []string{"redirect", "never followed"}},
	}
}
