package e2e_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// emulatorLines is how many variables `sandbox` prints.
const emulatorLines = 14

// startEmulator runs `sandbox` and returns the environment that it prints.
func startEmulator(t testing.TB, args ...string) []string {
	t.Helper()
	cmd := program(t, append([]string{"sandbox", "--addr", "127.0.0.1:0", "--log-level", "error"}, args...)...)
	_, out := pipes(t, cmd)
	lines := bufio.NewScanner(out)
	var env []string
	for len(env) < emulatorLines && lines.Scan() {
		env = append(env, strings.TrimPrefix(lines.Text(), "export "))
	}
	if len(env) < emulatorLines {
		t.Fatalf("the sandbox printed %q", env)
	}
	return env
}

// waitForCalls returns when the emulator has received that many execute requests.
func waitForCalls(t *testing.T, emulator []string, want int) {
	t.Helper()
	url := strings.TrimPrefix(emulator[0], "AIRBYTE_API_HOST=") + "/__sandbox/requests"
	deadline := time.Now().Add(10 * time.Second)
	for {
		var seen struct{ Routes map[string]int }
		getJSON(t, url, &seen)
		if seen.Routes["POST /api/v1/integrations/connectors/{id}/execute"] >= want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the emulator has seen %v, want %d execute requests", seen.Routes, want)
		}
		time.Sleep(5 * time.Millisecond) // between two looks at another process
	}
}

// TestEmulatorEnvironment signs in as PyAirbyte does with what the emulator prints.
func TestEmulatorEnvironment(t *testing.T) {
	t.Parallel()
	env := map[string]string{}
	for _, line := range startEmulator(t) {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	body := fmt.Sprintf(`{"client_id":%q,"client_secret":%q}`, env["AIRBYTE_CLOUD_CLIENT_ID"], env["AIRBYTE_CLOUD_CLIENT_SECRET"])
	var token struct {
		Value string `json:"access_token"`
	}
	exchangeJSON(t, http.MethodPost, env["AIRBYTE_CLOUD_API_URL"]+"/applications/token", "", body, &token)
	var workspace struct{ Name string }
	url := env["AIRBYTE_AGENTS_API_URL"] + "/workspaces/" + env["AIRBYTE_CLOUD_WORKSPACE_ID"]
	exchangeJSON(t, http.MethodGet, url, token.Value, "", &workspace)
	if workspace.Name != env["AIRBYTE_WORKSPACE"] {
		t.Errorf("the workspace is %q, want %q", workspace.Name, env["AIRBYTE_WORKSPACE"])
	}
}

// TestEmulatorDialect asks the emulator which dialect it was told to serve.
func TestEmulatorDialect(t *testing.T) {
	t.Parallel()
	emulator := startEmulator(t, "--dialect", "seed")
	var config struct {
		Switches []struct{ Name, Value string }
	}
	getJSON(t, strings.TrimPrefix(emulator[0], "AIRBYTE_API_HOST=")+"/__sandbox/config", &config)
	for _, s := range config.Switches {
		if s.Name == "dialect" && s.Value == "seed" {
			return
		}
	}
	t.Errorf("the switches are %v, want the dialect seed", config.Switches)
}
