package main_test

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/results"
)

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPrivacyDocument: the settings that the documents for directories and for agents name
// exist, their links lead somewhere, and the bounds are those of the program.
func TestPrivacyDocument(t *testing.T) {
	t.Parallel()
	commands := document(t, "docs/commands.md")
	setting := regexp.MustCompile("`(--[a-z-]+|AIRBYTE_[A-Z_]+)")
	link := regexp.MustCompile(`\]\(([^)#:\s]+)\)`)
	for _, name := range []string{"docs/privacy.md", "docs/embed.md"} {
		text := document(t, name)
		named := setting.FindAllStringSubmatch(text, -1)
		if len(named) < 10 {
			t.Errorf("%s names only these settings: %q", name, named)
		}
		for _, found := range named {
			if !regexp.MustCompile("`" + regexp.QuoteMeta(found[1]) + "[`=]").MatchString(commands) {
				t.Errorf("%s names %s, which docs/commands.md does not know", name, found[1])
			}
		}
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("docs", found[1])); err != nil {
				t.Errorf("%s leads to %s: %v", name, found[1], err)
			}
		}
	}
	text := document(t, "docs/privacy.md")
	for words, holds := range map[string]bool{
		"memory up to 64 MiB":   results.DefaultMemory == 64<<20,
		"up to 2 GiB":           results.DefaultDisk == 2<<30,
		"200 of one caller":     results.DefaultPerOwner == 200,
		"results after an hour": results.DefaultLifetime == time.Hour,
	} {
		if !holds || !strings.Contains(text, words) {
			t.Errorf("docs/privacy.md does not say the program's bound: %q", words)
		}
	}
}

// TestNoOtherHosts: the program's code names no host to which it might send something but
// those of Airbyte. The others are examples, or shown and never asked.
func TestNoOtherHosts(t *testing.T) {
	airbyte := []string{"api.airbyte.ai", "cloud.airbyte.com", "app.airbyte.ai"}
	shown := []string{"www.w3.org", "json-schema.org", "opencode.ai"} // names of formats
	host := regexp.MustCompile(`https?://([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*\.[a-zA-Z]+)`)
	seen := map[string]bool{}
	for _, s := range project(t) {
		if s.isTest || strings.HasPrefix(s.folder, "packaging") || strings.HasPrefix(s.folder, "internal/sandbox") {
			continue // packages are links to the repository; the sandbox makes records up
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			for _, found := range host.FindAllStringSubmatch(literal.Value, -1) {
				name := found[1]
				seen[name] = true
				isExample := name == "example.com" || strings.HasSuffix(name, ".example.com") || strings.HasSuffix(name, ".example")
				if !isExample && !slices.Contains(airbyte, name) && !slices.Contains(shown, name) {
					t.Errorf("%s: names the host %s, which docs/privacy.md does not", at(literal), name)
				}
			}
			return true
		})
	}
	if !seen[airbyte[0]] {
		t.Errorf("the API's host was not seen among %v", seen)
	}
}
