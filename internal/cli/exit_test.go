package cli_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/cli"
	"airbyte-mcp-server/internal/sandbox"
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

const newIssue = `{"owner":"acme","repo":"widgets","title":"x"}`

// keysFile is a file with one key, of the id "somebody".
func keysFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if code, _, stderr := run(t, nil, "", "keys", "create", "--keys-file", path, "--id", "somebody", "main"); code != 0 {
		t.Fatal(stderr)
	}
	return path
}

// TestExitCodesOfFailures tells failures of the API and of vendors apart.
func TestExitCodesOfFailures(t *testing.T) {
	t.Parallel()
	list := []string{"call", "github_issues_list", `{"owner":"acme","repo":"widgets"}`}
	create := []string{"call", "github_issues_create", newIssue}
	for name, tt := range map[string]struct {
		fault string
		args  []string
		code  int
		says  string
	}{
		"a write is cut off":          {"route=execute,reset", create, 7, "It may have happened"},
		"a write fails at the vendor": {"route=execute,vendor=502", create, 7, "It may have happened"},
		"a new connector is cut off": {"route=create_connector,reset", []string{"connect", "github", "--from-stdin"}, 7,
			"It may have happened"},
		"a read fails at the vendor": {"route=execute,vendor=502", list, 6, ""},
		"the vendor limits":          {"route=execute,vendor=429", list, 6, "fewer calls"},
		"the vendor refuses the key": {"route=execute,vendor=401", list, 3, "renew them"},
		"the vendor forbids":         {"route=execute,vendor=403", create, 3, ""},
		"the vendor has none":        {"route=execute,vendor=404", list, 4, "no such record"},
		"the vendor wants otherwise": {"route=execute,vendor=422", list, 5, ""},
		"used up":                    {"route=execute,quota", list, 9, "used up"},
		"used up, at a write":        {"route=execute,quota", create, 9, "used up"},
		"Airbyte limits":             {"route=execute,status=429,retry_after=400", list, 6, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			s.signIn(sandbox.Options{Faults: []string{tt.fault}})
			code, stdout, stderr := s.run(`{"token":"ghp_1","repositories":"acme/widgets"}`, tt.args...)
			if code != tt.code || !strings.Contains(stderr, tt.says) || stdout != "" {
				t.Errorf("exit code %d, want %d; it says %q, want %q in it; printed %q", code, tt.code, stderr, tt.says, stdout)
			}
		})
	}
}

// ending is a command, and how it must end.
type ending struct {
	vars map[string]string
	args []string
	code int
	says string // on standard error
}

func (e *ending) check(t *testing.T) {
	t.Helper()
	code, stdout, stderr := run(t, e.vars, "", e.args...)
	if code != e.code || !strings.Contains(stderr, e.says) {
		t.Errorf("exit code %d, want %d; it says %q, want %q in it", code, e.code, stderr, e.says)
	}
	if code != 0 && stdout != "" {
		t.Errorf("a failure printed %q on standard output", stdout)
	}
	if strings.Contains(stdout+stderr, "hush") {
		t.Errorf("the secret was printed: %s%s", stdout, stderr)
	}
}

func TestExitCodesOfRefusals(t *testing.T) {
	t.Parallel()
	call := func(more ...string) []string { return append([]string{"call", "--sandbox"}, more...) }
	for name, tt := range map[string]ending{
		"denied by a rule": {nil, call("--write-rules", "github.*.*=deny", "github_issues_create", newIssue), 8,
			"the write policy denies it"},
		"denied by effects":             {nil, call("--effects", "read", "github_issues_create", newIssue), 8, "is refused"},
		"command in a read-only server": {nil, line("connectors delete --sandbox --read-only hubspot --yes"), 8, "read-only"},
		"no such key":                   {nil, []string{"keys", "revoke", "--keys-file", keysFile(t), "nobody"}, 4, "no key of the id"},
		"no server to ask":              {nil, []string{"healthcheck"}, 2, "no server to ask"},
		"must be confirmed":             {nil, call("delete_connector", `{"connector":"hubspot"}`), 8, "must be confirmed"},
		"update must be confirmed": {nil, line("connectors update --sandbox hubspot --name x"), 8,
			"airbyte-mcp-server: this must be confirmed"},
		"refused by policy": {nil, call("--read-only", "execute_action", "{}"), 8, "read-only"},
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); tt.check(t) })
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	account := map[string]string{
		"AIRBYTE_CLIENT_ID": "id", "AIRBYTE_CLIENT_SECRET": "hush-hush-1234", "AIRBYTE_API_HOST": "http://127.0.0.1:1",
	}
	for name, tt := range map[string]ending{
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
			"airbyte-mcp-server call github_viewer_get '{\"connector\":\"github-acme-corp\"}'"},
		"arguments do not fit":  {nil, []string{"call", "--sandbox", "github_viewer_get", `{"x":1}`}, 5, "`x` is unknown"},
		"arguments are no JSON": {nil, []string{"call", "--sandbox", "github_viewer_get", "{"}, 5, "not valid JSON"},
		"the vendor refuses": {nil, []string{"call", "--sandbox", "github_issues_get", `{"owner":"a","repo":"b","number":999999}`}, 4,
			"check the names and ids"},
		"the vendor has no such file": {nil, []string{"call", "--sandbox", "--workspace", "everything", "google_drive_files_download",
			`{"fileId":"99999999999999999999"}`}, 4, "does not exist"},
		"workspace in wrong case": {nil, []string{"workspaces", "show", "--sandbox", "Default"}, 4, "did you mean default"},
		"unknown type":            {nil, []string{"connect", "githup", "--show-fields"}, 4, "did you mean github"},
		"no such operation":       {nil, []string{"connectors", "show", "--sandbox", "--api-dialect", "seed", "hubspot"}, 1, "older dialect"},
		"wrong credentials":       {nil, []string{"connect", "--sandbox", "github", "--from-env", "NONE"}, 2, "NONE_TOKEN"},
		"nobody answers":          {account, []string{"connectors"}, 6, "no connection to 127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); tt.check(t) })
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
