package packaging_test

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"airbyte-mcp-server/packaging"
)

// TestNotices proves that no module of the program is left out of the notices.
func TestNotices(t *testing.T) {
	t.Parallel()
	here := []packaging.Target{{OS: runtime.GOOS, Arch: runtime.GOARCH}}
	notices, err := packaging.Notices(t.Context(), root, here)
	if err != nil {
		t.Fatal(err)
	}
	const format = "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}"
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", format, ".")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := 0
	for module := range strings.Lines(string(out)) {
		if module = strings.TrimSpace(module); module != "" {
			modules++
			if !strings.Contains(string(notices), "\n"+module+" (") {
				t.Errorf("the terms of %s are missing", module)
			}
		}
	}
	text := string(notices)
	if modules < 20 || !strings.Contains(text, "\nGo (LICENSE)\n") || !strings.Contains(text, "Permission is hereby granted") {
		t.Errorf("%d packages of modules; %d bytes", modules, len(notices))
	}
}

// TestNoticesMissing refuses a module that says under no terms it may be used.
func TestNoticesMissing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	save(t, folder, "main/go.mod", "module m\n\ngo 1.26\n\nrequire example.com/bare v0.0.0\n\nreplace example.com/bare => ../bare\n")
	save(t, folder, "main/main.go", "package main\n\nimport _ \"example.com/bare\"\n\nfunc main() {}\n")
	save(t, folder, "bare/go.mod", "module example.com/bare\n\ngo 1.26\n")
	save(t, folder, "bare/bare.go", "package bare\n")
	_, err := packaging.Notices(t.Context(), filepath.Join(folder, "main"), []packaging.Target{{OS: "linux", Arch: "amd64"}})
	if err == nil || !strings.Contains(err.Error(), "example.com/bare") {
		t.Errorf("the error is %v", err)
	}
	save(t, folder, "bare/LICENSE.md", "Terms of bare.\n")
	notices, err := packaging.Notices(t.Context(), filepath.Join(folder, "main"), []packaging.Target{{OS: "linux", Arch: "amd64"}})
	if err != nil || !strings.Contains(string(notices), "Terms of bare.") {
		t.Errorf("%v in\n%s", err, notices)
	}
}
