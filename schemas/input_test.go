package schemas_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/schemas"
)

// TestPublishedSchemas holds every schema to what MCP hosts understand: it compiles,
// is an object at the root without combinators, and has a schema object with
// something in it wherever a schema is expected.
func TestPublishedSchemas(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			publishable(t, tl.name, tl.input(t, conn).Schema())
		}
	})
}

func TestNoInput(t *testing.T) {
	t.Parallel()
	in, err := schemas.NewInput()
	if err != nil {
		t.Fatal(err)
	}
	publishable(t, "no input", in.Schema())
	for _, arguments := range []string{"", " ", "null", "{}", " {\n} "} {
		if faults := faultsOf(t, in, arguments); faults != nil {
			t.Errorf("Check(%q) found %v, want no fault", arguments, faults)
		}
	}
	got, want := faultsOf(t, in, `{"x":1}`), []schemas.Fault{{Path: "x", Problem: "is unknown"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func publishable(t *testing.T, at string, schema json.RawMessage) {
	t.Helper()
	doc, err := validator.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	compiler := validator.NewCompiler()
	if err := compiler.AddResource("mem:schema", doc); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	if _, err := compiler.Compile("mem:schema"); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	root, _ := doc.(map[string]any)
	p := &publication{t, at, root}
	p.root()
	p.schema("", doc)
}

// publication is a schema under inspection.
type publication struct {
	t   *testing.T
	at  string
	doc map[string]any
}

func (p *publication) root() {
	p.t.Helper()
	if p.doc["type"] != "object" {
		p.t.Errorf("%s: the root has type %v, want an object", p.at, p.doc["type"])
	}
	for _, keyword := range []string{"oneOf", "anyOf", "allOf", "not", "if", "$ref", "enum", "const"} {
		if _, there := p.doc[keyword]; there {
			p.t.Errorf("%s: the root has %s, which hosts refuse", p.at, keyword)
		}
	}
	properties, _ := p.doc["properties"].(map[string]any)
	for name := range properties {
		if !argument.MatchString(name) {
			p.t.Errorf("%s: the argument name %q does not match %s", p.at, name, argument)
		}
	}
}

var argument = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// schema inspects one schema and those in it.
func (p *publication) schema(path string, value any) {
	p.t.Helper()
	s, ok := value.(map[string]any)
	if !ok || len(s) == 0 {
		p.t.Errorf("%s: at %q there is %v, want a schema with something in it", p.at, path, value)
		return
	}
	p.kind(path, s)
	for _, keyword := range []string{"items", "not", "propertyNames"} {
		if inner, there := s[keyword]; there {
			p.schema(path+"/"+keyword, inner)
		}
	}
	for _, keyword := range []string{"properties", "$defs"} {
		inner, _ := s[keyword].(map[string]any)
		for name, schema := range inner {
			p.schema(path+"/"+keyword+"/"+name, schema)
		}
	}
	choices, _ := s["anyOf"].([]any)
	for _, choice := range choices {
		p.schema(path+"/anyOf", choice)
	}
	if extra, there := s["additionalProperties"]; there {
		if _, isBool := extra.(bool); !isBool {
			p.schema(path+"/additionalProperties", extra)
		}
	}
}

// kind checks that a schema says what values it is about: by one type, by
// alternatives or by a reference into its own definitions.
func (p *publication) kind(path string, s map[string]any) {
	p.t.Helper()
	name, hasType := s["type"].(string)
	_, hasChoices := s["anyOf"]
	ref, hasRef := s["$ref"].(string)
	definitions, _ := p.doc["$defs"].(map[string]any)
	target, local := strings.CutPrefix(ref, "#/$defs/")
	switch {
	case hasRef && (!local || definitions[target] == nil):
		p.t.Errorf("%s: at %q the reference %q leads nowhere", p.at, path, ref)
	case !hasType && !hasChoices && !hasRef:
		p.t.Errorf("%s: at %q there is no single type: %v", p.at, path, s["type"])
	case name == "array" && s["items"] == nil:
		p.t.Errorf("%s: at %q an array does not tell its elements", p.at, path)
	case name == "object":
		p.members(path, s)
	}
	for _, keyword := range refusedKeywords {
		if _, there := s[keyword]; there {
			p.t.Errorf("%s: at %q there is %s, which some model APIs refuse", p.at, path, keyword)
		}
	}
	enum, _ := s["enum"].([]any)
	for i, v := range enum {
		if hasType && (name == "string") != isString(v) || slices.Contains(enum[:i], v) {
			p.t.Errorf("%s: at %q the enum value %v is there twice or no %s", p.at, path, v, name)
		}
	}
}

// refusedKeywords are those for which some model APIs refuse a whole request in strict mode.
var refusedKeywords = []string{"default", "pattern", "minLength", "maxLength", "uniqueItems"}

// members checks that an object with members does not say the obvious, and that one without
// says whether it is for free keys or for nothing: some converters close what says neither.
func (p *publication) members(path string, s map[string]any) {
	p.t.Helper()
	members, _ := s["properties"].(map[string]any)
	switch closed := s["additionalProperties"] == false; {
	case len(members) > 0 && closed:
		p.t.Errorf("%s: at %q every model pays for what is checked here: an object is closed", p.at, path)
	case len(members) == 0 && s["additionalProperties"] == nil:
		p.t.Errorf("%s: at %q an object without members does not say whether it is for free keys", p.at, path)
	case path == "" && len(members) == 0 && !closed:
		p.t.Errorf("%s takes no arguments and does not say so", p.at)
	}
}

func isString(v any) bool { _, ok := v.(string); return ok }

// TestDefaultsFit checks that a default would be accepted as an argument.
func TestDefaultsFit(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action == nil {
				continue
			}
			in := tl.input(t, conn)
			for _, p := range tl.action.Params {
				if p.Default == nil || string(p.Default) == `""` { // which counts as not given
					continue
				}
				name := schemas.ArgumentName(p.Name)
				for _, f := range faultsOf(t, in, `{"`+name+`":`+string(p.Default)+`}`) {
					if f.Path == name || strings.HasPrefix(f.Path, name+".") {
						t.Errorf("%s: the default %s of %s is refused: %s", tl.name, p.Default, name, f)
					}
				}
			}
		}
	})
}

// TestArgumentName shows what becomes of parameter names that hosts refuse.
func TestArgumentName(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"owner":         "owner",
		"maxResults":    "maxResults",
		"page[cursor]":  "page_cursor",
		"statuses[]":    "statuses",
		"created_at.gt": "created_at_gt",
		"kebab-case":    "kebab-case",
		"$filter":       "filter",
	}
	for param, want := range tests {
		if got := schemas.ArgumentName(param); got != want {
			t.Errorf("ArgumentName(%q) = %q, want %q", param, got, want)
		}
	}
}

// TestNamesThatClash refuses to build a tool in which one argument would mean two
// parameters.
func TestNamesThatClash(t *testing.T) {
	t.Parallel()
	conn := &schemas.Connector{Name: "acme"}
	clash := &schemas.Action{Name: "list", Params: []*schemas.Parameter{
		{Name: "page[size]", Type: "integer"}, {Name: "page_size", Type: "integer"},
	}}
	_, err := conn.ActionInput(&schemas.Entity{Name: "things"}, clash)
	want := `building the schema of acme.things.list: two arguments would be called "page_size"`
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

// TestSchemaOfNullable shows the two ways in which null can be allowed. It is told of what is
// required: of other members, null may mean that they are not given.
func TestSchemaOfNullable(t *testing.T) {
	t.Parallel()
	conn := &schemas.Connector{Name: "acme", Terms: map[string]string{"state": "How it stands.", "tags": "Labels."}}
	action := &schemas.Action{Name: "update", Params: []*schemas.Parameter{
		{Name: "state", Type: "string", Nullable: true, Enum: []any{"open", "closed", nil}},
		{Name: "tags", Type: "array", Nullable: true, Items: &schemas.Parameter{Type: "integer"}},
		{Name: "user", Type: "string", Nullable: true, Required: true, Description: "Whose it is."},
	}}
	in, err := conn.ActionInput(&schemas.Entity{Name: "things"}, action)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"properties":{` +
		`"state":{"type":"string","enum":["open","closed"],"description":"How it stands."},` +
		`"tags":{"items":{"type":"integer"},"type":"array","description":"Labels."},` +
		`"user":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"Whose it is."}},"type":"object","required":["user"]}`
	if got := string(in.Schema()); got != want {
		t.Errorf("got schema\n%s, want\n%s", got, want)
	}
	for _, arguments := range []string{
		`{"state":null,"tags":null,"user":null}`, `{"state":"open","tags":[1],"user":"x"}`, `{"tags":["7"],"user":"x"}`,
	} {
		if faults := faultsOf(t, in, arguments); faults != nil {
			t.Errorf("Check(%s) found %v, want no fault", arguments, faults)
		}
	}
}
