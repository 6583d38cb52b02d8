package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// TestProgramStaysSmall notices what makes the linker keep everything: text/template and others
// that call methods by names which the compiler does not know add 10 MB, wherever they come from.
func TestProgramStaysSmall(t *testing.T) {
	t.Parallel()
	if testing.Short() || runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the limit is one for linux/amd64")
	}
	const most = 34_000_000
	path := filepath.Join(t.TempDir(), "airbyte-mcp-server")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	build.Dir, build.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > most {
		t.Errorf("the program has %d bytes, more than %d; what `go build -ldflags -dumpdep` marks as <ReflectMethod> may be why",
			info.Size(), int(most))
	}
}
