package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sharedDir is the environment variable that names a folder with recorded
// examples (airbyte-examples) and the description of the API
// (airbyte-openapi.json). Neither is part of this project.
const sharedDir = "AIRBYTE_MCP_SHARED_DIR"

// example is a recorded exchange.
type example struct {
	ID      string `json:"id"`
	Dialect string `json:"dialect"`
	Request struct {
		Method  string            `json:"method"`
		Path    string            `json:"url_path"`
		Query   map[string]string `json:"query"`
		Headers map[string]string `json:"headers"`
		Body    map[string]any    `json:"body"`
	} `json:"request"`
	Response struct {
		Status int             `json:"status"`
		Body   json.RawMessage `json:"body"`
	} `json:"response"`
}

// Names of things in the examples.
const (
	exampleGitHub  = "d7a1c9e4-3f52-4b8d-a6e0-2c9b7f4e1d83"
	exampleArchive = "e9b3d2f6-6a14-4c7e-8d52-4f1c9a7b3e05"
	exampleLinear  = "f1c5e8a7-2d96-4e3b-9b70-8a6d4c2f1e57"
	exampleZendesk = "24b8f6d0-9e37-4a1c-8c65-7d3e1f9b5a42"
	exampleDrive   = "6a92d4c7-1f58-4b3e-9d06-5e8c2a7f4b31"
)

// replay is a sandbox in which the examples' names are replaced by its own.
type replay struct {
	*client
	names map[string]string
}

func newReplay(t *testing.T) *replay {
	c := newClient(t)
	w := c.s.world
	acme := w.findWorkspace(func(ws *workspace) bool { return ws.Name == "acme-corp" })
	scoped := func(workspace string) string {
		return c.send("POST", "/api/v1/account/applications/scoped-token", P{"workspace_name": workspace}, nil).text("token")
	}
	r := &replay{client: c, names: map[string]string{
		"11111111-2222-4333-8444-555555555555": clientID, "example-client-secret": clientSecret,
		"0f6f3a52-6c1e-4b8e-9a53-2f4f2d7f1c11": organizationID, "7c2b1e90-3f4d-4d7a-8f0e-5a9b3c1d2e44": dormantOrganizationID,
		"3b9d6c1e-7a42-4f0d-8e55-91c6a7d2e0b4": acme.ID, "5d1fa0c3-2b6e-4d8a-9c47-e0b3f6a1d295": w.templateOf("github").ID,
		exampleGitHub: c.id("GitHub - acme-corp"), exampleArchive: c.id("GitHub - archive"),
	}}
	for id, kind := range map[string]string{exampleLinear: "linear", exampleZendesk: "zendesk-support", exampleDrive: "google-drive"} {
		if _, known := w.heads[kind]; known {
			r.names[id] = c.id(kind)
		}
	}
	r.names["example-scoped-token-other-workspace"] = scoped("empty")
	r.names["example-scoped-token"] = scoped("acme-corp")
	r.names["example-application-token"] = c.token
	return r
}

// own replaces the examples' names in a text, the longest first.
func (r *replay) own(text string) string {
	keys := make([]string, 0, len(r.names))
	for key := range r.names {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return len(b) - len(a) })
	for _, key := range keys {
		text = strings.ReplaceAll(text, key, r.names[key])
	}
	return text
}

// adjust brings about what an example takes for granted.
func (r *replay) adjust(e *example, header http.Header) {
	fault := map[string]string{"67": "status=429,retry_after=7", "68": "status=500", "69": "status=503,body=5", "70": "inband"}
	number := e.ID[:2]
	if rule, ok := fault[number]; ok {
		header.Set(FaultHeader, rule)
	}
	first := func(connector, entity string) string {
		return r.execute(connector, entity, "list", nil).text("result.0.id")
	}
	switch number {
	case "32": // a check that fails
		e.Request.Body["credentials"] = map[string]any{"token": "invalid"}
	case "40", "42":
		e.Request.Body["params"].(map[string]any)["id"] = first("linear", "issues")
	case "43":
		e.Request.Body["params"].(map[string]any)["fileId"] = first("google-drive", "files")
	case "56":
		r.set("organizations", "several")
	case "57":
		e.Request.Path = strings.Replace(e.Request.Path, exampleGitHub, r.refused(), 1)
	case "58":
		e.Request.Path = strings.Replace(e.Request.Path, exampleLinear, exampleArchive, 1)
	case "59":
		e.Request.Path = strings.Replace(e.Request.Path, exampleArchive, r.unmapped(), 1)
	}
}

func (r *replay) set(name, value string) {
	r.t.Helper()
	if err := r.s.switches.change(map[string]string{name: value}); err != nil {
		r.t.Fatal(err)
	}
}

// refused is a connector whose credentials the vendor does not take.
func (r *replay) refused() string {
	a := r.send("POST", "/api/v1/integrations/connectors", P{"workspace_name": "acme-corp", "connector_type": "github", "name": "refused",
		"credentials": P{"token": "invalid"}, "replication_config": P{"repositories": []string{"acme/widgets"}}}, nil)
	return a.text("id")
}

// unmapped is a connector whose credentials were stored where nobody looks.
func (r *replay) unmapped() string {
	acme := r.s.world.findWorkspace(func(ws *workspace) bool { return ws.Name == "acme-corp" })
	a := r.send("POST", "/api/v1/embedded/sources", P{"workspace_id": acme.ID, "source_template_id": r.s.world.templateOf("github").ID,
		"auth_config": P{"pat": "x"}, "source_config": P{"repositories": []string{"acme/widgets"}}}, nil)
	return a.text("id")
}

func TestReplayExamples(t *testing.T) {
	t.Parallel()
	dir := os.Getenv(sharedDir)
	if dir == "" {
		t.Skipf("%s is not set: no examples to replay", sharedDir)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "airbyte-examples", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples in %s (%v)", dir, err)
	}
	api := readAPI(t, dir)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var e example
			if err := json.Unmarshal(raw, &e); err != nil {
				t.Fatal(err)
			}
			replayExample(t, api, &e)
		})
	}
}

func replayExample(t *testing.T, api *description, e *example) {
	r := newReplay(t)
	header := http.Header{}
	path := e.Request.Path
	r.skipUnknown(path)
	r.adjust(e, header)
	for key, value := range e.Request.Headers {
		header.Set(key, r.own(value))
	}
	if header.Get("Authorization") == "" {
		header["Authorization"] = nil
	}
	query := url.Values{}
	for key, value := range e.Request.Query {
		query.Set(key, r.own(value))
	}
	target := r.own(e.Request.Path)
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	body := ""
	if e.Request.Body != nil {
		raw, err := json.Marshal(e.Request.Body)
		if err != nil {
			t.Fatal(err)
		}
		body = r.own(string(raw))
	}
	a := r.send(e.Request.Method, target, body, header)
	if a.status != e.Response.Status {
		t.Fatalf("status %d, want %d: %.300s", a.status, e.Response.Status, a.body)
	}
	if len(e.Response.Body) == 0 {
		return
	}
	var want any
	if err := json.Unmarshal(e.Response.Body, &want); err != nil {
		t.Fatal(err)
	}
	sameShape(t, "body", want, a.decoded(), a.status >= 400)
	if e.Dialect == "current" {
		api.check(t, e.Request.Method, e.Request.Path, a)
	}
}

// skipUnknown skips examples of connectors that the catalog lacks.
func (r *replay) skipUnknown(path string) {
	r.t.Helper()
	for _, id := range []string{exampleLinear, exampleZendesk, exampleDrive} {
		if strings.Contains(path, id) && r.names[id] == "" {
			r.t.Skip("the catalog lacks this connector")
		}
	}
}

// sameShape checks that everything in the example is there, with the same type.
// Texts of errors must be equal, up to lists of names.
func sameShape(t *testing.T, at string, want, got any, exact bool) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s is %v, want an object", at, got)
			return
		}
		for key, value := range w {
			if inner, ok := g[key]; ok {
				sameShape(t, at+"."+key, value, inner, exact)
			} else if !optionalKeys[key] {
				t.Errorf("%s.%s is missing", at, key)
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok {
			t.Errorf("%s is %v, want a list", at, got)
			return
		}
		if len(w) > 0 && len(g) > 0 {
			sameShape(t, at+"[0]", w[0], g[0], exact)
		}
	case string:
		g, ok := got.(string)
		if got == nil {
			return // a value may be absent from one record
		}
		if !ok || exact && firstPart(w) != firstPart(g) {
			t.Errorf("%s is %v, want %q", at, got, w)
		}
	case bool:
		if _, ok := got.(bool); !ok && got != nil {
			t.Errorf("%s is %v, want a boolean", at, got)
		}
	case float64:
		if _, ok := got.(json.Number); !ok && got != nil {
			t.Errorf("%s is %v, want a number", at, got)
		}
	}
}

// optionalKeys are parts of examples that depend on the vendor's data.
var optionalKeys = map[string]bool{
	"credentials": true, "repositories": true, "start_date": true, "documentationUrl": true, "token": true, "search": true,
	"description": true,
	"get":         true, "context_store_search": true, "total_count": true,
}

// firstPart is a text up to the first list or quoted name in it.
func firstPart(text string) string {
	if i := strings.IndexAny(text, "['"); i > 0 {
		return text[:i]
	}
	return text
}

// description is the published description of the API.
type description struct {
	mu       sync.Mutex
	paths    map[string]map[string]json.RawMessage
	compiler *jsonschema.Compiler
}

func readAPI(t *testing.T, dir string) *description {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "airbyte-openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := &description{compiler: jsonschema.NewCompiler()}
	var head struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		t.Fatal(err)
	}
	d.paths = head.Paths
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return d
}

// check holds an answer against the description, if that knows the operation and
// the status.
func (d *description) check(t *testing.T, method, path string, a *answer) {
	t.Helper()
	template := d.template(path)
	if template == "" || a.header.Get("Content-Type") != "application/json" {
		return
	}
	var operation struct {
		Responses map[string]struct {
			Content map[string]json.RawMessage `json:"content"`
		} `json:"responses"`
	}
	raw := d.paths[template][strings.ToLower(method)]
	if len(raw) == 0 || json.Unmarshal(raw,
		&operation) != nil || operation.Responses[strconv.Itoa(a.status)].Content["application/json"] == nil {
		return
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	location := fmt.Sprintf("openapi.json#/paths/%s/%s/responses/%d/content/application~1json/schema", escape.Replace(template),
		strings.ToLower(method), a.status)
	d.mu.Lock()
	schema, err := d.compiler.Compile(location)
	d.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(body); err != nil {
		t.Errorf("%s %s: the answer does not fit the description: %v", method, path, err)
	}
}

// template is the described path that a request's path fits.
func (d *description) template(path string) string {
	for template := range d.paths {
		r := &route{segments: strings.Split(template, "/")}
		if _, ok := r.match(strings.Split(path, "/")); ok && (template == path || d.paths[path] == nil) {
			return template
		}
	}
	return ""
}
