package tools

import "encoding/json"

// entry is a tool as MCP's tools/list has it.
type entry struct {
	Annotations  hints           `json:"annotations"`
	Description  string          `json:"description"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	Name         string          `json:"name"`
	OutputSchema json.RawMessage `json:"outputSchema"`
	Title        string          `json:"title"`
}

// hints are the annotations that hosts decide by whether to ask their user.
type hints struct {
	ReadOnly    bool `json:"readOnlyHint"`
	Destructive bool `json:"destructiveHint"`
	Idempotent  bool `json:"idempotentHint"`
	OpenWorld   bool `json:"openWorldHint"`
}

// Entry is the tool as tools/list has it. It is encoded when it is first listed, and
// shared.
func (t *Tool) Entry() []byte { return t.entry() }

func (t *Tool) encode() []byte {
	b, err := json.Marshal(entry{
		Annotations: hints{t.Effect == Read, t.Destructive(), t.Idempotent(), t.Connector != "" || t.Reaches},
		Description: t.Description, InputSchema: t.Input.Schema(), Name: t.Name, OutputSchema: t.Output(), Title: t.Title,
	})
	if err != nil {
		panic(err) // texts, and schemas that were encoded before
	}
	return b
}
