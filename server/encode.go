package server

import (
	"bytes"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/internal/rawjson"

	"github.com/mark3labs/mcp-go/mcp"
)

// The wire form of answers. mcp-go's own encoding copies and re-validates every
// raw schema and result several times over; here what is already JSON is spliced
// into the place that an empty value holds.
var (
	emptyTools   = []byte(`"tools":[]`)
	emptyContent = []byte(`"content":[]`)
)

// encodeAnswer writes the answer to a request as one line without a line break.
// The id is the request's own bytes. The list is the JSON of the tools to put
// into an answer to tools/list, without brackets.
func encodeAnswer(id json.RawMessage, message mcp.JSONRPCMessage, list []byte) ([]byte, error) {
	switch m := message.(type) {
	case mcp.JSONRPCError:
		return encodeError(id, m.Error)
	case mcp.JSONRPCResponse:
		result, err := encodeResult(m.Result, list)
		if err != nil {
			return nil, fmt.Errorf("encoding a result: %w", err)
		}
		return envelope(id, "result", result), nil
	default:
		return nil, fmt.Errorf("encoding an answer: unexpected %T", message)
	}
}

func encodeError(id json.RawMessage, details mcp.JSONRPCErrorDetails) ([]byte, error) {
	body, err := json.Marshal(details)
	if err != nil {
		return nil, fmt.Errorf("encoding an error: %w", err)
	}
	return envelope(id, "error", body), nil
}

func envelope(id json.RawMessage, member string, value []byte) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	b := make([]byte, 0, len(value)+len(id)+len(member)+32)
	b = append(b, `{"jsonrpc":"2.0","id":`...)
	b = append(b, id...)
	b = append(b, `,"`...)
	b = append(b, member...)
	b = append(b, `":`...)
	b = append(b, value...)
	return append(b, '}')
}

func encodeResult(result any, list []byte) ([]byte, error) {
	switch r := result.(type) {
	case mcp.ListToolsResult:
		return encodeTools(r, list)
	case *mcp.ListToolsResult:
		return encodeTools(*r, list)
	case mcp.CallToolResult:
		return encodeCall(r)
	case *mcp.CallToolResult:
		return encodeCall(*r)
	default:
		return json.Marshal(result)
	}
}

// encodeTools puts the cached tools behind those that mcp-go has found.
func encodeTools(r mcp.ListToolsResult, list []byte) ([]byte, error) {
	if len(list) == 0 {
		return json.Marshal(r)
	}
	var own []byte
	for _, tool := range r.Tools {
		b, err := json.Marshal(tool)
		if err != nil {
			return nil, err
		}
		own = append(append(own, b...), ',')
	}
	r.Tools = []mcp.Tool{}
	shell, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return splice(shell, emptyTools, []byte(`"tools":[`), own, list, []byte("]"))
}

// encodeCall writes a result whose structured content is JSON already. Other
// results, which no tool of ours makes, are left to mcp-go.
func encodeCall(r mcp.CallToolResult) ([]byte, error) {
	structured, ok := r.StructuredContent.(json.RawMessage)
	if !ok || len(r.Content) != 1 {
		return json.Marshal(r)
	}
	text, ok := r.Content[0].(mcp.TextContent)
	if !ok {
		return json.Marshal(r)
	}
	r.Content, r.StructuredContent = []mcp.Content{}, nil
	shell, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return splice(shell, emptyContent,
		[]byte(`"content":[{"type":"text","text":`), rawjson.Quote(text.Text), []byte(`}],"structuredContent":`), structured)
}

// splice replaces the one place that holds an empty value by parts of JSON.
func splice(shell, place []byte, parts ...[]byte) ([]byte, error) {
	before, after, ok := bytes.Cut(shell, place)
	if !ok {
		return nil, fmt.Errorf("no %s to fill", place)
	}
	size := len(shell)
	for _, p := range parts {
		size += len(p)
	}
	b := append(make([]byte, 0, size), before...)
	for _, p := range parts {
		b = append(b, p...)
	}
	return append(b, after...), nil
}
