package tools

import (
	"sync"

	"airbyte-mcp-server/schemas"
)

// Own completes a tool that belongs to no connector. Its parameters are constants, as is
// what could be wrong with them.
func Own(t Tool, params ...*schemas.Parameter) *Tool {
	input, err := schemas.NewInput(params...)
	if err != nil {
		panic(err)
	}
	t.Input = input
	t.entry = sync.OnceValue(t.plainEntry)
	return &t
}
