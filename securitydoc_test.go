package main_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityDocument: the tests that the threat model names exist.
func TestSecurityDocument(t *testing.T) {
	text, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, s := range project(t) {
		if s.isTest {
			code, err := os.ReadFile(s.name)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(code)
		}
	}
	for _, name := range regexp.MustCompile("`((?:Test|Benchmark)\\w+)`").FindAllSubmatch(text, -1) {
		if !strings.Contains(tests.String(), "func "+string(name[1])+"(") {
			t.Errorf("docs/security.md names %s, which does not exist", name[1])
		}
	}
}
