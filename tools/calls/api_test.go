package calls_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// api plays the routes of the hosted API that calls need: token, connectors and
// execute. It keeps the execute requests.
type api struct {
	connectors map[string]string     // rows by workspace; any other workspace is unknown
	answer     string                // to every execute
	status     int                   // of every execute, 0 for 200
	reply      func(executed) string // instead of answer, if set
	hold       chan struct{}         // executes wait until it is closed, if set
	opts       calls.Options

	mu       sync.Mutex
	executes []executed
}

// executed is one execute request.
type executed struct{ connector, body string }

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch rest, isRoute := strings.CutPrefix(r.URL.Path, "/api/v1/integrations/connectors"); {
	case r.URL.Path == "/api/v1/account/applications/token":
		fmt.Fprint(w, `{"access_token":"bearer","token_type":"bearer","expires_in":900}`)
	case isRoute && rest == "":
		a.list(w, r.URL.Query().Get("workspace_name"))
	case isRoute && strings.HasSuffix(rest, "/execute"):
		a.execute(w, r, strings.TrimSuffix(strings.TrimPrefix(rest, "/"), "/execute"))
	default:
		http.NotFound(w, r)
	}
}

func (a *api) list(w http.ResponseWriter, workspace string) {
	rows, ok := a.connectors[workspace]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"Workspace not found"}`)
		return
	}
	fmt.Fprintf(w, `{"data":[%s]}`, rows)
}

func (a *api) execute(w http.ResponseWriter, r *http.Request, connector string) {
	var body json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	request := executed{connector, string(body)}
	a.mu.Lock()
	a.executes = append(a.executes, request)
	a.mu.Unlock()
	if a.hold != nil {
		select {
		case <-a.hold:
		case <-r.Context().Done():
		}
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	if a.reply != nil {
		fmt.Fprint(w, a.reply(request))
		return
	}
	fmt.Fprint(w, a.answer)
}

// sent are the execute requests so far.
func (a *api) sent() []executed {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]executed(nil), a.executes...)
}

// row is a connector as the API lists it.
func row(id, name, slug, title, definition string) string {
	return fmt.Sprintf(`{"id":%q,"name":%q,"summarized_source_template":{"name":%q,"connector_name":%q,"actor_definition_id":%q}}`,
		id, name, title, slug, definition)
}

// Connectors of the tests' workspaces.
var (
	shopOne = row("c-1", "Shop - one", "shop", "Shop", "id-shop")
	shopTwo = row("c-2", "Shop - two", "shop", "Shop", "id-shop")
	desk    = row("c-3", "Desk - help", "help-desk", "Help Desk", "id-desk")
	foreign = row("c-4", "Unheard - of", "unheard", "Unheard", "id-unheard")
)

// box returns tools over the API and a small catalog.
func (a *api) box(t testing.TB) *calls.Runner {
	t.Helper()
	return a.boxOf(t, catalog())
}

func (a *api) boxOf(t testing.TB, catalog *schemas.Catalog) *calls.Runner {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	client, err := airbyte.New(airbyte.Config{Host: server.URL, ClientID: "id", ClientSecret: secret.New("secret"), MaxBody: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b := newRunner(catalog, client, a.opts)
	t.Cleanup(b.Close)
	return b
}

// RoundTrip lets the API be asked without a connection.
func (a *api) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// boxInProcess is a box whose API is a function call away, for tests with a clock of
// their own.
func (a *api) boxInProcess(t testing.TB) *calls.Runner {
	t.Helper()
	client, err := airbyte.New(airbyte.Config{Host: "http://127.0.0.1:1", ClientID: "id", ClientSecret: secret.New("secret"), Transport: a})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b := newRunner(catalog(), client, a.opts)
	t.Cleanup(b.Close)
	return b
}

// twoConnectors is an API whose workspace "main" has a shop and a help desk.
func twoConnectors(answer string) *api {
	return &api{connectors: map[string]string{"main": shopOne + "," + desk, "empty": ""}, answer: answer}
}

var inMain = tools.Session{Workspace: "main"}

// result is an answer of the API with data and the vendor's metadata.
func result(data, metadata string) string {
	return fmt.Sprintf(`{"status":"success","result":%s,"connector_metadata":%s,"execution_metadata":{"execution_time_ms":1}}`, data, metadata)
}

// catalog has a shop with something of everything, and a help desk.
func catalog() *schemas.Catalog {
	return schemas.Open(os.DirFS(filepath.Join("..", "testdata", "catalog")))
}

// newRunner makes calls of all tools, those of package manage among them.
func newRunner(catalog *schemas.Catalog, client *airbyte.Client, o calls.Options) *calls.Runner {
	return manage.New(catalog, client, manage.Options{Calls: o}).Calls()
}
