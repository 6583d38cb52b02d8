package e2e_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the list of tools that strict mode cannot express")

const clientsFolder = "testdata/clients"

// clientReport is what the clients say of the tools.
type clientReport struct {
	Tools   int
	Refused map[string][]string          // converter or rule -> tools, with the reason
	Open    []string                     // tools that the OpenAI Agents SDK takes without strict mode
	Calls   map[string]map[string]string // client -> call -> text of the answer
}

// TestConvertersTakeEveryTool gives the tools of all connectors to what stands between an
// MCP server and a model in other people's programs: clients and converters from npm, and
// the rules of model APIs, of which one refused tool fails the whole request.
func TestConvertersTakeEveryTool(t *testing.T) {
	t.Parallel()
	report := judgeTools(t)
	if report.Tools < 1400 || len(report.Refused) < 15 {
		t.Errorf("%d tools went through %d converters, want all of both", report.Tools, len(report.Refused))
	}
	for converter, tools := range report.Refused {
		if len(tools) > 0 {
			t.Errorf("%s refuses %d tools:\n%s", converter, len(tools), strings.Join(tools, "\n"))
		}
	}
	open := strings.Join(slices.Sorted(slices.Values(report.Open)), "\n") + "\n"
	path := filepath.Join(clientsFolder, "open.txt")
	if *update {
		if err := os.WriteFile(path, []byte(open), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || open != string(want) {
		t.Errorf("tools that strict mode cannot express: got\n%swant\n%s%v", open, want, err)
	}
	for client, calls := range report.Calls {
		checkCalls(t, client, calls)
	}
}

// checkCalls compares the answers to the calls of one client.
func checkCalls(t *testing.T, client string, calls map[string]string) {
	t.Helper()
	for call, want := range map[string]string{
		"search":                `"result":[{"number":4,"state":"CLOSED"},{"number":5,"state":"OPEN"}]`,
		"search in strict mode": `"result":[{"number":4,"state":"CLOSED"},{"number":5,"state":"OPEN"}]`,
		"write":                 `"email":"ada@example.com"`,
		"write in strict mode":  `"name":"Grace of `,
		"list":                  `"result":[{"number":1,"title":`,
		"list in strict mode":   `"result":[{"number":1,"title":`,
	} {
		if got := calls[call]; !strings.Contains(got, want) {
			t.Errorf("%s, %s: got %q, want %s", client, call, got, want)
		}
	}
	if got := calls["write in strict mode"]; strings.Contains(got, `"email"`) || strings.Contains(got, `"alias"`) {
		t.Errorf("%s: what was not given was sent: %s", client, got)
	}
}

func judgeTools(t *testing.T) clientReport {
	t.Helper()
	folder := packages(t, "clients", "judge.mjs", "converters.mjs", "rules.mjs", "calls.mjs", "zod3/convert.mjs")
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "judge.mjs", path,
		"serve", "--sandbox", "--workspace", "everything", "--surface", "direct", "--log-level", "error")
	cmd.Dir, cmd.Stderr = folder, t.Output()
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var report clientReport
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	return report
}

// packages is a folder of testdata with what its lock file names, in the versions of that
// file, and with scripts. It is kept until the lock file changes.
func packages(t *testing.T, name string, scripts ...string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: npm is no program on Windows")
	}
	for _, needed := range []string{"node", "npm"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip("skipped: other people's packages need " + needed)
		}
	}
	folder, err := installed(t.Context(), name)
	if err != nil {
		t.Skipf("skipped: other people's packages could not be installed: %v", err)
	}
	for _, script := range scripts {
		copyFile(t, filepath.Join("testdata", name, script), filepath.Join(folder, script))
	}
	return folder
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// installing lets one test at a time install packages: several need the same folder.
var installing sync.Mutex

// installed is where npm has installed what the lock file names, without running scripts of
// the packages.
func installed(ctx context.Context, name string) (string, error) {
	source := filepath.Join("testdata", name)
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	if err != nil {
		return "", err
	}
	folder, err := filepath.Abs(fmt.Sprintf("../bin/test/%s-%.6x", name, sha256.Sum256(lock))) // ignored by git
	if err != nil {
		return "", err
	}
	installing.Lock()
	defer installing.Unlock()
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	making := folder + ".new"
	err = errors.Join(os.RemoveAll(making), os.MkdirAll(filepath.Dir(making), 0o755), os.CopyFS(making, os.DirFS(source)))
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = making
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return folder, os.Rename(making, folder)
}
