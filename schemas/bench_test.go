package schemas_test

import (
	"runtime"
	"testing"

	"airbyte-mcp-server/schemas"
)

// BenchmarkCatalog reads connectors from the embedded catalog: three, as a server
// for three does, and all. MB is what stays in memory.
func BenchmarkCatalog(b *testing.B) {
	all, err := schemas.Embedded().Names()
	if err != nil {
		b.Fatal(err)
	}
	for name, connectors := range map[string][]string{"three": {"github", "slack", "stripe"}, "all": all} {
		b.Run(name, func(b *testing.B) {
			var kept []*schemas.Connector
			before := heap()
			for b.Loop() {
				catalog := schemas.Embedded()
				kept = kept[:0]
				for _, name := range connectors {
					conn, err := catalog.Connector(name)
					if err != nil {
						b.Fatal(err)
					}
					kept = append(kept, conn)
				}
			}
			b.ReportMetric(float64(heap()-before)/1e6, "MB")
			runtime.KeepAlive(kept)
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
