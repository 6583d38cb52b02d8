//go:build unix

package state_test

import (
	"testing"

	"airbyte-mcp-server/internal/state"
)

// TestAnnouncements: all replicas read what one announces, and again when Redis comes back
// empty; with the end of the replica it is gone.
func TestAnnouncements(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	open := func(secret string) *state.Redis {
		r, err := state.Open(state.Options{URL: s.url(), Secret: secret})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a, b, stranger := open("secret"), open("secret"), open("another")
	defer b.Close()
	defer stranger.Close()
	a.Announce("here", func() []byte { return []byte("address") })
	a.Announce("later", func() []byte { return nil })
	is := func(r *state.Redis, name, want string) bool {
		got, err := r.Announced(t.Context(), name)
		return err == nil && string(got) == want
	}
	if !is(b, "here", "address") || !is(b, "later", "") || !is(stranger, "here", "") {
		t.Error("another replica does not read what is announced, or a stranger does")
	}
	s.stop()
	s.start()
	s.eventually("it is announced again", func() bool { return is(b, "here", "address") })
	a.Close()
	if !is(b, "here", "") {
		t.Error("it outlives its replica")
	}
}
