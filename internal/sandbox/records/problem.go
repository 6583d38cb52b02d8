package records

import (
	"net/http"

	"airbyte-mcp-server/internal/sandbox/problem"
)

// Upstream is a refusal by the vendor.
func (v *Account) Upstream(status int, reason string) *problem.Error {
	item := problem.Item{Message: reason, ErrorCode: "upstream_error", Details: map[string]any{"upstream_status": status}}
	return &problem.Error{
		Status: http.StatusBadRequest, Message: v.spec.Title + " rejected the request: " + reason,
		Items: []problem.Item{item}, Source: problem.FromVendor,
	}
}
