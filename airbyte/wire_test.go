package airbyte_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"airbyte-mcp-server/airbyte"
)

func TestExecutionOnTheWire(t *testing.T) {
	t.Parallel()
	no := false
	tests := map[string]struct {
		x    airbyte.Execution
		want string
	}{
		"least": {
			airbyte.Execution{Action: "describe"},
			`{"entity":"","action":"describe"}`,
		},
		"params as they came": {
			airbyte.Execution{Entity: "issues", Action: "get",
				Params: []byte(`{"z":9007199254740993,"a":1.50,"n":-0,"e":1E400,"k":"\u00e4","a":2}`)},
			`{"entity":"issues","action":"get","params":{"z":9007199254740993,"a":1.50,"n":-0,"e":1E400,"k":"\u00e4","a":2}}`,
		},
		"params of null": {
			airbyte.Execution{Entity: "issues", Action: "list", Params: []byte(`null`)},
			`{"entity":"issues","action":"list","params":null}`,
		},
		"all options": {
			airbyte.Execution{
				Entity: "issues", Action: "list", SelectFields: []string{"id", "user.login"}, ExcludeFields: []string{"body"},
				SkipTruncation: &no, Intent: "weekly report",
			},
			`{"entity":"issues","action":"list","select_fields":["id","user.login"],"exclude_fields":["body"],"skip_truncation":false,` +
				`"intent":"weekly report"}`,
		},
		"empty options are not sent": {
			airbyte.Execution{Entity: "issues", Action: "list", SelectFields: []string{}, ExcludeFields: []string{}},
			`{"entity":"issues","action":"list"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			mustRun(t.Context(), t, a.serve(t), test.x)
			if got := a.requests(executePath)[0].body; got != test.want {
				t.Errorf("got body\n%s, want\n%s", got, test.want)
			}
		})
	}
}

// HTML in a text is escaped in JSON on the way, which changes no value.
func TestTextsSurviveTheWay(t *testing.T) {
	t.Parallel()
	const params = `{"body":"<b>&amp;</b> \u2028 'x'"}`
	a := newAPI()
	mustRun(t.Context(), t, a.serve(t), airbyte.Execution{Entity: "issues", Action: "create", Params: []byte(params)})
	var want, got struct{ Body string }
	var sent struct{ Params json.RawMessage }
	for _, step := range []error{
		json.Unmarshal([]byte(params), &want),
		json.Unmarshal([]byte(a.requests(executePath)[0].body), &sent),
		json.Unmarshal(sent.Params, &got),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if got != want {
		t.Errorf("got %q, want %q", got.Body, want.Body)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, organization := range []string{"", "0f6f3a52-6c1e-4b8e-9a53-2f4f2d7f1c11"} {
		t.Run("organization "+organization, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			client := a.serve(t, func(cfg *airbyte.Config) { cfg.OrganizationID, cfg.UserAgent = organization, "agent/1" })
			mustRun(t.Context(), t, client, createIssue)
			if _, err := client.Connectors(t.Context(), "a b&c"); err != nil {
				t.Fatal(err)
			}
			for _, s := range a.seen {
				checkHeaders(t, s, organization)
			}
			if got, want := a.requests(connectorsPath)[0].query, "workspace_name=a+b%26c"; got != want {
				t.Errorf("got query %s, want %s", got, want)
			}
		})
	}
}

func checkHeaders(t *testing.T, s seen, organization string) {
	t.Helper()
	wantBearer := "bearer-1"
	if strings.HasSuffix(s.route, tokenPath) {
		wantBearer = ""
	}
	if s.bearer != wantBearer {
		t.Errorf("%s: got bearer %q, want %q", s.route, s.bearer, wantBearer)
	}
	for name, want := range map[string]string{
		"Accept": "application/json", "User-Agent": "agent/1", "X-Organization-Id": organization,
		"Idempotency-Key": "", "X-Idempotency-Key": "", "Transfer-Encoding": "",
	} {
		if got := s.header.Get(name); got != want {
			t.Errorf("%s: got %s %q, want %q", s.route, name, got, want)
		}
	}
	if _, sent := s.header["X-Organization-Id"]; sent != (organization != "") {
		t.Errorf("%s: X-Organization-Id was sent: %t", s.route, sent)
	}
	if s.length != int64(len(s.body)) {
		t.Errorf("%s: got length %d, want %d", s.route, s.length, len(s.body))
	}
	if got := s.header.Get("Content-Type"); s.body != "" && got != "application/json" {
		t.Errorf("%s: got content type %q, want application/json", s.route, got)
	}
}

func TestResults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want airbyte.Result
	}{
		"every digit, every key where it was": {
			`{"status":"success","result":[{"z":9007199254740993,"a":0.10,"z2":{"b":1,"a":2},"a":3}],` +
				`"connector_metadata":{"end_cursor":"c","has_next_page":true},` +
				`"execution_metadata":{"connector_instance_id":"source_id:c-1","execution_time_ms":1234},"warning":"old","new_key":1}`,
			airbyte.Result{
				Data:     []byte(`[{"z":9007199254740993,"a":0.10,"z2":{"b":1,"a":2},"a":3}]`),
				Metadata: []byte(`{"end_cursor":"c","has_next_page":true}`), Warning: []byte(`"old"`), ExecutionMS: 1234,
			},
		},
		"result of null": {`{"status":"success","result":null,"connector_metadata":null}`,
			airbyte.Result{Data: []byte(`null`), Metadata: []byte(`null`)}},
		"empty list": {`{"status":"success","result":[]}`, airbyte.Result{Data: []byte(`[]`)}},
		"text":       {`{"status":"success","result":"done"}`, airbyte.Result{Data: []byte(`"done"`)}},
		"seed, no status": {`{"result":[1],"connector_metadata":{"pagination":{"cursor":"c"}}}`,
			airbyte.Result{Data: []byte(`[1]`), Metadata: []byte(`{"pagination":{"cursor":"c"}}`)}},
		"legacy data, meta": {`{"data":[{"id":1}],"meta":{"has_more":false}}`,
			airbyte.Result{Data: []byte(`[{"id":1}]`), Metadata: []byte(`{"has_more":false}`)}},
		"legacy, empty data": {`{"data":[]}`, airbyte.Result{Data: []byte(`[]`)}},
		"result before data": {`{"result":[1],"data":[2],"meta":{}}`, airbyte.Result{Data: []byte(`[1]`)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = say(200, test.body, "X-Request-Id", "req-1")
			got := mustRun(t.Context(), t, a.serve(t), listIssues)
			for _, part := range []struct {
				name      string
				got, want json.RawMessage
			}{
				{"data", got.Data, test.want.Data}, {"metadata", got.Metadata, test.want.Metadata}, {"warning", got.Warning,
					test.want.Warning},
			} {
				if string(part.got) != string(part.want) {
					t.Errorf("got %s %s, want %s", part.name, part.got, part.want)
				}
			}
			if got.ExecutionMS != test.want.ExecutionMS || got.RequestID != "req-1" || got.Bytes != len(test.body) {
				t.Errorf("got %d ms, request id %q, %d bytes, want %d ms, req-1, %d bytes",
					got.ExecutionMS, got.RequestID, got.Bytes, test.want.ExecutionMS, len(test.body))
			}
		})
	}
}

func TestLargestAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit    int64
		wantCode airbyte.Code
	}{
		"fits exactly":     {int64(len(okResult)), ""},
		"one byte too big": {int64(len(okResult)) - 1, airbyte.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.token = say(200, `{"access_token":"x"}`)
			client := a.serve(t, func(cfg *airbyte.Config) { cfg.MaxBody = test.limit })
			failure := run(t.Context(), t, client, listIssues)
			var code airbyte.Code
			if failure != nil {
				code = failure.Code
			}
			if code != test.wantCode {
				t.Errorf("got code %q, want %q", code, test.wantCode)
			}
		})
	}
}

// Not parallel: it measures what the process allocates.
func TestHugeAnswersCostLittle(t *testing.T) {
	const limit, gigabyte = 1 << 20, 1 << 30
	var written atomic.Int64
	tests := map[string]struct {
		answer   http.HandlerFunc
		wantCode airbyte.Code
	}{
		"a gigabyte": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1073741824")
			written.Store(endless(w))
		}, airbyte.CodeTooLarge},
		"endless chunks": {func(w http.ResponseWriter, _ *http.Request) { written.Store(endless(w)) }, airbyte.CodeTooLarge},
		"gzip bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			written.Store(endless(z))
		}, airbyte.CodeTooLarge},
		"endless refusal": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			written.Store(endless(w))
		}, airbyte.CodeInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI()
			done := make(chan struct{})
			a.execute = func(w http.ResponseWriter, r *http.Request) {
				defer close(done)
				test.answer(w, r)
			}
			client := a.serve(t, func(cfg *airbyte.Config) { cfg.MaxBody = limit })
			mustMint(t, client)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			failure := run(t.Context(), t, client, createIssue)
			runtime.ReadMemStats(&after)
			if failure == nil || failure.Code != test.wantCode {
				t.Errorf("got %+v, want code %q", failure, test.wantCode)
			}
			// All that was ever allocated bounds the peak.
			if got := after.TotalAlloc - before.TotalAlloc; got > 8*limit {
				t.Errorf("got %d bytes allocated for an answer of at most %d, want at most %d", got, limit, 8*limit)
			}
			<-done
			if got := written.Load(); got > gigabyte/4 {
				t.Errorf("the API could send %d bytes before the connection was closed", got)
			}
		})
	}
}

// endless writes a gigabyte of zeros, or as much as the reader takes, and returns how much.
func endless(w io.Writer) (written int64) {
	zeros := make([]byte, 64<<10)
	for written < 1<<30 {
		n, err := w.Write(zeros)
		written += int64(n)
		if err != nil {
			return written
		}
	}
	return written
}

// mustMint makes the client have a token.
func mustMint(t *testing.T, client *airbyte.Client) {
	t.Helper()
	if _, err := client.Connectors(t.Context(), "default"); err != nil {
		t.Fatal(err)
	}
}

// Answers are read to their end, failures too: otherwise each call dials anew.
func TestOneConnectionServesAll(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.execute = inTurn(
		say(200, okResult), say(404, `{"detail":"Connector not found"}`), say(400, strings.Repeat("x", 50_000)),
		say(503, `<html>`+strings.Repeat(" ", 9000)), say(200, `{"status":"error"}`), say(200, strings.Repeat(" ", 50_000)), say(200,
			okResult),
	)
	client := a.serve(t)
	for range 7 {
		_ = run(t.Context(), t, client, createIssue)
	}
	remotes := map[string]bool{}
	for _, s := range a.seen {
		remotes[s.remote] = true
	}
	if len(remotes) != 1 || len(a.seen) != 8 {
		t.Errorf("got %d connections for %d requests, want 1 for 8", len(remotes), len(a.seen))
	}
}
