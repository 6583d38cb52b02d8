package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// Whatever the API answers reaches the client as valid JSON on one line, the same
// in both forms, its numbers digit by digit. Characters that nobody sees are escaped
// in the structured form and left out of the text.
func TestResultsTravelUnchanged(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, result, want, text string }{
		{"integers above 2^53", `[{"id":9007199254740993,"n":123456789012345678901234567890}]`,
			`[{"id":9007199254740993,"n":123456789012345678901234567890}]`, ""},
		{"fractions and exponents", `[1.10,1e400,-0.0,1E-7]`, `[1.10,1e400,-0.0,1E-7]`, ""},
		{"order and duplicates", `{"b":1,"a":2,"b":3}`, `{"b":1,"a":2,"b":3}`, ""},
		{"pretty-printed", "{\n  \"a\": [\r\n\t1 ]\n}", `{"a":[1]}`, ""},
		{"escapes", `["\"\\\/\u0000\u001f\n\ud83d\ude00\u2028<&>"]`, `["\"\\\/\u0000\u001f\n\ud83d\ude00\u2028<&>"]`, `["\"\\/\n😀<&>"]`},
		{"raw separators", "[\"\u2028\u2029\u0085\u200c\ufeff\"]", `["\u2028\u2029\u0085\u200c\ufeff"]`, `[""]`},
		{"invalid UTF-8", "[\"a\xffb\"]", "[\"a\ufffdb\"]", ""},
		{"cut character", "[\"\xe2\x82\"]", "[\"\ufffd\"]", ""},
		{"frame in a record", `["}}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"]`,
			`["}}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"]`, ""},
		{"places to fill", `["\"content\":[]","\"tools\":[]"]`, `["\"content\":[]","\"tools\":[]"]`, ""},
		{"empty list", `[]`, `[]`, ""},
		{"large", `["` + strings.Repeat("é\\n", 1<<17) + `"]`, `["` + strings.Repeat("é\\n", 1<<17) + `"]`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.session.Answers.Structured = tools.StructuredOn
				r.up.set(always(tt.result))
				web := r.web(t)
				session := web.open()
				want, text := tt.want, cmp.Or(tt.text, tt.want)
				checkResult(t, r.stdio(t).ask(listIssues("1", "o")), want, text)
				checkResult(t, web.post(listIssues("1", "o"), session...).last(t), want, text)
				checkResult(t, web.postModern(listIssues("1", "o")).last(t), want, text)
			})
		})
	}
}

func checkResult(t *testing.T, m message, want, text string) {
	t.Helper()
	got := m.call(t)
	if got.IsError || want == text && got.text() != string(got.Structured) {
		t.Errorf("text and structured content differ, or are an error: %.200s", m.raw)
	}
	if !utf8.ValidString(m.raw) || strings.ContainsAny(m.raw, "\n\r") {
		t.Errorf("the answer is not one line of UTF-8: %.200q", m.raw)
	}
	if !strings.HasPrefix(got.text(), `{"result":`+text+`,`) || !strings.HasPrefix(string(got.Structured), `{"result":`+want+`,`) {
		t.Errorf("got %.200s and %.200s, want the results %.200s and %.200s", got.text(), got.Structured, text, want)
	}
}

func TestQuoteJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "plain", "\"\\\n\r\t\b\f\x00\x1f\x7f", "</script>&", "é\u2028😀", strings.Repeat("\\\"", 100)} {
		var got string
		if err := json.Unmarshal(rawjson.Quote(s), &got); err != nil || got != s {
			t.Errorf("%q became %s, which reads as %q (%v)", s, rawjson.Quote(s), got, err)
		}
	}
}

func FuzzQuoteJSON(f *testing.F) {
	f.Add("a\"b\\c\n\x00é")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		var got string
		quoted := rawjson.Quote(s)
		if err := json.Unmarshal(quoted, &got); err != nil || got != s || bytes.ContainsAny(quoted, "\n\r") {
			t.Errorf("%q became %s, which reads as %q (%v)", s, quoted, got, err)
		}
	})
}

// The spliced form of a result says what mcp-go's own encoding of it says.
func TestEncodeCallMeansTheSame(t *testing.T) {
	t.Parallel()
	for _, structured := range []bool{true, false} {
		checkEncodedCall(t, structured)
	}
}

func checkEncodedCall(t *testing.T, structured bool) {
	t.Helper()
	result := success(&calls.Result{Data: json.RawMessage(`[{"a":"<&>\n","n":12}]`), Source: calls.SourceLive}, structured)
	want, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	got, err := encodeCall(nil, json.RawMessage("7"), result)
	if err != nil {
		t.Fatal(err)
	}
	want = slices.Concat([]byte(`{"jsonrpc":"2.0","id":7,"result":`), want, []byte(`}`))
	if !reflect.DeepEqual(decode(t, got), decode(t, want)) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func decode(t *testing.T, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%.200s: %v", raw, err)
	}
	return v
}

// A failure tells the model what to do next, and never that a write has failed
// which may have happened.
func TestFailuresInWords(t *testing.T) {
	t.Parallel()
	write := &tools.Tool{Name: "github_issues_create", Effect: tools.Create, VerifyWith: "github_issues_list"}
	for _, tt := range []struct {
		name   string
		tool   *tools.Tool
		err    error
		has    []string
		hasNot []string
	}{
		{"write in doubt", write, &airbyte.Error{Op: "op", Code: airbyte.CodeTimeout, Message: "late", Outcome: airbyte.OutcomeUnknown},
			[]string{"may have happened", "github_issues_list"}, []string{"Nothing was changed"}},
		{"write refused", write, &airbyte.Error{Op: "op", Code: airbyte.CodeInvalid, Message: "no", Outcome: airbyte.OutcomeRejected},
			[]string{"Nothing was changed"}, []string{"may have happened"}},
		{"write not sent", write, &airbyte.Error{Op: "op", Code: airbyte.CodeNetwork, Message: "no", Outcome: airbyte.OutcomeNotSent},
			[]string{"Nothing was changed"}, []string{"may have happened"}},
		{"policy", write, &tools.RefusedError{Tool: "github_issues_create", Reason: "the server is read-only"},
			[]string{"read-only", "Nothing was sent"}, nil},
		{"our own fault", write, errBroken, []string{"Internal error"}, []string{errBroken.Error()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := newRig(t).words(tools.Session{}, tt.tool, tt.err)
			for _, part := range tt.has {
				if !strings.Contains(got, part) {
					t.Errorf("%q lacks %q", got, part)
				}
			}
			for _, part := range tt.hasNot {
				if strings.Contains(got, part) {
					t.Errorf("%q has %q", got, part)
				}
			}
		})
	}
}
