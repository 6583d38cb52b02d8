package hostfile

import "airbyte-mcp-server/internal/confedit"

const (
	restartAll    = "quit and start it again; closing its window is not enough"
	nextSession   = "start a new session"
	readsByItself = "just go on, since it notices the change"
)

// hosts are in the order in which people are asked about them.
func hosts() []Host {
	return append(chatHosts(), codingHosts()...)
}

func chatHosts() []Host {
	return []Host{
		{
			Name: "claude-desktop", Title: "Claude Desktop", Format: confedit.JSON, Restart: restartAll, Logs: claudeLogs,
			servers: []string{"mcpServers"}, env: "env", command: "command", user: claudeDesktopFiles, signs: claudeDesktopFolders,
			local: plainCommand,
		},
		{
			Name: "claude-code", Title: "Claude Code", Format: confedit.JSON, Restart: nextSession, Logs: says("claude --debug"),
			Remote: true, servers: []string{"mcpServers"}, env: "env", command: "command", project: ".mcp.json",
			user: claudeCodeFiles, signs: inHome(".claude"), local: typedCommand, web: typedURL("http"),
			tokenReference: dollarBraces,
		},
		{
			Name: "lmstudio", Title: "LM Studio", Format: confedit.JSON, Restart: readsByItself, Logs: says("Developer tab, logs"),
			Remote: true, servers: []string{"mcpServers"}, env: "env", command: "command", user: lmStudioFiles, signs: inHome(".lmstudio"),
			local: plainCommand, web: plainURL("url"),
		},
		{
			Name: "goose", Title: "goose", Format: confedit.YAML, Restart: nextSession, Logs: gooseLogs,
			Remote: true, servers: []string{"extensions"}, env: "envs", command: "cmd", user: gooseFiles, signs: gooseFolders,
			local: gooseCommand, web: gooseURL,
		},
	}
}

func codingHosts() []Host {
	return append([]Host{
		{
			Name: "cursor", Title: "Cursor", Format: confedit.JSON, Restart: readsByItself + ", or switch the server off and on in Settings, MCP",
			Logs: says("Output panel, MCP Logs"), Remote: true, servers: []string{"mcpServers"}, env: "env", command: "command",
			project: ".cursor/mcp.json", user: inHomeFile(".cursor", "mcp.json"), signs: inHome(".cursor"),
			local: plainCommand, web: plainURL("url"), tokenReference: dollarEnv,
		},
		{
			Name: "vscode", Title: "Visual Studio Code", Format: confedit.JSON, Restart: "start it by the command MCP: List Servers",
			Logs: says("command MCP: List Servers, Show Output"), Remote: true, servers: []string{"servers"}, env: "env", command: "command",
			project: ".vscode/mcp.json", user: vscodeFiles, signs: vscodeFolders, local: typedCommand, web: typedURL("http"),
			tokenReference: dollarEnv, prompts: true,
		},
		{
			Name: "windsurf", Title: "Windsurf", Format: confedit.JSON, Restart: "press Refresh in Cascade's MCP panel",
			Logs: says("Output panel, Windsurf"), Remote: true, servers: []string{"mcpServers"}, env: "env", command: "command",
			user: inHomeFile(".codeium", "windsurf", "mcp_config.json"), signs: inHome(".codeium", "windsurf"),
			local: plainCommand, web: plainURL("serverUrl"), tokenReference: dollarEnv,
		},
		{
			Name: "zed", Title: "Zed", Format: confedit.JSON, Restart: readsByItself, Logs: says("command zed: open log"), Remote: true,
			servers: []string{"context_servers"}, env: "env", command: "command", project: ".zed/settings.json",
			user: zedFiles, signs: zedFolders, local: plainCommand, web: plainURL("url"),
		},
		{
			Name: "cline", Title: "Cline", Format: confedit.JSON, Restart: readsByItself, Logs: says("MCP Servers panel of Cline"), Remote: true,
			servers: []string{"mcpServers"}, env: "env", command: "command", user: clineFiles, signs: clineFolders,
			local: clineCommand, web: clineURL,
		},
	}, terminalHosts()...)
}

func terminalHosts() []Host {
	return []Host{
		{
			Name: "codex", Title: "Codex", Format: confedit.TOML, Restart: nextSession, Logs: codexLogs, Remote: true,
			servers: []string{"mcp_servers"}, env: "env", command: "command", project: ".codex/config.toml",
			user: codexFiles, signs: codexFolders, local: plainCommand, web: codexURL, tokenReference: bareName,
		},
		{
			Name: "gemini", Title: "Gemini CLI", Format: confedit.JSON, Restart: nextSession + ", or /mcp refresh", Logs: says("gemini --debug"),
			Remote: true, servers: []string{"mcpServers"}, env: "env", command: "command", project: ".gemini/settings.json",
			user: geminiFiles, signs: geminiFolders, local: plainCommand, web: plainURL("httpUrl"), tokenReference: dollarBraces,
		},
		{
			Name: "continue", Title: "Continue", Format: confedit.YAML, Restart: readsByItself, Logs: says("Output panel, Continue"), Remote: true,
			servers: []string{"mcpServers"}, listBy: "name", env: "env", command: "command", user: continueFiles, signs: continueFolders,
			local: continueCommand, web: continueURL,
			head: confedit.Object{
				{Name: "name", Value: "Local Config"}, {Name: "version", Value: "1.0.0"}, {Name: "schema", Value: "v1"},
			},
		},
		{
			Name: "opencode", Title: "opencode", Format: confedit.JSON, Restart: nextSession, Logs: opencodeLogs, Remote: true,
			servers: []string{"mcp"}, env: "environment", command: "command", project: "opencode.json",
			user: opencodeFiles, signs: opencodeFolders, local: opencodeCommand, web: opencodeURL, tokenReference: braceEnv,
			head: confedit.Object{{Name: "$schema", Value: "https://opencode.ai/config.json"}},
		},
	}
}

func says(text string) func(Machine) string { return func(Machine) string { return text } }

func dollarBraces(name string) string { return "${" + name + "}" }
func dollarEnv(name string) string    { return "${env:" + name + "}" }
func braceEnv(name string) string     { return "{env:" + name + "}" }
func bareName(name string) string     { return name }
