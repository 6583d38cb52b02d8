package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// auditLine is what the tests look at in a line of an audit log.
type auditLine struct {
	Event, Call, Tool, Entity, Outcome string

	ConnectorID string `json:"connector_id"`
}

func readAudit(t *testing.T, path string) []auditLine {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []auditLine
	for line := range strings.Lines(string(text)) {
		var l auditLine
		if json.Unmarshal([]byte(line), &l) == nil {
			list = append(list, l)
		}
	}
	return list
}

// auditReport is what audit verify says.
type auditReport struct {
	Starts   int
	Problems []struct{ Kind, Text string }
	Notes    []struct{ Kind string }
	Open     []struct{ Call, Tool string }
}

func verifyAudit(t *testing.T, env []string, args ...string) (report auditReport, code int) {
	t.Helper()
	cmd := program(t, append([]string{"audit", "verify", "--json"}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	out, _ := cmd.Output() // the exit code says it
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("audit verify printed %q, %v", out, err)
	}
	return report, cmd.ProcessState.ExitCode()
}

// writesTo lists the entities of the writes that the emulator has seen.
func writesTo(t *testing.T, emulator []string) map[string]int {
	t.Helper()
	var seen struct {
		Executes []struct {
			Entity, Action string
			Count          int
		}
	}
	getJSON(t, strings.TrimPrefix(emulator[0], "AIRBYTE_API_HOST=")+"/__sandbox/requests", &seen)
	writes := map[string]int{}
	for _, e := range seen.Executes {
		if e.Action == "create" {
			writes[e.Entity] += e.Count
		}
	}
	return writes
}

// unlistedWrite is a write to an entity of its own, so that what the emulator has seen can be
// found in the log.
func unlistedWrite(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"execute_action","arguments":`+
		`{"connector":"github","entity":"thing_%d","action":"create"}}}`+"\n", id, id)
}

// killWhileWriting starts a server over standard input and kills it while it writes.
func killWhileWriting(t *testing.T, emulator []string, path string, first, writes int) {
	t.Helper()
	cmd := program(t, "serve", "--log-level", "error", "--surface", "direct", "--connectors", "github", "--audit-log", path)
	cmd.Env = append(cmd.Env, emulator...)
	in, out := pipes(t, cmd)
	var messages strings.Builder
	for i := range writes {
		messages.WriteString(unlistedWrite(first + i))
	}
	go fmt.Fprint(in, handshake, messages.String()) // the process ends before it has read all
	answers := bufio.NewReader(out)
	for range 1 + rand.IntN(writes) {
		if _, err := answers.ReadBytes('\n'); err != nil {
			t.Fatal(err)
		}
	}
	kill(cmd)
}

// TestKilledServersHaveIntents kills servers while they write: whatever has reached the API
// stands in the log, and verifying names those of which the result is not known.
func TestKilledServersHaveIntents(t *testing.T) {
	t.Parallel()
	const kills, writes = 8, 250
	emulator := startEmulator(t, "--dataset", "small")
	path := filepath.Join(t.TempDir(), "audit.log")
	for round := range kills {
		killWhileWriting(t, emulator, path, round*writes, writes)
	}
	intents, open := map[string]int{}, map[string]bool{}
	for _, l := range readAudit(t, path) {
		switch l.Event {
		case "intent":
			intents[l.Entity]++
			open[l.Call] = true
		case "result":
			delete(open, l.Call)
		}
	}
	seen := writesTo(t, emulator)
	for entity, count := range seen {
		if intents[entity] != count {
			t.Errorf("the API has seen %d writes to %s, and the log has %d intents", count, entity, intents[entity])
		}
	}
	report, code := verifyAudit(t, emulator, path)
	if report.Starts != kills || len(report.Problems) != 0 || code != min(len(open), 1) {
		t.Errorf("got code %d and %+v", code, report)
	}
	for _, o := range report.Open {
		if !open[o.Call] || o.Tool != "execute_action" {
			t.Errorf("%+v is named, and has a result", o)
		}
		delete(open, o.Call)
	}
	if len(open) != 0 || len(seen) < kills {
		t.Errorf("of %d writes, %d without a result are not named", len(seen), len(open))
	}
	t.Logf("%d of %d writes reached the API; %d have no result", len(seen), kills*writes, len(report.Open))
}

// TestFullDeviceTakesNoWrite: already the first write is refused, and reads go on.
func TestFullDeviceTakesNoWrite(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("skipped: this system has no /dev/full")
	}
	emulator := startEmulator(t, "--dataset", "small")
	call := func(args ...string) (string, int) {
		cmd := program(t, append([]string{"call", "--audit-log", "/dev/full"}, args...)...)
		cmd.Env = append(cmd.Env, emulator...)
		out, _ := cmd.CombinedOutput() // the exit code says it
		return string(out), cmd.ProcessState.ExitCode()
	}
	out, code := call("github_issues_create", `{"owner":"acme","repo":"widgets","title":"x"}`)
	if code != 1 || !strings.Contains(out, "the server's audit log cannot be written") || len(writesTo(t, emulator)) != 0 {
		t.Errorf("a write: exit code %d, %s, and the API has seen %v", code, out, writesTo(t, emulator))
	}
	if out, code := call("github_issues_list", `{"owner":"acme","repo":"widgets"}`); code != 0 || !strings.Contains(out, "result") {
		t.Errorf("a read: exit code %d, %s", code, out)
	}
}

// smallDisk starts the program with an audit log on a file system of 3 MiB, and returns
// where that is.
func smallDisk(t *testing.T, emulator []string) (cmd *exec.Cmd, folder string) {
	t.Helper()
	if runtime.GOOS != "linux" || exec.Command("unshare", "-Urm", "true").Run() != nil {
		t.Skip("skipped: a small file system needs user namespaces (unshare -Urm)")
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	cmd = exec.CommandContext(t.Context(), "unshare", "-Urm", "sh", "-c", `mount -t tmpfs -o size=3m none "$1" && exec "$0" serve `+
		`--surface direct --connectors github --log-level error --audit-log "$1/audit.log"`, path, folder)
	cmd.Env = slices.Concat(program(t).Env, emulator)
	return cmd, folder
}

// holdAnswers keeps the emulator's answers to writes back until a channel is closed. It
// returns the environment of whoever shall wait for them.
func holdAnswers(t *testing.T, emulator []string, until <-chan struct{}) []string {
	t.Helper()
	url := startRelay(t, strings.TrimPrefix(emulator[0], "AIRBYTE_API_HOST="), nil, func(r *http.Response) error {
		if strings.HasSuffix(r.Request.URL.Path, "/execute") {
			select {
			case <-until:
			case <-r.Request.Context().Done():
			}
		}
		return nil
	})
	return append(slices.Clone(emulator), "AIRBYTE_API_HOST="+url)
}

// TestFullDisk fills the disk while writes are under way: their results are recorded, the
// next write is refused, and writes go on when there is room again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	emulator, filled := startEmulator(t, "--dataset", "small"), make(chan struct{})
	cmd, folder := smallDisk(t, holdAnswers(t, emulator, filled))
	in, out := pipes(t, cmd)
	answers := bufio.NewReader(out)
	answer := func() string {
		line, err := answers.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	fmt.Fprint(in, handshake)
	answer()
	folder = fmt.Sprintf("/proc/%d/root%s", cmd.Process.Pid, folder) // as the process sees it
	const underWay = 40                                              // their results are more than what is left of a page
	for id := range underWay {
		fmt.Fprint(in, unlistedWrite(id))
	}
	waitForCalls(t, emulator, underWay)
	path, filler := filepath.Join(folder, "audit.log"), filepath.Join(folder, "filler")
	if err := os.WriteFile(filler, make([]byte, 3<<20), 0o600); err == nil {
		t.Error("the disk is not full")
	}
	close(filled)
	for range underWay {
		answer()
	}
	if log := readAudit(t, path); len(log) != 1+2*underWay {
		t.Errorf("of %d writes under way there are %d records", underWay, len(log)-1)
	}
	fmt.Fprint(in, unlistedWrite(underWay))
	if got := answer(); !strings.Contains(got, "audit log cannot be written") || !strings.Contains(got, "Nothing was sent") {
		t.Errorf("got %s", got)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	waitForRoom(t, func(try int) string {
		fmt.Fprint(in, unlistedWrite(underWay+1+try))
		return answer()
	})
	if seen := writesTo(t, emulator); len(seen) != underWay+1 || seen[fmt.Sprintf("thing_%d", underWay)] != 0 {
		t.Errorf("the API has seen %v", seen)
	}
	if report, code := verifyAudit(t, emulator, path); code != 0 || len(report.Problems)+len(report.Open) != 0 {
		t.Errorf("got code %d and %+v", code, report)
	}
}

// waitForRoom makes writes until one is not refused.
func waitForRoom(t *testing.T, write func(try int) string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for try := 0; strings.Contains(write(try), "audit log cannot be written"); try++ {
		if time.Now().After(deadline) {
			t.Fatal("writes are refused although there is room")
		}
		time.Sleep(100 * time.Millisecond) // the room is looked for once a second
	}
}
