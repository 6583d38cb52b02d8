package sandbox

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

func TestDialogsAreBounded(t *testing.T) {
	t.Parallel()
	const sessions = "/api/v1/internal/mcp_oauth/sessions"
	c := newClient(t)
	begin := func() string {
		return c.send("POST", sessions, P{"source_definition_id": "a", "workspace_id": "b", "source_template_id": "c"}, nil).text("session_id")
	}
	agree := func() string {
		a := c.send("POST", connectorsPath+"/oauth/initiate", P{"workspace_name": "empty", "connector_type": "github",
			"redirect_url": "http://127.0.0.1:1", "replication_config": P{"repositories": []string{"a/b"}}}, nil)
		return a.text("consent_url")[len("http://example.com"):]
	}
	firstSession, firstConsent := begin(), agree()
	secondSession, secondConsent := begin(), agree()
	for range maxSessions - 1 {
		begin()
		agree()
	}
	for _, test := range []struct {
		what, path string
		want       int
	}{
		{"oldest session", sessions + "/" + firstSession, http.StatusNotFound},
		{"second session", sessions + "/" + secondSession, http.StatusOK},
		{"oldest consent", firstConsent, http.StatusNotFound},
		{"second consent", secondConsent, http.StatusFound},
	} {
		if got := c.get(test.path).status; got != test.want {
			t.Errorf("%s: got %d, want %d", test.what, got, test.want)
		}
	}
	if got := len(c.s.world.dialogs); got > maxSessions {
		t.Errorf("%d sessions are kept, want %d at most", got, maxSessions)
	}
}

func TestDeletedWorkspaceIsForgotten(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	before := len(c.s.world.workspaces)
	ws := c.s.world.openWorkspace("brief")
	a := c.send("POST", connectorsPath+"/oauth/initiate", P{"workspace_name": "brief", "connector_type": "github",
		"redirect_url": "http://127.0.0.1:1", "replication_config": P{"repositories": []string{"a/b"}}}, nil)
	if got := c.send("DELETE", "/api/v1/workspaces/"+ws.ID, nil, nil).status; got != http.StatusOK {
		t.Fatalf("deleting the workspace gives %d", got)
	}
	if got := c.get(a.text("consent_url")[len("http://example.com"):]).status; got != http.StatusNotFound {
		t.Errorf("agreeing to a connector of a workspace that is gone gives %d, want 404", got)
	}
	if got := len(c.s.world.workspaces); got != before {
		t.Errorf("%d workspaces are kept, want %d", got, before)
	}
}

// TestRevokedTokensAreBounded revokes more tokens than are remembered: none of
// them becomes valid again.
func TestRevokedTokensAreBounded(t *testing.T) {
	t.Parallel()
	m := newMint(time.Now)
	first := m.issue(claims{Kind: tokenApplication}, time.Hour)
	c, ok := m.check(first)
	if !ok {
		t.Fatal("a new token is refused")
	}
	m.revoke(c)
	for n := range maxRevoked {
		m.revoke(claims{ID: strconv.Itoa(n), Expires: c.Expires})
	}
	if _, ok := m.check(first); ok || len(m.revoked) > maxRevoked {
		t.Errorf("the first revoked token is accepted: %t; %d are remembered, want %d at most", ok, len(m.revoked), maxRevoked)
	}
	if _, ok := m.check(m.issue(claims{Kind: tokenApplication}, time.Hour)); !ok {
		t.Error("a token issued later is refused")
	}
}
