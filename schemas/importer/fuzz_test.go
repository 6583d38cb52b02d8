package importer_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/workbound"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
)

// longestRead is how long a file may take, however hostile. A real one takes some
// hundredths of a second; the rest is for slow machines.
const longestRead = time.Minute

// FuzzRead: whatever the text, reading it ends, without a panic; and of what is
// read, tools can be made.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add(sound)
	for _, text := range hostile() {
		if len(text) < 10_000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		var conn *schemas.Connector
		var err error
		workbound.Check(t, "a specification", len(text), 1000, func() { conn, _, err = importer.ReadBytes("x.yaml", []byte(text)) })
		if (conn == nil) != (err != nil) {
			t.Fatalf("read %v and the error %v", conn, err)
		}
		if conn == nil {
			return
		}
		data, err := json.Marshal(conn)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, new(schemas.Connector)); err != nil {
			t.Fatal(err)
		}
		usable(t, conn)
	})
}

// hostile are texts that are small and would cost much.
func hostile() map[string]string {
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i, i+1)
		}
		return b.String()
	}
	// Each of 30 lists holds the one before it ten times over.
	bomb := "b0: &b0 [1]\n" + lines(30, "b%[2]d: &b%[2]d [*b%[1]d"+strings.Repeat(",*b%[1]d", 9)+"]\n")
	schema := func(parts string) string {
		return strings.Replace(sound, "    Thing: {type: array, items: {type: object}}\n", parts, 1)
	}
	// The properties of each of 30 schemas are ten times the next one.
	var ten []string
	for i := range 10 {
		ten = append(ten, fmt.Sprintf("p%d: {$ref: '#/components/schemas/S%%[2]d'}", i))
	}
	wide := schema("    Thing: {type: array, items: {$ref: '#/components/schemas/S0'}}\n" +
		lines(30, "    S%[1]d: {type: object, properties: {"+strings.Join(ten, ", ")+"}}\n") + "    S30: {type: string}\n")
	return map[string]string{
		"aliases in the values":  bomb + sound,
		"aliases as a default":   strings.Replace(bomb+sound, "schema: {type: integer}", "schema: {type: array, default: *b30}", 1),
		"aliases as an enum":     strings.Replace(bomb+sound, "schema: {type: integer}", "schema: {enum: *b30}", 1),
		"merge keys":             "m0: &m0 {a: 1}\n" + lines(3000, "m%[2]d: &m%[2]d {<<: [*m%[1]d, *m%[1]d], k%[1]d: 1}\n") + sound,
		"schemas in the answer":  wide,
		"schemas in a parameter": strings.Replace(wide, "schema: {type: integer}", "schema: {$ref: '#/components/schemas/S0'}", 1),
		"allOf": schema("    Thing: {allOf: [{$ref: '#/components/schemas/A0'}]}\n" +
			lines(500, "    A%[1]d: {allOf: [{$ref: '#/components/schemas/A%[2]d'}, {$ref: '#/components/schemas/A%[2]d'}], properties: "+
				"{p%[1]d: {}}}\n") +
			"    A500: {}\n"),
		"array of itself":  schema("    Thing: {type: array, items: {$ref: '#/components/schemas/Thing'}}\n"),
		"brackets":         strings.Repeat("[", 500_000),
		"braces":           strings.Repeat("{a: ", 500_000),
		"dashes":           strings.Repeat("- ", 500_000),
		"question marks":   strings.Repeat("? ", 500_000),
		"indentation":      indented(1500),
		"documents":        strings.Repeat("---\n", 200_000),
		"keys in a block":  lines(100_000, "k%[1]d: v\n"),
		"keys in brackets": "{" + lines(100_000, "k%[1]d: v, ") + "}",
		"long scalar":      "a: " + strings.Repeat("x y ", 250_000),
		"open quote":       "a: \"" + strings.Repeat("x\n", 900_000),
		"placeholders": strings.Replace(sound, "      x-airbyte-action: list\n",
			"      x-airbyte-action: list\n      requestBody:\n        x-airbyte-body-type: {type: graphql, query: q, variables: {a: \""+
				lines(200_000, "{{a%[1]d}}")+"\"}}\n", 1),
		"selection": strings.Replace(sound, "      x-airbyte-action: list\n",
			"      x-airbyte-action: list\n      requestBody: {x-airbyte-body-type: {type: graphql, query: q, default_fields: \""+
				strings.Repeat("a { ", 300_000)+"\"}}\n", 1),
	}
}

// TestHostile: small texts that would grow without bounds are refused, or read, soon.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			conn, _, err := importer.ReadBytes("x.yaml", []byte(text))
			if took := time.Since(begun); took > longestRead {
				t.Errorf("reading %d bytes took %v", len(text), took)
			}
			if (conn == nil) != (err != nil) {
				t.Errorf("read %v and the error %v", conn, err)
			}
			if conn == nil {
				return
			}
			if data, err := json.Marshal(conn); err != nil || len(data) > 100_000_000 {
				t.Errorf("%d bytes became %d, error %v", len(text), len(data), err)
			}
		})
	}
}

// indented nests n keys by one space each.
func indented(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
