package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

const remoteDoc = "docs/remote.md"

// TestRemoteDocument: the files, rules and tests that the document names exist.
func TestRemoteDocument(t *testing.T) {
	t.Parallel()
	text := read(t, remoteDoc)
	for i, line := range strings.Split(text, "\n") {
		if n := utf8.RuneCountInString(line); n > 120 {
			t.Errorf("%s:%d has %d columns", remoteDoc, i+1, n)
		}
	}
	for _, found := range regexp.MustCompile("`((?:deploy/|compose)[a-z./-]*)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", found[1])); err != nil {
			t.Error(err)
		}
	}
	for _, named := range []string{"httproute.yaml", "ingress.yaml", "networkpolicy.yaml", "kustomization.yaml"} {
		if _, err := os.Stat(filepath.Join("kubernetes", named)); err != nil || !strings.Contains(text, named) {
			t.Errorf("%s: named %v, %v", named, strings.Contains(text, named), err)
		}
	}
}

// TestRemoteDocumentNamesSettings: the program has every flag and variable that the
// document names.
func TestRemoteDocumentNamesSettings(t *testing.T) {
	t.Parallel()
	text, known := read(t, remoteDoc), settings(t)
	for _, name := range regexp.MustCompile(`\bAIRBYTE_[A-Z_]+\b`).FindAllString(text, -1) {
		if !known[name] {
			t.Errorf("there is no setting %s", name)
		}
	}
	help := run(t, nil, "serve", "--help") + run(t, nil, "keys", "create", "--help")
	others := map[string]bool{"--signal": true, "--build": true} // of Docker
	for _, found := range regexp.MustCompile("(?:^|[ `])(--[a-z][a-z-]+)").FindAllStringSubmatch(text, -1) {
		if !others[found[1]] && !regexp.MustCompile(`(?m)(^|[ ,])`+found[1]+`\b`).MatchString(help) {
			t.Errorf("there is no flag %s", found[1])
		}
	}
}
