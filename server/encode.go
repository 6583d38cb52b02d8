package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"airbyte-mcp-server/internal/rawjson"

	"github.com/mark3labs/mcp-go/mcp"
)

// The wire form of answers. mcp-go's own encoding copies and re-validates every
// raw schema and result several times over; here what is already JSON is spliced
// into the place that an empty value holds.
var (
	emptyTools   = []byte(`"tools":[]`)
	emptyContent = []byte(`"content":[]`)
	comma        = []byte(",")
)

// jsonParts of a message, to be written one after the other. A large one is copied once,
// into its answer.
type jsonParts [][]byte

// join writes the parts as one into a buffer, or, where that is too small, into another.
// There is room for the line break of a stream.
func (p jsonParts) join(buffer []byte) []byte {
	size := 1
	for _, part := range p {
		size += len(part)
	}
	b := slices.Grow(buffer[:0], size)
	for _, part := range p {
		b = append(b, part...)
	}
	return b
}

// encodeAnswer writes the answer to a request as one line without a line break.
// The id is the request's own bytes. The list are the entries to put into an answer
// to tools/list.
func encodeAnswer(buffer []byte, id json.RawMessage, message mcp.JSONRPCMessage, list [][]byte) ([]byte, error) {
	switch m := message.(type) {
	case mcp.JSONRPCError:
		return encodeError(id, m.Error)
	case mcp.JSONRPCResponse:
		result, err := encodeResult(m.Result, list)
		if err != nil {
			return nil, fmt.Errorf("encoding a result: %w", err)
		}
		return envelope(id, "result", result).join(buffer), nil
	default:
		return nil, fmt.Errorf("encoding an answer: unexpected %T", message)
	}
}

func encodeError(id json.RawMessage, details mcp.JSONRPCErrorDetails) ([]byte, error) {
	body, err := json.Marshal(details)
	if err != nil {
		return nil, fmt.Errorf("encoding an error: %w", err)
	}
	return envelope(id, "error", jsonParts{body}).join(nil), nil
}

func envelope(id json.RawMessage, member string, value jsonParts) jsonParts {
	if id == nil {
		id = json.RawMessage("null")
	}
	all := make(jsonParts, 0, len(value)+4)
	all = append(all, []byte(`{"jsonrpc":"2.0","id":`), id, []byte(`,"`+member+`":`))
	return append(append(all, value...), []byte("}"))
}

func encodeResult(result any, list [][]byte) (jsonParts, error) {
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
		return marshalled(result)
	}
}

// marshalled leaves a value to the library.
func marshalled(v any) (jsonParts, error) {
	b, err := json.Marshal(v)
	return jsonParts{b}, err
}

// encodeTools puts the cached tools behind those that mcp-go has found.
func encodeTools(r mcp.ListToolsResult, list [][]byte) (jsonParts, error) {
	if len(list) == 0 {
		return marshalled(r)
	}
	found := jsonParts{[]byte(`"tools":[`)}
	for _, tool := range r.Tools {
		b, err := json.Marshal(tool)
		if err != nil {
			return nil, err
		}
		found = append(found, b, comma)
	}
	r.Tools = []mcp.Tool{}
	shell, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	found = slices.Grow(found, 2*len(list)+2)
	for i, entry := range list {
		if i > 0 {
			found = append(found, comma)
		}
		found = append(found, entry)
	}
	return splice(shell, emptyTools, append(found, []byte("]"))...)
}

// encodeCall writes a result whose structured content is JSON already. Other
// results, which no tool of ours makes, are left to mcp-go.
func encodeCall(r mcp.CallToolResult) (jsonParts, error) {
	structured, ok := r.StructuredContent.(json.RawMessage)
	if !ok || len(r.Content) != 1 {
		return marshalled(r)
	}
	text, ok := r.Content[0].(mcp.TextContent)
	if !ok {
		return marshalled(r)
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
func splice(shell, place []byte, filling ...[]byte) (jsonParts, error) {
	before, after, ok := bytes.Cut(shell, place)
	if !ok {
		return nil, fmt.Errorf("no %s to fill", place)
	}
	return append(append(jsonParts{before}, filling...), after), nil
}
