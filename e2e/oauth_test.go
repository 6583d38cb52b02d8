package e2e_test

import (
	"strings"
	"testing"
	"time"
)

// TestOAuth sends good and bad access tokens to the program.
func TestOAuth(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	stranger := startProvider(t)
	base, _, _ := serveHTTP(t, "--surface", "direct", "--connectors", "github",
		"--public-url", "https://mcp.example.com", "--oauth-issuers", p.URL, "--oauth-workspace", "{claims.org_id}")
	none := `eyJhbGciOiJub25lIn0.` + strings.Split(p.token(t, nil), ".")[1] + `.`
	good := p.token(t, nil)
	for _, tt := range []struct {
		name, token, call string
		status            int
		want              string // in the challenge, or in the body of an answer
	}{
		{"good", good, "github_issues_list", 200, `\"result\"`},
		{"a write with the scope for reads", good, "github_issues_create", 403, `scope="airbyte:read airbyte:write"`},
		{"a write with its scope", p.token(t, map[string]any{"scope": "airbyte:read airbyte:write"}), "github_issues_create", 200, `\"result\"`},
		{"no scope", p.token(t, map[string]any{"scope": "openid"}), "github_issues_list", 403, `scope="airbyte:read"`},
		{"none at all", "", "github_issues_list", 401, `resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"`},
		{"for the stream", p.token(t, map[string]any{"aud": "https://mcp.example.com/sse"}), "github_issues_list", 200, `\"result\"`},
		{"for a choice of tools", p.token(t, map[string]any{"aud": "https://mcp.example.com/mcp/connectors/github"}), "github_issues_list",
			200, `\"result\"`},
		{"for reads alone", p.token(t, map[string]any{"aud": "https://mcp.example.com/mcp/readonly", "scope": "airbyte:read airbyte:write"}),
			"github_issues_create", 200, "isError"},
		{"another audience", p.token(t, map[string]any{"aud": "https://other.example.com"}), "github_issues_list", 401, `error="invalid_token"`},
		{"no audience", p.token(t, map[string]any{"aud": nil}), "github_issues_list", 401, `error="invalid_token"`},
		{"expired", p.token(t, map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}), "github_issues_list", 401, `error="invalid_token"`},
		{"not yet", p.token(t, map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}), "github_issues_list", 401, `error="invalid_token"`},
		{"another issuer", stranger.token(t, nil), "github_issues_list", 401, `error="invalid_token"`},
		{"another issuer's key", stranger.token(t, map[string]any{"iss": p.URL}), "github_issues_list", 401, `error="invalid_token"`},
		{"unsigned", none, "github_issues_list", 401, `error="invalid_token"`},
		{"changed", good[:len(good)-4] + "AAAA", "github_issues_list", 401, `error="invalid_token"`},
		{"a workspace that does not exist", p.token(t, map[string]any{"org_id": "nobody"}), "github_issues_list", 403, "does not exist"},
		{"no workspace", p.token(t, map[string]any{"org_id": nil}), "github_issues_list", 403, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, challenge, body := callWith(t, base, tt.token, tt.call)
			if status != tt.status || !strings.Contains(challenge+body, tt.want) {
				t.Errorf("got HTTP %d, %s, %.300s; want %d %s", status, challenge, body, tt.status, tt.want)
			}
			if tt.token != "" && strings.Contains(body+challenge, tt.token) {
				t.Error("the answer holds the token")
			}
		})
	}
	checkMetadata(t, base, p.URL)
}

// checkMetadata holds the document about /mcp to what the program was told.
func checkMetadata(t *testing.T, base, issuer string) {
	t.Helper()
	var metadata struct {
		Resource string   `json:"resource"`
		Servers  []string `json:"authorization_servers"`
	}
	getJSON(t, base+"/.well-known/oauth-protected-resource/mcp", &metadata)
	if metadata.Resource != "https://mcp.example.com/mcp" || len(metadata.Servers) != 1 || metadata.Servers[0] != issuer {
		t.Errorf("metadata %+v", metadata)
	}
}
