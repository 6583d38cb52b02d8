package hostfile_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"airbyte-mcp-server/internal/hostfile"
)

// TestLaunch prefers paths that outlast the next version.
func TestLaunch(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: links need rights there")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	brewed := filepath.Join(root, "Cellar", "airbyte-mcp-server", "0.7.0", "bin", "airbyte-mcp-server")
	npx, cached := filepath.Join(root, "bin", "npx"), filepath.Join(root, ".npm/_npx/1a2b/node_modules/x/airbyte-mcp-server")
	stored := filepath.Join(root, "store", "airbyte-mcp-server")
	for _, file := range []string{brewed, npx, cached, stored} {
		write(t, file, "")
		if err := os.Chmod(file, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	linked := filepath.Join(root, "bin", "airbyte-mcp-server")
	if err := os.Symlink(brewed, linked); err != nil {
		t.Fatal(err)
	}
	profile := filepath.Join(root, "profile", "airbyte-mcp-server")
	if err := os.MkdirAll(filepath.Dir(profile), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(stored, profile); err != nil {
		t.Fatal(err)
	}
	m := machine("linux", root, map[string]string{"PATH": filepath.Join(root, "bin") + ":" + filepath.Join(root, "profile")})
	for executable, want := range map[string][]string{
		brewed:        {linked},
		cached:        {npx, "-y", "airbyte-mcp-server"},
		"/opt/a/only": {"/opt/a/only"},
		stored:        {stored}, // the first of PATH is another program
	} {
		command, before := hostfile.Launch(executable, m)
		if got := append([]string{command}, before...); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", executable, got, want)
		}
	}
	m = machine("linux", root, map[string]string{"PATH": filepath.Join(root, "profile")})
	if command, _ := hostfile.Launch(stored, m); command != profile {
		t.Errorf("got %s, want the link of PATH", command)
	}
	if !hostfile.IsPassing("/tmp/go-build1/b001/exe/airbyte-mcp-server") || hostfile.IsPassing(stored) {
		t.Error("what is built for one run is not told from what stays")
	}
}
