package sandbox

import (
	"net/http"
	"strings"

	"airbyte-mcp-server/internal/sandbox/problem"
)

// authorize checks the bearer token and the organization that the caller names.
func (x *roundTrip) authorize() error {
	if x.route.access == accessOpen {
		return nil
	}
	scheme, token, ok := strings.Cut(x.r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(token) == "" {
		return problem.New(x.s.switches.status("missing_bearer"), "Not authenticated")
	}
	c, ok := x.s.mint.check(strings.TrimSpace(token))
	if !ok {
		return problem.New(http.StatusUnauthorized, "Invalid authentication credentials")
	}
	x.caller = c
	if !x.route.access.takes(c.Kind) || c.Kind == tokenScoped && x.route.access == accessAny &&
		x.s.switches.Is("scoped_tokens_on_connectors", "refused") {
		return problem.New(http.StatusForbidden, "Token is not valid for this %s",
			map[bool]string{true: "workspace", false: "operation"}[c.Kind == tokenScoped])
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
func (x *roundTrip) checkOrganization() error {
	id := x.r.Header.Get(organizationHeader)
	if x.s.switches.Is("organization_precedence", "token") {
		id = ""
	}
	switch {
	case id == "" && x.caller.Kind == tokenApplication && !x.caller.Chosen && x.s.switches.Is("organizations", "several"):
		return problem.New(http.StatusBadRequest, "Multiple organizations found: specify target organization")
	case id == "" || strings.EqualFold(id, organizationID):
		return nil
	case strings.EqualFold(id, dormantOrganizationID):
		return problem.New(http.StatusForbidden, "Organization does not have an active Airbyte Agents subscription")
	}
	return problem.New(http.StatusForbidden, "Organization not found or not accessible")
}

// mayUse refuses a token of another workspace.
func (x *roundTrip) mayUse(w *workspace) error {
	if x.caller.Workspace != "" && x.caller.Workspace != w.ID {
		return problem.New(http.StatusForbidden, "Token is not valid for this workspace")
	}
	return nil
}
