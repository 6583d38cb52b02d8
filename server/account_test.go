package server

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// ledger keeps audit records.
type ledger struct {
	mu   sync.Mutex
	rows []calls.Record
}

func (l *ledger) add(r calls.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, r)
}

// take returns the records since it was last called, as "outcome failure".
func (l *ledger) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for _, r := range l.rows {
		lines = append(lines, strings.TrimSpace(r.Outcome+" "+r.Failure))
	}
	l.rows = nil
	return lines
}

func newAuditedRig(t *testing.T, o calls.Options) (*rig, *ledger) {
	t.Helper()
	l, up := &ledger{}, newUpstream()
	o.Audit = l.add
	return newRigWith(t, up, airbyte.Config{Host: "http://127.0.0.1:1", Transport: up}, o), l
}

// TestEveryCallIsWrittenDown, once, whatever comes of it.
func TestEveryCallIsWrittenDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, l := newAuditedRig(t, calls.Options{})
		w := r.stdio(t)
		w.greet(`{}`)
		explode := func(context.Context, execution) string { panic("a fault of ours") }
		for _, step := range []struct {
			name, frame, want, words string
			run                      func(context.Context, execution) string
		}{
			{"ok", listIssues("1", "o"), "ok", "", echo},
			{"invalid", callTool("2", "github_issues_list", `{"nonsense":1}`), "not_sent invalid_arguments", "nothing was sent", echo},
			{"a panic in a read", listIssues("4", "p"), "not_sent internal", "Internal error", explode},
			{"a panic in a write", createIssue("5", "t"), "unknown internal", "it may have happened", explode},
			{"a foreign state", strings.Replace(createIssue("6", "u"), `"params":{`, `"params":{"requestState":"AAAA",`, 1),
				"not_sent refused", "Nothing was sent", echo},
		} {
			r.up.set(step.run)
			got := w.ask(step.frame).call(t).text()
			if lines := l.take(); len(lines) != 1 || lines[0] != step.want || !strings.Contains(got, step.words) {
				t.Errorf("%s: the audit has %q and the answer is %s\nwant %q and %q", step.name, lines, got, step.want, step.words)
			}
		}
	})
}

// TestCallsWithoutTheAPIAreWrittenDown, though they never reach a tool.
func TestCallsWithoutTheAPIAreWrittenDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, l := newAuditedRig(t, calls.Options{})
		r.up.setDown(true)
		w := r.stdio(t)
		w.greet(`{}`)
		w.send(createIssue("1", "t"))
		virtual(time.Minute)
		lines := w.take()
		if len(lines) != 1 || !lines[0].call(t).IsError {
			t.Fatalf("got %v, want a failed call", lines)
		}
		if got := l.take(); len(got) != 1 {
			t.Errorf("the audit has %q, want one record", got)
		}
	})
}

// TestFailuresAreCleaned: what a vendor says in a failure is a stranger's text too.
func TestFailuresAreCleaned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.up.set(func(context.Context, execution) string {
			return `{"status":"error","result":{"error":"no \u001b[2Jsuch\u202e \udb40\udc41repo` + strings.Repeat("x", 1<<20) + `"}}`
		})
		w := r.stdio(t)
		w.greet(`{}`)
		got := w.ask(listIssues("1", "o")).call(t)
		if !got.IsError || strings.ContainsAny(got.text(), "\x1b\u202e\U000E0041") || len(got.text()) > maxWords+10 {
			t.Errorf("got %d bytes: %.300q", len(got.text()), got.text())
		}
	})
}

// TestKeptResultsAreEscaped where they are read as resources.
func TestKeptResultsAreEscaped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, _ := newAuditedRig(t, calls.Options{})
		r.up.set(always(`[{"id":1,"body":"a` + "\u202e" + `b` + strings.Repeat("x", 100_000) + `"}]`))
		w := r.stdio(t)
		w.greet(`{}`)
		var answer struct {
			Truncated struct {
				URI string `json:"uri"`
			} `json:"truncated"`
		}
		if err := json.Unmarshal([]byte(w.ask(listIssues("1", "o")).call(t).text()), &answer); err != nil {
			t.Fatal(err)
		}
		raw := w.ask(request("2", "resources/read", `{"uri":"`+answer.Truncated.URI+`"}`)).raw
		if strings.Contains(raw, "\u202e") || !strings.Contains(raw, `a\\u202eb`) {
			t.Errorf("got %.300s", raw)
		}
	})
}

// TestUnknownTypesAreNoFaultOfOurs: a slip in a name is answered with names.
func TestUnknownTypesAreNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	got := r.words(r.session, &tools.Tool{Name: "describe_connector_setup"},
		&manage.UnknownTypeError{Name: "githup", Hint: "; did you mean github?"})
	if !strings.Contains(got, "did you mean github") || strings.Contains(got, "Internal") {
		t.Errorf("got %s", got)
	}
}
