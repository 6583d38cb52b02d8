package hosts

// table has the hosts of which something is known. docs/hosts.md tells the same, with sources.
var table = []Host{
	{
		Title: "Claude Code", Clients: []string{"claude-code"},
		ShowsInstructions: true, ListChanged: true, AnthropicHints: true,
	},
	{
		Title: "Claude Code", Clients: []string{"claude-code"}, Since: "2.1.121",
		SearchesTools: true, ShowsInstructions: true, ListChanged: true, AnthropicHints: true,
	},
	{
		Title: "Claude Desktop and claude.ai", Clients: []string{"claude-ai"},
		HidesInstructions: true,
	},
	{
		Title: "Visual Studio Code", Clients: []string{"visual studio code", "visual-studio-code"},
		MaxTools: 128, ListChanged: true,
	},
	{
		Title: "Cursor", Clients: []string{"cursor"},
		MaxTools: 80, ListChanged: true,
	},
	{
		Title: "Windsurf", Clients: []string{"windsurf"},
		MaxTools: 100, ListChanged: true,
	},
	{
		Title: "Antigravity", Clients: []string{"antigravity"},
		MaxTools: 100, IgnoresListChanged: true,
	},
	{
		Title: "Copilot for JetBrains", Clients: []string{"*copilot-intellij"},
		MaxTools: 128,
	},
	{
		Title: "Copilot CLI", Clients: []string{"*-copilot-developer"},
		HidesInstructions: true,
	},
	{
		Title: "Codex", Clients: []string{"*codex"},
		AcceptsAlone: true, IgnoresListChanged: true,
	},
	{
		Title: "ChatGPT", Clients: []string{"openai-mcp"},
		StructuredOnly: true,
	},
	{
		Title: "Gemini CLI", Clients: []string{"gemini-cli"},
		IgnoresListChanged: true,
	},
	{
		Title: "Cline", Clients: []string{"cline"},
		HidesInstructions: true, ListChanged: true,
	},
	{
		Title: "opencode", Clients: []string{"opencode"},
		ListChanged: true,
	},
}
