// Package e2e_test runs the built program as its users and hosts do: over pipes and HTTP,
// from a shell, behind a balancer, against the emulator.
package e2e_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	// The tests start the program and call nothing of it. Without this import go test would
	// report the cached results of an older program.
	_ "airbyte-mcp-server/internal/cli"
)

// binary is the path of the program. It is built once, without the race detector, which
// would make fifty starts take minutes.
var binary = sync.OnceValues(func() (string, error) {
	path, err := filepath.Abs("../bin/test/airbyte-mcp-server") // ignored by git, removed by make clean
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-o", path, ".")
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return path, nil
})

// program runs the real program, with an environment that holds nothing of the
// machine's configuration.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// pipes starts a program and stops it when the test ends.
func pipes(t testing.TB, cmd *exec.Cmd) (io.Writer, io.Reader) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminate(cmd) })
	return in, out
}

// needSignals skips a test on a system where a program cannot be sent a signal.
func needSignals(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: there are no signals on Windows")
	}
}

// terminate asks a program to end, if it still runs, and waits for it.
func terminate(cmd *exec.Cmd) {
	if runtime.GOOS == "windows" { // which has no signal for that
		_ = cmd.Process.Kill()
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
}
