package server

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/internal/identity"
)

// nobody lets nobody in.
type nobody struct{}

func (nobody) Authenticate(*http.Request) (identity.Identity, error) {
	return identity.Identity{}, &identity.Refusal{Status: http.StatusUnauthorized, Description: "who are you"}
}

// TestChallengesNameTheAddress: the metadata that a challenge names is about the address
// that was called, whatever choice of tools is in it.
func TestChallengesNameTheAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const base = "https://mcp.example.com/air"
		w := newRig(t).web(t, func(o *HTTPOptions) {
			o.Authenticator, o.Metadata = nobody{}, &identity.Metadata{Base: base}
		})
		for path, resource := range map[string]string{
			"/mcp": "/mcp", "/mcp/": "/mcp", "/mcp/connectors/github,slack/readonly": "/mcp/connectors/github,slack/readonly",
			"/mcp/tools/github_%2A": "/mcp/tools/github_%2A", "/sse": "/sse", "/sse/surface/direct": "/sse/surface/direct",
			"/message?sessionId=x": "/sse", "/downloads/x": "/mcp", "/mcp/nonsense": "/mcp", "/sse/nonsense": "/sse",
		} {
			reply, err := w.do(t.Context(), http.MethodGet, path, "")
			_, about, _ := strings.Cut(reply.header.Get("WWW-Authenticate"), `resource_metadata="https://mcp.example.com`)
			about = strings.TrimSuffix(about, `"`)
			if err != nil || reply.status != http.StatusUnauthorized || about != identity.WellKnown+"/air"+resource {
				t.Errorf("%s: HTTP %d %s, %v", path, reply.status, about, err)
				continue
			}
			document, err := w.do(t.Context(), http.MethodGet, about, "")
			if err != nil || !strings.Contains(document.body, `"resource":"`+base+resource+`"`) {
				t.Errorf("%s: HTTP %d %s, %v", about, document.status, document.body, err)
			}
		}
	})
}

// TestTokenOfAChoice: a token that was made for an address with a choice of tools is good
// for that choice, at whichever address it is shown.
func TestTokenOfAChoice(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		status, executed int
	}{
		"": {200, 1}, "/": {200, 1}, "/readonly": {200, 0}, "/effects/read%2Cwrite": {200, 1}, "/connectors/github": {200, 1},
		"/connectors/slack": {400, 0}, "/nonsense": {401, 0}, "/%zz": {401, 0}, "/effects/none": {403, 0},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				w := r.web(t, func(o *HTTPOptions) { o.Authenticator = madeFor(path) })
				reply := w.postModern(createIssue("1", "t"))
				if got := r.up.load().executed; reply.status != want.status || got != want.executed {
					t.Errorf("HTTP %d with %d executes, want %+v: %.300s", reply.status, got, want, reply.body)
				}
			})
		})
	}
}

// madeFor lets everybody in, with a token for a path behind /mcp.
type madeFor string

func (m madeFor) Authenticate(*http.Request) (identity.Identity, error) {
	return identity.Identity{Principal: "p", Workspace: "default", Choices: []string{string(m)}}, nil
}

// TestEndpointHasThePublicPath: a client behind a proxy that takes a path off posts to
// where the proxy listens, whatever choice of tools is in its path.
func TestEndpointHasThePublicPath(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/sse", "/sse/readonly", "/sse/connectors/github/effects/read"} {
		for _, public := range []string{"", "/air", "/a/b"} {
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t).web(t, func(o *HTTPOptions) { o.PublicPath = public })
				m := w.watch(http.MethodGet, path, "")
				synctest.Wait()
				if got := m.text(); !strings.Contains(got, "\ndata: "+public+"/message?sessionId=") {
					t.Errorf("%s below %q: %s", path, public, got)
				}
			})
		}
	}
}
