package cli_test

import (
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

// completions are what a shell is told of a line.
func (s *shell) completions(line string) []string {
	s.Helper()
	s.vars["COMP_LINE"] = line
	defer delete(s.vars, "COMP_LINE")
	code, stdout, stderr := s.run("", "airbyte-mcp-server", "", "") // as bash starts it
	if code != 0 || stderr != "" {
		s.Errorf("%q: exit code %d, %s", line, code, stderr)
	}
	return strings.Fields(stdout)
}

// TestCompletion: what can stand where the cursor is, in its place only.
func TestCompletion(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	for line, tt := range map[string]struct{ has, lacks string }{
		"airbyte-mcp-server ":                                   {"connect doctor sandbox help", "--json"},
		"airbyte-mcp-server conn":                               {"connect connectors", "doctor"},
		"airbyte-mcp-server connectors ":                        {"check delete list show types update", "serve"},
		"airbyte-mcp-server call --":                            {"--dry-run --output --workspace", "--tls-key --http"},
		"airbyte-mcp-server serve --":                           {"--http --tls-key --workspace", "--dry-run"},
		"airbyte-mcp-server serve --surface ":                   {"auto direct search", "serve"},
		"airbyte-mcp-server serve --surface=d":                  {"direct", "search"},
		"airbyte-mcp-server connect sl":                         {"slack", "github"},
		"airbyte-mcp-server call gith":                          {"github_issues_list github_issues_search", "slack_"},
		"airbyte-mcp-server call ":                              {"github_ slack_ zendesk_support_", "github_issues_list"},
		"airbyte-mcp-server tools show slack_users_l":           {"slack_users_list", "slack_users_get"},
		"airbyte-mcp-server connectors show ":                   {"github slack zendesk-support", "jira"},
		"airbyte-mcp-server connectors show --workspace empty ": {"", "github"},
		"airbyte-mcp-server workspaces show ":                   {"acme-corp default empty everything", "github"},
		"airbyte-mcp-server call --workspace acme":              {"acme-corp", "empty"},
		"airbyte-mcp-server help ex":                            {"exit-codes", "connect"},
		"airbyte-mcp-server completion ":                        {"bash fish powershell zsh", ""},
	} {
		got := s.completions(line)
		for want := range strings.FieldsSeq(tt.has) {
			if !slices.Contains(got, want) {
				t.Errorf("%q: %s is missing in %q", line, want, got)
			}
		}
		for wrong := range strings.FieldsSeq(tt.lacks) {
			if slices.Contains(got, wrong) {
				t.Errorf("%q: %s is out of place", line, wrong)
			}
		}
	}
}

// TestCompletionIsSilent: without an account, a network or sound settings there are fewer
// names, and no word about it.
func TestCompletionIsSilent(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	if got := s.completions("airbyte-mcp-server connectors show "); len(got) != 0 {
		t.Errorf("without an account: %q", got)
	}
	s.vars["AIRBYTE_API_HOST"], s.vars["AIRBYTE_CLIENT_ID"], s.vars["AIRBYTE_CLIENT_SECRET"] = "http://127.0.0.1:1", "id", "secret"
	if got := s.completions("airbyte-mcp-server workspaces show "); len(got) != 0 {
		t.Errorf("without a network: %q", got)
	}
	if got := s.completions("airbyte-mcp-server connect git"); !slices.Equal(got, []string{"github", "gitlab"}) {
		t.Errorf("types without a network: %q", got)
	}
	s.vars["AIRBYTE_MCP_CALL_TIMEOUT"] = "soon"
	if got := s.completions("airbyte-mcp-server doct"); !slices.Equal(got, []string{"doctor"}) {
		t.Errorf("with a wrong setting: %q", got)
	}
}

// TestCompletionScripts name the program, whatever the settings are.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.vars["AIRBYTE_MCP_CALL_TIMEOUT"] = "soon"
	for shell, want := range map[string]string{
		"bash": "complete .* -C .* airbyte-mcp-server$", "zsh": "bashcompinit", "fish": "complete -f -c airbyte-mcp-server",
		"powershell": "Register-ArgumentCompleter -Native -CommandName airbyte-mcp-server",
	} {
		s.does(step{args: []string{"completion", shell}, out: []string{want}})
	}
	s.does(step{args: line("completion tcsh")}.failing(2, `must be one of "bash","zsh"`))
}
