package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestWritesNeverDouble makes 10,000 different writes against an API that fails in
// every way, as do the vendors behind it in all forms of error answers, and holds what
// callers were told against what the API has counted: a write that was called done
// arrived once, one that was called not sent or rejected did not happen, and none
// arrived twice.
func TestWritesNeverDouble(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it makes ten thousand writes")
	}
	t.Parallel()
	w := newWorld(t, calls.Options{})
	w.session.Workspace = "default"
	var rules []string
	for _, effect := range []string{
		"reset", "reset_body", "truncate", "malformed", "empty", "inband", "status=500", "status=502,body=5", "status=503,retry_after=1",
		"status=504", "status=429", "status=422", "status=403", "redirect=http://127.0.0.1:1/", "quota",
	} {
		rules = append(rules, "route=execute,action=create,rate=0.03,"+effect)
	}
	for _, status := range []int{400, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 520, 524, 529} {
		for form := 1; form <= 5; form++ {
			rules = append(rules, fmt.Sprintf("route=execute,action=create,rate=0.006,vendor=%d,body=%d", status, form))
		}
	}
	rules = append(rules, "route=execute,action=create,rate=0.03,nothing",
		"route=execute,action=create,nth=500,expire_token") // once: the client renews a refused token every ten seconds at most
	w.control(t, http.MethodPost, "faults", map[string]any{"rules": rules})
	const writes, callers = 10_000, 32
	found, err := w.runner.Directory().Find(t.Context(), w.session, "github_issues_create", nil)
	if err != nil {
		t.Fatal(err)
	}
	told := make([]string, writes)
	next := make(chan int)
	var working sync.WaitGroup
	for range callers {
		working.Go(func() {
			for i := range next {
				told[i] = w.outcome(t, found.Tool, paramsOf(i))
			}
		})
	}
	for i := range writes {
		next <- i
	}
	close(next)
	working.Wait()
	w.holdAgainstTheLedger(t, told)
}

func paramsOf(i int) string {
	return fmt.Sprintf(`{"owner":"acme","repo":"widgets","title":"write %d"}`, i)
}

// outcome makes one write and says what the caller is told of it.
func (w *world) outcome(t *testing.T, tool *tools.Tool, arguments string) string {
	_, err := w.runner.Call(t.Context(), w.session, calls.Silent{}, tool.Name, json.RawMessage(arguments))
	failure, ok := errors.AsType[*airbyte.Error](err)
	switch {
	case err == nil:
		return "ok"
	case ok:
		return string(failure.Outcome)
	default:
		t.Errorf("%s: %v", arguments, err)
		return "error"
	}
}

func (w *world) holdAgainstTheLedger(t *testing.T, told []string) {
	t.Helper()
	var ledger struct {
		Executes []struct {
			Hash   string `json:"params_sha256"`
			Action string
			Status int
			Count  int
		}
	}
	w.control(t, http.MethodGet, "requests", &ledger)
	arrived := map[string]int{} // without those that the API's own 401 refused
	happened := map[string]int{}
	for _, row := range ledger.Executes {
		if row.Action == "create" && row.Status != http.StatusUnauthorized {
			arrived[row.Hash] += row.Count
		}
		if row.Action == "create" && row.Status == http.StatusOK {
			happened[row.Hash] += row.Count
		}
	}
	counts := map[string]int{}
	for i, outcome := range told {
		sum := sha256.Sum256([]byte(paramsOf(i)))
		n := arrived[hex.EncodeToString(sum[:])]
		counts[outcome]++
		if n > 1 || outcome == "ok" && n != 1 || outcome == "not_sent" && n != 0 {
			t.Errorf("write %d was told to be %s and arrived %d times", i, outcome, n)
		}
		if done := happened[hex.EncodeToString(sum[:])]; done > 0 && outcome != "ok" && outcome != "unknown" {
			t.Errorf("write %d was told to be %s and happened", i, outcome)
		}
	}
	t.Logf("told: %v", counts)
	if counts["ok"] == 0 || counts["unknown"] == 0 || counts["rejected"] == 0 {
		t.Errorf("some outcome never came about: %v", counts)
	}
}

// control speaks with the sandbox's own routes: it sends a map, or reads into anything
// else.
func (w *world) control(t *testing.T, method, name string, v any) {
	t.Helper()
	var body []byte
	if _, isMap := v.(map[string]any); isMap {
		body, _ = json.Marshal(v)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, w.sandbox.URL+"/__sandbox/"+name, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		t.Fatalf("%s %s: HTTP %d", method, name, response.StatusCode)
	}
	if body == nil {
		if err := json.NewDecoder(response.Body).Decode(v); err != nil {
			t.Fatal(err)
		}
	}
}
