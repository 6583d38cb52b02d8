package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// ratios are what a call may cost in CPU time beside the small proxies of ../benchmarks, for
// answers of 1 kB, 20 kB and 1 MB: what was measured when they were last changed, and 30 %.
// They are no goals; see docs/performance.md.
var ratios = map[string][3]float64{"bare": {3.2, 3.2, 3.2}, "raw": {1.6, 1, 0.6}}

// TestCallsStayCheap notices a lost factor of two. Wall-clock times say little on a loaded
// machine; the CPU time of processes that do the same in one run can be compared.
func TestCallsStayCheap(t *testing.T) { //nolint:paralleltest // it measures
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("needs time, and the CPU time of other processes")
	}
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", bin+"/", "./...")
	build.Dir, build.Env = "../benchmarks", append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Skipf("cannot build the peers: %v\n%s", err, said) // their modules may be out of reach
	}
	path, err := binary()
	if err == nil {
		err = os.Symlink(path, filepath.Join(bin, "airbyte-mcp-server"))
	}
	if err != nil {
		t.Fatal(err)
	}
	for attempt := 1; ; attempt++ {
		failures := tooDear(t, bin)
		if len(failures) == 0 {
			return
		}
		if attempt == 3 {
			t.Fatalf("three times: %q", failures)
		}
		t.Logf("attempt %d: %q", attempt, failures)
	}
}

// tooDear measures once and says what is above its ratio.
func tooDear(t *testing.T, bin string) []string {
	t.Helper()
	run := exec.CommandContext(t.Context(), filepath.Join(bin, "benchmarks"),
		"-bin", bin, "-transports", "stdio", "-length", "400ms", "-starts", "1", "-json")
	run.Dir = "../benchmarks"
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	var rows []struct {
		Program string
		CPU     [3]float64
	}
	if err := json.Unmarshal(out, &rows); err != nil || len(rows) != 3 || rows[0].Program != "ours" {
		t.Fatalf("got %s (%v)", out, err)
	}
	t.Logf("CPU for each call in ms: %v", rows)
	var failures []string
	for _, peer := range rows[1:] {
		for i, most := range ratios[peer.Program] {
			if got := rows[0].CPU[i] / peer.CPU[i]; got > most {
				failures = append(failures, fmt.Sprintf("size %d: %.2f of %s, at most %.2f", i, got, peer.Program, most))
			}
		}
	}
	return failures
}
