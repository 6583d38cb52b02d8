package schemas_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/schemas"
)

// widgets is a connector with the forms that arguments are taken in.
const widgets = `{"name": "widgets", "title": "Widgets", "definition_id": "11111111-2222-3333-4444-666666666666", "summary": "Widgets.",
 "joined": [{"param": "repo", "with": "owner", "by": "/"}],
 "entities": [{"name": "parts", "summary": "Parts.", "actions": [
  {"action": "list", "summary": "List.", "params": [
   {"name": "owner", "in": "path", "required": true, "type": "string"}, {"name": "repo", "in": "path", "required": true, "type": "string"},
   {"name": "states", "type": "array", "items": {"type": "string", "enum": ["OPEN", "CLOSED"]}},
   {"name": "ids", "type": "array", "items": {"type": "integer"}}, {"name": "names", "type": "array", "items": {"type": "string"}},
   {"name": "size", "type": "integer", "maximum": 100}, {"name": "since", "type": "integer", "format": "unix-seconds"},
   {"name": "until", "type": "integer", "format": "unix-milliseconds"}, {"name": "after", "type": "string"},
   {"name": "thread_id", "type": "string"}, {"name": "spec", "type": "string", "format": "json"},
   {"name": "day", "type": "string", "format": "date"}],
   "pagination": {"style": "cursor", "cursor_param": "after", "limit_param": "size"}, "result": {"kind": "list"}},
  {"action": "download", "summary": "Get.", "params": [
   {"name": "id", "in": "path", "required": true, "type": "string"},
   {"name": "alt", "in": "query", "required": true, "type": "string", "enum": ["media"]}], "result": {"kind": "binary"}},
  {"action": "create", "summary": "Create.", "params": [
   {"name": "part", "in": "body", "required": true, "type": "object", "properties": [
    {"name": "name", "type": "string"}, {"name": "size", "type": "integer"}, {"name": "note", "type": "string"},
    {"name": "owner_id", "type": "string"}, {"name": "map", "type": "object"}, {"name": "raw", "type": "string", "format": "byte"},
    {"name": "at", "type": "string", "format": "date-time-offset"},
    {"name": "body", "type": "object", "format": "document", "properties": [{"name": "type", "type": "string"},
     {"name": "version", "type": "integer"}, {"name": "content", "type": "array", "items": {"type": "object"}}]}]}],
   "result": {"kind": "object"}}]}]}`

func widgetsInput(t *testing.T, action string) *schemas.Input {
	t.Helper()
	var conn schemas.Connector
	if err := json.Unmarshal([]byte(widgets), &conn); err != nil {
		t.Fatal(err)
	}
	e := conn.Entity("parts")
	in, err := conn.ActionInput(e, e.Action(action))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// coercions are arguments that can be meant in one way only: an action, what is
// given, what is sent, and the arguments that are noted.
var coercions = []struct{ action, given, want, noted string }{
	{"list", `{"owner":"a","repo":"b","states":["open"]}`, `{"owner":"a","repo":"b","states":["OPEN"]}`, "states"},
	{"list", `{"owner":"a","repo":"b","states":"open"}`, `{"owner":"a","repo":"b","states":["OPEN"]}`, "states"},
	{"list", `{"owner":"a","repo":"b","states":"open, CLOSED"}`, `{"owner":"a","repo":"b","states":["OPEN","CLOSED"]}`, "states"},
	{"list", `{"owner":"a","repo":"b","ids":"1,2"}`, `{"owner":"a","repo":"b","ids":[1,2]}`, "ids"},
	{"list", `{"owner":"a","repo":"b","ids":7}`, `{"owner":"a","repo":"b","ids":[7]}`, "ids"},
	{"list", `{"owner":"a","repo":"b","names":"help wanted"}`, `{"owner":"a","repo":"b","names":["help wanted"]}`, "names"},
	{"list", `{"owner":"a","repo":"b","size":5.0}`, `{"owner":"a","repo":"b","size":5}`, "size"},
	{"list", `{"owner":"a","repo":"b","size":5e0}`, `{"owner":"a","repo":"b","size":5}`, "size"},
	{"list", `{"owner":"a","repo":"b","size":"5"}`, `{"owner":"a","repo":"b","size":5}`, "size"},
	{"list", `{"owner":"a","repo":"b","size":500}`, `{"owner":"a","repo":"b","size":100}`, "size"},
	{"list", `{"owner":1,"repo":"b"}`, `{"owner":"1","repo":"b"}`, "owner"},
	{"list", `{"repo":"a/b"}`, `{"repo":"b","owner":"a"}`, "repo"},
	{"list", `{"owner":"a","repo":"a/b"}`, `{"owner":"a","repo":"b"}`, "repo"},
	{"list", `{"owner":"a","repo":"b","size":"","states":"","ids":"","after":"","thread_id":"","day":""}`, `{"owner":"a","repo":"b"}`,
		"size states ids after thread_id day"},
	{"list", `{"owner":"a","repo":"b","since":"2026-01-31T00:00:00Z"}`, `{"owner":"a","repo":"b","since":1769817600}`, "since"},
	{"list", `{"owner":"a","repo":"b","until":"2026-01-31T01:00:00+01:00"}`, `{"owner":"a","repo":"b","until":1769817600000}`, "until"},
	{"list", `{"owner":"a","repo":"b","spec":{"a":[1, 2]}}`, `{"owner":"a","repo":"b","spec":"{\"a\":[1,2]}"}`, "spec"},
	{"list", `{"owner":"a","repo":"b","toolCallId":"call_1","_meta":{},"sessionId":"s"}`, `{"owner":"a","repo":"b"}`,
		"toolCallId _meta sessionId"},
	{"download", `{"id":7}`, `{"id":"7","alt":"media"}`, "alt id"},
	{"create", `{"name":"x","size":"2"}`, `{"part":{"name":"x","size":2}}`, "part"},
	{"create", `{"part":{"name":"x","note":null,"size":null,"owner_id":""}}`, `{"part":{"name":"x"}}`, "part"},
	{"create", `{"part":{"name":"","map":{"a":null,"b":""}}}`, `{"part":{"name":"","map":{"a":null,"b":""}}}`, ""},
	{"create", `{"part":{"at":"2026-01-31T15:04:05Z"}}`, `{"part":{"at":"2026-01-31T15:04:05.000+0000"}}`, "part"},
	{"create", `{"part":{"at":"2026-01-31T15:04:05.000+0100"}}`, `{"part":{"at":"2026-01-31T15:04:05.000+0100"}}`, ""},
	{"create", `{"part":{"body":"a\n\nb"}}`, `{"part":{"body":{"type":"doc","version":1,"content":[` +
		`{"type":"paragraph","content":[{"type":"text","text":"a"}]},{"type":"paragraph","content":[{"type":"text","text":"b"}]}]}}}`, "part"},
	{"create", `{"part":{"raw":"aGVsbG8="}}`, `{"part":{"raw":"aGVsbG8="}}`, ""},
	{"create", `{"part":{"name":9007199254740993}}`, `{"part":{"name":"9007199254740993"}}`, "part"},
}

// TestCoercions takes them, notes them, and leaves what they became as it is.
func TestCoercions(t *testing.T) {
	t.Parallel()
	for _, tt := range coercions {
		t.Run(tt.given, func(t *testing.T) {
			t.Parallel()
			in := widgetsInput(t, tt.action)
			got, taken, err := in.Take([]byte(tt.given))
			if err != nil {
				t.Fatalf("Take(%s): %v", tt.given, err)
			}
			if string(got.JSON()) != tt.want || strings.Join(taken.Coerced, " ") != tt.noted {
				t.Errorf("Take(%s) = %s, noted %q, want %s and %q", tt.given, got.JSON(), taken.Coerced, tt.want, tt.noted)
			}
			again, taken, err := in.Take(got.JSON())
			if err != nil || string(again.JSON()) != tt.want || len(taken.Coerced) > 0 {
				t.Errorf("Take(%s) = %s, noted %q, error %v, want it as it is", got.JSON(), again.JSON(), taken.Coerced, err)
			}
		})
	}
}

// TestUncertain refuses what can be meant in several ways.
func TestUncertain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ action, given, want string }{
		{"list", `{"owner":"x","repo":"a/b"}`, "`repo` names another owner than `owner` does"},
		{"list", `{"owner":"a","repo":"b","names":"one two, three"}`, "`names` must be array (got string)"},
		{"list", `{"owner":"a","repo":"b","names":"\"a,b\",c"}`, "`names` must be array (got string)"},
		{"list", `{"owner":"a","repo":"b","states":["opened"]}`, "`states[0]` must be one of \"OPEN\", \"CLOSED\""},
		{"list", `{"owner":"a","repo":"b","size":5.5}`, "`size` must be integer (got number)"},
		{"list", `{"owner":"a","repo":"b","since":"yesterday"}`, "`since` must be integer (got string)"},
		{"create", `{"part":{"raw":"plain text"}}`, "`part.raw` must be base64, which nobody makes of plain text for you; " +
			"the bytes of `hello` are aGVsbG8="},
		{"create", `{"part":{"size":null,"owner_id":""}}`, "nothing is left to write: null and empty values count as not given here"},
		{"create", `{"part":{"size":` + strings.Repeat("7", 1001) + `}}`, "`part` holds a number of more than 1000 digits"},
	} {
		t.Run(tt.given, func(t *testing.T) {
			t.Parallel()
			checkRefusal(t, widgetsInput(t, tt.action), tt.given, tt.want)
		})
	}
	for _, name := range []string{"threadId", "siz", "conversation", "requestIds"} {
		got := faultsOf(t, widgetsInput(t, "list"), `{"owner":"a","repo":"b","`+name+`":"x"}`)
		if len(got) != 1 || got[0].Path != name || !strings.HasPrefix(got[0].Problem, "is unknown") {
			t.Errorf("%s: found %v, want it unknown", name, got)
		}
	}
}

// TestZoneIsSaid tells that a time without a zone was taken as UTC.
func TestZoneIsSaid(t *testing.T) {
	t.Parallel()
	_, taken, err := widgetsInput(t, "list").Take([]byte(`{"owner":"a","repo":"b","since":"2026-01-31"}`))
	want := []string{"`since` had no time zone and was taken as UTC"}
	if err != nil || !slices.Equal(taken.Notes, want) {
		t.Errorf("noted %q, error %v, want %q", taken.Notes, err, want)
	}
}

// TestLongDigits refuses millions of digits without working with them: arithmetic on
// them would take minutes. The limit is far above what a busy machine needs.
func TestLongDigits(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("7", 3_900_000)
	for _, value := range []string{digits, `"` + digits + `"`, `[` + digits + `]`, `"[` + digits + `]"`} {
		began := time.Now()
		if faults := faultsOf(t, widgetsInput(t, "list"), `{"owner":"a","repo":"b","size":`+value+`,"ids":`+value+`}`); len(faults) == 0 {
			t.Errorf("%.20s… was taken", value)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%.20s… took %v", value, took)
		}
	}
}
