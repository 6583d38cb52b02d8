package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// catalog is shared, since reading it takes longer than most tests.
var catalog = sync.OnceValue(schemas.Embedded)

// client calls a sandbox without a network.
type client struct {
	t     testing.TB
	s     *Server
	token string
}

func newClient(t testing.TB, options ...func(*Options)) *client {
	t.Helper()
	o := Options{Catalog: catalog()}
	for _, set := range options {
		set(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, s: s}
	c.token = c.signIn()
	return c
}

func (c *client) signIn() string {
	c.t.Helper()
	a := c.send("POST", "/api/v1/account/applications/token", map[string]any{"client_id": clientID, "client_secret": clientSecret}, nil)
	token, _ := a.object("")["access_token"].(string)
	if a.status != http.StatusOK || token == "" {
		c.t.Fatalf("signing in: %d %s", a.status, a.body)
	}
	return token
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

func (c *client) send(method, path string, body any, header http.Header) *answer {
	c.t.Helper()
	text := ""
	switch b := body.(type) {
	case nil:
	case string:
		text = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(raw)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(text))
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	maps.Copy(r.Header, header)
	w := httptest.NewRecorder()
	c.s.ServeHTTP(w, r)
	return &answer{c.t, w.Code, w.Header(), w.Body.Bytes()}
}

func (c *client) get(path string) *answer {
	c.t.Helper()
	return c.send("GET", path, nil, nil)
}

// id is the id of a connector: by its name, or by its kind in the workspace that
// has them all.
func (c *client) id(name string) string {
	c.t.Helper()
	for _, x := range c.s.world.connectors {
		if x.Name == name || x.Type == name && x.workspace.Name == "everything" {
			return x.ID
		}
	}
	c.t.Fatalf("no connector %q", name)
	return ""
}

// execute runs an action of a connector; more are pairs of further body keys.
func (c *client) execute(connector, entity, action string, params any, more ...any) *answer {
	c.t.Helper()
	body := map[string]any{"entity": entity, "action": action, "params": params}
	for i := 0; i < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return c.send("POST", "/api/v1/integrations/connectors/"+c.id(connector)+"/execute", body, nil)
}

// decoded is the body as JSON.
func (a *answer) decoded() any {
	a.t.Helper()
	var v any
	if err := jsonvalue.Decode(a.body, &v); err != nil {
		a.t.Fatalf("status %d, not JSON: %v: %.200s", a.status, err, a.body)
	}
	return v
}

// at follows a dotted path in the body; numbers are indexes of arrays.
func (a *answer) at(path string) any {
	a.t.Helper()
	v := a.decoded()
	if path == "" {
		return v
	}
	for part := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			n := 0
			if err := json.Unmarshal([]byte(part), &n); err != nil || n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

func (a *answer) text(path string) string { a.t.Helper(); return jsonvalue.AsText(a.at(path)) }

func (a *answer) object(path string) map[string]any {
	a.t.Helper()
	m, _ := a.at(path).(map[string]any)
	return m
}

func (a *answer) list(path string) []any {
	a.t.Helper()
	if a.status != http.StatusOK {
		a.t.Fatalf("status %d: %.300s", a.status, a.body)
	}
	l, ok := a.at(path).([]any)
	if !ok {
		a.t.Fatalf("no list at %q: %.300s", path, a.body)
	}
	return l
}

// ok fails the test unless the request succeeded.
func (a *answer) ok() *answer {
	a.t.Helper()
	if a.status != http.StatusOK || a.text("status") != "success" {
		a.t.Fatalf("status %d: %.400s", a.status, a.body)
	}
	return a
}

// P shortens parameters.
type P = map[string]any

// What the API does to long texts on demand.
const (
	longText       = 200
	truncationMark = "... [truncated — use `get` action with the record id to retrieve the full value]"
)
