package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// problem is an error answer of the API.
type problem struct {
	status  int
	message string
	items   []problemItem
	source  source
}

// source is what an error of an execute request comes from. A switch gives each
// its status.
type source string

const (
	fromRequest  source = ""
	fromExecutor source = "executor_validation_status"
	fromVendor   source = "vendor_error_status"
	fromStore    source = "unready_store"
	fromMapping  source = "mapping_failure_status"
	fromFilter   source = "empty_filter"
)

// from marks where an error comes from.
func (p *problem) from(s source) *problem {
	p.source = s
	return p
}

// problemItem is one entry of an error answer's list.
type problemItem struct {
	Field     *string `json:"field"`
	Message   string  `json:"message"`
	ErrorCode string  `json:"error_code"`
	Details   any     `json:"details"`
}

func (p *problem) Error() string { return fmt.Sprintf("%d: %s", p.status, p.message) }

func newProblem(status int, format string, args ...any) *problem {
	return &problem{status: status, message: fmt.Sprintf(format, args...)}
}

// badRequest is what the connector's executor answers about a call it cannot make.
func badRequest(format string, args ...any) *problem {
	return newProblem(http.StatusBadRequest, format, args...)
}

// invalidField is the answer of body validation.
func invalidField(field, code, message string, details any) *problem {
	item := problemItem{Field: &field, Message: message, ErrorCode: code, Details: details}
	return &problem{status: http.StatusUnprocessableEntity, message: message, items: []problemItem{item}}
}

func missingField(field string) *problem {
	return invalidField(field, "missing", "Field required", nil)
}

// upstream is a refusal by the vendor.
func (v *vendor) upstream(status int, reason string) *problem {
	item := problemItem{Message: reason, ErrorCode: "upstream_error", Details: map[string]any{"upstream_status": status}}
	return &problem{
		status: http.StatusBadRequest, message: v.spec.Title + " rejected the request: " + reason,
		items: []problemItem{item}, source: fromVendor,
	}
}

// body is the JSON of the answer. The older dialect has a text only.
func (p *problem) body(d dialect) any {
	if d == seedEra && p.status == http.StatusUnprocessableEntity && len(p.items) > 0 {
		return map[string]any{"detail": p.locations()}
	}
	if d != current {
		return map[string]any{"detail": p.message}
	}
	items := p.items
	if items == nil {
		items = []problemItem{}
	}
	return map[string]any{"message": p.message, "errors": items}
}

// locations is the list form of validation errors in the older dialect.
func (p *problem) locations() []any {
	var out []any
	for _, item := range p.items {
		kind, message := item.ErrorCode, item.Message
		if kind == "missing" {
			kind, message = "value_error.missing", "field required"
		}
		out = append(out, map[string]any{"loc": strings.Split(*item.Field, "."), "msg": message, "type": kind})
	}
	return out
}

// pyList writes names the way the API's error texts do: ['a', 'b'].
func pyList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "'" + name + "'"
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
