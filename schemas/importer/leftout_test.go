package importer_test

import (
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas/importer"
)

// second is an operation beside that of the sound file, with a reference to a part of its own.
const second = `    post:
      x-airbyte-entity: orders
      x-airbyte-action: create
      requestBody:
        content: {application/json: {schema: {type: object, properties: {a: {$ref: "#/components/schemas/Part"}}}}}
      responses: {"200": {content: {application/json: {schema: {type: object}}}}}
  /parts:
    get:
      x-airbyte-entity: parts
      x-airbyte-action: list
      parameters: [{name: part, in: query, schema: {$ref: "#/components/schemas/Part"}}]
`

// withSecond is the sound file with more operations.
var withSecond = strings.NewReplacer("components:\n", second+"components:\n",
	"  schemas:\n", "  schemas:\n    Part: {type: string}\n").Replace(sound)

// leftOutCases damage operations of the file, each in one place.
var leftOutCases = []struct {
	name, old, new string
	want           []string // how what is left out begins
	stay           string   // entities
}{
	{"nothing", "", "", nil, "orders parts things"},
	{"unknown action", "action: create", "action: publish",
		[]string{`17: left out POST /things: unknown action "publish" of orders; the actions are list`}, "parts things"},
	{"no action", "      x-airbyte-action: create\n", "", []string{`16: left out POST /things: x-airbyte-action is missing`}, "parts things"},
	{"unknown kind of parameter", "{name: part, in: query", "{name: part, in: fragment",
		[]string{"25: left out GET /parts: in: fragment: want path, query or header"}, "orders things"},
	{"cookie", "{name: part, in: query", "{name: part, in: cookie",
		[]string{"25: left out the parameter part of GET /parts (parts.list): Airbyte sends no cookies"}, "orders parts things"},
	{"unknown kind of body", "      requestBody:\n", "      requestBody:\n        x-airbyte-body-type: {type: soap}\n",
		[]string{`19: left out POST /things: unknown body type "soap"`}, "parts things"},
	{"damaged name of an entity", "entity: orders", "entity: Our Orders",
		[]string{`16: left out POST /things: the entity "Our Orders": tools are named after it`}, "parts things"},
	{"damaged body", "schema: {type: object, properties", "schema: {type: objct, properties",
		[]string{`19: left out POST /things: "objct" is no type of JSON Schema`}, "parts things"},
	{"shared part, damaged", "Part: {type: string}", "Part: {type: strng}", []string{
		`30: left out POST /things: "strng" is no type of JSON Schema`, `30: left out GET /parts: "strng" is no type of JSON Schema`,
	}, "things"},
	{"stray reference", "    Part: {type: string}\n", "", []string{
		`19: left out POST /things: $ref "#/components/schemas/Part" leads nowhere`,
		`25: left out GET /parts: $ref "#/components/schemas/Part" leads nowhere`,
	}, "things"},
	{"method of a wrong kind", postOf(second), "    post: 7\n",
		[]string{"15: left out POST /things: post: want an object"}, "parts things"},
	{"two faults", "{name: part, in: query", "{in: query}, {name: x, in: moon",
		[]string{"25: left out GET /parts: name is missing; and 1 more faults"}, "orders things"},
	{"relationship with what is left out", "things, foreign_key: parent}]", "things, foreign_key: parent}, " +
		"{source_entity: things, target_entity: orders, foreign_key: order}]", nil, "orders parts things"},
}

// TestLeftOut: what is damaged or unknown is named, and does not stop the rest of the file.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	for _, tt := range leftOutCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(withSecond, tt.old) {
				t.Fatalf("the file has no %q", tt.old)
			}
			conn, dropped, err := importer.ReadBytes("x.yaml", []byte(strings.Replace(withSecond, tt.old, tt.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			var stay []string
			for _, e := range conn.Entities {
				stay = append(stay, e.Name)
			}
			if got := strings.Join(stay, " "); got != tt.stay {
				t.Errorf("the entities are %s, want %s", got, tt.stay)
			}
			if !slices.EqualFunc(dropped, tt.want, func(got, want string) bool { return strings.HasPrefix(got, "x.yaml:"+want) }) {
				t.Errorf("left out: %q, want %q", dropped, tt.want)
			}
			if len(conn.LeftOut) != len(dropped) {
				t.Errorf("the connector tells %q, want what is told of the file: %q", conn.LeftOut, dropped)
			}
		})
	}
}

// TestLeftOutRelationship leaves out what leads to an entity of which nothing is left.
func TestLeftOutRelationship(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("action: create", "action: publish", "target_entity: things", "target_entity: orders").Replace(withSecond)
	conn, dropped, err := importer.ReadBytes("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(dropped) != 2 || !strings.Contains(dropped[1], "x.yaml:7: left out a relationship with orders") {
		t.Errorf("left out: %q", dropped)
	}
	if got := conn.Entity("things").Relationships; len(got) != 0 {
		t.Errorf("the relationships are %v", got)
	}
	first := strings.Join(conn.LeftOut, "\n")
	if !strings.HasPrefix(first, "POST /things: unknown action") || !strings.Contains(first, "(line 17)\na relationship") {
		t.Errorf("the connector tells %q", conn.LeftOut)
	}
}

// postOf is the first of the operations.
func postOf(operations string) string {
	post, _, _ := strings.Cut(operations, "  /parts")
	return post
}
