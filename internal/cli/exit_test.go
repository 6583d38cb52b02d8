package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/cli"
)

// run runs the program in this process, with nothing of the machine's settings.
func run(t *testing.T, vars map[string]string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	dir := t.TempDir()
	code = cli.Main(t.Context(), cli.Process{
		Args:  args,
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
		LookupEnv: func(name string) (string, bool) { v, ok := vars[name]; return v, ok },
		HomeDir:   dir, ConfigDir: dir,
	})
	return code, out.String(), errs.String()
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	account := map[string]string{
		"AIRBYTE_CLIENT_ID": "id", "AIRBYTE_CLIENT_SECRET": "hush-hush-1234", "AIRBYTE_API_HOST": "http://127.0.0.1:1",
	}
	for name, tt := range map[string]struct {
		vars map[string]string
		args []string
		code int
		says string // on standard error
	}{
		"done":               {nil, []string{"call", "--sandbox", "list_connectors"}, 0, ""},
		"help":               {nil, []string{"--help"}, 0, ""},
		"unknown command":    {nil, []string{"fly"}, 2, "--help"},
		"too many arguments": {nil, []string{"call", "--sandbox", "a", "{}", "b"}, 2, "call NAME [JSON|-]"},
		"wrong setting":      {nil, []string{"tools", "--log-level", "loud"}, 2, "log-level"},
		"no credentials":     {nil, []string{"connectors"}, 3, "AIRBYTE_CLIENT_SECRET"},
		"unknown tool":       {nil, []string{"call", "--sandbox", "github_isues_list"}, 4, "did you mean github_issues_list"},
		"unknown workspace":  {nil, []string{"connectors", "--sandbox", "--workspace", "nowhere"}, 4, "AIRBYTE_WORKSPACE"},
		"unknown connector":  {nil, []string{"catalog", "show", "githup"}, 4, "did you mean github"},
		"two of a kind": {nil, []string{"call", "--sandbox", "--workspace", "acme-corp", "github_viewer_get"}, 4,
			"name one of them by its id"},
		"arguments do not fit":  {nil, []string{"call", "--sandbox", "github_viewer_get", `{"x":1}`}, 5, "`x` is unknown"},
		"arguments are no JSON": {nil, []string{"call", "--sandbox", "github_viewer_get", "{"}, 5, "not valid JSON"},
		"the vendor refuses": {nil, []string{"call", "--sandbox", "github_issues_get", `{"owner":"a","repo":"b","number":999999}`}, 5,
			"check the names and ids"},
		"workspace in wrong case": {nil, []string{"workspaces", "show", "--sandbox", "Default"}, 4, "did you mean default"},
		"unknown type":            {nil, []string{"connect", "githup", "--show-fields"}, 4, "did you mean github"},
		"no such operation":       {nil, []string{"connectors", "show", "--sandbox", "--api-dialect", "seed", "hubspot"}, 1, "older dialect"},
		"must be confirmed":       {nil, []string{"call", "--sandbox", "delete_connector", `{"connector":"hubspot"}`}, 1, "must be confirmed"},
		"wrong credentials":       {nil, []string{"connect", "--sandbox", "github", "--from-env", "NONE"}, 2, "NONE_TOKEN"},
		"refused by policy":       {nil, []string{"call", "--sandbox", "--read-only", "execute_action", "{}"}, 1, "read-only"},
		"nobody answers":          {account, []string{"connectors"}, 6, "no connection to 127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run(t, tt.vars, "", tt.args...)
			if code != tt.code || !strings.Contains(stderr, tt.says) {
				t.Errorf("exit code %d, want %d; it says %q, want %q in it", code, tt.code, stderr, tt.says)
			}
			if code != 0 && stdout != "" {
				t.Errorf("a failure printed %q on standard output", stdout)
			}
			if strings.Contains(stdout+stderr, "hush") {
				t.Errorf("the secret was printed: %s%s", stdout, stderr)
			}
		})
	}
}

// TestOneInstanceOfTwo chooses between instances of one type by id.
func TestOneInstanceOfTwo(t *testing.T) {
	t.Parallel()
	_, listed, _ := run(t, nil, "", "connectors", "--sandbox", "--workspace", "acme-corp")
	var id string
	for line := range strings.Lines(listed) {
		if strings.HasPrefix(line, "GitHub - archive") {
			columns := strings.Fields(line)
			id = columns[len(columns)-1]
		}
	}
	code, stdout, stderr := run(t, nil, `{"per_page":1,"owner":"acme","repo":"widgets"}`,
		"call", "--sandbox", "--workspace", "acme-corp", "--connectors", id, "github_issues_list", "-")
	if code != 0 || !strings.Contains(stdout, `"result":[`) {
		t.Errorf("with --connectors %s: exit code %d, %s%s", id, code, stdout, stderr)
	}
}
