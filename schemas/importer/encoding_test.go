package importer_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"airbyte-mcp-server/schemas/importer"
)

// TestFormsOfText reads the same from YAML and JSON, with a byte order mark, with lines that end
// with CR LF, and indented by tabs where JSON may be.
func TestFormsOfText(t *testing.T) {
	t.Parallel()
	var value any
	if err := yaml.Unmarshal([]byte(sound), &value); err != nil {
		t.Fatal(err)
	}
	plain, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	var want []byte
	for _, tt := range []struct{ name, text string }{
		{"YAML", sound}, {"YAML with a mark", "\ufeff" + sound}, {"YAML with CR LF", crlf(sound)}, {"both", "\ufeff" + crlf(sound)},
		{"JSON", string(plain)}, {"JSON with a mark", "\ufeff" + string(plain)}, {"JSON with CR LF", "\ufeff" + crlf(string(plain))},
		{"JSON with tabs", string(tabs)}, {"JSON with tabs and CR LF", crlf(string(tabs))},
	} {
		conn, _, err := importer.ReadBytes("x.yaml", []byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got, err := json.Marshal(conn)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got %s\nwant %s", tt.name, got, want)
		}
	}
}
