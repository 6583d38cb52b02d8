package calls_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// shown is an answer as a caller reads it.
type shown struct {
	Result    json.RawMessage
	Source    string
	Pages     int
	Warning   string
	Page      struct{ Next json.RawMessage }
	Truncated *calls.Truncation
}

func read(t *testing.T, r *calls.Result) (s shown) {
	t.Helper()
	if err := json.Unmarshal(r.JSON(), &s); err != nil {
		t.Fatalf("%s: %v", r.JSON(), err)
	}
	return s
}

// TestBudget has a result of 50 MB: the answer holds whole records within the budget,
// and each of the others can be read without another execute.
func TestBudget(t *testing.T) {
	t.Parallel()
	const count = 5000
	var records []string
	for i := range count {
		records = append(records, fmt.Sprintf(`{"id":%d,"body":%q}`, i, strings.Repeat("é", 5000)))
	}
	a := twoConnectors(result("["+strings.Join(records, ",")+"]", `{"next":"n2"}`))
	b := a.box(t)
	answer := read(t, mustCall(t, b, inMain, "shop_orders_list", `{}`))
	kept := answer.Truncated
	if kept == nil || kept.Of != count || kept.Shown == 0 || kept.Heavy[0].Field != "body" || string(answer.Page.Next) == "" {
		t.Fatalf("got %+v and next %s, want a note about %d records, of which body is the heaviest field", kept, answer.Page.Next, count)
	}
	if size := len(answer.Result); size > calls.DefaultMaxResultBytes {
		t.Errorf("the answer has %d bytes, want at most %d", size, calls.DefaultMaxResultBytes)
	}
	got := ids(t, answer.Result)
	for offset := kept.Shown; offset < count; {
		arguments := fmt.Sprintf(`{"handle":%q,"offset":%d,"fields":["id"]}`, kept.Handle, offset)
		var window results.Window
		if err := json.Unmarshal(read(t, mustCall(t, b, inMain, "read_result", arguments)).Result, &window); err != nil {
			t.Fatal(err)
		}
		got = append(got, ids(t, window.Value)...)
		offset += window.Count
	}
	for i, id := range got {
		if id != i {
			t.Fatalf("record %d has id %d", i, id)
		}
	}
	if len(got) != count || len(a.sent()) != 1 {
		t.Errorf("%d records with %d executes, want %d with one", len(got), len(a.sent()), count)
	}
}

// TestBudgetIsUsedUp: a record is shown if it fits to the byte, and left out if it is one
// byte too large.
func TestBudgetIsUsedUp(t *testing.T) {
	t.Parallel()
	const (
		size    = 100            // bytes of a record with the comma or bracket behind it
		fitting = 2 + 30*size    // bytes of a list of 30 records
		most    = 2048 + fitting // the envelope takes 2048
		record  = `{"id":%02d,"b":"%s"}`
	)
	var records []string
	for i := range 60 {
		records = append(records, fmt.Sprintf(record, 10+i, strings.Repeat("x", size-1-len(`{"id":00,"b":""}`))))
	}
	for budget, want := range map[int]int{most: 30, most - 1: 29, most + size - 1: 30, most + size: 31} {
		a := twoConnectors(result("["+strings.Join(records, ",")+"]", `{}`))
		a.opts.MaxResultBytes = budget
		if got := read(t, mustCall(t, a.box(t), inMain, "shop_orders_list", `{}`)); got.Truncated == nil || got.Truncated.Shown != want {
			t.Errorf("a budget of %d bytes: %+v, want %d records", budget, got.Truncated, want)
		}
	}
}

func ids(t *testing.T, list json.RawMessage) []int {
	t.Helper()
	var records []struct{ ID int }
	if err := json.Unmarshal(list, &records); err != nil {
		t.Fatal(err)
	}
	got := make([]int, len(records))
	for i, r := range records {
		got[i] = r.ID
	}
	return got
}

// TestBudgetShapes shortens results of every shape without cutting a value.
func TestBudgetShapes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	tests := []struct{ name, data, want, note string }{
		{"one record", `{"id":1,"body":"` + long + `","title":"t"}`, `{"id":1,"title":"t"}`, `"omitted":[{"field":"body","bytes":5002}]`},
		{"a first record too large", `[{"id":1,"body":"` + long + `"},{"id":2}]`, `[{"id":1}]`, `"omitted":[{"field":"[0].body","bytes":5002}]`},
		{"an envelope", `{"total":9,"items":[{"id":1},{"id":2,"b":"` + long + `"}]}`, `{"total":9,"items":[{"id":1}]}`,
			`"path":"items","shown":1,"of":2`},
		{"a text", `"` + long + `"`, `null`, `"omitted":[{"field":"$","bytes":5002}]`},
		{"small", `{"id":1}`, `{"id":1}`, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(tt.data, `{}`))
			a.opts.MaxResultBytes = 4096
			got := string(mustCall(t, a.box(t), inMain, "shop_orders_get", `{"id":1}`).JSON())
			if !strings.HasPrefix(got, `{"result":`+tt.want+`,`) || !strings.Contains(got, tt.note) ||
				(tt.note == "") == strings.Contains(got, "truncated") {
				t.Errorf("got %s\nwant the result %s and the note %s", got, tt.want, tt.note)
			}
		})
	}
}

// TestKeptResultsAreTheirOwners: a handle of one workspace, or caller, means nothing to
// another.
func TestKeptResultsAreTheirOwners(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`["`+strings.Repeat("x", 9000)+`"]`, `{}`))
	a.opts.MaxResultBytes = 4096
	b := a.box(t)
	handle := read(t, mustCall(t, b, inMain, "shop_orders_list", `{}`)).Truncated.Handle
	arguments := json.RawMessage(fmt.Sprintf(`{"handle":%q}`, handle))
	for _, other := range []tools.Session{{Workspace: "empty"}, {Workspace: "main", Principal: "somebody"}} {
		if _, err := b.Call(t.Context(), other, calls.Silent{}, "read_result", arguments); !errors.Is(err, results.ErrGone) {
			t.Errorf("%+v: got %v, want ErrGone", other, err)
		}
	}
	mustCall(t, b, inMain, "read_result", fmt.Sprintf(`{"handle":%q}`, calls.ResultURI+handle))
}
