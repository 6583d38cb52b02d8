package server

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
)

// slowClient takes nothing before a tool has returned. It keeps the numbers in
// the messages that it is sent.
type slowClient struct {
	t        *testing.T
	returned chan struct{}
	member   string // of params, with the number
	got      []string
}

func (c *slowClient) send(raw []byte) error {
	<-c.returned
	var params map[string]any
	if err := json.Unmarshal(readMessage(c.t, raw).Params, &params); err != nil {
		c.t.Error(err)
	}
	c.got = append(c.got, fmt.Sprint(params[c.member]))
	return nil
}

// What a tool says before it returns reaches the client before the answer does,
// all of it and in order, even if nothing of it was written when the tool returned.
func TestNoticesPrecedeTheAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, meta, member string
		say                func(f *fixtures, ctx context.Context, r mcp.CallToolRequest, number int) error
	}{
		{"progress", `{"progressToken":"p"}`, "progress", (*fixtures).progress},
		{"log", `{"` + mcp.MetaKeyLogLevel + `":"info"}`, "data", (*fixtures).logNumber},
	} {
		sessions := request("1", "tools/call", `{"name":"burst","arguments":{},"_meta":`+test.meta+`}`)
		for era, raw := range map[string]string{"sessions": sessions, "stateless": modern(sessions)} {
			t.Run(test.name+" "+era, func(t *testing.T) {
				t.Parallel()
				r, f := newFixtures(t)
				client := &slowClient{t: t, returned: make(chan struct{}), member: test.member}
				want := f.burst(client.returned, test.say)
				frame, problem := parseFrame([]byte(raw))
				if problem != nil {
					t.Fatal(problem.message)
				}
				answer := r.handle(t.Context(), r.newExchange(frame, r.session, &peer{initialized: true}, client.send))
				if got := readMessage(t, answer.json).call(t).text(); got != "done" {
					t.Errorf("got the answer %q, want done", got)
				}
				if !slices.Equal(client.got, want) {
					t.Errorf("before the answer came %v, want %v", client.got, want)
				}
			})
		}
	}
}

// burst adds a tool that says as much at once as is kept for a slow client, and
// returns the numbers in it.
func (f *fixtures) burst(returned chan struct{}, say func(*fixtures, context.Context, mcp.CallToolRequest, int) error) (numbers []string) {
	for i := range notificationBuffer {
		numbers = append(numbers, strconv.Itoa(i))
	}
	f.tool("burst", "Says much.", func(ctx context.Context, r mcp.CallToolRequest) *mcp.CallToolResult {
		defer close(returned)
		for i := range notificationBuffer {
			if err := say(f, ctx, r, i); err != nil {
				return mcp.NewToolResultError(err.Error())
			}
		}
		return mcp.NewToolResultText("done")
	})
	return numbers
}

func (f *fixtures) logNumber(ctx context.Context, _ mcp.CallToolRequest, number int) error {
	return f.log(ctx, number)
}
