package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestSessionsAcrossReplicas begins a session at one replica and goes on at the others.
func TestSessionsAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	url := func(i int) string { return "http://" + c.address[i] + "/mcp" }
	session := c.openSession(url(0), 0)
	for i := range c.address {
		if a := c.send(url(i), 0, session, "tools/call", readCall(i)); a.failed() {
			t.Errorf("replica %d: %+v", i, a)
		}
		if a := c.send(url(i), 1, session, "tools/call", readCall(i)); a.status != http.StatusNotFound {
			t.Errorf("another caller in the session at replica %d: HTTP %d, want 404", i, a.status)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, url(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.keys[0])
	req.Header.Set("Mcp-Session-Id", session)
	if resp, err := http.DefaultClient.Do(req); err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatalf("ending the session: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	for i := range c.address {
		c.waitFor("the session has ended everywhere", func() bool {
			return c.send(url(i), 0, session, "ping", "{}").status == http.StatusNotFound
		})
	}
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
	for i := range c.address {
		url := "http://" + c.address[i] + endpoint
		c.waitFor("the message is taken", func() bool { // the stream's replica may still be subscribing
			return c.send(url, 0, "", "tools/call", readCall(i)).status == http.StatusAccepted
		})
		if got := <-data; !strings.Contains(got, `"result"`) || strings.Contains(got, `"isError":true`) {
			t.Errorf("through replica %d: %.300s", i, got)
		}
		if a := c.send(url, 1, "", "tools/call", readCall(i)); a.status != http.StatusNotFound {
			t.Errorf("another caller's message through replica %d: HTTP %d, want 404", i, a.status)
		}
	}
	leave()
	for range data { // until the stream has ended
	}
	c.waitFor("the stream is gone", func() bool {
		return c.send("http://"+c.address[1]+endpoint, 0, "", "ping", "{}").status == http.StatusNotFound
	})
}

// TestResultsAcrossReplicas reads a result that was too large at one replica at another.
func TestResultsAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	url := func(i int) string { return "http://" + c.address[i] + "/mcp" }
	session := c.openSession(url(0), 0)
	a := c.send(url(0), 0, session, "tools/call",
		`{"name":"call_read_tool","arguments":{"name":"github_issues_list","arguments":`+
			`{"owner":"acme","repo":"widgets","per_page":100,"select_fields":["*"]}}}`)
	_, rest, ok := strings.Cut(a.body, `airbyte://results/`)
	if !ok {
		t.Fatalf("no result was kept: %.6000s", a.body)
	}
	handle, _, _ := strings.Cut(rest, `\`)
	for i := range c.address {
		read := fmt.Sprintf(`{"name":"read_result","arguments":{"handle":%q}}`, handle)
		if got := c.send(url(i), 0, session, "tools/call", read); got.failed() {
			t.Errorf("replica %d: %.300s", i, got.body)
		}
		if got := c.send(url(i), 1, c.openSession(url(i), 1), "tools/call", read); !strings.Contains(got.body, "no such result") {
			t.Errorf("another caller at replica %d: %.300s", i, got.body)
		}
	}
}

// stream opens an event stream of a caller at a replica. Its data comes over the channel.
func (c *cluster) stream(ctx context.Context, i, caller int) <-chan string {
	c.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.address[i]+"/sse", nil)
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

// deletion is the call of a tool that asks for a confirmation.
func deletion(confirmation string) string {
	return `{"name":"call_write_tool","arguments":{"name":"slack_reactions_delete","arguments":` +
		`{"channel":"C0","timestamp":"1.2","name":"x","confirmation":"` + confirmation + `"}}}`
}

var confirmationIn = regexp.MustCompile(`\\"confirmation\\": \\"([^"\\]+)`)

// askToDelete returns the confirmation token of a deletion.
func (c *cluster) askToDelete(url, session string) string {
	c.t.Helper()
	a := c.send(url, 0, session, "tools/call", strings.Replace(deletion(""), `,"confirmation":""`, "", 1))
	found := confirmationIn.FindStringSubmatch(a.body)
	if found == nil {
		c.t.Fatalf("no confirmation is asked for: %+v", a)
	}
	return found[1]
}

// TestConfirmationsAcrossReplicas confirms at one replica what another has asked, once,
// though Redis has lost all marks; after the end of the replica that asked it is void.
func TestConfirmationsAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	url := func(i int) string { return "http://" + c.address[i] + "/mcp" }
	session := c.openSession(url(0), 0)
	confirm := func(i int, confirmation string) answer {
		return c.send(url(i), 0, session, "tools/call", deletion(confirmation))
	}
	var confirmation string
	c.waitFor("another replica passes a confirmation on", func() bool {
		confirmation = c.askToDelete(url(0), session)
		return !strings.Contains(confirm(1, confirmation).body, "does not belong")
	})
	c.forgetInStore()
	for i := range c.address {
		if a := confirm(i, confirmation); !strings.Contains(a.body, "does not belong") {
			t.Errorf("used again at replica %d: %+v", i, a)
		}
	}
	confirmation = c.askToDelete(url(0), session)
	kill(c.replicas[0])
	if a := confirm(1, confirmation); !strings.Contains(a.body, "does not belong") {
		t.Errorf("after the end of the replica that asked: %+v", a)
	}
}

// forgetInStore empties the store that the replicas share.
func (c *cluster) forgetInStore() {
	c.t.Helper()
	conn, err := net.Dial("tcp", c.storeAt)
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("FLUSHALL\r\n")); err != nil {
		c.t.Fatal(err)
	}
	if answer, err := bufio.NewReader(conn).ReadString('\n'); err != nil || answer != "+OK\r\n" {
		c.t.Fatalf("emptying the store: %q, %v", answer, err)
	}
}

// TestEqualWritesAcrossReplicas asks before a write that another replica has just made.
func TestEqualWritesAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	url := func(i int) string { return "http://" + c.address[i] + "/mcp" }
	session := c.openSession(url(0), 0)
	if a := c.send(url(0), 0, session, "tools/call", writeCall("once")); a.failed() {
		t.Fatalf("the first write: %+v", a)
	}
	for i := range c.address {
		if a := c.send(url(i), 0, session, "tools/call", writeCall("once")); !strings.Contains(a.body, "The same request") {
			t.Errorf("the same write at replica %d: %+v", i, a)
		}
	}
	if a := c.send(url(1), 0, session, "tools/call", writeCall("another")); a.failed() {
		t.Errorf("another write: %+v", a)
	}
}
