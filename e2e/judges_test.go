package e2e_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestInspector(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("AIRBYTE_MCP_SHARED_DIR")
	if shared == "" {
		t.Skip("skipped: AIRBYTE_MCP_SHARED_DIR does not name the folder with the judges")
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	base := startHTTP(t)
	direct := []string{
		"--call", "github_issues_list", `{"owner":"acme","repo":"widgets","per_page":2}`,
		"--call", "list_connectors", `{}`,
		"--call-error", "github_issues_list", `{"bad":1}`,
	}
	search := []string{
		"--call", "find_tools", `{"query":"open issues of a repository"}`,
		"--call", "describe_tool", `{"name":"github_issues_list"}`,
		"--call", "call_read_tool", `{"name":"github_issues_list","arguments":{"owner":"acme","repo":"widgets","per_page":2}}`,
		"--call-error", "call_write_tool", `{"name":"github_issues_list","arguments":{"owner":"acme","repo":"widgets"}}`,
		"--call-error", "call_read_tool", `{"name":"github_issues_create","arguments":{"owner":"acme","repo":"widgets","title":"x"}}`,
	}
	for name, target := range map[string]struct{ calls, args []string }{
		"stdio":      {search, []string{"--", path, "serve", "--sandbox", "--log-level", "error"}},
		"one":        {direct, []string{"--", path, "serve", "--sandbox", "--connectors", "github", "--log-level", "error"}},
		"streamable": {search, []string{base + "/mcp"}},
		"narrowed":   {direct, []string{base + "/mcp/connectors/github"}},
		"sse":        {search, []string{base + "/sse"}},
	} {
		for _, era := range []string{"legacy", "modern"} {
			if name == "sse" && era == "modern" {
				continue // the transport is older than the era
			}
			t.Run(name+"/"+era, func(t *testing.T) {
				args := slices.Concat([]string{"--era", era, "--strict", "--head", "40"}, target.calls, target.args)
				inspect(t, filepath.Join(shared, "judges", "inspector.sh"), args)
			})
		}
	}
}

func inspect(t *testing.T, script string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, script, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte(" passed, 0 failed")) {
		t.Errorf("got %s, want none to fail", out)
	}
}

func TestConformanceOfTheProgram(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("AIRBYTE_MCP_SHARED_DIR")
	if shared == "" {
		t.Skip("skipped: AIRBYTE_MCP_SHARED_DIR does not name the folder with the judges")
	}
	url := startHTTP(t) + "/mcp"
	for _, version := range []string{"2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			out, err := exec.CommandContext(ctx, filepath.Join(shared, "judges", "conformance.sh"), url, version).CombinedOutput()
			if err != nil || bytes.Contains(out, []byte("FAIL")) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
