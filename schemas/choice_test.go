package schemas_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// contents has a parameter of each kind of choice, and bounds.
func contents(t *testing.T) *schemas.Input {
	t.Helper()
	var a schemas.Action
	if err := json.Unmarshal([]byte(`{"action": "create", "summary": "Get contents.", "params": [
 {"name": "text", "in": "body", "type": "boolean", "one_of": [
  {"type": "boolean"},
  {"type": "object", "properties": [{"name": "size", "type": "integer", "minimum": 1}, {"name": "tags", "type": "array", "maxItems": 2,
   "minItems": 1, "items": {"type": "string"}}]},
  {"type": "object", "properties": [{"name": "query", "required": true, "type": "string"}, {"name": "lang", "type": "string"}]}]},
 {"name": "number", "in": "body", "type": "integer", "nullable": true, "one_of": [{"type": "integer"}, {"type": "string", "maxLength": 3}]},
 {"name": "share", "in": "body", "type": "number", "exclusiveMinimum": 0, "maximum": 1},
 {"name": "version", "in": "body", "required": true, "type": "integer", "enum": [7]}],
 "result": {"kind": "object"}}`), &a); err != nil {
		t.Fatal(err)
	}
	e := &schemas.Entity{Name: "contents", Summary: "Contents.", Actions: []*schemas.Action{&a}}
	in, err := (&schemas.Connector{Name: "acme", Title: "Acme", Entities: []*schemas.Entity{e}}).ActionInput(e, &a)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestChoices holds values against the form that they have.
func TestChoices(t *testing.T) {
	t.Parallel()
	in := contents(t)
	for given, want := range map[string]string{
		`{"text":true}`:                      `{"text":true,"version":7}`,
		`{"text":"true"}`:                    `{"text":true,"version":7}`,
		`{"text":{"size":3,"tags":["a"]}}`:   `{"text":{"size":3,"tags":["a"]},"version":7}`,
		`{"text":{"query":"x","lang":"de"}}`: `{"text":{"query":"x","lang":"de"},"version":7}`,
		`{"number":5}`:                       `{"number":5,"version":7}`,
		`{"number":"5a"}`:                    `{"number":"5a","version":7}`,
		`{"number":null}`:                    `{"number":null,"version":7}`,
		`{"share":0.5,"version":"7"}`:        `{"share":0.5,"version":7}`,
		`{"text":{"size":0}}`:                "`text.size`",
		`{"text":{"size":1,"tags":[]}}`:      "`text.tags`",
		`{"text":{"tags":["a","b","c"]}}`:    "`text.tags`",
		`{"text":{"lang":"de"}}`:             "`text.query` is required",
		`{"text":{"query":"x","size":3}}`:    "does not go with the other members",
		`{"text":7}`:                         "`text` must be boolean or object",
		`{"number":true}`:                    "`number` must be",
		`{"number":"long text"}`:             "`number`",
		`{"share":0}`:                        "`share`",
		`{"share":1.5}`:                      "`share`",
		`{"version":8}`:                      "`version`",
	} {
		args, err := in.Check([]byte(given))
		switch {
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v, want %s", given, err, want)
		case err == nil && string(args.JSON()) != want:
			t.Errorf("%s: taken as %s, want %s", given, args.JSON(), want)
		}
	}
}

// TestPublishedChoices are choices that hosts' converters take: a type in each, no reference,
// one keyword for all, and numbers without bounds of another draft.
func TestPublishedChoices(t *testing.T) {
	t.Parallel()
	in := contents(t)
	published := string(in.Schema())
	for _, wrong := range []string{"oneOf", "$ref", "allOf", "exclusiveMinimum", `"enum":[7]`, `"type":[`} {
		if strings.Contains(published, wrong) {
			t.Errorf("%s is published: %s", wrong, published)
		}
	}
	for _, want := range []string{
		`"number":{"anyOf":[{"type":"integer"},{"type":"string"}]}`, `"maxItems":2,"minItems":1`,
		`"share":{"type":"number","maximum":1,"minimum":0`,
	} {
		if !strings.Contains(published, want) {
			t.Errorf("%s is not published: %s", want, published)
		}
	}
	if checked := string(in.CheckedSchema()); !strings.Contains(checked, `"exclusiveMinimum":0`) || !strings.Contains(checked, `"enum":[7]`) {
		t.Errorf("arguments are held to %s", checked)
	}
}
