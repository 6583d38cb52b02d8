package deploy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// replica stands for the server behind a load balancer.
type replica struct {
	*httptest.Server

	ready    atomic.Bool
	release  chan struct{} // ends streams
	mu       sync.Mutex
	requests []string // method and path of all but checks
}

func newReplica(t *testing.T) *replica {
	t.Helper()
	r := &replica{release: make(chan struct{})}
	r.ready.Store(true)
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *replica) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/readyz" && req.Host == "localhost" {
		if !r.ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return
	}
	r.mu.Lock()
	r.requests = append(r.requests, req.Method+" "+req.URL.Path)
	r.mu.Unlock()
	switch {
	case req.URL.Path == "/sse":
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "event: endpoint\ndata: /message\n\n")
		w.(http.Flusher).Flush()
		time.Sleep(100 * time.Millisecond) // the first event travels with the headers
		_, _ = io.WriteString(w, "event: message\n\n")
		w.(http.Flusher).Flush()
		<-r.release
	case req.Header.Get("X-Break") != "":
		_, _ = io.Copy(io.Discard, req.Body)
		panic(http.ErrAbortHandler)
	default:
		_ = json.NewEncoder(w).Encode(req.Header)
	}
}

func (r *replica) seen(request string) (times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.requests {
		if one == request {
			times++
		}
	}
	return times
}

// freePort is a port of this machine that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func dial(t testing.TB, addr string) (net.Conn, error) {
	t.Helper()
	return new(net.Dialer).DialContext(t.Context(), "tcp", addr)
}

// start runs a program until the test ends.
func start(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("skipped: %s is not installed", name)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &said, &said, append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // killed, nginx would leave its workers
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, &said)
		}
	})
}

// edited writes a file of this folder with other addresses into a temporary folder.
func edited(t *testing.T, name string, oldnew ...string) string {
	t.Helper()
	text := read(t, name)
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(text, oldnew[i]) {
			t.Fatalf("%s: there is no %q", name, oldnew[i])
		}
	}
	path := filepath.Join(t.TempDir(), filepath.Base(name))
	if err := os.WriteFile(path, []byte(strings.NewReplacer(oldnew...).Replace(text)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHAProxyAcceptsItsFiles(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("haproxy")
	if err != nil {
		t.Skip("skipped: haproxy is not installed")
	}
	said, err := exec.CommandContext(t.Context(), path, "-c", "-f", "haproxy/haproxy.cfg").CombinedOutput()
	if err != nil || bytes.Contains(said, []byte("WARNING")) {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestHAProxy(t *testing.T) {
	t.Parallel()
	r := newReplica(t)
	b := startHAProxy(t, r.URL)
	b.replica = r
	b.awaitStatus(t, http.StatusOK)
	b.test(t)
	r.ready.Store(false)
	b.awaitStatus(t, http.StatusServiceUnavailable)
	r.ready.Store(true)
	b.awaitStatus(t, http.StatusOK)
}

func TestNginx(t *testing.T) {
	t.Parallel()
	r := newReplica(t)
	b := startNginx(t, r.URL)
	b.replica = r
	b.awaitStatus(t, http.StatusOK)
	b.test(t)
}

// startHAProxy runs HAProxy with its file before one replica, with further changes to it.
func startHAProxy(t *testing.T, replica string, oldnew ...string) balancer {
	t.Helper()
	addr := freePort(t)
	config := edited(t, "deploy/haproxy/haproxy.cfg", append(oldnew, "bind :8080\n", "bind "+addr+"\n")...)
	start(t, []string{"MCP_REPLICAS=" + strings.TrimPrefix(replica, "http://")}, "haproxy", "-db", "-f", config)
	return balancer{url: "http://" + addr, transport: http.DefaultTransport}
}

// startNginx runs nginx with its file before one replica, with further changes to it.
func startNginx(t *testing.T, replica string, oldnew ...string) balancer {
	t.Helper()
	addr, dir := freePort(t), t.TempDir()
	trusted := writeCertificate(t, dir)
	upstream := strings.TrimPrefix(replica, "http://")
	config := edited(t, "deploy/nginx/airbyte-mcp-server.conf", append(oldnew,
		"listen 443 ssl", "listen "+addr+" ssl", "/etc/nginx/tls/mcp.example.com", dir+"/tls", "/var/log/nginx", dir,
		"10.0.0.11:8080", upstream, "10.0.0.12:8080", upstream, "10.0.0.13:8080", upstream)...)
	outer := filepath.Join(dir, "nginx.conf")
	text := "daemon off;\npid " + dir + "/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n" +
		"client_body_temp_path " + dir + "/body;\nproxy_temp_path " + dir + "/proxy;\nfastcgi_temp_path " + dir + "/f;\n" +
		"uwsgi_temp_path " + dir + "/u;\nscgi_temp_path " + dir + "/s;\ninclude " + config + ";\n}\n"
	if err := os.WriteFile(outer, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, nil, "nginx", "-c", outer, "-p", dir)
	return balancer{url: "https://" + addr, transport: trusted}
}

// writeCertificate writes tls.crt and tls.key for this machine and returns what trusts them.
func writeCertificate(t *testing.T, dir string) http.RoundTripper {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	pair := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"tls.crt": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "tls.key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s.Client().Transport
}

// balancer is one that runs, and the replica behind it.
type balancer struct {
	url       string
	transport http.RoundTripper
	replica   *replica
}

// send sends a request whose path goes out as it is.
func (b balancer) send(ctx context.Context, t *testing.T, method, path string, header http.Header) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, b.url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.GetBody = nil
	req.URL = &url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Opaque: "//" + req.URL.Host + path}
	if header != nil {
		req.Header = header
	}
	return b.transport.RoundTrip(req)
}

func (b balancer) awaitStatus(t *testing.T, want int) {
	t.Helper()
	var got int
	for range 150 {
		if resp, err := b.send(t.Context(), t, http.MethodGet, "/healthz", nil); err == nil {
			resp.Body.Close()
			if got = resp.StatusCode; got == want {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("status %d, want %d", got, want)
}

func (b balancer) test(t *testing.T) {
	t.Helper()
	b.testHeaders(t)
	b.testPaths(t)
	b.testStream(t)
	b.testNothingTwice(t)
}

// testHeaders: what a caller says about itself does not arrive, and the rest does.
func (b balancer) testHeaders(t *testing.T) {
	t.Helper()
	lies := http.Header{
		"X-Forwarded-For": {"6.6.6.6"}, "X-Forwarded-Proto": {"gopher"}, "X-Forwarded-User": {"root"}, "X-Workspace": {"victim"},
		"X-Airbyte-Mcp-Peer": {"forged"},
		"Forwarded":          {"for=6.6.6.6"}, "Authorization": {"Bearer x"}, "Traceparent": {"00-1"}, "Mcp-Session-Id": {"s"},
	}
	resp, err := b.send(t.Context(), t, http.MethodPost, "/mcp", lies)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got http.Header
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	scheme, _, _ := strings.Cut(b.url, ":")
	for name, want := range map[string]string{
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": scheme, "X-Forwarded-User": "", "X-Workspace": "", "Forwarded": "",
		"X-Airbyte-Mcp-Peer": "",
		"Authorization":      "Bearer x", "Traceparent": "00-1", "Mcp-Session-Id": "s",
	} {
		if value := strings.Join(got.Values(name), ","); value != want {
			t.Errorf("%s arrived as %q, want %q", name, value, want)
		}
	}
}

// testPaths: what is for operators cannot be reached, however it is written.
func (b balancer) testPaths(t *testing.T) {
	t.Helper()
	for _, path := range []string{
		"/metrics", "/readyz", "//metrics", "/%6Detrics", "/downloads/../metrics", "/downloads/%2e%2e/metrics",
		"/mcp/../readyz", "/debug/pprof/", "/",
	} {
		resp, err := b.send(t.Context(), t, http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
	}
	for _, path := range []string{"/metrics", "/readyz", "/downloads/../metrics", "/mcp/../readyz"} {
		if n := b.replica.seen("GET " + path); n > 0 {
			t.Errorf("%s arrived %d times", path, n)
		}
	}
	for _, path := range []string{"/message", "/downloads/x", "/connect/x", "/.well-known/oauth-protected-resource/mcp"} {
		resp, err := b.send(t.Context(), t, http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
	}
}

// testStream: events arrive while the stream goes on.
func (b balancer) testStream(t *testing.T) {
	t.Helper()
	defer close(b.replica.release)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	resp, err := b.send(ctx, t, http.MethodGet, "/sse", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && lines.Text() != "event: message" {
	}
	if lines.Text() != "event: message" {
		t.Errorf("got %q, %v while the stream is open", lines.Text(), lines.Err())
	}
}

// testNothingTwice: a request whose answer is lost is not sent to another replica.
func (b balancer) testNothingTwice(t *testing.T) {
	t.Helper()
	before := b.replica.seen("POST /mcp")
	resp, err := b.send(t.Context(), t, http.MethodPost, "/mcp", http.Header{"X-Break": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n := b.replica.seen("POST /mcp") - before; n != 1 || resp.StatusCode != http.StatusBadGateway {
		t.Errorf("it was sent %d times and answered with %d", n, resp.StatusCode)
	}
}
