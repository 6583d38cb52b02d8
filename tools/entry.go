package tools

import (
	"bytes"
	"encoding/json"
)

// entry is a tool as MCP's tools/list has it.
type entry struct {
	Annotations  *hints          `json:"annotations,omitempty"`
	Description  string          `json:"description"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	Meta         map[string]any  `json:"_meta,omitempty"`
	Name         string          `json:"name"`
	OutputSchema json.RawMessage `json:"outputSchema,omitempty"`
	Title        string          `json:"title,omitempty"`
}

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
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // six bytes instead of one for each of < > &
	err := enc.Encode(entry{
		Annotations: hintsOf(t), Description: t.Description, InputSchema: t.Input.Schema(), Name: t.Name, Title: t.menuTitle(),
		OutputSchema: output, Meta: meta,
	})
	if err != nil {
		panic(err) // texts, and schemas that were encoded before
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
