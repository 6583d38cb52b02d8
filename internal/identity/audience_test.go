package identity_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/identity"
)

// TestAudiences: a token is good for this server, or for the choice of tools in the address
// that it was made for.
func TestAudiences(t *testing.T) {
	t.Parallel()
	i := newIssuer("rsa")
	own := i.config()
	own.Audience.Addresses = []string{resource, "https://mcp.example.com/sse"}
	strict := i.config()
	for name, tt := range map[string]struct {
		audience any
		choices  []string // nil where the token is good for everything
		strict   bool     // it is also accepted where one audience is set
		refused  bool
	}{
		"the resource":           {resource, nil, true, false},
		"the stream":             {"https://mcp.example.com/sse", nil, false, false},
		"a choice":               {resource + "/readonly", []string{"/readonly"}, false, false},
		"a choice of the stream": {"https://mcp.example.com/sse/connectors/github", []string{"/connectors/github"}, false, false},
		"two choices":            {[]any{resource + "/readonly", resource + "/tools/x"}, []string{"/readonly", "/tools/x"}, false, false},
		"a choice and all":       {[]any{resource + "/readonly", resource}, nil, true, false},
		"a longer name":          {resource + "x", nil, false, true},
		"the host alone":         {"https://mcp.example.com", nil, false, true},
		"another path":           {"https://mcp.example.com/message", nil, false, true},
		"another case":           {"https://mcp.example.com/SSE", nil, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := sign(t, "rsa", goodClaims(map[string]any{"aud": tt.audience}), nil)
			for _, one := range []struct {
				config  identity.Issuer
				refused bool
			}{{own, tt.refused}, {strict, !tt.strict}} {
				trusted, err := identity.NewJWT(one.config)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 { // the second time it is remembered
					got, err := trusted.Identify(t.Context(), token)
					if (err != nil) != one.refused || err == nil && !reflect.DeepEqual(got.Choices, tt.choices) {
						t.Errorf("%+v: got %q, %v", one.config.Audience, got.Choices, err)
					}
				}
			}
		})
	}
}

// TestUnreachableIssuers are known before the first token comes.
func TestUnreachableIssuers(t *testing.T) {
	t.Parallel()
	good, gone := newIssuer("rsa"), newIssuer("ec")
	gone.url = "https://login.example.org/"
	gone.handler = http.NotFoundHandler()
	trusted, err := identity.NewJWT(good.config(), gone.config())
	if err != nil {
		t.Fatal(err)
	}
	got := trusted.Unreachable(t.Context())
	if len(got) != 1 || got[gone.url] == nil || !strings.Contains(got[gone.url].Error(), "404") {
		t.Errorf("got %v, want the one that answers with 404", got)
	}
}
