//go:build unix

package state_test

import (
	"bytes"
	"crypto/rand"
	"sync"
	"testing"
	"time"
)

// largeValue is one of the largest results that are shared.
func largeValue() []byte {
	value := make([]byte, 15<<20)
	_, _ = rand.Read(value) // never fails
	return value
}

// TestLargeValues go over a slow network whole. In one operation they would make the store
// seem away, and all tenants would be without it.
func TestLargeValues(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	near := s.open()
	far, way := s.openThrough()
	value := largeValue()
	s.eventually("a large value is shared", func() bool { return near.Put(t.Context(), "large", value, time.Minute) == nil })
	way.slowDown(40 << 20)
	s.eventually("it comes, though another is read at the same time", func() bool {
		var others sync.WaitGroup
		defer others.Wait()
		others.Go(func() { _, _ = far.Get(t.Context(), "large") })
		got, err := far.Get(t.Context(), "large")
		if err == nil && !bytes.Equal(got, value) {
			t.Fatalf("got %d bytes", len(got))
		}
		return err == nil
	})
}

// TestPlantedLargeValues: what is larger than any value is not read.
func TestPlantedLargeValues(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	r, raw := s.open(), s.raw()
	if err := r.Put(t.Context(), "mine", []byte("value"), time.Minute); err != nil {
		t.Fatal(err)
	}
	accepts := func([]byte) bool { return true }
	if _, swapped, err := r.Swap(t.Context(), "guard", accepts, []byte("value"), time.Minute); err != nil || !swapped {
		t.Fatal(swapped, err)
	}
	for _, name := range raw.Keys(t.Context(), "airbyte-mcp:*").Val() {
		if raw.Type(t.Context(), name).Val() == "string" {
			raw.SetRange(t.Context(), name, 100<<20, "x")
		}
	}
	s.eventually("a planted value is not there", func() bool {
		got, err := r.Get(t.Context(), "mine")
		if got != nil {
			t.Fatalf("got %d bytes", len(got))
		}
		return err == nil
	})
	s.eventually("a planted value is replaced", func() bool {
		current, swapped, err := r.Swap(t.Context(), "guard", accepts, []byte("next"), time.Minute)
		if current != nil {
			t.Fatalf("got %q", current)
		}
		return swapped && err == nil
	})
}
