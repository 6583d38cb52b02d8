package toolsearch_test

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"airbyte-mcp-server/internal/toolsearch"
)

func BenchmarkNew(b *testing.B) {
	docs := documents(b)
	b.ReportAllocs()
	for b.Loop() {
		toolsearch.New(docs)
	}
}

// BenchmarkSearch asks all labelled questions in turn and reports the slowest
// hundredth beside the mean.
func BenchmarkSearch(b *testing.B) {
	index := toolsearch.New(documents(b))
	var list []question
	for _, set := range sets {
		list = append(list, questions(b, set.path)...)
	}
	took := make([]time.Duration, 0, 1<<16) // as growing it would slow some searches down
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		index.Search(toolsearch.Query{Text: list[i%len(list)].Query, Limit: 10})
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkSize reports what an index keeps in memory.
func BenchmarkSize(b *testing.B) {
	docs := documents(b)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		index := toolsearch.New(docs)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(index)
	}
	b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1024, "KiB-kept")
}
