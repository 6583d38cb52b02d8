package e2e_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// startHTTP serves the emulator over HTTP and returns the base URL.
func startHTTP(t *testing.T) string {
	t.Helper()
	base, _, _ := serveHTTP(t)
	return base
}

// serveHTTP serves the emulator over HTTP. Further lines of its log come over the channel,
// as long as somebody takes them.
func serveHTTP(t *testing.T, args ...string) (base string, server *os.Process, log <-chan string) {
	t.Helper()
	return listening(t, program(t, append([]string{"serve", "--sandbox", "--http", "127.0.0.1:0", "--log-format", "json"}, args...)...))
}

// listening starts a program that serves HTTP.
func listening(t *testing.T, cmd *exec.Cmd) (base string, server *os.Process, log <-chan string) {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminate(cmd) })
	lines := bufio.NewScanner(stderr)
	for base == "" && lines.Scan() {
		var line struct{ Message, URL string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "listening" {
			base = strings.TrimSuffix(line.URL, "/mcp")
		}
	}
	if base == "" {
		t.Fatal("the server did not say where it listens")
	}
	further := make(chan string, 1000)
	go func() {
		defer close(further)
		for lines.Scan() {
			select {
			case further <- lines.Text():
			default: // so that the server never waits for us
			}
		}
	}()
	return base, cmd.Process, further
}
