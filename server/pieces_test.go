package server

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/tools/calls"
)

// FuzzTextOf: what is written in pieces, and looked at only where something may be hidden, is
// what the whole is with everything looked for.
func FuzzTextOf(f *testing.F) {
	for _, data := range []string{
		`[{"id":1,"title":"A \"quoted\" name","note":"One line.\nAnother."}]`, `{"a":"\u200b hidden \u202e","b":"plain"}`,
		"[\"\u200b\",\"\u202e\"]", `["\ud83d","\ud83d\ude00","\udc00"]`, "[\"\xff\xfe\"]", "[\"\x7f\"]", `["\b\f\u0000\u001b[2J"]`,
		"[\"e\u0301\",\"日本語\",\"\U0001f468\u200d\U0001f469\"]", `null`, `"` + strings.Repeat("x", 200) + `é"`, `{"\u202e":{"\ufeff":1}}`,
	} {
		f.Add([]byte(data), `,"source":"live"}`)
		f.Add([]byte(data), `,"connector_metadata":{"next":"\u200b`+"\u202e"+`"}}`)
	}
	f.Fuzz(func(t *testing.T, data []byte, tail string) {
		v, ok := rawjson.Survey(data)
		head := []byte(`{"result":`)
		whole := slices.Concat(head, v.Value, []byte(tail))
		if !ok || !json.Valid(whole) {
			return
		}
		text, _ := cleantext.JSON(validUTF8(whole))
		want := rawjson.AppendQuote(nil, text)
		for _, known := range []rawjson.Lacks{v.Lacks, 0} {
			p := textOf(calls.Pieces{Head: head, Data: v.Value, Tail: []byte(tail), DataLacks: known, DataEscapes: v.Escapes})
			if got := p.appendTo(nil); string(got) != string(want) {
				t.Fatalf("%.200q, known to lack %b, became %.300q, want %.300q", whole, known, got, want)
			}
			if marshalled, err := json.Marshal(p); err != nil || contentOf(t, marshalled) != string(text) {
				t.Errorf("mcp-go would write %.300q, %v, want %.300q", marshalled, err, text)
			}
		}
	})
}

func contentOf(t *testing.T, marshalled []byte) string {
	t.Helper()
	var content mcp.TextContent
	if err := json.Unmarshal(marshalled, &content); err != nil || content.Type != "text" {
		t.Fatalf("%.200q: %v", marshalled, err)
	}
	return content.Text
}

// TestFrameFitsAtOnce: the room for an answer is taken once, of the size that it needs.
func TestFrameFitsAtOnce(t *testing.T) {
	t.Parallel()
	v, ok := rawjson.Survey([]byte(records(100 << 10)))
	if !ok {
		t.Fatal("no JSON")
	}
	result := &mcp.CallToolResult{Content: []mcp.Content{textOf(calls.Pieces{
		Head: []byte(`{"result":`), Data: v.Value, Tail: []byte(`,"source":"live"}`), DataLacks: v.Lacks, DataEscapes: v.Escapes,
	})}}
	buffer := make([]byte, 0, len(v.Value)+v.Escapes+4<<10)
	frame, err := encodeCall(buffer, json.RawMessage("1"), result)
	if err != nil || &frame[0] != &buffer[:1][0] {
		t.Errorf("a frame of %d bytes did not fit into %d: %v", len(frame), cap(buffer), err)
	}
}
