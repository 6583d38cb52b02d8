package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/rawjson"
)

// The wire form of answers. mcp-go's own encoding copies and validates every raw schema
// and result several times. Here mcp-go encodes the answer with an empty value, which is
// then replaced by the finished JSON.
var (
	emptyTools = []byte(`"tools":[]`)
	emptyText  = []byte(`"text":""`)
	comma      = []byte(",")
)

// jsonParts are the pieces of a message in order. A large piece is copied once, into the
// answer.
type jsonParts [][]byte

// join writes the pieces into a buffer, or into a new one where that is too small. The
// result has room for the line break of a stream.
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

// encodeAnswer writes the answer to a request, without a line break. The id is the
// request's own bytes; list are the entries for an answer to tools/list.
func encodeAnswer(buffer []byte, id json.RawMessage, message mcp.JSONRPCMessage, list [][]byte) ([]byte, error) {
	switch m := message.(type) {
	case mcp.JSONRPCError:
		return encodeError(id, m.Error)
	case mcp.JSONRPCResponse:
		if r, ok := oneTextResult(m.Result); ok {
			return encodeCall(buffer, id, r)
		}
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
	all := make(jsonParts, 0, len(value)+2)
	all = append(all, appendBegin(nil, id, member))
	return append(append(all, value...), []byte("}"))
}

// appendBegin writes an answer up to the value of its member.
func appendBegin(b []byte, id json.RawMessage, member string) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	b = append(append(b, `{"jsonrpc":"2.0","id":`...), id...)
	return append(append(append(b, `,"`...), member...), `":`...)
}

func encodeResult(result any, list [][]byte) (jsonParts, error) {
	switch r := result.(type) {
	case mcp.ListToolsResult:
		return encodeTools(r, list)
	case *mcp.ListToolsResult:
		return encodeTools(*r, list)
	case mcp.ReadResourceResult:
		return encodeResource(r)
	case *mcp.ReadResourceResult:
		return encodeResource(*r)
	default:
		return marshalled(result)
	}
}

// marshalled encodes a value with encoding/json.
func marshalled(v any) (jsonParts, error) {
	b, err := json.Marshal(v)
	return jsonParts{b}, err
}

// encodeTools appends the encoded entries of our tools to mcp-go's own.
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

// oneTextResult is the result of a call that is one text, with structured content that is JSON
// already or without. All others are encoded by mcp-go.
func oneTextResult(result any) (r *mcp.CallToolResult, ok bool) {
	switch known := result.(type) {
	case *mcp.CallToolResult:
		r = known
	case mcp.CallToolResult:
		r = &known
	default:
		return nil, false
	}
	_, isRaw := r.StructuredContent.(json.RawMessage)
	_, isText := soleText(r.Content)
	return r, isText && (r.StructuredContent == nil || isRaw) && len(r.InputRequests) == 0 && r.RequestState == ""
}

// encodeCall writes the answer to a call. The text is quoted while it is copied.
func encodeCall(buffer []byte, id json.RawMessage, r *mcp.CallToolResult) ([]byte, error) {
	const around = 1024 // for what surrounds the text, and for what is written beyond its end
	text, _ := soleText(r.Content)
	structured, _ := r.StructuredContent.(json.RawMessage)
	b := slices.Grow(buffer[:0], text.size()+len(structured)+len(id)+around)
	b = append(appendBegin(b, id, "result"), `{"content":[{"type":"text","text":`...)
	b = append(text.appendTo(b), `}]`...)
	if structured != nil {
		b = append(append(b, `,"structuredContent":`...), structured...)
	}
	if r.IsError {
		b = append(b, `,"isError":true`...)
	}
	if r.ResultType != "" {
		b = rawjson.AppendQuote(append(b, `,"resultType":`...), string(r.ResultType))
	}
	if r.Meta != nil {
		meta, err := json.Marshal(r.Meta)
		if err != nil {
			return nil, fmt.Errorf("encoding a result: %w", err)
		}
		b = append(append(b, `,"_meta":`...), meta...)
	}
	return append(b, "}}"...), nil
}

// soleText is the text that content consists of, if it is one text with nothing beside it.
func soleText(content []mcp.Content) (pieces, bool) {
	if len(content) != 1 {
		return pieces{}, false
	}
	switch text := content[0].(type) {
	case pieces:
		return text, true
	case mcp.TextContent:
		return pieces{parts: [3][]byte{[]byte(text.Text)}, escapes: len(text.Text) / 4},
			text.Meta == nil && text.Annotations == nil && utf8.ValidString(text.Text)
	default:
		return pieces{}, false
	}
}

// encodeResource splices the text into a resource of one text, which may be large.
func encodeResource(r mcp.ReadResourceResult) (jsonParts, error) {
	if len(r.Contents) != 1 {
		return marshalled(r)
	}
	content, ok := r.Contents[0].(mcp.TextResourceContents)
	if !ok || content.Text == "" {
		return marshalled(r)
	}
	text := content.Text
	content.Text = ""
	r.Contents = []mcp.ResourceContents{content}
	shell, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return splice(shell, emptyText, []byte(`"text":`), rawjson.Quote(text))
}

// splice replaces the empty value in an encoded message by pieces of JSON.
func splice(shell, place []byte, filling ...[]byte) (jsonParts, error) {
	before, after, ok := bytes.Cut(shell, place)
	if !ok {
		return nil, fmt.Errorf("no %s to fill", place)
	}
	return append(append(jsonParts{before}, filling...), after), nil
}
