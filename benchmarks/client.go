package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// client sends messages to a server over one of the transports.
type client struct {
	send    func(message []byte) ([]byte, error) // an answer at once, or nil for one that the stream brings
	ids     atomic.Int64
	mu      sync.Mutex
	waiting map[int]chan []byte
}

var errLate = errors.New("no answer within 20 seconds")

// ask sends a request and returns the answer.
func (c *client) ask(method, params string) ([]byte, error) {
	id := int(c.ids.Add(1))
	answered := make(chan []byte, 1)
	c.mu.Lock()
	c.waiting[id] = answered
	c.mu.Unlock()
	answer, err := c.send(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, method, params))
	if answer != nil || err != nil {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return answer, err
	}
	select {
	case answer := <-answered:
		return answer, nil
	case <-time.After(20 * time.Second):
		return nil, errLate
	}
}

// deliver gives an answer of a stream to whoever waits for it.
func (c *client) deliver(answer []byte) {
	_, after, found := bytes.Cut(answer, []byte(`"id":`))
	end := 0
	for end < len(after) && after[end] >= '0' && after[end] <= '9' {
		end++
	}
	id, err := strconv.Atoi(string(after[:end]))
	if !found || err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting := c.waiting[id]; waiting != nil {
		waiting <- answer
		delete(c.waiting, id)
	}
}

// open says hello.
func (c *client) open() error {
	answer, err := c.ask("initialize",
		`{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}`)
	if err == nil && !bytes.Contains(answer, []byte(`"serverInfo"`)) {
		err = fmt.Errorf("initialize was answered with %.200s", answer)
	}
	return err
}

// overPipes is a client of a process.
func overPipes(in io.Writer, out io.Reader) *client {
	c := &client{waiting: map[int]chan []byte{}}
	var mu sync.Mutex
	c.send = func(message []byte) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		_, err := in.Write(append(message, '\n'))
		return nil, err
	}
	go func() {
		lines := bufio.NewReaderSize(out, 1<<20)
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			c.deliver(line)
		}
	}()
	return c
}

// pooled is an HTTP client with a connection for each caller.
func pooled() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
}

// overHTTP is a client of the streamable transport.
func overHTTP(base string) *client {
	c, web := &client{waiting: map[int]chan []byte{}}, pooled()
	var session atomic.Value
	c.send = func(message []byte) ([]byte, error) {
		request, err := http.NewRequest(http.MethodPost, base+"/mcp", bytes.NewReader(message))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept", "application/json, text/event-stream")
		if id, ok := session.Load().(string); ok {
			request.Header.Set("Mcp-Session-Id", id)
			request.Header.Set("Mcp-Protocol-Version", "2025-06-18")
		}
		answer, err := web.Do(request)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		if id := answer.Header.Get("Mcp-Session-Id"); id != "" {
			session.Store(id)
		}
		body, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("answered %s: %.200s", answer.Status, body)
		}
		return body, err
	}
	return c
}

// overSSE is a client of the older transport: answers come on a stream of events.
func overSSE(base string) (*client, error) {
	c, web := &client{waiting: map[int]chan []byte{}}, pooled()
	stream, err := web.Get(base + "/sse")
	if err != nil {
		return nil, err
	}
	lines := bufio.NewReaderSize(stream.Body, 1<<20)
	endpoint := ""
	for endpoint == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, err
		}
		endpoint, _ = strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !strings.Contains(endpoint, "/") {
			endpoint = ""
		}
	}
	if strings.HasPrefix(endpoint, "/") {
		endpoint = base + endpoint
	}
	c.send = func(message []byte) ([]byte, error) {
		answer, err := web.Post(endpoint, "application/json", bytes.NewReader(message))
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		return nil, answer.Body.Close()
	}
	go func() {
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
				c.deliver(data)
			}
		}
	}()
	return c, nil
}
