package audit_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"airbyte-mcp-server/internal/audit"
)

// sampleRecord is as long as that of a call.
var sampleRecord = struct {
	record

	Workspace    string `json:"workspace"`
	ConnectorID  string `json:"connector_id"`
	ArgumentHash string `json:"argument_hash"`
	Outcome      string `json:"outcome"`
}{record{"result", "github_issues_create", "443735ddc80fe069c2405b26b4925468"}, "default", "72f025b6-c61a-4c96-99a0-6e3ba9399a5c",
	"9bf9623d52b3ca9fbda2c55b3f90431c", "ok"}

// BenchmarkWrite is what the log costs a write, its intent being on the disk before it is
// sent: alone, and among others that share a sync.
func BenchmarkWrite(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			l := open(b, filepath.Join(b.TempDir(), "audit.log"))
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ResetTimer()
			var all sync.WaitGroup
			for range writers {
				all.Go(func() {
					for left.Add(-1) >= 0 {
						if err := errors.Join(l.Intent(sampleRecord), l.Result(sampleRecord)); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// BenchmarkRead is what the log costs a read.
func BenchmarkRead(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "audit.log"))
	for b.Loop() {
		if err := l.Note(sampleRecord); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify verifies a log of 10,000 lines.
func BenchmarkVerify(b *testing.B) {
	path := filepath.Join(b.TempDir(), "audit.log")
	l := open(b, path)
	for range 10_000 {
		if err := l.Note(sampleRecord); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		if _, err := audit.Verify(key, path); err != nil {
			b.Fatal(err)
		}
	}
}
