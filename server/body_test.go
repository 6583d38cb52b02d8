package server

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/tools"
)

// workspaces lets everybody in, into the workspace that the bearer names.
type workspaces struct{}

func (workspaces) Authenticate(r *http.Request) (identity.Identity, error) {
	name := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	return identity.Identity{Principal: name, Workspace: name}, nil
}

// halfBody sends a request whose body lacks its end, and returns what its end is.
func (w *web) halfBody(workspace string, size int) (end func()) {
	reader, writer := io.Pipe()
	r, _ := http.NewRequestWithContext(w.t.Context(), http.MethodPost, "http://127.0.0.1:8080/mcp", reader)
	r.ContentLength = int64(size)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+workspace)
	go func() {
		if response, err := w.client.Do(r); err == nil {
			_ = response.Body.Close()
		}
	}()
	_, _ = writer.Write([]byte(strings.Repeat(" ", size-1)))
	return func() { _ = writer.CloseWithError(io.ErrUnexpectedEOF) }
}

// A caller whose bodies never end holds memory up to its share. Its further requests wait,
// then are told to come back; other tenants notice nothing.
func TestUnfinishedBodiesTakeNoOtherTenantsMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		memory := &budget.Memory{Bodies: budget.New(8<<10, 4<<10)}
		rig := newRig(t, func(o *Options) { o.Memory, o.MaxMessage = memory, 4<<10 })
		w := rig.web(t, func(o *HTTPOptions) { o.Authenticator, o.SeveralTenants = workspaces{}, true })
		end := w.halfBody("greedy", 4<<10)
		defer end()
		synctest.Wait()
		if got := w.post(initialize("1"), "Authorization", "Bearer quiet"); got.status != http.StatusOK {
			t.Errorf("another tenant: HTTP %d %s", got.status, got.body)
		}
		got := w.post(initialize("1"), "Authorization", "Bearer greedy")
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "1" || got.last(t).code() != busyCode {
			t.Errorf("the same tenant: HTTP %d %q %s, want 503 with a time", got.status, got.header.Get("Retry-After"), got.body)
		}
		end()
		synctest.Wait()
		if got := w.post(initialize("1"), "Authorization", "Bearer greedy"); got.status != http.StatusOK {
			t.Errorf("after the body has ended: HTTP %d", got.status)
		}
		if got := memory.Bodies.Use().Held; got != 0 {
			t.Errorf("%d bytes are held after all requests", got)
		}
	})
}

// Calls that wait take their own tenant's places.
func TestPOSTsOfOneTenantLeavePlacesToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t, func(o *HTTPOptions) { o.Authenticator, o.SeveralTenants = workspaces{}, true })
		held, err := w.http.posts.TryTake("greedy", maxInFlight/4)
		if err != nil {
			t.Fatal(err)
		}
		defer held.Release()
		for workspace, want := range map[string]int{"greedy": http.StatusServiceUnavailable, "quiet": http.StatusOK} {
			if got := w.post(initialize("1"), "Authorization", "Bearer "+workspace); got.status != want {
				t.Errorf("%s: HTTP %d, want %d", workspace, got.status, want)
			}
		}
	})
}

// What a client says about itself is in every request's header and in memory for as long
// as the session lasts.
func TestClientFactsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		long := strings.Repeat("é", 1<<13)
		got := w.post(request("1", "initialize", `{"protocolVersion":"2025-06-18","clientInfo":{"name":"`+long+`","version":"`+long+
			`","title":"`+long+`"},"capabilities":{"elicitation":{},"experimental":{"x":"`+long+`"}}}`))
		id := got.header.Get(sessionHeader)
		if got.status != http.StatusOK || len(id) > 1<<10 {
			t.Fatalf("HTTP %d, and an id of %d bytes", got.status, len(id))
		}
		facts, _, err := w.http.sessions.openID(id, tools.Session{Workspace: "default"})
		if err != nil || facts.Client.Name != strings.Repeat("é", maxFact/2) || facts.Client.Title != "" || facts.Caps.Elicitation == nil {
			t.Errorf("remembered %+v, %v", facts, err)
		}
	})
}
