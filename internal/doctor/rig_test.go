package doctor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/doctor"
	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/manage"
)

// rig is an installation: an emulator, the environment of the program, and what doctor
// is given besides.
type rig struct {
	*testing.T
	emulator *sandbox.Running
	env      map[string]string
	subject  doctor.Subject

	mu   sync.Mutex
	told []string // what was about to be billed
}

// newRig makes an installation without a fault, with one connector of type github.
func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, emulator: startEmulator(t, sandbox.Options{Catalog: schemas.Embedded()})}
	k := r.emulator.Credentials()
	r.env = map[string]string{
		"AIRBYTE_CLIENT_ID": k.ClientID, "AIRBYTE_CLIENT_SECRET": k.ClientSecret, "AIRBYTE_ORGANIZATION_ID": k.OrganizationID,
		"AIRBYTE_MCP_CONNECTORS": "github",
	}
	r.host(r.emulator.URL)
	r.subject = doctor.Subject{Version: "v1.2.3", Catalog: schemas.Embedded(), Tell: func(text string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, text)
	}}
	return r
}

func startEmulator(t *testing.T, o sandbox.Options) *sandbox.Running {
	t.Helper()
	o.Dataset, o.Log = "small", zerolog.Nop()
	running, err := sandbox.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	return running
}

// host makes everything be asked of another host.
func (r *rig) host(address string) {
	r.env["AIRBYTE_API_HOST"], r.env["AIRBYTE_CLOUD_HOST"] = address, address
}

// settings reads the environment as the program does.
func (r *rig) settings() *config.Settings {
	r.Helper()
	env := config.Env{LookupEnv: func(name string) (string, bool) { v, ok := r.env[name]; return v, ok }}
	root := &struct {
		Settings config.Settings `embed:""`
	}{}
	parser, err := kong.New(root, config.Options(env)...)
	if err != nil {
		r.Fatal(err)
	}
	parsed, err := parser.Parse(nil)
	if err == nil {
		err = root.Settings.Complete(parsed, env)
	}
	if err != nil && r.subject.Fault == nil {
		r.Fatal(err)
	}
	return &root.Settings
}

func (r *rig) client(s *config.Settings, organization string, dialect airbyte.Dialect) *airbyte.Client {
	r.Helper()
	client, err := airbyte.New(airbyte.Config{
		Host: s.APIHost, CloudHost: s.CloudHost, ClientID: s.ClientID, ClientSecret: s.ClientSecret, OrganizationID: organization,
		Dialect: dialect, RequestTimeout: s.RequestTimeout, TokenScope: airbyte.ScopeApplication,
	})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(client.Close)
	return client
}

// examine looks at the installation as it has become.
func (r *rig) examine() *doctor.Report {
	r.Helper()
	s := r.settings()
	subject := r.subject
	subject.Settings = s
	if subject.Fault == nil {
		subject.Client = r.client(s, s.OrganizationID, airbyte.Dialect(s.APIDialect))
		subject.Manager = manage.New(subject.Catalog, subject.Client, manage.Options{})
		r.Cleanup(subject.Manager.Close)
		subject.Session = tools.Session{
			Operator:  true,
			Workspace: s.Workspace, Policy: tools.Policy{Connectors: s.Connectors}, Listing: tools.Listing{Surface: tools.Direct},
		}
		subject.Variant = func(organization string, d airbyte.Dialect, ask func(*airbyte.Client)) error {
			ask(r.client(s, organization, d))
			return nil
		}
	}
	if subject.SelfTest == nil {
		subject.SelfTest = func(ctx context.Context) (doctor.Conversation, error) { return listing(ctx, &subject, 0) }
	}
	var told []doctor.Layer
	subject.Found = func(l doctor.Layer) { told = append(told, l) }
	report := doctor.Examine(r.Context(), subject)
	r.compareTold(told, report)
	return report
}

// compareTold: each layer is told in its turn, and again where it has changed since.
func (r *rig) compareTold(told []doctor.Layer, report *doctor.Report) {
	r.Helper()
	var order []string
	last := map[string]doctor.Layer{}
	for _, l := range told {
		if _, again := last[l.Name]; !again {
			order = append(order, l.Name)
		}
		last[l.Name] = l
	}
	for i, l := range report.Layers {
		if i >= len(order) || order[i] != l.Name || !reflect.DeepEqual(last[l.Name], l) {
			r.Errorf("layer %d is %+v, told as %+v, in the order %q", i, l, last[l.Name], order)
		}
	}
}

// listing is a conversation with a server that lists so many tools more than it should.
func listing(ctx context.Context, s *doctor.Subject, more int) (doctor.Conversation, error) {
	said := doctor.Conversation{Protocol: "2025-11-25", Tools: more}
	if s.Manager == nil {
		return said, nil
	}
	set, err := s.Manager.Directory().Select(ctx, s.Session)
	if err == nil {
		said.Tools += len(set.Listed)
	}
	return said, nil // without the API it lists its own tools
}

// control asks something of the emulator itself.
func (r *rig) control(method, path string, body any) {
	r.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	r.send(method, r.emulator.URL+"/__sandbox/"+path, "", data, &struct{}{})
}

// fault makes the emulator fail by rules.
func (r *rig) fault(rules ...string) {
	r.Helper()
	r.control(http.MethodPost, "faults", map[string][]string{"rules": rules})
}

// turn changes a switch of the emulator.
func (r *rig) turn(name, value string) {
	r.Helper()
	r.control(http.MethodPut, "config", map[string]map[string]string{"switches": {name: value}})
}

// send makes a request and decodes the answer.
func (r *rig) send(method, address, token string, body []byte, answer any) {
	r.Helper()
	request, err := http.NewRequestWithContext(r.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusMultipleChoices {
		r.Fatalf("%s %s: HTTP %d, %v: %s", method, address, response.StatusCode, err, data)
	}
	if len(data) > 0 {
		if err := json.Unmarshal(data, answer); err != nil {
			r.Fatal(err)
		}
	}
}

// relay starts a server in front of the emulator that may change what passes.
func (r *rig) relay(request func(*http.Request), response func(*http.Response) error) string {
	r.Helper()
	to, err := url.Parse(r.emulator.URL)
	if err != nil {
		r.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			if request != nil {
				request(p.Out)
			}
		},
		ModifyResponse: response, ErrorLog: log.New(io.Discard, "", 0),
	}
	return serve(r.T, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header()["Date"] = nil // the relay adds no time of its own
		proxy.ServeHTTP(w, q)
	}))
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// finding is what must be said of one layer of a report.
type finding struct {
	code   int
	layer  string
	status doctor.Status
	says   []string // in the text or the details
	advice []string
}

// compare holds a report against a finding: the layer, its advice, the exit code, the
// verdict, and that no layer before it has a problem.
func (f *finding) compare(t *testing.T, r *doctor.Report) {
	t.Helper()
	if r.ExitCode != f.code {
		t.Errorf("exit code %d, want %d", r.ExitCode, f.code)
	}
	at := -1
	for i, l := range r.Layers {
		if l.Name == f.layer {
			at = i
			break
		}
		if l.Status == doctor.Problem && f.code == 0 {
			t.Errorf("%s is a problem: %s", l.Name, l.Text)
		}
	}
	if at < 0 {
		t.Fatalf("there is no layer %s", f.layer)
	}
	l := r.Layers[at]
	if l.Status != f.status {
		t.Errorf("%s has the status %s, want %s", l.Name, l.Status, f.status)
	}
	holds(t, l.Name, strings.Join(append([]string{l.Text}, l.Details...), "\n"), f.says)
	holds(t, "advice on "+l.Name, l.Advice, f.advice)
	if (l.Status == doctor.OK || l.Status == doctor.Skipped) && l.Advice != "" {
		t.Errorf("advice on what is well: %s", l.Advice)
	}
	switch l.Status {
	case doctor.Problem:
		holds(t, "the verdict", r.Verdict, []string{"Not well: the first problem is the layer "})
	case doctor.Warn:
		if f.code == 0 {
			holds(t, "the verdict", r.Verdict, []string{"It works; look at: ", l.Name})
		}
	}
}

func holds(t *testing.T, what, text string, words []string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%s: got\n%s\nwithout %q", what, text, word)
		}
	}
}

// illness is a change of an installation, and what doctor must find.
type illness struct {
	name  string
	cause func(*rig)
	finding
}

func examineEach(t *testing.T, list []illness) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c.cause(r)
			report := r.examine()
			c.compare(t, report)
			if t.Failed() {
				var b strings.Builder
				_ = doctor.Printed(report, &b, false, true)
				t.Log(b.String())
			}
		})
	}
}

// forward sends a request on to another server.
func forward(w http.ResponseWriter, q *http.Request, address string) {
	to, err := url.Parse(address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}).ServeHTTP(w, q)
}
