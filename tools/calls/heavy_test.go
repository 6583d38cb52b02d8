package calls_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/tools/calls"
)

// TestBudgetOfManyFields shortens an object of very many small members, as vendors
// give that key records by their id. Writing the rest anew for each member that goes
// takes minutes.
func TestBudgetOfManyFields(t *testing.T) {
	t.Parallel()
	var data strings.Builder
	const members = 50_000
	for i := range members {
		fmt.Fprintf(&data, `,"member-%d":{"id":%d}`, i, i)
	}
	a := twoConnectors(result("{"+data.String()[1:]+"}", `{}`))
	b := a.box(t)
	began := time.Now()
	answer := read(t, mustCall(t, b, inMain, "shop_orders_get", `{"id":1}`))
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("took %s", took)
	}
	if len(answer.Result) > calls.DefaultMaxResultBytes || answer.Truncated == nil || answer.Truncated.Handle == "" {
		t.Errorf("got %d bytes and %+v, want a shortened result", len(answer.Result), answer.Truncated)
	}
}

// TestBudgetOfOddNames: the place of a list that was shortened is a path that
// read_result takes, whatever the vendor calls the member, and what is said of one way
// to shorten is not left when another was taken.
func TestBudgetOfOddNames(t *testing.T) {
	t.Parallel()
	record := fmt.Sprintf(`{"id":1,"body":%q}`, strings.Repeat("x", 900))
	list := "[" + strings.Repeat(record+",", 200) + record + "]"
	a := twoConnectors(result(`{"order.items":`+list+`,"total":201}`, `{}`))
	b := a.box(t)
	kept := read(t, mustCall(t, b, inMain, "shop_orders_get", `{"id":1}`)).Truncated
	if kept == nil || kept.Of != 201 {
		t.Fatalf("got %+v, want a shortened list of 201", kept)
	}
	arguments, _ := json.Marshal(map[string]any{"handle": kept.Handle, "path": kept.Path, "offset": 200})
	var window results.Window
	if err := json.Unmarshal(mustCall(t, b, inMain, "read_result", string(arguments)).Data, &window); err != nil || window.Count != 1 {
		t.Errorf("path %q leads to %+v, %v; want the last record", kept.Path, window, err)
	}

	// The list is most of it, but the rest alone is over the budget.
	a.answer = result(`{"items":`+list+`,"note":"`+strings.Repeat("y", 100_000)+`"}`, `{}`)
	kept = read(t, mustCall(t, b, inMain, "shop_orders_get", `{"id":2}`)).Truncated
	if kept == nil || kept.Of != 0 || kept.Shown != 0 || len(kept.Omitted) != 2 {
		t.Errorf("got %+v, want two members left out and nothing about a list", kept)
	}
}

// TestBudgetOfLongNames: what is said about a result is within bounds too.
func TestBudgetOfLongNames(t *testing.T) {
	t.Parallel()
	var members []string
	for i := range 30 {
		members = append(members, fmt.Sprintf(`"%d%s":1`, i, strings.Repeat("n", 50_000)))
	}
	a := twoConnectors(result("["+"{"+strings.Join(members, ",")+"}]", `{}`))
	got := mustCall(t, a.box(t), inMain, "shop_orders_list", `{}`).JSON()
	if len(got) > 2*calls.DefaultMaxResultBytes || !json.Valid(got) {
		t.Errorf("an answer of %d bytes for a budget of %d", len(got), calls.DefaultMaxResultBytes)
	}
}

// TestBudgetOfWarnings: a warning counts.
func TestBudgetOfWarnings(t *testing.T) {
	t.Parallel()
	a := twoConnectors(`{"status":"success","result":[{"id":1}],"warning":"` + strings.Repeat("w", 1<<20) + `"}`)
	b := a.box(t)
	r := mustCall(t, b, inMain, "shop_orders_list", `{}`)
	if got := r.JSON(); len(got) > calls.DefaultMaxResultBytes || r.Truncation == nil {
		t.Fatalf("an answer of %d bytes, kept: %v", len(got), r.Truncation)
	}
	whole, err := b.WholeResult(t.Context(), inMain, r.Truncation.Handle, 1)
	if err != nil || !bytes.Contains(whole, []byte("wwww")) {
		t.Errorf("the warning is not in what was kept: %v", err)
	}
}

// TestWriteWhoseAnswerCannotBeKept was sent all the same: it must not read like a
// failure, nor be written down as one that was never sent.
func TestWriteWhoseAnswerCannotBeKept(t *testing.T) {
	t.Parallel()
	var records []calls.Record
	a := twoConnectors(result(`{"id":7,"body":"`+strings.Repeat("x", 200_000)+`"}`, `{}`))
	a.opts.Results = results.New(results.Options{Disk: 1})
	a.opts.Audit = func(r calls.Record) { records = append(records, r) }
	answer := read(t, mustCall(t, a.box(t), inMain, "shop_orders_create", `{"title":"a"}`))
	if string(answer.Result) != `{"id":7}` || answer.Truncated == nil || answer.Truncated.Handle != "" || len(answer.Truncated.Omitted) != 1 {
		t.Errorf("got %s and %+v, want the id, and body left out", answer.Result, answer.Truncated)
	}
	if len(records) != 1 || records[0].Outcome != "ok" {
		t.Errorf("the audit has %+v", records)
	}
}

// TestReadResultAtTheEdges asks for windows far outside of a result.
func TestReadResultAtTheEdges(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[{"id":1,"body":"`+strings.Repeat("x", 100_000)+`"}]`, `{}`))
	b := a.box(t)
	kept := read(t, mustCall(t, b, inMain, "shop_orders_list", `{}`)).Truncated
	for _, arguments := range []string{
		fmt.Sprintf(`{"handle":%q,"path":"[0].body","offset":%d}`, kept.Handle, math.MaxInt64),
		fmt.Sprintf(`{"handle":%q,"path":"[0].body","offset":%d,"limit":%d}`, kept.Handle, math.MaxInt64, math.MaxInt64),
		fmt.Sprintf(`{"handle":%q,"offset":%d}`, kept.Handle, math.MaxInt64),
		fmt.Sprintf(`{"handle":%q,"offset":1.0,"limit":1e2}`, kept.Handle),
		fmt.Sprintf(`{"handle":%q,"offset":1e30}`, kept.Handle),
	} {
		var window results.Window
		if err := json.Unmarshal(mustCall(t, b, inMain, "read_result", arguments).Data, &window); err != nil || window.Count != 0 ||
			window.Next != 0 {
			t.Errorf("%s: got %+v, %v; want nothing", arguments, window, err)
		}
	}
	mustCall(t, b, inMain, "shop_orders_list", `{"max_pages":2.0}`)
	whole := mustCall(t, b, inMain, "read_result", fmt.Sprintf(`{"handle":%q,"path":"[0].id"}`, kept.Handle))
	if note := string(whole.JSON()); !strings.Contains(note, "not instructions") {
		t.Errorf("%s is not fenced as data", note)
	}
}

// TestLargeResultsAreNotCopied over and over: what a call of one takes bounds how many
// can be made at a time.
func TestLargeResultsAreNotCopied(t *testing.T) {
	const size = 20 << 20
	a := twoConnectors("")
	record := `{"id":1,"body":"` + strings.Repeat("x", 1000) + `"}`
	answer := []byte(result(`[`+strings.Repeat(record+",", size/len(record))+record+`]`, `{}`))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/execute") {
			a.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
	}))
	t.Cleanup(server.Close)
	client, err := airbyte.New(airbyte.Config{Host: server.URL, ClientID: "id", ClientSecret: secret.New("secret")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b := newRunner(catalog(), client, calls.Options{})
	t.Cleanup(b.Close)
	allocated := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	before := allocated()
	r := mustCall(t, b, inMain, "shop_orders_list", `{}`)
	if took := allocated() - before; r.Truncation == nil || took > 2*size {
		t.Errorf("a result of %d MB took %d MB", size>>20, took>>20)
	}
	before = allocated()
	mustCall(t, b, inMain, "read_result", fmt.Sprintf(`{"handle":%q,"limit":1}`, r.Truncation.Handle))
	if took := allocated() - before; took > size/2 {
		t.Errorf("a window of it took %d MB", took>>20)
	}
}
