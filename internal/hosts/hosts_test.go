package hosts_test

import (
	"os"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/hosts"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, version string
		title         string
		searches      bool
	}{
		{"claude-code", "2.1.121", "Claude Code", true},
		{"claude-code", "2.1.121 (Claude Code)", "Claude Code", true},
		{"claude-code", "2.2.0", "Claude Code", true},
		{"claude-code", "10.0", "Claude Code", true},
		{"claude-code", "2.1.99", "Claude Code", false},
		{"claude-code", "2.1", "Claude Code", false},
		{"claude-code", "", "Claude Code", false},
		{"claude-code", "latest", "Claude Code", false},
		{"Claude-Code", "v2.1.300", "Claude Code", true},
		{"claude-ai", "0.1.0", "Claude Desktop and claude.ai", false},
		{"claude-ai (via mcp-remote 0.1.36)", "0.1.0", "Claude Desktop and claude.ai", false},
		{"cursor-vscode", "1.0.0", "Cursor", false},
		{"Cursor", "", "Cursor", false},
		{"cursory", "", "", false},
		{"Visual Studio Code", "1.110.0", "Visual Studio Code", false},
		{"Visual Studio Code - Insiders", "1.110.0", "Visual Studio Code", false},
		{"codex-mcp-client", "0.153.4", "Codex", false},
		{"my-codex", "", "Codex", false},
		{"JetBrains-IU/copilot-intellij", "1.11", "Copilot for JetBrains", false},
		{"openai-mcp", "1.0.0", "ChatGPT", false},
		{"my claude-code", "3.0", "", false},
		{"", "", "", false},
	} {
		if got := hosts.Lookup(tt.name, tt.version); got.Title != tt.title || got.SearchesTools != tt.searches {
			t.Errorf("%q %q is taken for %q (searches tools: %t), want %q (%t)",
				tt.name, tt.version, got.Title, got.SearchesTools, tt.title, tt.searches)
		}
	}
}

// TestDocumented: each host of the table has a row in docs/hosts.md, with a source for each of
// its facts.
func TestDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/hosts.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hosts.All() {
		var rows strings.Builder
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "| "+h.Title) {
				rows.WriteString(line)
			}
		}
		row := rows.String()
		for _, client := range h.Clients {
			if h.Title == "" || !strings.Contains(strings.ToLower(row), "`"+strings.TrimPrefix(client, "*")) {
				t.Errorf("docs/hosts.md has no row of %q that names %q", h.Title, client)
			}
			if client != strings.ToLower(client) {
				t.Errorf("%q is not in lower case, so it is never found", client)
			}
		}
		if !strings.Contains(row, "](https://") {
			t.Errorf("docs/hosts.md has no source for %q", h.Title)
		}
	}
}
