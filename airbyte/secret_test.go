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
	for _, canary := range []string{"canary-secret", "canary-bearer", "ssssssss", "bbbbbbbb", fmt.Sprintf("%x", "canary-"), fmt.Sprintf("%X", "canary-")} {
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
		_, _ = io.WriteString(w, strings.NewReplacer("JSON", string(inJSON), "ESCAPED", `"`+escaped.String()+`"`, "TEXT", quote).Replace(form))
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
