package server

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mark3labs/mcp-go/mcp"
)

// TestAnswersBelongToTheirArguments: in the stateless era a client brings the answer with
// the call, whose arguments it may have changed meanwhile. What readers of JSON may take
// for something else is something else; another spelling is not.
func TestAnswersBelongToTheirArguments(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asked, answered string // parameters of the write
		executed        int
	}{
		"half a character":         {`{"title":"a\ud800"}`, `{"title":"a\udfff"}`, 0},
		"a digit more":             {`{"n":1}`, `{"n":1.0}`, 0},
		"an exponent":              {`{"n":1}`, `{"n":1e0}`, 0},
		"a name given twice":       {`{"x":{"n":1}}`, `{"x":{"n":1000,"n":1}}`, 0},
		"a number as text":         {`{"n":1}`, `{"n":"1"}`, 0},
		"the same":                 {`{"title":"a","n":1}`, `{"title":"a","n":1}`, 1},
		"other order, white space": {`{"title":"a","n":1}`, `{ "n" : 1, "title" : "\u0061" }`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newCautiousRig(t)
				w := r.web(t)
				post := func(params, more string) message {
					frame := callTool("1", "execute_action", `{"connector":"github","entity":"issues","action":"create","params":`+params+`}`+more)
					frame = strings.Replace(modern(frame), mcp.MetaKeyClientCapabilities+`":{}`, mcp.MetaKeyClientCapabilities+`":`+asksForms, 1)
					return w.post(frame, modernHeaders(t, frame)...).last(t)
				}
				var q inputRequired
				if err := json.Unmarshal(post(tt.asked, "").Result, &q); err != nil {
					t.Fatal(err)
				}
				if q.RequestState == "" && tt.executed > 0 {
					t.Fatal("nobody was asked")
				}
				answer := `,"requestState":"` + q.RequestState + `","inputResponses":{"` + questionID +
					`":{"action":"accept","content":{"confirm":true}}}`
				if got := post(tt.answered, answer).call(t); r.up.load().executed != tt.executed {
					t.Errorf("got %s with %d executes, want %d", got.text(), r.up.load().executed, tt.executed)
				}
			})
		})
	}
}
