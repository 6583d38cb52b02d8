package server

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestConformance has the official conformance suite of the protocol judge the
// transports. The suite brings its own client and asks for tools, resources and
// prompts with prescribed behaviour: the fixtures.
//
// The runs follow each other, because the suite waits for some messages only half
// a second.
func TestConformance(t *testing.T) {
	judge := conformanceJudge(t)
	for _, run := range []struct {
		name string
		args []string // flags before the URL
		spec string
		want string // the verdict over all scenarios
	}{
		// What the suite itself calls conforming to a revision.
		{"required 2025-11-25", []string{"--required"}, "2025-11-25", "30 passed, 0 failed"},
		{"required 2026-07-28", []string{"--required"}, "2026-07-28", "37 passed, 0 failed"},
		// What any server can be asked, some of it beyond that. Skipped are the
		// resumption of streams and parameters in headers, which are not offered.
		{"generic 2025-11-25", nil, "2025-11-25", "12 passed, 0 failed"},
		{"generic 2026-07-28", nil, "2026-07-28", "11 passed, 0 failed"},
	} {
		t.Run(run.name, func(t *testing.T) {
			url := serveFixtures(t)
			output, err := exec.CommandContext(t.Context(), judge, append(run.args, "--verbose", url, run.spec)...).CombinedOutput()
			verdict, warnings := readVerdict(string(output))
			if err != nil || verdict != run.want {
				t.Errorf("got %q (%v), want %q", verdict, err, run.want)
			}
			if len(warnings) > 0 {
				t.Errorf("got the warnings %q", warnings)
			}
			t.Logf("the judge says:\n%s", output)
		})
	}
}

// readVerdict finds in the judge's output its last line, which counts the
// scenarios, and the checks that ended with a warning.
func readVerdict(output string) (verdict string, warnings []string) {
	for line := range strings.Lines(output) {
		verdict = strings.TrimSpace(line)
		if warning, ok := strings.CutPrefix(verdict, "WARNING "); ok {
			id, _, _ := strings.Cut(warning, " ")
			warnings = append(warnings, id)
		}
	}
	return verdict, warnings
}

// conformanceJudge returns the program that runs the suite. It is not part of the
// project: it installs the suite with npm.
func conformanceJudge(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("AIRBYTE_MCP_SHARED_DIR")
	if shared == "" {
		t.Skip("AIRBYTE_MCP_SHARED_DIR is not set: it is the folder with judges/conformance.sh")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("the conformance suite needs Node.js: %v", err)
	}
	return filepath.Join(shared, "judges", "conformance.sh")
}
