package seal_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/seal"
)

// issuers remembers what was claimed, of each issuer.
type issuers struct {
	self    string
	claimed map[string]time.Duration
	away    error
}

func (i *issuers) Self() string { return i.self }

func (i *issuers) Claim(issuer, key string, life time.Duration) (bool, error) {
	if _, err := hex.DecodeString(key); err != nil || len(key) != 64 {
		return false, errors.New("the key is no digest: " + key)
	}
	_, again := i.claimed[issuer+" "+key]
	i.claimed[issuer+" "+key] = life
	return !again, i.away
}

// TestReplicasOpenOnce what any of them has sealed, and nothing while nobody can tell.
func TestReplicasOpenOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		claimed := map[string]time.Duration{}
		one, two := &issuers{self: "one", claimed: claimed}, &issuers{self: "two", claimed: claimed}
		first, second := seal.Shared("secret", "a", one), seal.Shared("secret", "a", two)
		sealed := first.Close("memory", "ann", time.Minute)
		if got, err := second.Open(sealed, "ann"); err != nil || got != "memory" {
			t.Errorf("got %q, %v", got, err)
		}
		for key, life := range claimed {
			if key[:4] != "one " || life != time.Minute {
				t.Errorf("%s was claimed for %s, want that the first is asked, for a minute", key, life)
			}
		}
		for _, s := range []*seal.Seal{first, second} {
			if _, err := s.Open(sealed, "ann"); !errors.Is(err, seal.ErrForeign) {
				t.Errorf("a second time: got %v, want ErrForeign", err)
			}
		}
		if _, err := seal.Shared("secret", "b", two).Open(first.Close("x", "ann", time.Minute), "ann"); !errors.Is(err, seal.ErrForeign) {
			t.Errorf("of another purpose: got %v, want ErrForeign", err)
		}
		two.away = errors.New("away")
		if _, err := second.Open(first.Close("x", "ann", time.Minute), "ann"); !errors.Is(err, seal.ErrUnclear) {
			t.Errorf("while nobody can tell: got %v, want ErrUnclear", err)
		}
		asked := len(claimed)
		old := first.Close("x", "ann", time.Minute)
		time.Sleep(time.Minute)
		if _, err := first.Open(old, "ann"); !errors.Is(err, seal.ErrForeign) || len(claimed) != asked {
			t.Errorf("expired: got %v after %d claims, want ErrForeign and no claim", err, len(claimed)-asked)
		}
	})
}

// TestProcessesRememberForThemselves where there are no issuers.
func TestProcessesRememberForThemselves(t *testing.T) {
	t.Parallel()
	first, second := seal.Shared("secret", "a", nil), seal.Shared("secret", "a", nil)
	sealed := first.Close("memory", "ann", time.Minute)
	for _, s := range []*seal.Seal{first, second} {
		if got, err := s.Open(sealed, "ann"); err != nil || got != "memory" {
			t.Errorf("got %q, %v", got, err)
		}
		if _, err := s.Open(sealed, "ann"); !errors.Is(err, seal.ErrForeign) {
			t.Errorf("a second time: got %v, want ErrForeign", err)
		}
	}
}
