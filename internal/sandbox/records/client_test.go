package records

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/internal/sandbox/sqlstore"
	"airbyte-mcp-server/schemas"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// catalog is shared, since reading it takes longer than most tests.
var catalog = sync.OnceValue(schemas.Embedded)

// P shortens parameters.
type P = map[string]any

// usual are the choices that an emulator makes unless it is told otherwise.
var usual = chosen{"search_action": ByShape, "common_paging_params": "accepted", "delete_result": "{}", "context_store_lag": "none"}

// chosen are choices by their names.
type chosen map[string]string

func (c chosen) Get(name string) string     { return c[name] }
func (c chosen) Is(name, value string) bool { return c[name] == value }

// settings of a client.
type settings struct {
	Seed    uint64
	Dataset string
}

// client makes calls of accounts, which it opens when they are first named.
type client struct {
	t      testing.TB
	origin *Origin
	root   random.Seed
	sql    *sqlstore.Engine

	mu       sync.Mutex
	accounts map[string]*Account
}

func newClient(t testing.TB, options ...func(*settings)) *client {
	t.Helper()
	s := settings{Seed: 1}
	for _, set := range options {
		set(&s)
	}
	origin, err := NewOrigin(random.Seed(s.Seed), s.Dataset, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, origin: origin, root: random.Seed(s.Seed), sql: sqlstore.New(), accounts: map[string]*Account{}}
}

// account is the account of a connector: the only one of its type, or, for a name such
// as "GitHub - default", that of a workspace.
func (c *client) account(name string) (*Account, string) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	kind, workspace := name, "everything"
	if rest, ok := strings.CutPrefix(name, "GitHub - "); ok {
		kind, workspace = "github", rest
	}
	spec, err := catalog().Connector(kind)
	if err != nil {
		c.t.Fatal(err)
	}
	id := c.root.Of("connector", workspace, spec.Title+" - "+workspace).UUID()
	if c.accounts[id] == nil {
		config := map[string]any{}
		if s := spec.Showcase; s != nil && s.Config != nil {
			if err := json.Unmarshal(s.Config, &config); err != nil {
				c.t.Fatal(err)
			}
		}
		c.accounts[id] = c.origin.NewAccount(id, spec, config, nil)
	}
	return c.accounts[id], id
}

func (c *client) vendor(name string) *Account {
	c.t.Helper()
	account, _ := c.account(name)
	return account
}

// execute makes a call; more are pairs of the names and values of further options.
func (c *client) execute(connector, entity, action string, params any, more ...any) *answer {
	c.t.Helper()
	body := map[string]any{"Entity": entity, "Action": action, "Params": params, "SkipTruncation": true}
	for i := 0; i < len(more); i += 2 {
		body[strings.ReplaceAll(more[i].(string), "_", "")] = more[i+1]
	}
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	request := &Request{}
	if err := jsonvalue.Decode(raw, request); err != nil {
		c.t.Fatal(err)
	}
	account, id := c.account(connector)
	call := &Call{Request: request, ConnectorID: id, StoreState: StoreReady, Account: account, Choices: usual, SQL: c.sql}
	return c.answered(call.Run())
}

// answered writes an outcome as the API does.
func (c *client) answered(out *Outcome, err error) *answer {
	c.t.Helper()
	a := &answer{t: c.t, status: http.StatusOK, header: http.Header{}}
	refusal, isRefusal := errors.AsType[*problem.Error](err)
	switch {
	case isRefusal:
		a.status = refusal.Status
		a.body, err = jsonvalue.Encode(refusal.Body(problem.Current))
	case err != nil:
	case out.File != nil:
		a.body = out.File.Content
		a.header.Set("Content-Type", out.File.ContentType)
	default:
		a.body, err = jsonvalue.Encode(map[string]any{"status": "success", "result": out.Result, "connector_metadata": out.Metadata})
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
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
