package cli

import (
	"fmt"
	"net/url"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/netname"
	"airbyte-mcp-server/tools"
)

// welcome tells a person at a terminal where a server is, for whom, what it lists, and how
// a host is connected to it. Others read the log.
func (a *app) welcome(own *address, callers *callers) {
	if !terminal.Is(a.Stderr) {
		return
	}
	reach := "other machines too"
	if u, err := url.Parse(own.here()); err == nil && netname.IsLoopback(u.Hostname()) {
		reach = "this machine only"
	}
	header, whom := "", callers.words()
	if callers.authenticator() != nil {
		header = ` --header "Authorization: Bearer TOKEN"`
	}
	scope := fmt.Sprintf("workspace %q", a.settings.Workspace)
	if a.settings.Remote() {
		scope = "the workspace of each caller"
	}
	if a.settings.Sandbox {
		scope += ", in a sandbox with made-up data"
	}
	mcp := own.url() + "/mcp"
	text := fmt.Sprintf("Serving MCP at %s (older hosts: %s/sse), open to %s.\n", mcp, own.url(), reach) +
		fmt.Sprintf("For: %s; %s. Tools: %s.\n", whom, scope, a.surfaceInWords()) +
		fmt.Sprintf("Connect a host:  claude mcp add --transport http airbyte %s%s\n", mcp, header) +
		fmt.Sprintf("or in its file:  {\"mcpServers\": {\"airbyte\": {\"type\": \"http\", \"url\": %q}}}\nCtrl-C ends it.\n", mcp)
	fmt.Fprint(a.Stderr, terminal.Plain(text))
}

// surfaceInWords is what hosts are shown of the tools.
func (a *app) surfaceInWords() string {
	switch tools.Surface(a.settings.Surface) {
	case tools.Direct:
		return "each is listed (surface direct)"
	case tools.Search:
		return "a few are listed that find and call the others (surface search)"
	default:
		return fmt.Sprintf("each is listed up to %d, else a few that find and call the others (surface auto)", a.settings.MaxTools)
	}
}
