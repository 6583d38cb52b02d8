package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// provider is an identity provider on this machine.
type provider struct {
	*httptest.Server
	key *rsa.PrivateKey
}

func startProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": p.URL, "jwks_uri": p.URL + "/keys", "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1", Algorithm: "RS256", Use: "sig"}}})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// token signs claims, good ones but for what is changed.
func (p *provider) token(t *testing.T, change map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{
		"iss": p.URL, "aud": "https://mcp.example.com/mcp", "sub": "alice", "org_id": "default", "scope": "airbyte:read",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	maps.Copy(claims, change)
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestOAuth has the real program tell tokens apart.
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
		{"a write with the scope for reads", good, "github_issues_create", 403, `error="insufficient_scope"`},
		{"a write with its scope", p.token(t, map[string]any{"scope": "airbyte:read airbyte:write"}), "github_issues_create", 200, `\"result\"`},
		{"no scope", p.token(t, map[string]any{"scope": "openid"}), "github_issues_list", 403, `scope="airbyte:read"`},
		{"none at all", "", "github_issues_list", 401, `resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"`},
		{"another audience", p.token(t, map[string]any{"aud": "https://other.example.com/mcp"}), "github_issues_list", 401, `error="invalid_token"`},
		{"no audience", p.token(t, map[string]any{"aud": nil}), "github_issues_list", 401, `error="invalid_token"`},
		{"expired", p.token(t, map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}), "github_issues_list", 401, `error="invalid_token"`},
		{"not yet", p.token(t, map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}), "github_issues_list", 401, `error="invalid_token"`},
		{"another issuer", stranger.token(t, nil), "github_issues_list", 401, `error="invalid_token"`},
		{"another issuer's key", stranger.token(t, map[string]any{"iss": p.URL}), "github_issues_list", 401, `error="invalid_token"`},
		{"unsigned", none, "github_issues_list", 401, `error="invalid_token"`},
		{"changed", good[:len(good)-4] + "AAAA", "github_issues_list", 401, `error="invalid_token"`},
		{"a workspace that does not exist", p.token(t, map[string]any{"org_id": "nobody"}), "github_issues_list", 200, "isError"},
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
	var metadata struct {
		Resource string   `json:"resource"`
		Servers  []string `json:"authorization_servers"`
	}
	getJSON(t, base+"/.well-known/oauth-protected-resource/mcp", &metadata)
	if metadata.Resource != "https://mcp.example.com/mcp" || len(metadata.Servers) != 1 || metadata.Servers[0] != p.URL {
		t.Errorf("metadata %+v", metadata)
	}
}

// callWith calls a tool in the stateless era.
func callWith(t *testing.T, base, token, tool string) (status int, challenge, body string) {
	t.Helper()
	arguments := `{"owner":"acme","repo":"widgets"}`
	if strings.HasSuffix(tool, "create") {
		arguments = fmt.Sprintf(`{"owner":"acme","repo":"widgets","title":"%d"}`, time.Now().UnixNano())
	}
	message := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
		`"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},"name":"` + tool + `","arguments":` + arguments + `}}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/mcp", strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
		"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool,
	} {
		req.Header.Set(name, value)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("WWW-Authenticate"), string(text)
}
