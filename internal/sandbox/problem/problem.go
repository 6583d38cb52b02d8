// Package problem has the error answers of the emulated API, in the words and forms
// that the API gives them.
package problem

import (
	"fmt"
	"net/http"
	"strings"
)

// Error is an error answer of the API.
type Error struct {
	Status  int
	Message string
	Items   []Item
	Source  Source
}

// Source is what an error of an execute request comes from. A switch gives each
// its status.
type Source string

// What errors of an execute request come from.
const (
	FromRequest  Source = ""
	FromExecutor Source = "executor_validation_status"
	FromVendor   Source = "vendor_error_status"
	FromStore    Source = "unready_store"
	FromMapping  Source = "mapping_failure_status"
	FromFilter   Source = "empty_filter"
)

// From marks where an error comes from.
func (p *Error) From(s Source) *Error {
	p.Source = s
	return p
}

// Item is one entry of an error answer's list.
type Item struct {
	Field     *string `json:"field"`
	Message   string  `json:"message"`
	ErrorCode string  `json:"error_code"`
	Details   any     `json:"details"`
}

func (p *Error) Error() string { return fmt.Sprintf("%d: %s", p.Status, p.Message) }

// New makes an error answer without details.
func New(status int, format string, args ...any) *Error {
	return &Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// BadRequest is what the connector's executor answers about a call it cannot make.
func BadRequest(format string, args ...any) *Error {
	return New(http.StatusBadRequest, format, args...)
}

// InvalidField is the answer of body validation.
func InvalidField(field, code, message string, details any) *Error {
	item := Item{Field: &field, Message: message, ErrorCode: code, Details: details}
	return &Error{Status: http.StatusUnprocessableEntity, Message: message, Items: []Item{item}}
}

// MissingField is the answer to a body without a field that it needs.
func MissingField(field string) *Error {
	return InvalidField(field, "missing", "Field required", nil)
}

// Body is the JSON of the answer. The older dialect has a text only.
func (p *Error) Body(d Dialect) any {
	if d == SeedEra && p.Status == http.StatusUnprocessableEntity && len(p.Items) > 0 {
		return map[string]any{"detail": p.locations()}
	}
	if d != Current {
		return map[string]any{"detail": p.Message}
	}
	items := p.Items
	if items == nil {
		items = []Item{}
	}
	return map[string]any{"message": p.Message, "errors": items}
}

// locations is the list form of validation errors in the older dialect.
func (p *Error) locations() []any {
	var out []any
	for _, item := range p.Items {
		kind, message := item.ErrorCode, item.Message
		if kind == "missing" {
			kind, message = "value_error.missing", "field required"
		}
		out = append(out, map[string]any{"loc": strings.Split(*item.Field, "."), "msg": message, "type": kind})
	}
	return out
}

// PyList writes names the way the API's error texts do: ['a', 'b'].
func PyList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "'" + name + "'"
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// InvalidUUID is the answer to a text that should be a UUID.
func InvalidUUID(field string, err error) error {
	return InvalidField(field, "uuid_parsing", "Input should be a valid UUID, "+err.Error(), nil)
}

// RefuseParam is the executor's answer to parameters that do not fit.
func RefuseParam(format string, args ...any) *Error {
	return BadRequest(format, args...).From(FromExecutor)
}
