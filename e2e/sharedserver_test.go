package e2e_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// sharedServer is the real program with the limits that are shipped, for two tenants.
type sharedServer struct {
	t         testing.TB
	url       string
	process   *exec.Cmd
	hostile   []string       // keys of one tenant, which has one connector of each type
	neighbour string         // key of the other
	roots     *x509.CertPool // of the server's certificate; nil for plain HTTP
	last      atomic.Int64   // JSON-RPC id
}

// sharedAPI is the API of shared servers: the emulator, with large lists.
type sharedAPI struct{ env []string }

const hostileKeys = 5

func startSharedAPI(t testing.TB) *sharedAPI {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("skipped: only Linux tells how much memory a process holds, and has more addresses than one on loopback")
	}
	env := startEmulator(t, "--dataset", "small")
	emulator := strings.TrimPrefix(env[0], "AIRBYTE_API_HOST=")
	connectGitHub(t, env, "neighbour")
	env = slices.Clone(env)
	env[0] = "AIRBYTE_API_HOST=" + startLargeAPI(t, emulator)
	return &sharedAPI{env}
}

// connectGitHub makes a workspace with one connector and returns the connector's id.
func connectGitHub(t testing.TB, emulator []string, workspace string) (id string) {
	t.Helper()
	env := map[string]string{}
	for _, line := range emulator {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	var token struct {
		Value string `json:"access_token"`
	}
	exchangeJSON(t, http.MethodPost, env["AIRBYTE_CLOUD_API_URL"]+"/applications/token", "",
		fmt.Sprintf(`{"client_id":%q,"client_secret":%q}`, env["AIRBYTE_CLOUD_CLIENT_ID"], env["AIRBYTE_CLOUD_CLIENT_SECRET"]), &token)
	var config any
	exchangeJSON(t, http.MethodPut, env["AIRBYTE_API_HOST"]+"/__sandbox/config", "",
		`{"switches":{"autocreate_on_connector_create":"on"}}`, &config)
	var made struct{ ID string }
	exchangeJSON(t, http.MethodPost, env["AIRBYTE_API_HOST"]+"/api/v1/integrations/connectors", token.Value,
		`{"workspace_name":"`+workspace+`","connector_type":"github","credentials":{"token":"ghp_example"},`+
			`"replication_config":{"repositories":["acme/widgets"]}}`, &made)
	return made.ID
}

// serve starts a server. The memory budget is that of the shipped pod, whatever the machine
// of the test has.
func (api *sharedAPI) serve(t testing.TB, withTLS bool) *sharedServer {
	t.Helper()
	s := &sharedServer{t: t}
	var keys strings.Builder
	keys.WriteString("keys:\n")
	for i := range hostileKeys + 1 {
		id, workspace := fmt.Sprintf("hostile%d", i), "default"
		if i == hostileKeys {
			id, workspace = "neighbour", "neighbour"
		}
		key := fmt.Sprintf("amk_%s_%052d", id, i)
		fmt.Fprintf(&keys, "  - {id: %s, hash: 'sha256:%x', workspace: %s}\n", id, sha256.Sum256([]byte(key)), workspace)
		s.hostile = append(s.hostile, key)
	}
	s.hostile, s.neighbour = s.hostile[:hostileKeys], s.hostile[hostileKeys]
	address := freeAddress(t)
	args := []string{
		"serve", "--http", address, "--keys-file", writeFile(t, "keys.yaml", keys.String(), 0o600), "--token-scope", "application",
		"--memory-budget", "256MiB", "--log-level", "error",
	}
	s.url = "http://" + address
	if withTLS {
		s.url = "https://" + address
		args = append(args, s.certify()...)
	}
	s.process = program(t, args...)
	s.process.Env = append(s.process.Env, api.env...)
	s.process.Stderr = &logFile{t: t, name: "server"}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(s.process) })
	s.awaitReady()
	return s
}

func (s *sharedServer) awaitReady() {
	s.t.Helper()
	client := s.client(false)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) { // between two looks at another process
		resp, err := client.Get(s.url + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the server is never ready: %v", err)
		}
	}
}

// certify makes a certificate and returns the flags with it.
func (s *sharedServer) certify() []string {
	s.t.Helper()
	pair, authority := (&certificate{end: time.Hour}).issue(s.t)
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		s.t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	s.roots = x509.NewCertPool()
	s.roots.AppendCertsFromPEM([]byte(authority))
	return []string{
		"--tls-cert", writeFile(s.t, "cert.pem", block("CERTIFICATE", pair.Certificate[0]), 0o600),
		"--tls-key", writeFile(s.t, "key.pem", block("PRIVATE KEY", key), 0o600),
	}
}

// client is one with connections of its own. With HTTP/2 it has one connection.
func (s *sharedServer) client(http2 bool) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 100, ForceAttemptHTTP2: http2}
	if s.roots != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Timeout: time.Minute, Transport: transport}
}

// attacker is the hostile tenant. It comes from another address than its neighbour, as a
// server without a balancer would see it.
func (s *sharedServer) attacker() *attacker {
	return &attacker{
		t: s.t, front: s.url, keys: s.hostile, last: &s.last, seen: map[string]map[int]int{}, client: s.client(s.roots != nil),
		from: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)},
	}
}

// peakMemory is the most that the server has held, in kB; 0 where the system does not tell.
func (s *sharedServer) peakMemory() int { return memoryOf(s.process.Process.Pid, "VmHWM:") }
