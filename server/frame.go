package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/tools"
)

const (
	// maxDepth bounds the nesting of a frame. Deeper ones are refused before anything is
	// decoded.
	maxDepth = 64
	// maxName bounds the name of a tool, as the protocol does. The search for similar names
	// takes time in proportion to its length.
	maxName = 128
	// maxSmallFrame bounds the messages that carry no arguments of a tool and no answer of a
	// person. mcp-go reads through a message several times.
	maxSmallFrame = 256 << 10
	// maxListenFrame bounds a request that is kept as long as its client is there.
	maxListenFrame = 16 << 10
	// maxMeta bounds what a call says about itself, which mcp-go decodes into maps.
	maxMeta = 256 << 10
	// maxExactID is the largest integer that every JSON reader keeps exact.
	maxExactID = 1 << 53
)

// frame is one JSON-RPC message of a client, decoded only as far as needed to route it,
// to refuse it and to echo its id byte for byte.
type frame struct {
	raw      json.RawMessage
	arrived  time.Time       // the client's waiting time counts from here
	id       json.RawMessage // nil for a notification
	method   string          // empty for an answer to a request of ours
	params   params
	isAnswer bool
	header   http.Header     // of the request that brought it, over HTTP
	jsonOnly bool            // its client accepts one JSON answer and no event stream: it cannot be asked
	account  *budget.Account // of what the message and its answer hold
	found    *tools.Found    // what a call means, where the transport had to resolve it; else nil
}

// isTooLarge reports whether a message is larger than its method needs.
func (f *frame) isTooLarge() bool {
	switch {
	case f.isAnswer || f.method == string(mcp.MethodToolsCall):
		return false
	case f.method == string(mcp.MethodSubscriptionsListen):
		return len(f.raw) > maxListenFrame
	default:
		return len(f.raw) > maxSmallFrame
	}
}

// wantsAnswer reports whether the message is a request. The others are notifications and
// answers.
func (f *frame) wantsAnswer() bool { return f.id != nil && !f.isAnswer }

// params are the members of a message's params with a meaning to the transports.
type params struct {
	raw       json.RawMessage
	name      string // of a tool
	arguments json.RawMessage
	requestID json.RawMessage // of the request to cancel
	meta      json.RawMessage
	told      *mcp.Meta // meta, decoded; nil where there is none or it is no object
	version   string    // protocol version in _meta, for the era
	others    bool      // there are members beside a tool's name, its arguments and _meta
}

// requestError is the refusal of a message, as a JSON-RPC error.
type requestError struct {
	id      json.RawMessage // nil where the message has no valid id
	code    int
	message string
	silent  bool // the message was no request: an error would answer no question
}

// encode is the wire form of the error.
func (e *requestError) encode() ([]byte, error) {
	return encodeError(e.id, mcp.JSONRPCErrorDetails{Code: e.code, Message: e.message})
}

// The names of members with a meaning to us or to mcp-go, which decodes without regard
// to case. A variant such as "Method" is refused: a filter in front of us may have read
// it differently.
var (
	envelopeMembers = []string{"jsonrpc", "id", "method", "params", "result", "error"}
	paramsMembers   = []string{"name", "arguments", "_meta", "requestId", "uri", "cursor"}
)

// byteOrderMark is what some Windows programs write before their first line or body.
var byteOrderMark = []byte("\ufeff")

// parseFrame decodes one message.
func parseFrame(raw []byte) (*frame, *requestError) {
	raw = bytes.TrimPrefix(raw, byteOrderMark)
	switch {
	case !utf8.Valid(raw):
		return nil, &requestError{code: mcp.PARSE_ERROR, message: "the message is not valid UTF-8"}
	case rawjson.Depth(raw) > maxDepth:
		return nil, invalidRequest("the message is nested more than " + strconv.Itoa(maxDepth) + " levels deep")
	}
	members, err := rawjson.Members(raw)
	if err != nil {
		return nil, decodeFault(raw, err)
	}
	f := &frame{raw: withParams(raw, members), arrived: time.Now(), account: &budget.Account{}}
	problem := f.decodeEnvelope(members)
	if problem == nil && f.isTooLarge() {
		problem = invalidRequest("a message of this method has at most " + strconv.Itoa(maxSmallFrame) + " bytes")
	}
	if problem == nil && rawjson.HasLongNumber(raw) {
		problem = invalidParams("a number has more than " + strconv.Itoa(rawjson.MaxDigits) + " digits")
	}
	if problem == nil && rawjson.HasHugeNumber(raw) {
		problem = invalidParams("a number is too large for a 64-bit float, which JSON readers make of it")
	}
	if problem == nil {
		problem = f.decodeParams()
	}
	if problem != nil {
		problem.id = f.id
		isNotification := problem.code == mcp.INVALID_PARAMS && f.id == nil
		problem.silent = isNotification || f.isAnswer && f.method == ""
		return nil, problem
	}
	return f, nil
}

// forDispatch is the message as mcp-go gets it. It decodes everything, and has no use for the
// arguments of a tool: large ones would take many times their size.
func (f *frame) forDispatch() json.RawMessage {
	const large = 16 << 10
	if f.method != string(mcp.MethodToolsCall) || len(f.params.arguments) < large {
		return f.raw
	}
	params, _ := rawjson.MembersOf(f.params.raw) // it was taken apart before
	members, _ := rawjson.MembersOf(f.raw)
	for i, m := range members {
		if m.Name == "params" {
			members[i].Value = objectOf(slices.DeleteFunc(params, func(m rawjson.Member) bool { return m.Name == "arguments" }))
		}
	}
	return objectOf(members)
}

// noParams are the forms in which clients write params that a request does not have.
var noParams = [][]byte{[]byte("null"), []byte("[]")}

// withParams replaces params that stand for none by an empty object, in the message and
// in its members.
func withParams(raw []byte, members []rawjson.Member) []byte {
	i := slices.IndexFunc(members, func(m rawjson.Member) bool { return m.Name == "params" })
	if i < 0 || !slices.ContainsFunc(noParams, func(form []byte) bool { return bytes.Equal(squeezed(members[i].Value), form) }) {
		return raw
	}
	members[i].Value = json.RawMessage("{}")
	return objectOf(members)
}

func objectOf(members []rawjson.Member) []byte {
	b := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, rawjson.Quote(m.Name)...), ':')
		b = append(b, m.Value...)
	}
	return append(b, '}')
}

// squeezed is a short value without blanks; a long one stands for no absence.
func squeezed(value []byte) []byte {
	const longest = 64
	if len(value) > longest {
		return value
	}
	return bytes.Join(bytes.Fields(value), nil)
}

func invalidRequest(message string) *requestError {
	return &requestError{code: mcp.INVALID_REQUEST, message: message}
}

func invalidParams(message string) *requestError {
	return &requestError{code: mcp.INVALID_PARAMS, message: "params: " + message}
}

// decodeEnvelope decodes all members of a message before it refuses any of them: the
// error should carry the id of the request.
func (f *frame) decodeEnvelope(members []rawjson.Member) *requestError {
	var version string
	for _, m := range members {
		switch m.Name {
		case "jsonrpc":
			_ = json.Unmarshal(m.Value, &version) // not a string: not 2.0
		case "id":
			f.id = m.Value
		case "method":
			_ = json.Unmarshal(m.Value, &f.method) // not a string: no method
		case "params":
			f.params.raw = m.Value
		case "result", "error":
			f.isAnswer = true
		}
	}
	if f.id != nil && !validID(f.id) {
		f.id = nil
		return invalidRequest("id must be a string or a whole number within 2^53")
	}
	return f.checkEnvelope(version, members)
}

func (f *frame) checkEnvelope(version string, members []rawjson.Member) *requestError {
	if name := caseVariant(members, envelopeMembers); name != "" {
		return invalidRequest("unknown member " + strconv.Quote(name) + ": names are case-sensitive")
	}
	switch {
	case version != mcp.JSONRPC_VERSION:
		return invalidRequest(`jsonrpc must be "2.0"`)
	case f.isAnswer && (f.method != "" || f.id == nil):
		return invalidRequest("a message is either a request or an answer")
	case !f.isAnswer && f.method == "":
		return invalidRequest("method must be a string that names a method")
	default:
		return nil
	}
}

func (f *frame) decodeParams() *requestError {
	if f.params.raw == nil || f.isAnswer {
		return nil
	}
	members, err := rawjson.Members(f.params.raw)
	if err != nil {
		return invalidParams(err.Error())
	}
	if name := caseVariant(members, paramsMembers); name != "" {
		return invalidParams("unknown member " + strconv.Quote(name) + ": names are case-sensitive")
	}
	for _, m := range members {
		switch m.Name {
		case "name":
			if json.Unmarshal(m.Value, &f.params.name) != nil || len(f.params.name) > maxName {
				return invalidParams("name must be a string of at most " + strconv.Itoa(maxName) + " bytes")
			}
		case "arguments":
			f.params.arguments = m.Value
		case "requestId":
			f.params.requestID = m.Value
		case "_meta":
			if len(m.Value) > maxMeta {
				return invalidParams("_meta has more than " + strconv.Itoa(maxMeta) + " bytes")
			}
			f.params.decodeMeta(m.Value)
		}
		f.params.others = f.params.others || m.Name != "name" && m.Name != "arguments" && m.Name != "_meta"
	}
	return nil
}

// decodeMeta takes over what a message says about itself.
func (p *params) decodeMeta(raw json.RawMessage) {
	p.meta = raw
	var told mcp.Meta
	if json.Unmarshal(raw, &told) == nil {
		p.told, p.version = &told, told.ProtocolVersion()
	}
}

// isModern reports whether the message belongs to the stateless era of the
// protocol, 2026-07-28 and later.
func (f *frame) isModern() bool { return mcp.IsModernProtocol(f.params.version) }

func decodeFault(raw []byte, err error) *requestError {
	var twice *rawjson.DuplicateError
	switch {
	case errors.As(err, &twice):
		return invalidRequest("member " + err.Error())
	case errors.Is(err, rawjson.ErrNotObject) && bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")):
		return invalidRequest("batches are not supported; send one message at a time")
	case errors.Is(err, rawjson.ErrNotObject):
		return invalidRequest("a message must be a JSON object")
	default:
		return &requestError{code: mcp.PARSE_ERROR, message: "the message is not valid JSON"}
	}
}

func caseVariant(members []rawjson.Member, known []string) string {
	for _, m := range members {
		for _, name := range known {
			if m.Name != name && strings.EqualFold(m.Name, name) {
				return m.Name
			}
		}
	}
	return ""
}

func validID(id json.RawMessage) bool {
	if id[0] == '"' {
		return true
	}
	n, err := strconv.ParseInt(string(id), 10, 64)
	return err == nil && n >= -maxExactID && n <= maxExactID
}
