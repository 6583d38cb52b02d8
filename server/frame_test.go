package server

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"airbyte-mcp-server/internal/workbound"
)

// hostileFrame is something that a host should never send, and what is due to it:
// an error with this id, or silence if the code is 0.
type hostileFrame struct {
	name  string
	frame string
	code  int
	id    string
}

func brackets(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// JSON-RPC codes of refusals.
const parse, invalid, noMethod, wrongParams = -32700, -32600, -32601, -32602

func pingFrame(id string) string { return request(id, "ping", `{}`) }

func hostileFrames() []hostileFrame {
	return slices.Concat(hostileEnvelopes(), hostileParams(), hostileBytes())
}

func hostileEnvelopes() []hostileFrame {
	ping := pingFrame
	return []hostileFrame{
		{"empty line", "", 0, ""},
		{"white space", " \t\r", 0, ""},
		{"garbage", "hello server", parse, "null"},
		{"open brace", "{", parse, "null"},
		{"cut off", `{"jsonrpc":"2.0","id":1,"method":"pi`, parse, "null"},
		{"two messages on a line", ping("1") + ping("2"), parse, "null"},
		{"empty batch", "[]", invalid, "null"},
		{"batch", "[" + ping("1") + "," + ping("2") + "]", invalid, "null"},
		{"number", "1", invalid, "null"},
		{"string", `"x"`, invalid, "null"},
		{"null", "null", invalid, "null"},
		{"empty object", "{}", invalid, "null"},
		{"wrong version", `{"jsonrpc":"1.0","id":5,"method":"ping"}`, invalid, "5"},
		{"version is a number", `{"jsonrpc":2.0,"id":5,"method":"ping"}`, invalid, "5"},
		{"no version", `{"id":"five","method":"ping"}`, invalid, `"five"`},
		{"Method", `{"jsonrpc":"2.0","id":6,"Method":"ping"}`, invalid, "6"},
		{"method and Method", `{"jsonrpc":"2.0","id":6,"method":"ping","Method":"tools/call"}`, invalid, "6"},
		{"ID", `{"jsonrpc":"2.0","ID":6,"method":"ping"}`, invalid, "null"},
		{"JSONRPC", `{"JSONRPC":"2.0","id":6,"method":"ping"}`, invalid, "6"},
		{"long s in params", `{"jsonrpc":"2.0","id":6,"method":"ping","paramſ":{}}`, invalid, "6"},
		{"id twice", `{"jsonrpc":"2.0","id":6,"id":7,"method":"ping"}`, invalid, "null"},
		{"method twice", `{"jsonrpc":"2.0","id":6,"method":"ping","method":"tools/list"}`, invalid, "null"},
		{"id null", ping("null"), invalid, "null"},
		{"id with a fraction", ping("1.5"), invalid, "null"},
		{"id with an exponent", ping("1e20"), invalid, "null"},
		{"id over 2^53", ping("100000000000000000000"), invalid, "null"},
		{"id just over 2^53", ping("9007199254740993"), invalid, "null"},
		{"id object", ping("{}"), invalid, "null"},
		{"id array", ping("[1]"), invalid, "null"},
		{"id true", ping("true"), invalid, "null"},
		{"no method", `{"jsonrpc":"2.0","id":8}`, invalid, "8"},
		{"method is a number", `{"jsonrpc":"2.0","id":8,"method":7}`, invalid, "8"},
		{"method is a number, id behind it", `{"jsonrpc":"2.0","method":7,"id":8}`, invalid, "8"},
		{"method is null", `{"jsonrpc":"2.0","id":8,"method":null}`, invalid, "8"},
		{"method is empty", `{"jsonrpc":"2.0","id":8,"method":""}`, invalid, "8"},
	}
}

func hostileParams() []hostileFrame {
	const params = wrongParams
	return []hostileFrame{
		{"params array", request("9", "ping", `[{}]`), params, "9"},
		{"params string", request("9", "ping", `"x"`), params, "9"},
		{"params false", request("9", "ping", `false`), params, "9"},
		{"params null of a call", request("9", "tools/call", `null`), params, "9"},
		{"byte order mark alone", "\ufeff", 0, ""},
		{"params array of a notification", `{"jsonrpc":"2.0","method":"notifications/initialized","params":[1]}`, 0, ""},
		{"Name in params", request("10", "tools/call", `{"Name":"github_issues_list","arguments":{}}`), params, "10"},
		{"name and Name", request("10", "tools/call", `{"name":"list_connectors","Name":"github_issues_create"}`), params, "10"},
		{"name twice", request("10", "tools/call", `{"name":"list_connectors","name":"github_issues_create"}`), params, "10"},
		{"name is a number", request("10", "tools/call", `{"name":7}`), params, "10"},
		{"name is missing", request("10", "tools/call", `{}`), params, "10"},
		{"long number", callTool("10", "github_issues_list", `{"per_page":`+strings.Repeat("9", 1001)+`}`), params, "10"},
		{"long exponent", callTool("10", "github_issues_list", `{"a":[{"b":1e`+strings.Repeat("0", 1000)+`}]}`), params, "10"},
		{"long number in an answer", `{"jsonrpc":"2.0","id":"x","result":{"content":{"n":0.` + strings.Repeat("1", 1000) + `}}}`, 0, ""},
		{"number beyond all", callTool("10", "github_issues_list", `{"per_page":1e400}`), params, "10"},
		{"name is very long", request("10", "tools/call", `{"name":"`+strings.Repeat("x", 1<<20)+`"}`), params, "10"},
	}
}

func hostileBytes() []hostileFrame {
	ping := pingFrame
	return []hostileFrame{
		{"20,000 brackets in arguments", callTool("11", "list_connectors", `{"a":`+brackets(20_000)+`}`), invalid, "null"},
		{"1,000,000 brackets in arguments", callTool("11", "list_connectors", `{"a":`+brackets(1_000_000)+`}`), invalid, "null"},
		{"1,000,000 open brackets", strings.Repeat("[", 1_000_000), invalid, "null"},
		{"invalid UTF-8", request("12", "ping", "{\"a\":\"\xff\xfe\"}"), parse, "null"},
		{"byte order mark inside", ping("12")[:1] + "\ufeff" + ping("12")[1:], parse, "null"},
		{"NUL", "\x00" + ping("12"), parse, "null"},
		{"NUL in a string", request("12", "ping", "{\"a\":\"\x00\"}"), parse, "null"},
		{"huge line", request("13", "ping", `{"a":"`+strings.Repeat("x", DefaultMaxMessage)+`"}`), invalid, "null"},
		{"unknown method", request("14", "no/such/method", `{}`), noMethod, "14"},
		{"answer to no question", `{"jsonrpc":"2.0","id":15,"result":{}}`, 0, ""},
		{"error to no question", `{"jsonrpc":"2.0","id":"server-1","error":{"code":1,"message":"no"}}`, 0, ""},
		{"answer with an id that cannot be", `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}`, 0, ""},
		{"result and method", `{"jsonrpc":"2.0","id":16,"method":"ping","result":{}}`, invalid, "16"},
		{"unknown notification", `{"jsonrpc":"2.0","method":"notifications/no/such"}`, 0, ""},
	}
}

// All hostile frames go over one connection. Each gets exactly what is due, and a
// ping behind it is answered as if nothing had happened.
func TestHostileFrames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.stdio(t)
		if m := w.ask(initialize(`"init"`)); m.Error != nil {
			t.Fatal(m.raw)
		}
		for _, h := range hostileFrames() {
			w.send(h.frame)
			checkDue(t, h, w.take())
			if m := w.ask(request(`"alive"`, "ping", `{}`)); m.raw != `{"jsonrpc":"2.0","id":"alive","result":{}}` {
				t.Errorf("after %s a ping was answered with %s", h.name, m.raw)
			}
		}
		if got := r.up.load().executed; got != 0 {
			t.Errorf("%d executes, want 0", got)
		}
	})
}

// TestAbsentParams are taken in every form that clients give them, and so is a byte order
// mark before a message.
func TestAbsentParams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).stdio(t)
		for _, form := range []string{`null`, `[]`, `[ ]`, `{}`} {
			for _, mark := range []string{"", "\ufeff"} {
				for _, method := range []string{"ping", "tools/list", "prompts/list"} {
					if m := w.ask(mark + request("7", method, form)); m.Error != nil || string(m.ID) != "7" {
						t.Errorf("%s with %q%s: %.200s", method, mark, form, m.raw)
					}
				}
			}
		}
	})
}

func checkDue(t *testing.T, h hostileFrame, got []message) {
	t.Helper()
	switch {
	case h.code == 0 && len(got) == 0:
	case h.code == 0:
		t.Errorf("%s: answered with %.200s, want silence", h.name, got[0].raw)
	case len(got) != 1 || got[0].code() != h.code || string(got[0].ID) != h.id:
		t.Errorf("%s: got %.300v, want error %d for id %s", h.name, got, h.code, h.id)
	case len(got[0].raw) > 1000:
		t.Errorf("%s: the error has %d bytes", h.name, len(got[0].raw))
	}
}

// Ids come back byte for byte.
func TestIDsAreEchoed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).stdio(t)
		for _, id := range []string{
			"0", "-1", "-0", "9007199254740992", "-9007199254740992", `""`, `"1"`, `"\u0000"`, `"\ud800"`, `"\/"`, `"/"`,
			`"<&>"`, `"\u003c"`, "\"\u2028\"", `"ü"`, `"` + strings.Repeat("i", 5000) + `"`,
		} {
			for _, method := range []string{"ping", "tools/list", "no/such"} {
				if m := w.ask(request(id, method, `{}`)); string(m.ID) != id {
					t.Errorf("%s: id %.100s came back as %.100s", method, id, m.ID)
				}
			}
		}
	})
}

func FuzzFrame(f *testing.F) {
	for _, h := range hostileFrames() {
		if len(h.frame) < 4096 {
			f.Add([]byte(h.frame))
		}
	}
	for _, frame := range []string{initialize("0"), initialized, cancelled("1"), listIssues("1", "o"), modern(listIssues(`"x"`, "o"))} {
		f.Add([]byte(frame))
	}
	for _, arguments := range []string{
		"[" + strings.Repeat("{},", 60_000) + "1]", strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60),
		`"` + strings.Repeat(`\"`, 100_000) + `"`, strings.Repeat("9", 100_000), strings.Repeat("[", 100_000),
	} {
		f.Add([]byte(request("1", "tools/call", `{"name":"x","arguments":`+arguments+`}`)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var read *frame
		var problem *requestError
		workbound.Check(t, "a frame", len(raw), 100, func() { read, problem = parseFrame(raw) })
		if problem != nil {
			checkProblem(t, problem)
			return
		}
		if !utf8.Valid(raw) || !json.Valid(raw) {
			t.Fatalf("%q was accepted", raw)
		}
		if read.id != nil && !bytes.Contains(raw, read.id) {
			t.Errorf("id %s is not in %q", read.id, raw)
		}
		if read.isAnswer == (read.method != "") {
			t.Errorf("%q is neither a request nor an answer, or both", raw)
		}
	})
}

func checkProblem(t *testing.T, problem *requestError) {
	t.Helper()
	answer, err := problem.encode()
	if err != nil || !json.Valid(answer) || !utf8.Valid(answer) || bytes.ContainsAny(answer, "\n\r") {
		t.Errorf("the refusal is %q, %v", answer, err)
	}
}
