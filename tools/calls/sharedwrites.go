package calls

import (
	"context"
	"encoding/json"
	"time"
)

// SharedWrites are values that the replicas of a server share.
type SharedWrites interface {
	// Swap puts a value in the place of the current one for a while, as one step, if the
	// current one is acceptable; nil stands for no value. It returns the one that was there.
	Swap(ctx context.Context, key string, accept func(current []byte) bool, value []byte, life time.Duration) (
		current []byte, swapped bool, err error)
}

// sharedRecord is the wire form of a recentWrite.
type sharedRecord struct {
	At    int64      `json:"t"` // Unix milliseconds
	State writeState `json:"s"`
	ID    string     `json:"i"`
}

func (w recentWrite) encode() []byte {
	if w.state == writeIsNew {
		return nil
	}
	b, err := json.Marshal(sharedRecord{w.at.UnixMilli(), w.state, w.id})
	if err != nil {
		panic(err) // plain values
	}
	return b
}

// decodeWrite is the write that a value stands for; the zero one for none, and for one
// that was forgotten meanwhile.
func decodeWrite(value []byte) recentWrite {
	var s sharedRecord
	if value == nil || json.Unmarshal(value, &s) != nil {
		return recentWrite{}
	}
	w := recentWrite{time.UnixMilli(s.At), s.State, s.ID}
	if time.Since(w.at) >= w.state.window() {
		return recentWrite{}
	}
	return w
}

// swapShared replaces what the replicas know of a write, where it is acceptable. It returns
// what they knew; ok is false while there are no others, or nobody can tell.
func (r *recentWrites) swapShared(key string, w recentWrite, accept func(recentWrite) bool) (before recentWrite, swapped, ok bool) {
	if r.shared == nil {
		return recentWrite{}, false, false
	}
	life := max(time.Until(w.at.Add(w.state.window())), time.Millisecond)
	current, swapped, err := r.shared.Swap(context.Background(), "write\x00"+key, func(current []byte) bool {
		return accept(decodeWrite(current))
	}, w.encode(), life)
	return decodeWrite(current), swapped, err == nil
}
