package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMessagesWhileTheStoreRestarts sends writes for a stream to another replica while the
// store is killed and started again: what was taken (202) is answered, what was refused (404,
// 503) was not done, and nothing is done twice.
func TestMessagesWhileTheStoreRestarts(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	data := c.stream(ctx, 0, 0)
	url := "http://" + c.address[1] + <-data
	c.waitFor("a message is taken", func() bool { return c.send(url, 0, "", "ping", "{}").status == http.StatusAccepted })
	<-data
	stop := make(chan struct{})
	sent := make(chan map[string]int, 1)
	go func() { sent <- c.writeUntil(stop, url) }()
	for range 3 {
		<-time.After(time.Second)
		kill(c.store)
		<-time.After(500 * time.Millisecond)
		c.startStore()
	}
	close(stop)
	statuses, answered := <-sent, map[string]bool{}
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	for len(answered) < counts[http.StatusAccepted] {
		select {
		case text := <-data:
			var m struct{ ID json.RawMessage }
			if err := json.Unmarshal([]byte(text), &m); err != nil || !strings.Contains(text, `"result"`) || answered[string(m.ID)] {
				t.Fatalf("on the stream: %.300s, %v", text, err)
			}
			answered[string(m.ID)] = true
		case <-time.After(30 * time.Second):
			t.Fatalf("%v; %d answers", counts, len(answered))
		}
	}
	t.Logf("answers by status: %v", counts)
	if unknown := counts[http.StatusGatewayTimeout]; len(c.repeatedWrites()) > 0 || counts[http.StatusAccepted] < 20 ||
		counts[http.StatusServiceUnavailable]+counts[http.StatusNotFound]+unknown == 0 ||
		len(statuses) != counts[http.StatusAccepted]+counts[http.StatusServiceUnavailable]+counts[http.StatusNotFound]+unknown {
		t.Errorf("answers by status: %v, writes that arrived twice: %v", counts, c.repeatedWrites())
	}
	done := 0
	for _, n := range c.createdWith() {
		done += n
	}
	if most := counts[http.StatusAccepted] + counts[http.StatusGatewayTimeout]; done < counts[http.StatusAccepted] || done > most {
		t.Errorf("%d writes were done, with %v", done, counts)
	}
}

// writeUntil sends writes until it shall stop and the last one was taken, and returns the
// statuses of the answers by JSON-RPC id.
func (c *cluster) writeUntil(stop <-chan struct{}, url string) map[string]int {
	statuses := map[string]int{}
	for {
		id := strconv.FormatInt(c.last.Load()+1, 10)
		statuses[id] = c.send(url, 0, "", "tools/call", writeCall("restart "+id)).status
		select {
		case <-stop:
			if statuses[id] == http.StatusAccepted {
				return statuses
			}
		case <-time.After(10 * time.Millisecond):
		case <-c.t.Context().Done():
			return statuses
		}
	}
}
