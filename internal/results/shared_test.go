package results_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"airbyte-mcp-server/internal/results"
)

// shelf is what several stores have in common.
type shelf struct {
	values map[string]string
	lives  []time.Duration
	away   error
}

func (s *shelf) Put(_ context.Context, key string, value []byte, life time.Duration) error {
	s.values[key] = string(value)
	s.lives = append(s.lives, life)
	return s.away
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, error) {
	value, ok := s.values[key]
	if !ok {
		return nil, s.away
	}
	return []byte(value), s.away
}

// TestSharedResults are read by their owner from another store too.
func TestSharedResults(t *testing.T) {
	t.Parallel()
	common := &shelf{values: map[string]string{}}
	first := results.New(results.Options{Shared: common, Lifetime: time.Minute, Disk: 10})
	second := results.New(results.Options{Shared: common})
	t.Cleanup(first.Close)
	t.Cleanup(second.Close)
	id := put(t, first, "a", []byte(`[1]`))
	if got, err := second.Get("a", id); err != nil || string(got) != `[1]` || len(common.lives) != 1 || common.lives[0] != time.Minute {
		t.Errorf("got %s, %v, for %v", got, err, common.lives)
	}
	if _, err := second.Get("b", id); !errors.Is(err, results.ErrGone) {
		t.Errorf("another owner: got %v, want ErrGone", err)
	}
	if _, err := first.Put("a", make([]byte, 11)); err == nil || len(common.values) != 1 {
		t.Errorf("got %v, and %d results are shared, want the one", err, len(common.values))
	}
	common.away = errors.New("away")
	if _, err := second.Get("a", id); !errors.Is(err, results.ErrAway) {
		t.Errorf("while the others are away: got %v, want ErrAway", err)
	}
	own := put(t, first, "a", []byte(`[2]`))
	if got, err := first.Get("a", own); err != nil || string(got) != `[2]` {
		t.Errorf("what cannot be shared: got %s, %v", got, err)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	s := results.New(results.Options{})
	t.Cleanup(s.Close)
	id := put(t, s, "a", []byte(`[1]`))
	for _, test := range []struct {
		owner, id string
		size      int64
		ok        bool
	}{{"a", id, 3, true}, {"b", id, 0, false}, {"a", "none", 0, false}} {
		if size, ok := s.Size(test.owner, test.id); size != test.size || ok != test.ok {
			t.Errorf("%s of %s: %d, %t, want %d, %t", test.id, test.owner, size, ok, test.size, test.ok)
		}
	}
}
