package yamlfile_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/yamlfile"
)

// TestMemoryOfDamage bounds what reading a damaged file costs: 50 times its size. It
// counts everything that is allocated, what is given back included, where a file is
// refused early, and what is in use at once where the damage is at its end.
func TestMemoryOfDamage(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	const n = 100_000
	for name, text := range map[string]string{
		"brackets":          strings.Repeat("[", n),
		"braces":            strings.Repeat("{", n),
		"keys in braces":    strings.Repeat("a: {", n),
		"dashes":            strings.Repeat("- ", n),
		"questions":         strings.Repeat("? ", n),
		"tags":              strings.Repeat("!a ", n),
		"anchors":           strings.Repeat("&a ", n),
		"items, not closed": "[" + strings.Repeat("a,", n),
		"empty items":       strings.Repeat("-\n", n),
		"documents":         strings.Repeat("---\n", n),
		"many keys":         strings.Repeat("a: 1\n", n),
		"open quote":        `a: "` + strings.Repeat("x\n", n),
		"lists of nothing":  "[" + strings.Repeat("[],", n),
		"zeroes":            strings.Repeat("\x00", n),
		"one long line":     strings.Repeat("x", n) + ": [",
		"comments":          strings.Repeat("#\n", n) + "[",
	} {
		if got := allocated(func() { refuse(t, name, text) }); got > uint64(50*len(text)) {
			t.Errorf("%s: %d bytes for %d, %d times as much", name, got, len(text), got/uint64(len(text)))
		}
	}
}

// TestMemoryOfValues bounds what the densest file takes that is still read to its end.
func TestMemoryOfValues(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	var text strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&text, "key%08d: 12345678\n", i)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	root, err := yamlfile.Parse([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := (after.HeapAlloc - before.HeapAlloc) / uint64(text.Len()); got > 25 {
		t.Errorf("the values take %d times the file's size", got)
	}
	runtime.KeepAlive(root)
}

func refuse(t *testing.T, name, text string) {
	t.Helper()
	if _, err := yamlfile.Parse([]byte(text)); err == nil {
		t.Errorf("%s: read without an error", name)
	}
}

func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
