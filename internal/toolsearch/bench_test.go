package toolsearch_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"airbyte-mcp-server/internal/toolsearch"
)

func BenchmarkNew(b *testing.B) {
	l := open()
	b.ReportAllocs()
	for b.Loop() {
		toolsearch.New(l.docs, l.connectors)
	}
}

// BenchmarkSearch asks all labelled questions in turn and reports the slowest
// hundredth beside the mean.
func BenchmarkSearch(b *testing.B) {
	index := open().index
	list := questions(b)
	took := make([]time.Duration, 0, 1<<16) // as growing it would slow some searches down
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		index.Search(toolsearch.Query{Text: list[i%len(list)], Limit: 10})
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// questions are those of all labelled sets.
func questions(b *testing.B) []string {
	b.Helper()
	paths, err := filepath.Glob("../../tools/testdata/questions/*.json")
	if err != nil || len(paths) == 0 {
		b.Fatalf("found no questions, %v", err)
	}
	var texts []string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		var list []struct{ Query string }
		if err := json.Unmarshal(data, &list); err != nil {
			b.Fatal(err)
		}
		for _, q := range list {
			texts = append(texts, q.Query)
		}
	}
	return texts
}

// BenchmarkSize reports what an index keeps in memory.
func BenchmarkSize(b *testing.B) {
	l := open()
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		index := toolsearch.New(l.docs, l.connectors)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(index)
	}
	b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1024, "KiB-kept")
}
