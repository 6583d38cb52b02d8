package importer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
)

// forms are schemas of the one parameter of the sound file, and the parameter that they give.
var forms = []struct{ name, schema, want string }{
	{"oneOf of scalars", "{oneOf: [{type: integer}, {type: string, maxLength: 9}]}",
		`"type":"integer","one_of":[{"type":"integer"},{"type":"string","maxLength":9}]`},
	{"anyOf of scalars", "{anyOf: [{type: boolean}, {type: string, format: date-time}]}",
		`"type":"boolean","one_of":[{"type":"boolean"},{"type":"string","format":"date-time"}]`},
	{"one or several", "{anyOf: [{type: string}, {type: array, items: {type: string}, maxItems: 5}]}",
		`"type":"string","one_of":[{"type":"string"},{"type":"array","maxItems":5,"items":{"type":"string"}}]`},
	{"objects", "{oneOf: [{type: object, properties: {a: {type: string}}, required: [a]}, " +
		"{type: object, properties: {b: {}}, required: [b]}]}",
		`"type":"object","one_of":[{"type":"object","properties":[{"name":"a","required":true,"type":"string"}]},` +
			`{"type":"object","properties":[{"name":"b","required":true,"type":"string"}]}]`},
	{"a switch or an object", "{oneOf: [{type: boolean}, {type: object, properties: {n: {type: integer}}}]}",
		`"type":"boolean","one_of":[{"type":"boolean"},{"type":"object","properties":[{"name":"n","type":"integer"}]}]`},
	{"what all have", "{type: object, properties: {a: {}, b: {}}, required: [a], oneOf: [{required: [b]}, {properties: {c: {}}}]}",
		`"type":"object","one_of":[{"type":"object","properties":[{"name":"a","required":true,"type":"string"},` +
			`{"name":"b","required":true,"type":"string"}]},{"type":"object","properties":[{"name":"a","required":true,"type":"string"},` +
			`{"name":"b","type":"string"},{"name":"c","type":"string"}]}]`},
	{"by reference", "{allOf: [{$ref: '#/components/schemas/Either'}, {description: Words.}]}",
		`"type":"integer","description":"Words.","one_of":[{"type":"integer"},{"type":"boolean"}]`},
	{"by an escaped reference", "{$ref: '#/components/schemas/Of%20two~1three'}", `"type":"boolean"`},
	{"by a place in a list", "{$ref: '#/components/lists/1'}", `"type":"number"`},
	{"nested", "{oneOf: [{type: string}, {$ref: '#/components/schemas/Either'}]}",
		`"type":"string","one_of":[{"type":"string"},{"type":"integer"},{"type":"boolean"}]`},
	{"null among them", "{oneOf: [{type: integer}, {type: string}, {type: 'null'}]}",
		`"type":"integer","nullable":true,"one_of":[{"type":"integer"},{"type":"string"}]`},
	{"only null beside it", "{anyOf: [{type: integer, minimum: 1}, {type: 'null'}]}", `"type":"integer","nullable":true,"minimum":1`},
	{"equal ones", "{oneOf: [{type: string}, {type: string}]}", `"type":"string"`},
	{"lists of values", "{oneOf: [{const: a}, {type: string, enum: [b, a]}]}", `"type":"string","enum":["a","b"]`},
	{"nothing known of one", "{oneOf: [{type: integer}, {}]}", `"type":"integer"`},
	{"two keywords", "{anyOf: [{type: integer}, {type: string}], oneOf: [{minimum: 1}, {minLength: 1}]}",
		`"type":"integer","one_of":[{"type":"integer"},{"type":"string"}]`},
	{"list of choices", "{type: array, items: {anyOf: [{type: integer}, {type: string}]}}",
		`"type":"array","items":{"type":"integer","one_of":[{"type":"integer"},{"type":"string"}]}`},
	{"itself", "{$ref: '#/components/schemas/Self'}",
		`"type":"string","one_of":[{"type":"string"},{"type":"array","items":{"type":"string"}}]`},
	{"types", "{type: [string, integer, 'null'], maxLength: 3, minimum: 2}",
		`"type":"string","nullable":true,"one_of":[{"type":"string","maxLength":3},{"type":"integer","minimum":2}]`},
	{"types with values", "{type: [string, integer], enum: [a, 1]}",
		`"type":"string","one_of":[{"type":"string","enum":["a"]},{"type":"integer","enum":[1]}]`},
	{"types, values of one", "{type: [string, integer], enum: [a, b]}", `"type":"string","enum":["a","b"]`},
	{"integer and number", "{type: [integer, number], maximum: 2}", `"type":"number","maximum":2`},
}

// bounds are limits of values.
var limits = []struct{ name, schema, want string }{
	{"of lists", "{type: array, minItems: 1, maxItems: 3, uniqueItems: true, items: {type: integer}}",
		`"type":"array","minItems":1,"maxItems":3,"uniqueItems":true,"items":{"type":"integer"}`},
	{"of texts", "{type: string, minLength: 1, maxLength: 3, pattern: '^a', format: date-time}",
		`"type":"string","format":"date-time","pattern":"^a","minLength":1,"maxLength":3`},
	{"of numbers", "{type: number, minimum: 1.5, exclusiveMaximum: 3}", `"type":"number","minimum":1.5,"exclusiveMaximum":3`},
	{"beyond an integer", "{type: integer, exclusiveMinimum: 0, exclusiveMaximum: 10}", `"type":"integer","minimum":1,"maximum":9`},
	{"the stricter of two", "{type: integer, minimum: 5, exclusiveMinimum: 0, maximum: 20, exclusiveMaximum: 10}",
		`"type":"integer","minimum":5,"maximum":9`},
	{"as in OpenAPI 3.0", "{type: integer, minimum: 0, exclusiveMinimum: true, nullable: true}",
		`"type":"integer","nullable":true,"minimum":1`},
	{"not exclusive", "{type: integer, minimum: 0, exclusiveMinimum: false}", `"type":"integer","minimum":0`},
	{"a number as in OpenAPI 3.0", "{type: number, maximum: 7, exclusiveMaximum: true}", `"type":"number","exclusiveMaximum":7`},
	{"constant", "{const: 7}", `"type":"integer","enum":[7]`},
	{"constant null beside a type", "{oneOf: [{const: null}, {type: string}]}", `"type":"string","nullable":true`},
	{"null among values", "{enum: [a, null]}", `"type":"string","nullable":true,"enum":["a",null]`},
	{"null among values of a type", "{type: string, enum: [a, null]}", `"type":"string","enum":["a",null]`},
	{"not nullable", "{type: string, nullable: false}", `"type":"string"`},
}

// TestForms keeps choices between forms, and bounds.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, tt := range append(forms, limits...) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(sound, "{type: integer}", tt.schema, 1)
			text = strings.Replace(text, "  schemas:\n", "  lists: [{type: string}, {type: number}]\n"+
				"  schemas:\n    Of two/three: {type: boolean}\n"+
				"    Either: {oneOf: [{type: integer}, {type: boolean}]}\n"+
				"    Self: {oneOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/Self'}}]}\n", 1)
			conn, _, err := importer.ReadBytes("x.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(firstParam(conn))
			if err != nil {
				t.Fatal(err)
			}
			if want := `{"name":"page","in":"query",` + tt.want + `}`; string(got) != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			usable(t, conn)
		})
	}
}

// TestRequiredGroups reads which groups of a body's members are required.
func TestRequiredGroups(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want *schemas.Requirements
	}{
		"one of two": {"oneOf: [{required: [a]}, {required: [b, c]}]", &schemas.Requirements{AnyOf: [][]string{{"a"}, {"b", "c"}}}},
		"anyOf":      {"anyOf: [{required: [a]}, {required: [b]}]", &schemas.Requirements{AnyOf: [][]string{{"a"}, {"b"}}}},
		"required anyway": {"required: [a], oneOf: [{required: [a, b]}, {required: [c]}]",
			&schemas.Requirements{AnyOf: [][]string{{"b"}, {"c"}}}},
		"of nothing": {"oneOf: [{required: [a]}, {required: []}]", nil},
		"of others":  {"oneOf: [{required: [a]}, {required: [z]}]", nil},
		"one":        {"oneOf: [{required: [a]}]", nil},
	} {
		body := "      requestBody: {content: {application/json: {schema: {type: object, properties: {a: {}, b: {}, c: {}}, " +
			tt.body + "}}}}\n"
		conn, _, err := importer.ReadBytes("x.yaml", []byte(strings.Replace(sound, "      parameters:", body+"      parameters:", 1)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, want := encoded(t, conn.Entities[0].Actions[0].Requirements), encoded(t, tt.want)
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
