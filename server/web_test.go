package server

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

// pipeListener is a listener without sockets, so that virtual time passes while
// both sides of its connections wait.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

func (l *pipeListener) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// web is the HTTP transports with a client.
type web struct {
	t        testing.TB
	client   *http.Client
	listener *pipeListener
	http     *HTTP
	stop     context.CancelFunc
	ended    chan error
}

// web serves HTTP until the test ends.
func (r *rig) web(t testing.TB, change ...func(*HTTPOptions)) *web {
	t.Helper()
	o := HTTPOptions{Caller: r.session}
	for _, c := range change {
		c(&o)
	}
	ctx, stop := context.WithCancel(context.Background())
	w := &web{t: t, listener: newPipeListener(), http: r.HTTP(o), stop: stop, ended: make(chan error, 1)}
	transport := &http.Transport{DialContext: w.listener.dial}
	w.client = &http.Client{Transport: transport}
	go func() { w.ended <- w.http.serveListener(ctx, w.listener) }()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
		w.ended <- <-w.ended
	})
	return w
}

// webReply is what came back for an HTTP request.
type webReply struct {
	status   int
	header   http.Header
	body     string
	messages []message // of a JSON body or of an event stream
}

// last is the message that ends a reply.
func (r webReply) last(t testing.TB) message {
	t.Helper()
	if len(r.messages) == 0 {
		t.Fatalf("no message in HTTP %d %.200q", r.status, r.body)
	}
	return r.messages[len(r.messages)-1]
}

// do sends a request. Headers are pairs of name and value; "Host" sets the host.
func (w *web) do(ctx context.Context, method, path, body string, header ...string) (webReply, error) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return webReply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	reply := webReply{status: resp.StatusCode, header: resp.Header, body: string(text)}
	switch {
	case err != nil:
	case strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream"):
		for _, e := range readEvents(w.t, strings.NewReader(reply.body)) {
			reply.messages = append(reply.messages, readMessage(w.t, []byte(e.data)))
		}
	case resp.Header.Get("Content-Type") == "application/json" && strings.Contains(reply.body, `"jsonrpc"`):
		reply.messages = []message{readMessage(w.t, text)}
	}
	return reply, err
}

// post sends a message to /mcp as hosts do.
func (w *web) post(frame string, header ...string) webReply {
	w.t.Helper()
	reply, err := w.do(context.Background(), http.MethodPost, "/mcp", frame, jsonHeaders(header)...)
	if err != nil {
		w.t.Fatalf("POST %.100s: %v", frame, err)
	}
	return reply
}

func jsonHeaders(more []string) []string {
	return append([]string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream"}, more...)
}

// postModern sends a message of the stateless era with the headers that it needs.
func (w *web) postModern(frame string) webReply {
	w.t.Helper()
	return w.post(modern(frame), modernHeaders(w.t, frame)...)
}

func modernHeaders(t testing.TB, frame string) []string {
	t.Helper()
	var f struct {
		Method string `json:"method"`
		Params struct {
			Name string `json:"name"`
		} `json:"params"`
	}
	if err := json.Unmarshal([]byte(frame), &f); err != nil {
		t.Fatal(err)
	}
	header := []string{mcp.HeaderProtocolVersion, mcp.LATEST_PROTOCOL_VERSION, mcp.HeaderMethod, f.Method}
	if f.Params.Name != "" {
		header = append(header, mcp.HeaderName, f.Params.Name)
	}
	return header
}

// open starts a session and returns the header that names it.
func (w *web) open(header ...string) []string {
	w.t.Helper()
	reply := w.post(initialize("0"), header...)
	id := reply.header.Get(sessionHeader)
	if reply.status != http.StatusOK || id == "" {
		w.t.Fatalf("initialize: HTTP %d %s", reply.status, reply.body)
	}
	session := append([]string{sessionHeader, id, mcp.HeaderProtocolVersion, mcp.LATEST_LEGACY_PROTOCOL_VERSION}, header...)
	if reply := w.post(initialized, session...); reply.status != http.StatusAccepted {
		w.t.Fatalf("initialized: HTTP %d %s", reply.status, reply.body)
	}
	return session
}

// event is one server-sent event.
type event struct{ name, data string }

func readEvents(t testing.TB, body io.Reader) []event {
	t.Helper()
	var events []event
	scanEvents(body, func(e event) { events = append(events, e) })
	return events
}

// scanEvents passes on each event until the stream ends.
func scanEvents(body io.Reader, take func(event)) {
	lines := bufio.NewReader(body)
	var e event
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case name == "event":
			e.name = value
		case name == "data":
			e.data = value
		case line == "\n" && e.data != "":
			take(e)
			e = event{}
		}
	}
}

// stream is a client of the HTTP+SSE transport.
type stream struct {
	web      *web
	endpoint string
	leave    context.CancelFunc
	done     chan struct{} // closed when the stream has ended
	wire                   // the messages of the stream
}

// stream opens a stream and waits for its endpoint.
func (w *web) stream(header ...string) *stream {
	w.t.Helper()
	ctx, leave := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:8080/sse", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := w.client.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("GET /sse: %v, %v", resp, err)
	}
	s := &stream{web: w, leave: leave, done: make(chan struct{}), wire: wire{t: w.t}}
	endpoint := make(chan string, 1)
	go func() {
		defer close(s.done)
		defer resp.Body.Close()
		scanEvents(resp.Body, func(e event) {
			if e.name == "endpoint" {
				endpoint <- e.data
				return
			}
			s.keep(readMessage(w.t, []byte(e.data)))
		})
	}()
	w.t.Cleanup(func() {
		leave()
		<-s.done
	})
	s.endpoint = <-endpoint
	return s
}

// post sends a message that belongs to the stream.
func (s *stream) post(frame string, header ...string) webReply {
	s.web.t.Helper()
	reply, err := s.web.do(context.Background(), http.MethodPost, s.endpoint, frame, jsonHeaders(header)...)
	if err != nil {
		s.web.t.Fatalf("POST %.100s: %v", frame, err)
	}
	return reply
}

// virtual lets virtual time pass.
func virtual(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
