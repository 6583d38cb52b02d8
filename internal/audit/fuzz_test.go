package audit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/audit"
	"airbyte-mcp-server/internal/workbound"
)

// FuzzVerify: whatever a log holds, it is reported on, for no more than its size is worth.
func FuzzVerify(f *testing.F) {
	for _, text := range []string{
		"", "\n", "{}\n", `{"event":"start","n":1,"start":"a","mac":"00"}` + "\n", `{"event":"intent","call":"c","n":2,"prev":"x","mac":"y"}`,
		strings.Repeat("{}\n", 100_000), strings.Repeat("x", 300_000), strings.Repeat(`{"event":"intent","call":"c"}`+"\n", 10_000),
		strings.Repeat("[", 300_000), `{"n":` + strings.Repeat("9", 100_000) + "}\n", `{"event":"` + strings.Repeat(`\u0041`, 50_000) + `"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "audit.log")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		workbound.Check(t, "a log", len(data), 500, func() {
			report, err := audit.Verify([]byte("key"), path)
			if err != nil || report.Files != 1 {
				t.Errorf("got %+v, %v", report, err)
			}
		})
	})
}
