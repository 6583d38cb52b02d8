package hostfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/hostfile"
)

func machine(system string, home string, vars map[string]string) hostfile.Machine {
	return hostfile.Machine{OS: system, Home: home, Project: home + "/project", Env: func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}}
}

// places are each host's file on Linux, macOS and Windows.
func places() map[string][3]string {
	return map[string][3]string{
		"claude-desktop": {
			"~/.config/Claude/claude_desktop_config.json", "~/Library/Application Support/Claude/claude_desktop_config.json",
			`%APPDATA%\Claude\claude_desktop_config.json`,
		},
		"claude-code": {"~/.claude.json", "~/.claude.json", `~\.claude.json`},
		"cursor":      {"~/.cursor/mcp.json", "~/.cursor/mcp.json", `~\.cursor\mcp.json`},
		"vscode": {
			"~/.config/Code/User/mcp.json", "~/Library/Application Support/Code/User/mcp.json", `%APPDATA%\Code\User\mcp.json`,
		},
		"windsurf": {
			"~/.codeium/windsurf/mcp_config.json", "~/.codeium/windsurf/mcp_config.json", `~\.codeium\windsurf\mcp_config.json`,
		},
		"zed":      {"~/.config/zed/settings.json", "~/.config/zed/settings.json", `%APPDATA%\Zed\settings.json`},
		"codex":    {"~/.codex/config.toml", "~/.codex/config.toml", `~\.codex\config.toml`},
		"gemini":   {"~/.gemini/settings.json", "~/.gemini/settings.json", `~\.gemini\settings.json`},
		"goose":    {"~/.config/goose/config.yaml", "~/.config/goose/config.yaml", `%APPDATA%\Block\goose\config\config.yaml`},
		"continue": {"~/.continue/config.yaml", "~/.continue/config.yaml", `~\.continue\config.yaml`},
		"lmstudio": {"~/.lmstudio/mcp.json", "~/.lmstudio/mcp.json", `~\.lmstudio\mcp.json`},
		"cline": {
			"~/.cline/data/settings/cline_mcp_settings.json", "~/.cline/data/settings/cline_mcp_settings.json",
			`~\.cline\data\settings\cline_mcp_settings.json`,
		},
		"opencode": {"~/.config/opencode/opencode.json", "~/.config/opencode/opencode.json", `~\.config\opencode\opencode.json`},
	}
}

// TestPlaces has each host's file on each system, which docs/hosts.md tells people.
func TestPlaces(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../docs/hosts.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range places() {
		h, err := hostfile.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, system := range []string{"linux", "darwin", "windows"} {
			home, roaming := "/nowhere/ada", ""
			if system == "windows" {
				home, roaming = `X:\nowhere\ada`, `X:\roaming`
			}
			got, err := h.File(machine(system, home, map[string]string{"APPDATA": roaming}), false)
			want := strings.Replace(strings.Replace(want[i], "~", home, 1), "%APPDATA%", roaming, 1)
			if err != nil || got != want {
				t.Errorf("%s on %s: got %s, %v; want %s", name, system, got, err, want)
			}
		}
		for _, path := range want {
			if !strings.Contains(string(document), "`"+path+"`") {
				t.Errorf("docs/hosts.md does not tell of %s", path)
			}
		}
	}
	if n := len(hostfile.All()); n != 13 {
		t.Errorf("%d hosts", n)
	}
}

// TestPlacesOfVariables: hosts can be told to keep their files elsewhere.
func TestPlacesOfVariables(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ host, system, variable, value, want string }{
		{"claude-code", "linux", "CLAUDE_CONFIG_DIR", "/c/", "/c/.claude.json"},
		{"codex", "darwin", "CODEX_HOME", "/c", "/c/config.toml"},
		{"vscode", "linux", "XDG_CONFIG_HOME", "/x", "/x/Code/User/mcp.json"},
		{"vscode", "linux", "VSCODE_PORTABLE", "/p", "/p/user-data/User/mcp.json"},
		{"zed", "linux", "XDG_CONFIG_HOME", "/x", "/x/zed/settings.json"},
		{"zed", "darwin", "XDG_CONFIG_HOME", "/x", "/nowhere/.config/zed/settings.json"},
		{"goose", "darwin", "XDG_CONFIG_HOME", "/x", "/x/goose/config.yaml"},
		{"goose", "linux", "GOOSE_PATH_ROOT", "/g", "/g/config/config.yaml"},
		{"gemini", "linux", "GEMINI_CLI_HOME", "/g", "/g/.gemini/settings.json"},
		{"continue", "linux", "CONTINUE_GLOBAL_DIR", "/c", "/c/config.yaml"},
		{"cline", "linux", "CLINE_MCP_SETTINGS_PATH", "/c/mcp.json", "/c/mcp.json"},
		{"cline", "linux", "CLINE_DATA_DIR", "/c", "/c/settings/cline_mcp_settings.json"},
		{"cline", "linux", "CLINE_DIR", "/c", "/c/data/settings/cline_mcp_settings.json"},
		{"opencode", "linux", "OPENCODE_CONFIG", "/o/my.json", "/o/my.json"},
		{"opencode", "linux", "OPENCODE_CONFIG_DIR", "/o", "/o/opencode.json"},
		{"opencode", "windows", "XDG_CONFIG_HOME", `X:\x`, `X:\x\opencode\opencode.json`},
		{"claude-desktop", "windows", "APPDATA", "", `/nowhere\AppData\Roaming\Claude\claude_desktop_config.json`},
	} {
		h, _ := hostfile.Find(tt.host)
		got, err := h.File(machine(tt.system, "/nowhere", map[string]string{tt.variable: tt.value}), false)
		if err != nil || got != tt.want {
			t.Errorf("%s with %s=%s: got %s, %v; want %s", tt.host, tt.variable, tt.value, got, err, tt.want)
		}
	}
}

// TestPlacesThatAreThere: of several files that a host may read, the one that is there.
func TestPlacesThatAreThere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ host, there, want string }{
		{"opencode", ".config/opencode/opencode.jsonc", ".config/opencode/opencode.jsonc"},
		{"lmstudio", ".cache/lm-studio/mcp.json", ".cache/lm-studio/mcp.json"},
		{"vscode", ".config/Code - Insiders/User/settings.json", ".config/Code - Insiders/User/mcp.json"},
		{"cline", ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
			".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"},
	} {
		home := t.TempDir()
		write(t, filepath.Join(home, tt.there), "{}")
		h, _ := hostfile.Find(tt.host)
		got, err := h.File(machine("linux", home, nil), false)
		if err != nil || got != filepath.Join(home, tt.want) || !h.IsHere(machine("linux", home, nil)) {
			t.Errorf("%s: got %s, %v; want %s", tt.host, got, err, tt.want)
		}
	}
	home := t.TempDir()
	write(t, filepath.Join(home, ".continue/config.json"), "{}")
	h, _ := hostfile.Find("continue")
	if _, err := h.File(machine("linux", home, nil), false); err == nil || !strings.Contains(err.Error(), "migrate") {
		t.Errorf("continue with the older file: %v", err)
	}
}

// TestStoreEdition: the edition from the store of Windows reads a file of its own, and two of
// them leave open which.
func TestStoreEdition(t *testing.T) {
	t.Parallel()
	local := t.TempDir()
	vars := map[string]string{"LOCALAPPDATA": local, "APPDATA": `X:\roaming`}
	folder := filepath.Join(local, "Packages", "Claude_abc", "LocalCache", "Roaming", "Claude")
	write(t, filepath.Join(folder, "claude_desktop_config.json"), "{}")
	h, _ := hostfile.Find("claude-desktop")
	got, err := h.File(machine("windows", `X:\ada`, vars), false)
	if err != nil || !strings.HasPrefix(got, folder) {
		t.Errorf("got %s, %v", got, err)
	}
	write(t, filepath.Join(local, "Packages", "Claude_xyz", "LocalCache", "Roaming", "Claude", "a"), "")
	if _, err := h.File(machine("windows", `X:\ada`, vars), false); err == nil || !strings.Contains(err.Error(), "several packages") {
		t.Errorf("two editions: %v", err)
	}
}

// TestProjects: some hosts read a file of each project.
func TestProjects(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"claude-code": ".mcp.json", "cursor": ".cursor/mcp.json", "vscode": ".vscode/mcp.json", "zed": ".zed/settings.json",
		"codex": ".codex/config.toml", "gemini": ".gemini/settings.json", "opencode": "opencode.json", "claude-desktop": "", "windsurf": "",
	} {
		h, _ := hostfile.Find(name)
		got, err := h.File(machine("linux", "/nowhere", nil), true)
		if want == "" && err == nil || want != "" && got != "/nowhere/project/"+want || h.HasProjects() != (want != "") {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, want)
		}
	}
	if _, err := hostfile.Find("cursr"); err == nil || !strings.Contains(err.Error(), "did you mean cursor?") {
		t.Errorf("a misspelt name: %v", err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
