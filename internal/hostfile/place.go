package hostfile

import (
	"fmt"
	"path/filepath"
	"strings"
)

// config is the folder for settings of the user's programs.
func (m Machine) config() string {
	switch m.OS {
	case "windows":
		return m.variable("APPDATA", m.join(m.Home, "AppData", "Roaming"))
	case "darwin":
		return m.join(m.Home, "Library", "Application Support")
	default:
		return m.xdg()
	}
}

// xdg is that folder for programs that go by the same rule on every system.
func (m Machine) xdg() string { return m.variable("XDG_CONFIG_HOME", m.join(m.Home, ".config")) }

func inHome(parts ...string) func(Machine) []string {
	return func(m Machine) []string { return []string{m.join(append([]string{m.Home}, parts...)...)} }
}

func inHomeFile(parts ...string) func(Machine) ([]string, error) {
	return func(m Machine) ([]string, error) { return inHome(parts...)(m), nil }
}

const claudeDesktopFile = "claude_desktop_config.json"

// claudeDesktopFiles: the edition from the store of Windows reads a file of its own.
func claudeDesktopFiles(m Machine) ([]string, error) {
	packages := storePackages(m)
	if len(packages) > 1 {
		return nil, fmt.Errorf("there are several packages of Claude Desktop (%s): remove all but one", strings.Join(packages, ", "))
	}
	var files []string
	for _, folder := range append(packages, m.join(m.config(), "Claude")) {
		files = append(files, m.join(folder, claudeDesktopFile))
	}
	return files, nil
}

func claudeDesktopFolders(m Machine) []string {
	return append(storePackages(m), m.join(m.config(), "Claude"))
}

func storePackages(m Machine) []string {
	if m.OS != "windows" {
		return nil
	}
	local := m.variable("LOCALAPPDATA", m.join(m.Home, "AppData", "Local"))
	found, _ := filepath.Glob(filepath.Join(local, "Packages", "Claude_*", "LocalCache", "Roaming", "Claude"))
	return found
}

func claudeLogs(m Machine) string {
	switch m.OS {
	case "darwin":
		return m.join(m.Home, "Library", "Logs", "Claude")
	default:
		return m.join(m.config(), "Claude", "logs")
	}
}

func claudeCodeFiles(m Machine) ([]string, error) {
	return []string{m.join(m.variable("CLAUDE_CONFIG_DIR", m.Home), ".claude.json")}, nil
}

// lmStudioFiles: installations of before its move have the older folder.
func lmStudioFiles(m Machine) ([]string, error) {
	return []string{m.join(m.Home, ".lmstudio", "mcp.json"), m.join(m.Home, ".cache", "lm-studio", "mcp.json")}, nil
}

func gooseFolders(m Machine) []string {
	if root := m.variable("GOOSE_PATH_ROOT", ""); root != "" {
		return []string{m.join(root, "config")}
	}
	if m.OS == "windows" {
		return []string{m.join(m.config(), "Block", "goose", "config")}
	}
	return []string{m.join(m.xdg(), "goose")}
}

func gooseFiles(m Machine) ([]string, error) {
	return []string{m.join(gooseFolders(m)[0], "config.yaml")}, nil
}

func gooseLogs(m Machine) string {
	if m.OS == "windows" {
		return m.join(m.config(), "Block", "goose", "data", "logs")
	}
	return m.join(m.variable("XDG_STATE_HOME", m.join(m.Home, ".local", "state")), "goose", "logs")
}

// vscodeFolders: the second is that of the edition for insiders.
func vscodeFolders(m Machine) []string {
	if portable := m.variable("VSCODE_PORTABLE", ""); portable != "" {
		return []string{m.join(portable, "user-data", "User")}
	}
	return []string{m.join(m.config(), "Code", "User"), m.join(m.config(), "Code - Insiders", "User")}
}

func vscodeFiles(m Machine) ([]string, error) {
	folders := vscodeFolders(m)
	if !exists(folders[0]) && len(folders) > 1 && exists(folders[1]) {
		folders = folders[1:]
	}
	return []string{m.join(folders[0], "mcp.json")}, nil
}

func zedFolders(m Machine) []string {
	if m.OS == "windows" {
		return []string{m.join(m.config(), "Zed")}
	}
	if m.OS == "darwin" {
		return []string{m.join(m.Home, ".config", "zed")}
	}
	return []string{m.join(m.xdg(), "zed")}
}

func zedFiles(m Machine) ([]string, error) {
	return []string{m.join(zedFolders(m)[0], "settings.json")}, nil
}

const clineFile = "cline_mcp_settings.json"

func clineFolders(m Machine) []string {
	return []string{
		m.variable("CLINE_DIR", m.join(m.Home, ".cline")),
		m.join(vscodeFolders(m)[0], "globalStorage", "saoudrizwan.claude-dev"),
	}
}

// clineFiles: older versions of the extension keep theirs among the files of the editor.
func clineFiles(m Machine) ([]string, error) {
	if file := m.variable("CLINE_MCP_SETTINGS_PATH", ""); file != "" {
		return []string{file}, nil
	}
	folders := clineFolders(m)
	data := m.variable("CLINE_DATA_DIR", m.join(folders[0], "data"))
	return []string{m.join(data, "settings", clineFile), m.join(folders[1], "settings", clineFile)}, nil
}

func codexFolders(m Machine) []string {
	return []string{m.variable("CODEX_HOME", m.join(m.Home, ".codex"))}
}

func codexFiles(m Machine) ([]string, error) {
	return []string{m.join(codexFolders(m)[0], "config.toml")}, nil
}

func codexLogs(m Machine) string { return m.join(codexFolders(m)[0], "log") }

func geminiFolders(m Machine) []string {
	return []string{m.join(m.variable("GEMINI_CLI_HOME", m.Home), ".gemini")}
}

func geminiFiles(m Machine) ([]string, error) {
	return []string{m.join(geminiFolders(m)[0], "settings.json")}, nil
}

func continueFolders(m Machine) []string {
	return []string{m.variable("CONTINUE_GLOBAL_DIR", m.join(m.Home, ".continue"))}
}

// continueFiles: a new config.yaml would put a config.json, with all models in it, out of use.
func continueFiles(m Machine) ([]string, error) {
	folder := continueFolders(m)[0]
	file, older := m.join(folder, "config.yaml"), m.join(folder, "config.json")
	if !exists(file) && exists(older) {
		return nil, fmt.Errorf("%s is of the kind that Continue has given up, and a config.yaml beside it would put it out of use: "+
			"let Continue migrate it first", older)
	}
	return []string{file}, nil
}

// opencodeFolders: it goes by the rules of XDG on every system.
func opencodeFolders(m Machine) []string {
	return []string{m.variable("OPENCODE_CONFIG_DIR", m.join(m.xdg(), "opencode"))}
}

func opencodeFiles(m Machine) ([]string, error) {
	if file := m.variable("OPENCODE_CONFIG", ""); file != "" {
		return []string{file}, nil
	}
	folder := opencodeFolders(m)[0]
	return []string{m.join(folder, "opencode.json"), m.join(folder, "opencode.jsonc"), m.join(folder, "config.json")}, nil
}

func opencodeLogs(m Machine) string {
	return m.join(m.variable("XDG_DATA_HOME", m.join(m.Home, ".local", "share")), "opencode", "log")
}
