package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// stream opens an event stream of a caller at a replica. Its data comes over the channel.
func (c *cluster) stream(ctx context.Context, i, caller int) <-chan string {
	c.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.at[i]+"/sse", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.keys[caller])
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("GET /sse: %v, %v", resp, err)
	}
	data := make(chan string, 100)
	go func() {
		defer close(data)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				data <- text
			}
		}
	}()
	return data
}

// TestStreamsAcrossReplicas sends the messages of a stream to replicas that do not have
// it.
func TestStreamsAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	data := c.stream(ctx, 0, 0)
	endpoint := <-data
	for i := range c.at {
		url := "http://" + c.at[i] + endpoint
		c.until("the message is taken", func() bool { // the stream's replica may still be subscribing
			return c.post(url, 0, "", "tools/call", list(i)).status == http.StatusAccepted
		})
		if got := <-data; !strings.Contains(got, `"result"`) || strings.Contains(got, `"isError":true`) {
			t.Errorf("through replica %d: %.300s", i, got)
		}
		if a := c.post(url, 1, "", "tools/call", list(i)); a.status != http.StatusNotFound {
			t.Errorf("another caller's message through replica %d: HTTP %d, want 404", i, a.status)
		}
	}
	leave()
	for range data { // until the stream has ended
	}
	c.until("the stream is gone", func() bool {
		return c.post("http://"+c.at[1]+endpoint, 0, "", "ping", "{}").status == http.StatusNotFound
	})
}

// TestResultsAcrossReplicas reads a result that was too large at one replica at another.
func TestResultsAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	url := func(i int) string { return "http://" + c.at[i] + "/mcp" }
	session := c.begin(url(0), 0)
	a := c.post(url(0), 0, session, "tools/call",
		`{"name":"call_read_tool","arguments":{"name":"github_issues_list","arguments":{"owner":"acme","repo":"widgets","per_page":100,"select_fields":["*"]}}}`)
	_, rest, ok := strings.Cut(a.body, `airbyte://results/`)
	if !ok {
		t.Fatalf("no result was kept: %.6000s", a.body)
	}
	handle, _, _ := strings.Cut(rest, `\`)
	for i := range c.at {
		read := fmt.Sprintf(`{"name":"read_result","arguments":{"handle":%q}}`, handle)
		if got := c.post(url(i), 0, session, "tools/call", read); got.failed() {
			t.Errorf("replica %d: %.300s", i, got.body)
		}
		if got := c.post(url(i), 1, c.begin(url(i), 1), "tools/call", read); !strings.Contains(got.body, "no such result") {
			t.Errorf("another caller at replica %d: %.300s", i, got.body)
		}
	}
}
