package importer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas/importer"
)

// sound is a file without a fault. The table below breaks it, a line at a time.
const sound = `openapi: 3.1.0
info:
  title: Acme
  version: 1.0.0
  x-airbyte-connector-definition-id: 0c1d7b7e-3f5c-4c59-9d0a-1f2e3d4c5b6a
  x-airbyte-context-store: {entities: [{entity: things, fields: [{name: id, type: string}]}]}
  x-airbyte-entity-relationships: [{source_entity: things, target_entity: things, foreign_key: parent}]
paths:
  /things:
    get:
      x-airbyte-entity: things
      x-airbyte-action: list
      parameters: [{name: page, in: query, schema: {type: integer}}]
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}
components:
  securitySchemes:
    key: {type: apiKey, x-airbyte-auth-config: {properties: {key: {}}, replication_auth_key_mapping: {k: key}}}
  schemas:
    Thing: {type: array, items: {type: object}}
`

// faultCases break a sound file, each in one place.
var faultCases = []struct {
	name     string
	old, new string
	want     string // after the name of the file; lines of several faults
}{
	{"sound", "", "", ""},
	{"empty", sound, "# nothing\n", `1: the file is empty`},
	{"no object", sound, "- openapi\n", `1: want an OpenAPI document: an object with openapi, info and paths`},
	{"syntax", "  title: Acme", "  title: [Acme", `4: not valid YAML: did not find expected ',' or ']'`},
	{"key twice", "  version: 1.0.0", "  version: 1.0.0\n  title: Again", `5: the key "title" is in line 3 already`},
	{"two documents", "paths:", "---\npaths:", "9: want one YAML document: remove the `---`"},
	{"unknown alias", "title: Acme", "title: *acme", `3: an alias names nothing before it: put a text that begins with * between quotes`},
	{"old OpenAPI", "3.1.0", "3.0.3", `1: openapi 3.0.3: want 3.1`},
	{"no OpenAPI", "openapi: 3.1.0\n", "", `1: openapi is missing`},
	{"no info", sound[strings.Index(sound, "info"):strings.Index(sound, "paths")], "", `1: info is missing`},
	{"no title", "  title: Acme\n", "", `3: title is missing`},
	{"no version", "version: 1.0.0", "version:", `3: version is missing`},
	{"version of a wrong kind", "version: 1.0.0", "version: [1]", `4: version: want a plain value`},
	{"no id", "  x-airbyte-connector-definition-id: 0c1d7b7e-3f5c-4c59-9d0a-1f2e3d4c5b6a\n", "",
		`3: x-airbyte-connector-definition-id is missing`},
	{"bad id", "id: 0c1d7b7e-", "id: 0c1d7b7-", `5: x-airbyte-connector-definition-id "0c1d7b7-3f5c-4c59-9d0a-1f2e3d4c5b6a" is no UUID`},
	{"bad name", "title: Acme", "title: Acme\n  x-airbyte-connector-name: ac/me",
		`4: x-airbyte-connector-name "ac/me": want lower-case letters and digits, joined by single hyphens`},
	{"stored entity without a name", "{entity: things", "{entitty: things", `6: entity is missing`},
	{"stored entity with a bad name", "{entity: things", "{entity: our things",
		`6: the entity "our things": tools are named after it, want lower-case letters, digits and _`},
	{"stored field without a type", "{name: id, type: string}", "{name: id}", `6: id: type is missing`},
	{"stored field twice", "{name: id, type: string}", "{name: id, type: string}, {name: id, type: integer}",
		`6: the field "id" is there twice`},
	{"stray relationship", "target_entity: things", "target_entity: thing",
		`7: a relationship names "thing", which is no entity; did you mean things?`},
	{"no paths", "paths:", "path:", `1: paths is missing`},
	{"no operation", "    get:", "    options:", `9: paths: no operation`},
	{"no entity", "      x-airbyte-entity: things\n", "", `11: GET /things: x-airbyte-entity is missing`},
	{"no action", "      x-airbyte-action: list\n", "", `11: GET /things: x-airbyte-action is missing`},
	{"no known action", "action: list", "action: lst", `9: paths: no operation`},
	{"bad entity", "entity: things\n", "entity: Things\n",
		`11: GET /things: the entity "Things": tools are named after it, want lower-case letters, digits and _`},
	{"parameters of a wrong kind", "[{name: page, in: query, schema: {type: integer}}]", "page", `13: parameters: want a list`},
	{"parameter without a name", "{name: page, in", "{in", `13: name is missing`},
	{"parameter in no place", "in: query", "in: body", `13: in: body: want path, query or header`},
	{"arguments of one name", "[{name: page,", "[{name: page., in: query}, {name: page,",
		`11: the parameters "page" and "page." would be one argument, "page"`},
	{"no such type", "type: integer", "type: int", `13: "int" is no type of JSON Schema`},
	{"schema of a wrong kind", "schema: {type: integer}", "schema: integer", `13: want a schema: an object`},
	{"stray reference", "schemas/Thing\"", "schemas/Thin\"", `14: $ref "#/components/schemas/Thin" leads nowhere`},
	{"reference outside", "#/components/schemas/Thing", "other.yaml#/Thing",
		`14: $ref "other.yaml#/Thing" leads out of the file; only #/... can be followed`},
	{"schema by itself", "Thing: {type: array, items: {type: object}}", "Thing: {allOf: [{$ref: '#/components/schemas/Thing'}]}",
		`19: the schema is defined by itself`},
	{"unknown scheme", "type: apiKey", "type: openIdConnect",
		`17: security scheme key: want type oauth2, apiKey, or http with the scheme bearer or basic`},
	{"stray mapping", "{k: key}", "{k: kee}", `17: replication_auth_key_mapping: "kee" is no field; did you mean key?`},
	{"stray upload", "action: list", "action: list\n      x-airbyte-upload-file-param: file",
		`13: x-airbyte-upload-file-param: "file" is no parameter`},
	{"name of a tool too long", "entity: things\n", "entity: " + strings.Repeat("thing", 10) + "\n",
		`1: the name of a tool would be longer than 50 characters: an entity's name is too long`},
	{"enum of a wrong kind", "{type: integer}", "{enum: [[1]]}", `13: enum: want plain values`},
	{"too wide", "schema: {type: integer}", "schema: {enum: [" + strings.Repeat("1,", 4001) + "]}",
		`13: more than 4000 values in one list or object`},
	{"too many keys", "components:", manyKeys(4001) + "components:", `1: more than 4000 values in one list or object`},
	{"too deep", "title: Acme", "title: " + strings.Repeat("[", 101), `3: nested too deeply`},
	{"several", "version: 1.0.0", "version: {}\n  x-airbyte-scoping: {}", "4: version: want a plain value\n5: x-airbyte-scoping: want a list"},
}

func manyKeys(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "k%d: 1\n", i)
	}
	return text.String()
}

// TestFaults breaks a sound file. Each fault has to be reported with its line.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range faultCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "connector.yaml")
			if !strings.Contains(sound, tt.old) {
				t.Fatalf("the sound file has no %q", tt.old)
			}
			if err := os.WriteFile(file, []byte(strings.Replace(sound, tt.old, tt.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			conn, _, err := importer.Read(file)
			if conn != nil == (err != nil) {
				t.Errorf("Read returned %v and the error %v", conn, err)
			}
			got := ""
			if err != nil {
				got = strings.ReplaceAll(err.Error(), file+":", "")
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestManyFaults: a file that is wrong throughout is not told line by line.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "connector.yaml")
	wrong := strings.Replace(sound, "[{name: page", "["+strings.Repeat("{in: query},\n        ", 60)+"{name: page", 1)
	if err := os.WriteFile(file, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := importer.Read(file)
	if err == nil {
		t.Fatal("read without an error")
	}
	lines := strings.Split(err.Error(), "\n")
	if got, want := len(lines), 51; got != want {
		t.Errorf("got %d lines, want %d", got, want)
	}
	if got, want := lines[len(lines)-1], file+": more faults like these, 60 in all"; got != want {
		t.Errorf("the last line is %q, want %q", got, want)
	}
}

func TestReadUnreadable(t *testing.T) {
	t.Parallel()
	large := filepath.Join(t.TempDir(), "connector.yaml")
	if err := os.WriteFile(large, make([]byte, 4<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, want string }{
		{filepath.Join(t.TempDir(), "no.yaml"), "no such file"},
		{t.TempDir(), "no connector.yaml in it"},
		{large, "larger than 4 MiB"},
		{"testdata/../testdata", "no connector.yaml in it"},
	}
	for _, tt := range tests {
		if _, _, err := importer.Read(tt.path); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Read(%s): got the error %v, want %q in it", tt.path, err, tt.want)
		}
	}
}

// TestUnknownActionsAreLeftOut, with their place; the rest of the file is read.
func TestUnknownActionsAreLeftOut(t *testing.T) {
	t.Parallel()
	more := strings.Replace(sound, "    get:\n", "    delete:\n      x-airbyte-entity: things\n      x-airbyte-action: purge\n    get:\n", 1)
	conn, dropped, err := importer.ReadBytes("x.yaml", []byte(more))
	if err != nil {
		t.Fatal(err)
	}
	if len(dropped) != 1 || !strings.Contains(dropped[0], `x.yaml:12: left out DELETE /things: unknown action "purge"`) {
		t.Errorf("left out: %q", dropped)
	}
	if got := conn.Entity("things").ActionNames(); !slices.Contains(got, "list") || slices.Contains(got, "purge") {
		t.Errorf("the actions are %q", got)
	}
}
