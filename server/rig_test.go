package server

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// rig is a Server over an upstream, with its log.
type rig struct {
	*Server
	up      *upstream
	log     *logBuffer
	session tools.Session
}

// newRig returns a server whose upstream is a plain function call away. The
// options may change the defaults.
func newRig(t testing.TB, change ...func(*Options)) *rig {
	t.Helper()
	up := newUpstream()
	return newRigOver(t, up, airbyte.Config{Host: "http://127.0.0.1:1", Transport: up}, change...)
}

func newRigOver(t testing.TB, up *upstream, cfg airbyte.Config, change ...func(*Options)) *rig {
	t.Helper()
	return newRigWith(t, up, cfg, calls.Options{MaxResultBytes: 8 << 20}, change...)
}

func newRigWith(t testing.TB, up *upstream, cfg airbyte.Config, o calls.Options, change ...func(*Options)) *rig {
	t.Helper()
	logged := &logBuffer{}
	cfg.ClientID, cfg.ClientSecret = "client", secret.New(testClientSecret)
	cfg.Log = zerolog.New(logged)
	client, err := airbyte.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	o.Log = cfg.Log
	manager := manage.New(catalog, client, manage.Options{Calls: o})
	t.Cleanup(manager.Close)
	opts := Options{Calls: manager.Calls(), Log: cfg.Log, Version: "test", Grace: time.Second}
	for _, c := range change {
		c(&opts)
	}
	return &rig{Server: New(opts), up: up, log: logged, session: tools.Session{Workspace: "default"}}
}

// catalog is shared: its connectors are read once and never change.
var catalog = schemas.Embedded()

// logBuffer keeps log lines.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// message is any message of the server.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`

	raw string
}

func readMessage(t testing.TB, raw []byte) message {
	t.Helper()
	m := message{raw: string(raw)}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Errorf("the server wrote %.200q, which is no message: %v", raw, err)
	}
	return m
}

func (m message) code() int {
	if m.Error == nil {
		return 0
	}
	return m.Error.Code
}

// callResult is the result of tools/call.
type callResult struct {
	IsError bool `json:"isError"`
	Content []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	} `json:"content"`
	Structured json.RawMessage `json:"structuredContent"`
}

// call reads a message as the result of tools/call.
func (m message) call(t testing.TB) callResult {
	t.Helper()
	var r callResult
	if err := json.Unmarshal(m.Result, &r); err != nil || len(r.Content) != 1 {
		t.Fatalf("want the result of a call, got %.300s", m.raw)
	}
	return r
}

func (r callResult) text() string { return r.Content[0].Text }

// Frames of a client. The era is that of sessions unless it is modern.

func request(id, method, params string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"method":"` + method + `","params":` + params + `}`
}

func initialize(id string) string {
	return request(id, "initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}`)
}

const initialized = `{"jsonrpc":"2.0","method":"notifications/initialized"}`

func cancelled(id string) string {
	return `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":` + id + `}}`
}

// listIssues calls a read whose answer holds the owner.
func listIssues(id, owner string) string {
	return callTool(id, "github_issues_list", `{"owner":"`+owner+`","repo":"r"}`)
}

// createIssue calls a write.
func createIssue(id, title string) string {
	return callTool(id, "github_issues_create", `{"owner":"o","repo":"r","title":"`+title+`"}`)
}

func callTool(id, tool, arguments string) string {
	return request(id, "tools/call", `{"name":"`+tool+`","arguments":`+arguments+`}`)
}

// modern moves a request to the stateless era.
func modern(frame string) string {
	meta := `"_meta":{"` + mcp.MetaKeyProtocolVersion + `":"` + mcp.LATEST_PROTOCOL_VERSION + `","` +
		mcp.MetaKeyClientInfo + `":{"name":"test","version":"1"},"` + mcp.MetaKeyClientCapabilities + `":{}`
	for _, place := range []string{`"_meta":{`, `"params":{}`, `"params":{`} {
		if !strings.Contains(frame, place) {
			continue
		}
		return strings.Replace(frame, place, map[string]string{
			`"_meta":{`:   meta + `,`,
			`"params":{}`: `"params":{` + meta + `}}`,
			`"params":{`:  `"params":{` + meta + `},`,
		}[place], 1)
	}
	return frame
}

// static lets callers with a token in; without one it lets everybody in.
func static(token string) identity.Authenticator {
	if token == "" {
		return nil
	}
	return &identity.Chain{Static: &identity.StaticToken{Token: secret.New(token), Workspace: "default"}}
}
