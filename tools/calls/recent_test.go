package calls

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

// memoryWrites is a SharedWrites within one process.
type memoryWrites struct {
	mu     sync.Mutex
	values map[string][]byte
	away   bool
}

func (m *memoryWrites) Swap(
	_ context.Context, key string, accept func([]byte) bool, value []byte, _ time.Duration,
) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return nil, false, errors.New("away")
	}
	current := m.values[key]
	if !accept(current) {
		return current, false, nil
	}
	m.values[key] = value
	return current, true, nil
}

// TestEqualWritesAtReplicas: what one replica has sent, the others ask about; a yes is good
// for one of them.
func TestEqualWritesAtReplicas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		common := &memoryWrites{values: map[string][]byte{}}
		a, b := newRecentWrites(common), newRecentWrites(common)
		if earlier, id := a.earlier("k", true); earlier.state != writeIsNew || id == "" {
			t.Fatalf("the first: %+v, %q", earlier, id)
		}
		atA, idA := a.earlier("k", true)
		atB, idB := b.earlier("k", true)
		if atA.state != writeSent || atA.stamp() == "" || atA.stamp() != atB.stamp() || idA+idB != "" {
			t.Fatalf("the same again: %+v and %+v; want one earlier write", atA, atB)
		}
		if earlier, _ := b.earlier("other", true); earlier.state != writeIsNew {
			t.Errorf("another write: %+v", earlier)
		}
		id := b.claim("k", atB)
		if again := a.claim("k", atA); id == "" || again != "" {
			t.Errorf("two yes to one question: %q and %q", id, again)
		}
		b.end("k", id, atB, &airbyte.Error{Outcome: airbyte.OutcomeUnknown})
		if earlier, _ := a.earlier("k", true); earlier.state != writeInDoubt {
			t.Errorf("after an end in doubt: %+v", earlier)
		}
		time.Sleep(doubtWindow)
		earlier, id := a.earlier("k", true)
		if earlier.state != writeIsNew || id == "" {
			t.Errorf("after its time: %+v", earlier)
		}
		a.end("k", id, earlier, &airbyte.Error{Outcome: airbyte.OutcomeRejected})
		if earlier, _ := b.earlier("k", false); earlier.state != writeIsNew {
			t.Errorf("after a refusal: %+v", earlier)
		}
	})
}

// TestGuardWithoutTheStore: a replica knows its own writes, whatever the store forgets, and
// goes on while it is away.
func TestGuardWithoutTheStore(t *testing.T) {
	t.Parallel()
	common := &memoryWrites{values: map[string][]byte{}}
	r := newRecentWrites(common)
	r.earlier("before", true)
	clear(common.values)
	common.values["write\x00planted"] = []byte("planted")
	if earlier, _ := r.earlier("before", true); earlier.state != writeSent {
		t.Errorf("the store forgot: %+v", earlier)
	}
	if earlier, id := r.earlier("planted", true); earlier.state != writeIsNew || id == "" {
		t.Errorf("a planted value: %+v", earlier)
	}
	common.away = true
	if _, id := r.earlier("x", true); id == "" {
		t.Error("no write while the store is away")
	}
	earlier, _ := r.earlier("x", true)
	if earlier.state != writeSent {
		t.Errorf("while the store is away: %+v", earlier)
	}
	if first, second := r.claim("x", earlier), r.claim("x", earlier); first == "" || second != "" {
		t.Errorf("two yes to one question: %q and %q", first, second)
	}
}
