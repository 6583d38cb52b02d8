package e2e_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// partsOfTheDemo are what a reader of the README expects to see, in this order.
var partsOfTheDemo = []string{
	"Act one", "serve --sandbox --connectors=github",
	"1. The tools", "github_issues_create ", "github_issues_list ", "75 tools in all",
	"2. One whole tool", `"inputSchema": {`, `"required": ["owner", "repo", "title"]`, `"name": "github_issues_create"`,
	"3. A read", "> github_issues_list {", `{"number": 1, `, `"has_more": true`,
	"4. The next page", `"after": "`, `{"number": 3, `,
	"5. A write", "> github_issues_create {", "? Shall it create issues", "! yes", `"number": 121`,
	"6. The read that proves it", "> github_issues_get {", `"title": "Export fails on an empty table"`,
	"7. Arguments that do not fit", "nothing was sent", "did you mean repo?",
	"8. An error of the vendor", "Not Found (HTTP 400)",
	"Act two: all 51 connectors", "1. What is listed instead", "call_read_tool ", "find_tools ",
	"2. A plain question", "> find_tools {", "3. Its schema", "> describe_tool {", `"inputSchema": {`,
	"4. The call", "> call_read_tool {", `{"result": [`,
	"Next", `"mcpServers"`,
}

func TestDemo(t *testing.T) {
	t.Parallel()
	cmd := program(t, "demo")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rest := string(out)
	for _, part := range partsOfTheDemo {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Fatalf("%q is missing, or not in its place, in\n%s", part, out)
		}
		rest = after
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) > 120 {
		t.Errorf("the demo has %d lines", len(lines))
	}
	for _, line := range lines[:len(lines)-1] {
		if utf8.RuneCountInString(line) > 120 {
			t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
		}
	}
	_, entry, _ := strings.Cut(string(out), `{"mcpServers"`)
	if got := gjson.Get(`{"mcpServers"`+entry, "mcpServers.airbyte.command").Str; got != cmd.Path {
		t.Errorf("the host is given %q, the program is %s", got, cmd.Path)
	}
}

// TestDemoMissesWhatItPromises has a setting take away one tool after the other.
func TestDemoMissesWhatItPromises(t *testing.T) {
	t.Parallel()
	for tool, step := range map[string]string{
		"github_issues_create":       "2. One whole tool",
		"github_issues_list":         "3. A read",
		"github_issues_get":          "6. The read that proves it",
		"incident_io_schedules_list": "2. A plain question",
	} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, "demo")
			cmd.Env = append(cmd.Env, "AIRBYTE_MCP_EXCLUDE_TOOLS="+tool)
			out, err := cmd.Output()
			failed := &exec.ExitError{}
			if !errors.As(err, &failed) {
				t.Fatalf("got %v, want a failure\n%s", err, out)
			}
			if !strings.Contains(string(failed.Stderr), step) {
				t.Errorf("the failure does not name %q: %s", step, failed.Stderr)
			}
		})
	}
}

// TestRecordingIsCurrent compares docs/demo.svg with what the program shows now: the
// same file, but for the cursors of pages.
func TestRecordingIsCurrent(t *testing.T) {
	t.Parallel()
	now := filepath.Join(t.TempDir(), "demo.svg")
	if out, err := program(t, "demo", "--recording", now).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want, got := textOf(t, now), textOf(t, "../docs/demo.svg")
	for i, line := range want {
		if i >= len(got) || got[i] != line && !strings.Contains(line, `"after"`) {
			t.Fatalf("line %d of docs/demo.svg is not %q; run make recording", i+1, line)
		}
	}
}

// textOf reads the lines of a recording, which must be small and well-formed.
func textOf(t *testing.T, path string) (lines []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 150_000 {
		t.Errorf("%s has %d bytes", path, len(raw))
	}
	decoder := xml.NewDecoder(strings.NewReader(string(raw)))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "text" {
			continue
		}
		var line string
		if err := decoder.DecodeElement(&line, &start); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
}
