package identity_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/identity"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	const metadata = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
	cause := errors.New("hush")
	tests := map[string]struct {
		refusal               identity.Refusal
		challenge, body, wait string
	}{
		"no credential": {
			identity.Refusal{Status: http.StatusUnauthorized, Description: "send one", Scope: "airbyte:read"},
			`Bearer realm="airbyte-mcp-server", scope="airbyte:read", resource_metadata="` + metadata + `"`,
			`{"error":"unauthorized","error_description":"send one"}`, "",
		},
		"bad token": {
			identity.Refusal{Status: http.StatusUnauthorized, Code: identity.InvalidToken, Description: "a \"quoted\"\r\nX-Evil: \\ é"},
			`Bearer realm="airbyte-mcp-server", error="invalid_token", error_description="a 'quoted'??X-Evil: ' ?", resource_metadata="` +
				metadata + `"`,
			`{"error":"invalid_token","error_description":"a \"quoted\"\r\nX-Evil: \\ é"}`, "",
		},
		"no scope": {
			identity.Refusal{Status: http.StatusForbidden, Code: identity.InsufficientScope, Description: "ask", Scope: "airbyte:delete"},
			`Bearer realm="airbyte-mcp-server", error="insufficient_scope", error_description="ask", scope="airbyte:delete", ` +
				`resource_metadata="` + metadata + `"`,
			`{"error":"insufficient_scope","error_description":"ask"}`, "",
		},
		"outage": {
			identity.Refusal{Status: http.StatusServiceUnavailable, Description: "later", RetryAfter: 1500 * time.Millisecond, Cause: cause},
			"", `{"error":"service_unavailable","error_description":"later"}`, "2",
		},
	}
	for name, test := range tests {
		recorder := httptest.NewRecorder()
		test.refusal.WriteTo(recorder, metadata)
		h := recorder.Header()
		if recorder.Code != test.refusal.Status || h.Get("WWW-Authenticate") != test.challenge || recorder.Body.String() != test.body ||
			h.Get("Retry-After") != test.wait {
			t.Errorf("%s: got %d %v %s", name, recorder.Code, h, recorder.Body)
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/json" {
			t.Errorf("%s: got the headers %v", name, h)
		}
	}
	if refusal := tests["outage"].refusal; !errors.Is(&refusal, cause) || refusal.Error() != "503 service_unavailable: later" {
		t.Errorf("got %v", &refusal)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	scopes := identity.Scopes{Delete: "crm.delete"}
	for effect, want := range map[string]string{"read": "airbyte:read", "create": "airbyte:write", "update": "airbyte:write",
		"write": "airbyte:write", "delete": "crm.delete", "new": "airbyte:write"} {
		if got := scopes.For(effect); got != want {
			t.Errorf("%s: got %s, want %s", effect, got, want)
		}
		if err := scopes.Check(identity.Effects{effect}, effect); err != nil {
			t.Errorf("%s: got %v", effect, err)
		}
		if err := scopes.Check(nil, effect); err != nil {
			t.Errorf("%s without scopes: got %v", effect, err)
		}
		if refusal := refused(t, scopes.Check(identity.Effects{}, effect)); refusal.Status != http.StatusForbidden || refusal.Scope != want {
			t.Errorf("%s: got %v for %s", effect, refusal, refusal.Scope)
		}
	}
	if names := (identity.Scopes{Off: true}).Names(); names != nil {
		t.Errorf("got %v for no scopes", names)
	}
}

// TestScopesToAskFor: clients ask for exactly what a challenge names, so it names what a
// token has and what is missing.
func TestScopesToAskFor(t *testing.T) {
	t.Parallel()
	short := identity.Scopes{Read: "r", Write: "w", Delete: "d"}
	twoNames := identity.Scopes{Read: "use", Write: "use", Delete: "d"}
	extra := identity.Scopes{Read: "r", Write: "w", Delete: "d", Challenge: []string{"all", "offline_access"}}
	for _, tt := range []struct {
		scopes identity.Scopes
		held   identity.Effects
		effect string
		ask    string
		first  string
	}{
		{short, identity.Effects{"read"}, "create", "r w", "r"},
		{short, identity.Effects{"create", "update", "write"}, "read", "r w", "r"},
		{short, identity.Effects{"read", "create", "update", "write"}, "delete", "r w d", "r"},
		{short, identity.Effects{"read"}, "delete", "r d", "r"},
		{twoNames, identity.Effects{"read", "create", "update", "write"}, "delete", "use d", "use"},
		{extra, identity.Effects{"read"}, "update", "r w offline_access", "r w d offline_access"},
		{identity.Scopes{Off: true, Challenge: []string{"openid"}}, identity.Effects{}, "read", "airbyte:read openid", "openid"},
	} {
		if got := refused(t, tt.scopes.Check(tt.held, tt.effect)).Scope; got != tt.ask {
			t.Errorf("%+v: asks for %q", tt, got)
		}
		if got := strings.Join(tt.scopes.First(), " "); got != tt.first {
			t.Errorf("%+v: asks for %q at first", tt, got)
		}
	}
	if got := (identity.Scopes{Off: true}).First(); len(got) != 0 {
		t.Errorf("got %v without scopes", got)
	}
}
