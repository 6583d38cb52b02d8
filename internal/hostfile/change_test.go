package hostfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/hostfile"
)

func ours() hostfile.Server {
	return hostfile.Server{Name: "airbyte", Command: "/opt/airbyte-mcp-server", Args: []string{"serve", "--env-file=/home/ada/a.env"}}
}

func host(t *testing.T, name string) hostfile.Host {
	t.Helper()
	h, err := hostfile.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestSnippets shows what each host is given, of a program and of a URL.
func TestSnippets(t *testing.T) {
	t.Parallel()
	const args = `["serve", "--env-file=/home/ada/a.env"]`
	for name, want := range map[string][2]string{
		"claude-desktop": {`"mcpServers": { "airbyte": { "command": "/opt/airbyte-mcp-server", "args": ` + args, ""},
		"claude-code": {`"mcpServers": { "airbyte": { "type": "stdio", "command": "/opt/airbyte-mcp-server", "args": ` + args,
			`{ "type": "http", "url": "https://m.example/mcp", "headers": { "Authorization": "Bearer ${TOKEN}" } }`},
		"cursor": {`"mcpServers": { "airbyte": { "command": "/opt`,
			`{ "url": "https://m.example/mcp", "headers": { "Authorization": "Bearer ${env:TOKEN}"`},
		"vscode":   {`"servers": { "airbyte": { "type": "stdio", "command": "/opt`, `"type": "http", "url": "https://m.example/mcp"`},
		"windsurf": {`"mcpServers": { "airbyte": { "command": "/opt`, `"serverUrl": "https://m.example/mcp"`},
		"zed":      {`"context_servers": { "airbyte": { "command": "/opt`, `{ "url": "https://m.example/mcp" }`},
		"codex": {`[mcp_servers.airbyte] command = "/opt/airbyte-mcp-server" args = ` + args,
			`[mcp_servers.airbyte] url = "https://m.example/mcp" bearer_token_env_var = "TOKEN"`},
		"gemini": {`"mcpServers": { "airbyte": { "command": "/opt`, `"httpUrl": "https://m.example/mcp"`},
		"goose": {"extensions: airbyte: type: stdio name: airbyte cmd: /opt/airbyte-mcp-server " +
			"args: - serve - --env-file=/home/ada/a.env enabled: true",
			`type: streamable_http name: airbyte uri: "https://m.example/mcp"`},
		"cline": {`"mcpServers": { "airbyte": { "command": "/opt`, `"type": "streamableHttp", "url": "https://m.example/mcp"`},
		"continue": {`name: "Local Config" version: "1.0.0" schema: v1 mcpServers: - name: airbyte type: stdio ` +
			`command: /opt/airbyte-mcp-server args: - serve`,
			`- name: airbyte type: streamable-http url: "https://m.example/mcp"`},
		"lmstudio": {`"mcpServers": { "airbyte": { "command": "/opt`, `{ "url": "https://m.example/mcp" }`},
		"opencode": {`"mcp": { "airbyte": { "type": "local", ` +
			`"command": ["/opt/airbyte-mcp-server", "serve", "--env-file=/home/ada/a.env"], "enabled": true`,
			`{ "type": "remote", "url": "https://m.example/mcp", "headers": { "Authorization": "Bearer {env:TOKEN}" }, "enabled": true }`},
	} {
		h := host(t, name)
		text, err := h.Snippet(ours())
		if got := strings.Join(strings.Fields(string(text)), " "); err != nil || !strings.Contains(got, want[0]) {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, want[0])
		}
		remote := hostfile.Server{Name: "airbyte", URL: "https://m.example/mcp", TokenVariable: "TOKEN"}
		text, err = h.Snippet(remote)
		if errors.Is(err, hostfile.ErrNoReference) {
			remote.TokenVariable = ""
			text, err = h.Snippet(remote)
		}
		got := strings.Join(strings.Fields(string(text)), " ")
		if want[1] == "" && !errors.Is(err, hostfile.ErrNoRemote) || want[1] != "" && (err != nil || !strings.Contains(got, want[1])) {
			t.Errorf("%s, remote: got %s, %v; want %s", name, got, err, want[1])
		}
	}
}

// TestPrompts: a host that asks its user for secrets has them in no file.
func TestPrompts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mcp.json")
	write(t, file, "{\n\t// mine\n\t\"inputs\": [\n\t\t{\"id\": \"other\", \"type\": \"promptString\"}\n\t],\n}\n")
	h, s := host(t, "vscode"), ours()
	s.Env = []hostfile.Variable{{Name: "AIRBYTE_CLIENT_SECRET", Prompt: "Client secret"}}
	text := applied(t, h, file, s)
	for _, want := range []string{
		`"AIRBYTE_CLIENT_SECRET": "${input:airbyte-AIRBYTE_CLIENT_SECRET}"`, `"id": "airbyte-AIRBYTE_CLIENT_SECRET"`,
		`"password": true`, "// mine",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	if text = applied(t, h, file, ours()); strings.Contains(text, "input:") || strings.Contains(text, "airbyte-AIRBYTE") ||
		!strings.Contains(text, `"other"`) {
		t.Errorf("without it, there is\n%s", text)
	}
}

func applied(t *testing.T, h hostfile.Host, file string, s hostfile.Server) string {
	t.Helper()
	c, err := h.Plan(file, s, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Apply(time.Now()); err != nil {
		t.Fatal(err)
	}
	if again, err := h.Plan(file, s, false); err != nil || !again.IsNone() {
		t.Errorf("a second time: %v\n%s", err, again.Diff())
	}
	return read(t, file)
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestUpdate keeps what people have added to the entry, and takes out what was ours.
func TestUpdate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "settings.json")
	write(t, file, `{
  "mcpServers": {
    "airbyte": {
      "command": "/old/airbyte-mcp-server", // since May
      "args": ["serve"],
      "timeout": 90000,
      "env": {
        "HTTPS_PROXY": "http://proxy:3128", // of the office
        "AIRBYTE_CLIENT_SECRET": "HUSH",
      },
      "trust": true,
    },
  },
}
`)
	got := applied(t, host(t, "gemini"), file, ours())
	want := `{
  "mcpServers": {
    "airbyte": {
      "command": "/opt/airbyte-mcp-server", // since May
      "args": ["serve", "--env-file=/home/ada/a.env"],
      "timeout": 90000,
      "env": {
        "HTTPS_PROXY": "http://proxy:3128", // of the office
      },
      "trust": true,
    },
  },
}
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
	remote := hostfile.Server{Name: "airbyte", URL: "https://m.example/mcp"}
	if got := applied(t, host(t, "gemini"), file, remote); strings.Contains(got, "command") || !strings.Contains(got, `"httpUrl"`) {
		t.Errorf("as a remote server:\n%s", got)
	}
}

// TestForeign leaves an entry of the name that starts something else.
func TestForeign(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.toml")
	const text = "[mcp_servers.airbyte]\ncommand = \"uvx\"\nargs = [\"airbyte-agent\"]\n"
	write(t, file, text)
	h := host(t, "codex")
	_, err := h.Plan(file, ours(), false)
	if !errors.Is(err, hostfile.ErrForeign) || !strings.Contains(err.Error(), "config.toml:1:") {
		t.Errorf("got %v", err)
	}
	if _, err := h.PlanRemoval(file, "airbyte", "", false); !errors.Is(err, hostfile.ErrForeign) {
		t.Errorf("removal: got %v", err)
	}
	c, err := h.Plan(file, ours(), true)
	if err != nil || !strings.Contains(string(c.After), "/opt/airbyte-mcp-server") {
		t.Errorf("replaced: %v", err)
	}
	for command, want := range map[string]bool{
		`C:\Programs\airbyte-mcp-server.exe`: true, "/a/airbyte-mcp-server": true, "airbyte-mcp": false, "/airbyte-mcp-server/other": false,
	} {
		if got := (hostfile.Entry{Command: command}).IsOurs(); got != want {
			t.Errorf("%s is ours: %t", command, got)
		}
	}
	if !(hostfile.Entry{Command: "npx", Args: []string{"-y", "airbyte-mcp-server@0.7.0", "serve"}}).IsOurs() {
		t.Error("npx is not seen through")
	}
}

// TestApplyKeepsTheFilesWays: links, modes and what others write meanwhile.
func TestApplyKeepsTheFilesWays(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: no links and modes as here")
	}
	folder := t.TempDir()
	target, link := filepath.Join(folder, "dotfiles", "mcp.json"), filepath.Join(folder, "mcp.json")
	write(t, target, "{}")
	if err := errors.Join(os.Chmod(target, 0o640), os.Symlink(target, link)); err != nil {
		t.Fatal(err)
	}
	h := host(t, "cursor")
	c, err := h.Plan(link, ours(), false)
	if err != nil {
		t.Fatal(err)
	}
	backup, err := c.Apply(time.Now())
	if err != nil || read(t, backup) != "{}" || !strings.HasPrefix(backup, target) {
		t.Errorf("backup %s, %v", backup, err)
	}
	for _, path := range []string{target, backup} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v", path, err)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	c, err = h.PlanRemoval(link, "airbyte", "", false)
	if err != nil {
		t.Fatal(err)
	}
	write(t, target, "{ }")
	if _, err := c.Apply(time.Now()); err == nil || !strings.Contains(err.Error(), "meanwhile") || read(t, target) != "{ }" {
		t.Errorf("changed meanwhile: %v", err)
	}
	c, err = h.Plan(link, ours(), false)
	c.Private = true
	if _, applyErr := c.Apply(time.Now()); err != nil || applyErr != nil {
		t.Fatal(err, applyErr)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("with secrets inside: %v, %v", info.Mode(), err)
	}
}

// TestDamagedFiles are left as they are.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{"cursor": "{\n\"a\": 1,,\n}", "codex": "a = 1\nb = = 2\n", "goose": "a: 1\n  b: [\n"} {
		file := filepath.Join(folder, name)
		write(t, file, text)
		_, err := host(t, name).Plan(file, ours(), true)
		if !errors.Is(err, hostfile.ErrDamaged) || !strings.Contains(err.Error(), file+":2: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := host(t, "cursor").Plan(folder, ours(), true); !errors.Is(err, hostfile.ErrDamaged) {
		t.Errorf("a folder: %v", err)
	}
	dangling := filepath.Join(folder, "dangling")
	if err := os.Symlink(filepath.Join(folder, "none"), dangling); err != nil {
		t.Skip("skipped: no links here")
	}
	if _, err := host(t, "cursor").Plan(dangling, ours(), true); !errors.Is(err, hostfile.ErrDamaged) {
		t.Errorf("a link to nothing: %v", err)
	}
}

// TestDiffHidesSecrets, those of other servers too.
func TestDiffHidesSecrets(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"cursor": "{\n \"mcpServers\": {\"g\": {\"env\": {\"GITHUB_TOKEN\": \"HUSH\", \"API_KEY\": \"HU\\\"SH\"},\n" +
			" \"headers\": {\"Authorization\": \"Bearer HUSHHUSH\"}}}\n}\n",
		"codex": "[mcp_servers.g]\nenv = { GITHUB_TOKEN = \"HUSH\", OTHER = \"shown\" }\nhttp_headers = { \"X-Api-Key\" = 'HUSH' }\n",
		"goose": "extensions:\n  g:\n    envs:\n      GITHUB_TOKEN: HUSH\n      api_key: 'HUSH' # mine\n      N: ghp_HUSHHUSHHUSH\n",
	} {
		file := filepath.Join(t.TempDir(), name)
		write(t, file, text)
		s := ours()
		s.Env = []hostfile.Variable{{Name: "AIRBYTE_CLIENT_SECRET", Value: "HUSH"}}
		c, err := host(t, name).Plan(file, s, false)
		if err != nil {
			t.Fatal(err)
		}
		diff := c.Diff()
		if strings.Contains(diff, "HUSH") {
			t.Errorf("%s shows a secret:\n%s", name, diff)
		}
		for _, shown := range []string{"AIRBYTE_CLIENT_SECRET", "/opt/airbyte-mcp-server", "--env-file=/home/ada/a.env"} {
			if !strings.Contains(diff, shown) {
				t.Errorf("%s hides %s, which is no secret:\n%s", name, shown, diff)
			}
		}
	}
}
