package airbyte

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// Execution is one entity/action request on a connector.
type Execution struct {
	Entity         string
	Action         string
	Params         json.RawMessage // an object; nil for none
	SelectFields   []string        // only these fields of each record, as dotted paths
	ExcludeFields  []string        // all fields but these; ignored by the API when SelectFields is set
	SkipTruncation *bool           // false shortens long texts; nil means the API's default, true
	Writes         bool            // though its action reads by its name: it is sent once
	Record         bool            // a success answers with a record: a write without one is in doubt
	Intent         string          // reason for the API's audit trail, at most 512 characters
}

// Result is the answer to an Execution. The raw values are as the API sent them.
type Result struct {
	Data        json.RawMessage  // records, a record or another answer of the action
	Survey      rawjson.Surveyed // what is known of Data
	Metadata    json.RawMessage  // the vendor's paging metadata, nil or "null" when there is none
	Warning     json.RawMessage
	ExecutionMS int64
	RequestID   string
	Bytes       int // size of the whole answer
	Status      int // HTTP status of the answer
	Requests    int // number of attempts to send it
}

// readActions are the actions that change nothing. Any other, known or not, is a write.
var readActions = map[string]bool{
	"list": true, "get": true, "search": true, "api_search": true, "context_store_search": true,
	"context_store_sql_query": true, "describe": true, "download": true,
}

// IsRead reports whether an action only reads, so that it may be repeated.
func IsRead(action string) bool { return readActions[action] }

// body is the wire form of an Execution, nil where the parameters are no JSON.
func (x *Execution) body() []byte {
	b := make([]byte, 0, 128+len(x.Params)+len(x.Intent))
	b = rawjson.AppendQuote(append(b, `{"entity":`...), x.Entity)
	b = rawjson.AppendQuote(append(b, `,"action":`...), x.Action)
	if len(x.Params) > 0 {
		if !rawjson.Valid(x.Params) {
			return nil
		}
		b = append(append(b, `,"params":`...), x.Params...)
	}
	b = appendNames(b, `,"select_fields":`, x.SelectFields)
	b = appendNames(b, `,"exclude_fields":`, x.ExcludeFields)
	if x.SkipTruncation != nil {
		b = strconv.AppendBool(append(b, `,"skip_truncation":`...), *x.SkipTruncation)
	}
	if x.Intent != "" {
		b = rawjson.AppendQuote(append(b, `,"intent":`...), x.Intent)
	}
	return append(b, '}')
}

// appendNames writes a member that is a list of names, if there are any.
func appendNames(b []byte, member string, names []string) []byte {
	if len(names) == 0 {
		return b
	}
	b = append(b, member...)
	for i, name := range names {
		b = rawjson.AppendQuote(append(b, "[,"[min(i, 1)]), name)
	}
	return append(b, ']')
}

// executeAnswer is the envelope of an answer. Its parts share the memory of the answer,
// which is large and never changed.
type executeAnswer struct {
	status                                   *string
	result, data                             rawjson.Surveyed
	meta, metadata, warning, errors, failure json.RawMessage
	executionMS                              json.Number
}

// openEnvelope takes an answer apart, and reports false of what is no envelope. The whole
// is read once, to see that it is valid and what its parts are like: what is split off needs
// no second look.
func openEnvelope(body []byte) (env executeAnswer, ok bool) {
	members, ok := rawjson.SurveyMembers(body)
	if !ok || members == nil {
		return env, ok && string(bytes.TrimSpace(body)) == "null"
	}
	for _, m := range members {
		if !env.take(m) {
			return env, false
		}
	}
	return env, true
}

// take takes one member, and reports false of one that is not what it should be.
func (env *executeAnswer) take(m rawjson.Surveyed) bool {
	switch m.Name {
	case "result":
		env.result = m
	case "data":
		env.data = m
	case "meta":
		env.meta = m.Value
	case "connector_metadata":
		env.metadata = m.Value
	case "warning":
		env.warning = m.Value
	case "errors":
		env.errors = m.Value
	case "error":
		env.failure = m.Value
	case "status":
		return json.Unmarshal(m.Value, &env.status) == nil
	case "execution_metadata":
		var execution struct {
			TimeMS json.Number `json:"execution_time_ms"`
		}
		err := json.Unmarshal(m.Value, &execution)
		env.executionMS = execution.TimeMS
		return err == nil
	}
	return true
}

// Execute runs an action on a connector of the workspace, given by its id. The API itself
// checks that the connector is of that workspace only under ScopeWorkspace. Writes are
// sent once. Every error is an *Error; its Outcome says whether a write may have happened.
// A 404 that may mean the connector drops the cached lists with its id.
func (c *Client) Execute(ctx context.Context, workspace, connectorID string, x Execution) (*Result, error) {
	r, invalid := c.newExecuteRequest(connectorID, x)
	if invalid != nil {
		return nil, invalid
	}
	r.workspace = workspace
	a, err := c.sendWithRetries(ctx, r)
	if err != nil {
		c.lists.noteMissing(connectorID, err)
		return nil, err
	}
	result, failure := a.decodeResult(expected{write: r.write, record: x.Record})
	if failure != nil {
		if x.Action == "download" && len(a.body) == 0 {
			failure.Message = emptyDownload
		}
		return nil, c.completeError(r, failure)
	}
	result.Status, result.Requests = a.status, r.sends
	return result, nil
}

// Preview returns the request of an Execute without sending it. While the dialect of the
// API is unknown, it is the current dialect's.
func (c *Client) Preview(connectorID string, x Execution) (method, target string, body json.RawMessage, err error) {
	r, invalid := c.newExecuteRequest(connectorID, x)
	if invalid != nil {
		return "", "", nil, invalid
	}
	r.dialect = c.dialect()
	method, target = c.address(r)
	return method, target, r.body, nil
}

// newExecuteRequest makes the request of an Execution.
func (c *Client) newExecuteRequest(connectorID string, x Execution) (*request, *Error) {
	r := &request{
		op:      opExecute,
		what:    "executing " + x.Entity + "." + x.Action,
		id:      connectorID,
		write:   x.Writes || !IsRead(x.Action),
		timeout: c.cfg.ExecuteTimeout,
	}
	if !isID(connectorID) {
		return nil, c.invalid(r, "%q is not a connector id", connectorID)
	}
	if r.body = x.body(); r.body == nil {
		return nil, c.completeError(r, &Error{Code: CodeInvalid, Outcome: OutcomeNotSent, Message: "the parameters are not valid JSON"})
	}
	return r, nil
}

// isID reports whether a text can be an id. Characters with a meaning in a path could lead
// to another route.
func isID(text string) bool {
	return strings.Trim(text, ".") != "" && !strings.ContainsAny(text, `/\?#%`)
}

// emptyDownload is the message of a download without a single byte.
const emptyDownload = "the file does not exist, or is empty"

// decodeResult decodes the envelope of an answer and refuses everything but a success: an
// empty body, a page of HTML or an object without a result must never look like an empty
// answer.
func (a *answer) decodeResult(want expected) (*Result, *Error) {
	env, ok := openEnvelope(a.body)
	if !ok {
		return nil, a.badResponse("the API answered with something that is not JSON, or is cut off")
	}
	if env.status != nil && *env.status != "success" {
		return nil, a.failedExecution(*env.status, env.result.Value)
	}
	result := &Result{
		Data: env.result.Value, Survey: env.result,
		Metadata: env.metadata, Warning: env.warning, RequestID: requestID(a.header), Bytes: len(a.body),
	}
	result.ExecutionMS, _ = env.executionMS.Int64()
	switch {
	case env.result.Value == nil && env.data.Value != nil && string(env.data.Value) != "null":
		result.Data, result.Survey, result.Metadata = env.data.Value, env.data, env.meta
	case env.result.Value == nil:
		return nil, a.badResponse("the API answered without a result")
	}
	if failure := a.judgeResult(want, result.Survey, env.beside()); failure != nil {
		return nil, failure
	}
	return result, nil
}

// beside is what an answer has of errors beside its result.
func (env *executeAnswer) beside() json.RawMessage {
	if reasonsIn(env.errors) != "" {
		return env.errors
	}
	return env.failure
}

// failedExecution is a failure in an answer with HTTP 200.
func (a *answer) failedExecution(status string, result json.RawMessage) *Error {
	var failure struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
	}
	_ = json.Unmarshal(result, &failure) // no object: no message
	text := firstOf(textOf(failure.Error), failure.Message, strings.TrimSpace(textOf(result)), "no reason given")
	e := &Error{
		Code: CodeFailed, Status: a.status, RequestID: requestID(a.header), Outcome: OutcomeUnknown,
		Message: fmt.Sprintf("the execution ended with status %q: %s", status, text),
	}
	e.judgeVendor(result)
	if isRefusal(e.vendorStatus) {
		e.Outcome = OutcomeRejected
	}
	return e
}
