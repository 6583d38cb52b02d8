package sandbox

import (
	"net/http"
	"strings"
)

// authorize checks the bearer token and the organization that the caller names.
func (x *exchange) authorize() error {
	if x.route.access == accessOpen {
		return nil
	}
	scheme, token, ok := strings.Cut(x.r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(token) == "" {
		return newProblem(x.s.switches.status("missing_bearer"), "Not authenticated")
	}
	c, ok := x.s.mint.check(strings.TrimSpace(token))
	if !ok {
		return newProblem(http.StatusUnauthorized, "Invalid authentication credentials")
	}
	x.caller = c
	if !x.route.access.takes(c.Kind) || c.Kind == tokenScoped && x.route.access == accessAny && x.s.switches.is("scoped_tokens_on_connectors", "refused") {
		return newProblem(http.StatusForbidden, "Token is not valid for this %s", map[bool]string{true: "workspace", false: "operation"}[c.Kind == tokenScoped])
	}
	return x.checkOrganization()
}

// takes reports whether a route is open to a kind of token.
func (a access) takes(kind tokenKind) bool {
	switch a {
	case accessApplication:
		return kind == tokenApplication
	case accessScoped:
		return kind == tokenScoped
	}
	return kind != tokenWidget
}

// organizationHeader chooses among the caller's organizations.
const organizationHeader = "X-Organization-Id"

// checkOrganization lets the header choose among the caller's organizations, of
// which there is one. A token for which an organization was named needs no header.
func (x *exchange) checkOrganization() error {
	id := x.r.Header.Get(organizationHeader)
	if x.s.switches.is("organization_precedence", "token") {
		id = ""
	}
	switch {
	case id == "" && x.caller.Kind == tokenApplication && !x.caller.Chosen && x.s.switches.is("organizations", "several"):
		return newProblem(http.StatusBadRequest, "Multiple organizations found: specify target organization")
	case id == "" || strings.EqualFold(id, organizationID):
		return nil
	case strings.EqualFold(id, dormantOrganizationID):
		return newProblem(http.StatusForbidden, "Organization does not have an active Airbyte Agents subscription")
	}
	return newProblem(http.StatusForbidden, "Organization not found or not accessible")
}

// mayUse refuses a token of another workspace.
func (x *exchange) mayUse(w *workspace) error {
	if x.caller.Workspace != "" && x.caller.Workspace != w.ID {
		return newProblem(http.StatusForbidden, "Token is not valid for this workspace")
	}
	return nil
}
