package tools

import (
	"bytes"
	"encoding/json"

	"airbyte-mcp-server/internal/rawjson"
)

// hints are the annotations that hosts decide by whether to ask their user. What is not
// said is as MCP has it by default: not idempotent, and reaching the open world. What is
// destructive is said of every write, since some hosts and directories want the word.
type hints struct {
	ReadOnly    bool  `json:"readOnlyHint,omitempty"`
	Destructive *bool `json:"destructiveHint,omitempty"`
	Idempotent  bool  `json:"idempotentHint,omitempty"`
	OpenWorld   *bool `json:"openWorldHint,omitempty"`
}

func hintsOf(t *Tool) *hints {
	h := &hints{ReadOnly: t.Effect == Read}
	if !h.ReadOnly {
		h.Destructive, h.Idempotent = new(t.Destructive()), t.Idempotent()
	}
	if t.Connector == "" && !t.Reaches {
		h.OpenWorld = new(false)
	}
	return h
}

// Entry is the tool as tools/list has it. It is encoded when it is first listed, and
// shared.
func (t *Tool) Entry() []byte { return t.entry() }

func (t *Tool) plainEntry() []byte { return t.encode(nil, nil) }

func (t *Tool) encode(output json.RawMessage, meta map[string]any) []byte {
	schema := t.Input.Schema()
	b := make([]byte, 0, len(schema)+len(output)+len(t.Description)+256)
	b = append(b, `{"annotations":`...)
	b = append(b, encoded(hintsOf(t))...)
	b = appendText(b, "description", t.Description)
	b = append(append(b, `,"inputSchema":`...), schema...)
	if len(meta) > 0 {
		b = append(append(b, `,"_meta":`...), encoded(meta)...)
	}
	b = appendText(b, "name", t.Name)
	if len(output) > 0 {
		b = append(append(b, `,"outputSchema":`...), encoded(output)...)
	}
	if title := t.menuTitle(); title != "" {
		b = appendText(b, "title", title)
	}
	return append(b, '}')
}

func appendText(b []byte, name, text string) []byte {
	b = append(append(b, `,"`...), name...)
	return rawjson.AppendQuote(append(b, `":`...), text)
}

// encoded is a value as JSON, with one byte instead of six for each of < > &.
func encoded(value any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic(err) // texts, and schemas that were encoded before
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
