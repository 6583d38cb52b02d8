package airbyte_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
)

// Long, so that a quotation that is cut would hold a part of them.
var (
	canarySecret = "canary-secret-" + strings.Repeat("s", 500)
	canaryBearer = "canary-bearer-" + strings.Repeat("b", 500)
)

// noCanary reports an error if a text holds a secret or a part of one.
func noCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, canary := range []string{"canary-secret", "canary-bearer", "ssssssss", "bbbbbbbb", fmt.Sprintf("%x", "canary-"),
		fmt.Sprintf("%X", "canary-")} {
		if i := strings.Index(text, canary); i >= 0 {
			t.Errorf("%s holds a secret: …%.60s…", where, text[max(0, i-20):])
		}
	}
}

// echo is an API that quotes whatever it was sent, in one of the forms of a failure.
func echo(status int, form string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		quote := "you sent " + r.Header.Get("Authorization") + " and " + canarySecret
		inJSON, _ := json.Marshal(quote)
		var escaped strings.Builder
		for _, c := range quote {
			fmt.Fprintf(&escaped, `\u%04x`, c)
		}
		w.Header().Set("Location", "/elsewhere?"+canaryBearer)
		w.WriteHeader(status)
		_, _ = io.WriteString(w,
			strings.NewReplacer("JSON", string(inJSON), "ESCAPED", `"`+escaped.String()+`"`, "TEXT", quote).Replace(form))
	}
}

func TestSecretsStayOutOfErrorsAndLogs(t *testing.T) {
	t.Parallel()
	forms := map[string]http.HandlerFunc{
		"message":        echo(400, `{"message":JSON}`),
		"detail":         echo(403, `{"detail":JSON}`),
		"detail list":    echo(422, `{"detail":[{"loc":["body",JSON],"msg":JSON}]}`),
		"errors":         echo(422, `{"message":"no","errors":[{"field":JSON,"message":JSON,"error_code":JSON}]}`),
		"error":          echo(500, `{"error":JSON}`),
		"escaped":        echo(422, `{"message":ESCAPED,"errors":[{"field":ESCAPED,"message":ESCAPED,"error_code":ESCAPED}]}`),
		"user text":      echo(400, `{"errors":[{"userPresentableMessage":JSON}]}`),
		"other JSON":     echo(400, `{"what":JSON}`),
		"plain":          echo(502, `TEXT`),
		"plain, cut":     echo(502, strings.Repeat("x", 250)+`TEXT`),
		"page":           echo(503, `<html>TEXT</html>`),
		"unauthorized":   echo(401, `{"detail":JSON}`),
		"redirect":       echo(302, `TEXT`),
		"in-band":        echo(200, `{"status":"error","result":{"error":JSON}}`),
		"in-band status": echo(200, `{"status":JSON,"result":[]}`),
		"no JSON":        echo(200, `TEXT`),
		"token as error": echo(500, fmt.Sprintf(`{"access_token":%q}`, canaryBearer)),
		"no answer":      hangUp,
	}
	for name, answer := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			var log lines
			logged := func(cfg *airbyte.Config) { cfg.Log = zerolog.New(&log).Level(zerolog.TraceLevel) }
			a.token = answer
			client := a.serve(t, withCanary, logged)
			checkError(t, execute(createIssue)(t.Context(), client))

			b := newAPI()
			b.token = say(200, fmt.Sprintf(`{"access_token":%q}`, canaryBearer))
			b.execute, b.connectors = answer, answer
			client = b.serve(t, withCanary, logged)
			checkError(t, execute(createIssue)(t.Context(), client))
			noCanary(t, "the log", log.String())
			if name != "no answer" && !strings.Contains(log.String(), `"status":`) {
				t.Errorf("got log %q, want a line a request", log.String())
			}
		})
	}
}

func withCanary(cfg *airbyte.Config) { cfg.ClientSecret = secret.New(canarySecret) }

// checkError looks at an error and its causes in every way to print it.
func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("got success, want a failure")
	}
	for ; err != nil; err = errors.Unwrap(err) {
		noCanary(t, "the error", err.Error())
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			noCanary(t, verb+" of the error", fmt.Sprintf(verb, err))
		}
		if failure, ok := errors.AsType[*airbyte.Error](err); ok {
			noCanary(t, "the error's fields", fmt.Sprintf("%+v %#v", *failure, *failure))
		}
	}
}

// lines is a log that several goroutines write.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func TestSecretsStayOutOfPrintedValues(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.token = say(200, fmt.Sprintf(`{"access_token":%q}`, canaryBearer))
	var cfg airbyte.Config
	client := a.serve(t, withCanary, func(c *airbyte.Config) { cfg = *c })
	mustRun(t.Context(), t, client, listIssues)
	holder := struct {
		client *airbyte.Client
		value  airbyte.Client
	}{client, *client}
	for name, value := range map[string]any{
		"config": cfg, "pointer to config": &cfg, "client": client, "value of client": *client, "holder": holder,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			noCanary(t, verb+" of "+name, fmt.Sprintf(verb, value))
		}
	}
	for _, verb := range []string{"%s", "%q", "%x", "%X", "%d", "%t", "%y"} {
		noCanary(t, verb+" of config", fmt.Sprintf(verb, cfg))
	}
	inJSON, err := json.Marshal(struct{ Secret any }{cfg.ClientSecret})
	if err != nil {
		t.Fatal(err)
	}
	noCanary(t, "JSON", string(inJSON))
	if got := a.requests(executePath)[0].bearer; got != canaryBearer {
		t.Error("the bearer did not reach the API, so the test shows nothing")
	}
}

// vendorSecrets are credentials that quote badly: short and long ones, one in
// another, line breaks, and a key within a text of JSON.
var vendorSecrets = []string{
	"canary-secret-1", "canary-secret-1-and-longer", "canary-secret \"quoted\" <b>", "canary-secret\nof two lines",
	`{"private_key":"canary-secret-inside","kind":"service_account"}`,
}

func canaryConnector() airbyte.NewConnector {
	credentials := map[string]any{"nested": map[string]any{"list": vendorSecrets}}
	for i, value := range vendorSecrets {
		credentials[fmt.Sprint("key", i)] = value
	}
	raw, _ := json.Marshal(credentials)
	n := github("main")
	n.Credentials, n.StoredAuth = secret.New(string(raw)), secret.New(string(raw))
	n.Replication = json.RawMessage(`{"repositories":["a/b"],"access_token":"canary-secret-replicated"}`)
	return n
}

// An API that quotes the body it was sent, plain or as a text, must not make the
// vendor's credentials known.
func TestVendorCredentialsStayOutOfErrors(t *testing.T) {
	t.Parallel()
	quote := func(status int, form string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			texts := strings.Join(append(vendorSecrets, "canary-secret-inside", "canary-secret-replicated"), " and ")
			inJSON, _ := json.Marshal(texts)
			say(status, strings.NewReplacer("BODY", string(body), "JSON", string(inJSON), "TEXT", texts).Replace(form))(w, r)
		}
	}
	forms := map[string]http.HandlerFunc{
		"body":          quote(400, `BODY`),
		"body in words": quote(502, `you sent BODY`),
		"message":       quote(422, `{"message":JSON}`),
		"details":       quote(422, `{"message":"no","errors":[{"field":JSON,"message":JSON,"error_code":JSON}]}`),
		"list":          quote(422, `{"detail":[{"loc":["body",JSON],"msg":JSON}]}`),
		"plain":         quote(400, `TEXT`),
		"plain, cut":    quote(400, strings.Repeat("x", 280)+`TEXT`),
	}
	for form, answer := range forms {
		for what, call := range credentialCalls() {
			for _, dialect := range []airbyte.Dialect{airbyte.DialectCurrent, airbyte.DialectSeed} {
				if what == "update" && form != "body" {
					continue // it knows its own secret only
				}
				a := newSeed()
				a.token = token
				a.others["POST "+connectorsPath], a.others["POST "+checkPath] = answer, answer
				a.others["PUT "+onePath], a.others["POST "+seedSourcesPath] = answer, answer
				var log lines
				err := call(t,
					a.serve(t, inDialect(dialect), func(cfg *airbyte.Config) { cfg.Log = zerolog.New(&log).Level(zerolog.TraceLevel) }))
				t.Logf("%s, %s, %s: %v", what, form, dialect, err)
				checkError(t, err)
				noCanary(t, "the log", log.String())
			}
		}
	}
}

// credentialCalls are the calls with credentials of a vendor in their bodies.
func credentialCalls() map[string]func(*testing.T, *airbyte.Client) error {
	return map[string]func(*testing.T, *airbyte.Client) error{
		"create": func(t *testing.T, c *airbyte.Client) error {
			_, err := c.CreateConnector(t.Context(), canaryConnector())
			return err
		},
		"check": func(t *testing.T, c *airbyte.Client) error {
			_, err := c.CheckNew(t.Context(), canaryConnector())
			return err
		},
		"update": func(t *testing.T, c *airbyte.Client) error {
			_, err := c.UpdateConnector(t.Context(), "c-1", airbyte.ConnectorChange{Replication: canaryConnector().Replication})
			return err
		},
	}
}

// The API need not mask what it echoes, and a check may quote what it was given.
func TestVendorCredentialsStayOutOfAnswers(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.others["POST "+connectorsPath] = func(w http.ResponseWriter, r *http.Request) {
		var sent struct {
			Credentials json.RawMessage `json:"credentials"`
		}
		_ = json.NewDecoder(r.Body).Decode(&sent)
		say(200, fmt.Sprintf(`{"id":"c-1","replication_config":{"x":%s,"repositories":["a/b"]}}`, sent.Credentials))(w, r)
	}
	inJSON, _ := json.Marshal(vendorSecrets[1])
	a.others["POST "+checkPath] = say(200,
		fmt.Sprintf(`{"id":"x","status":"failed","error_message":%s,"entity_check_results":[{"entity":"a","status":"failed",`+
			`"error_message":%s}]}`, inJSON, inJSON))
	client := a.serve(t)
	detail, err := client.CreateConnector(t.Context(), canaryConnector())
	if err != nil || !strings.Contains(string(detail.Config), `"repositories":["a/b"]`) {
		t.Fatalf("got %+v, %v, want the rest of the configuration", detail, err)
	}
	noCanary(t, "the connector", fmt.Sprintf("%+v %s", detail, detail.Config))
	check, err := client.CheckNew(t.Context(), canaryConnector())
	if err != nil {
		t.Fatal(err)
	}
	noCanary(t, "the check", fmt.Sprintf("%+v", check))
}

func TestNewConnectorPrintsNoSecrets(t *testing.T) {
	t.Parallel()
	n := github("main")
	n.Credentials, n.StoredAuth = secret.New(canarySecret), secret.New(canaryBearer)
	holder := struct{ n *airbyte.NewConnector }{&n}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		noCanary(t, verb, fmt.Sprintf(verb, n)+fmt.Sprintf(verb, &n)+fmt.Sprintf(verb, holder)+fmt.Sprintf(verb, []airbyte.NewConnector{n}))
	}
	raw, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	noCanary(t, "JSON", string(raw))
}

// A scoped token is as secret as the other, whatever its endpoint answers.
func TestScopedTokensStayOutOfErrors(t *testing.T) {
	t.Parallel()
	answers := map[string]http.HandlerFunc{
		"token in an error": say(500, fmt.Sprintf(`{"token":%q}`, canaryBearer)),
		"access token":      say(403, fmt.Sprintf(`{"access_token": %q}`, canaryBearer)),
		"spaces":            say(400, fmt.Sprintf(`{"token" : %q}`, canaryBearer)),
		"two documents":     say(200, fmt.Sprintf(`{"token":%q}{}`, canaryBearer)),
	}
	for name, answer := range answers {
		a := newAPI()
		client := inMain(a, t)
		a.others["POST "+scopedPath] = answer
		err := execute(createIssue)(t.Context(), client)
		t.Log(name, err)
		checkError(t, err)
	}
	a := newAPI()
	a.execute = echo(400, `{"message":JSON}`)
	client := inMain(a, t, withCanary)
	a.others["POST "+scopedPath] = say(200, fmt.Sprintf(`{"token":%q}`, canaryBearer))
	checkError(t, execute(createIssue)(t.Context(), client))
}

func TestLogTellsNoValues(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.execute = say(200, `{"status":"success","result":[{"email":"canary-result"}]}`)
	var log lines
	client := a.serve(t, func(cfg *airbyte.Config) { cfg.Log = zerolog.New(&log).Level(zerolog.TraceLevel) })
	mustRun(t.Context(), t, client, airbyte.Execution{
		Entity: "issues", Action: "list", Params: []byte(`{"owner":"canary-param"}`), Intent: "canary-intent",
	})
	for _, word := range []string{"canary-result", "canary-param", "canary-intent", "bearer-1", "the-client-secret"} {
		if strings.Contains(log.String(), word) {
			t.Errorf("got log %s, want no %s in it", log.String(), word)
		}
	}
	for _, word := range []string{"executing issues.list", `"status":200`, `"bytes":`} {
		if !strings.Contains(log.String(), word) {
			t.Errorf("got log %s, want %s in it", log.String(), word)
		}
	}
}
