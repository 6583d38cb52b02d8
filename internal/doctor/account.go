package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"airbyte-mcp-server/airbyte"
)

// failed is a layer whose question to the API went wrong. Where the fault is another
// layer's, that one gets the problem.
func (e *exam) failed(ctx context.Context, name string, err error) Layer {
	l := Layer{Status: Problem, Text: err.Error(), Advice: "run it again with --log-level debug to see the requests"}
	failure, ok := errors.AsType[*airbyte.Error](err)
	if !ok {
		return l
	}
	if failure.Hint != "" {
		l.Advice = failure.Hint
	}
	if failure.RequestID != "" {
		l.Details = append(l.Details, "Airbyte's id of the request: "+failure.RequestID)
	}
	owner := ownerOf(name, failure)
	switch owner {
	case name:
		if name == layerOrganization {
			e.adviseOrganization(ctx, failure, &l)
		}
		return l
	case layerOrganization:
		e.adviseOrganization(ctx, failure, &l)
	case layerDialect:
		l = e.explainForeignHost(ctx, failure, l)
	}
	e.record(owner, l)
	return Layer{Status: Skipped, Text: skippedWord + "see " + owner}
}

// ownerOf is the layer that a failure belongs to.
func ownerOf(name string, failure *airbyte.Error) string {
	text := strings.ToLower(failure.Message)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch {
	case has("specify target organization"), failure.Code == airbyte.CodeForbidden && has("organization", "subscription", "enrol"):
		return layerOrganization
	case name == layerToken && isForeign(failure), name == layerConnectors && failure.Status == http.StatusNotFound && text == "not found":
		return layerDialect
	case failure.Status == http.StatusUnauthorized, failure.Code == airbyte.CodeForbidden && has("not authenticated"):
		return layerToken
	case failure.Status == http.StatusNotFound && has("workspace not found"):
		return layerWorkspace
	default:
		return name
	}
}

// isForeign reports whether the answer to a token request is that of something else
// than the API.
func isForeign(failure *airbyte.Error) bool {
	return failure.Status == http.StatusNotFound || failure.Status == http.StatusMethodNotAllowed ||
		failure.Code == airbyte.CodeRedirect || failure.Code == airbyte.CodeBadResponse
}

// explainForeignHost says of a host that does not answer as the API does what it is instead.
func (e *exam) explainForeignHost(ctx context.Context, failure *airbyte.Error, l Layer) Layer {
	switch {
	case failure.Code == airbyte.CodeRedirect:
		l.Advice = "set AIRBYTE_API_HOST to the address that the host points to, if that is Airbyte's: redirects are never followed"
	case failure.Code == airbyte.CodeBadResponse:
		l.Advice = "check AIRBYTE_API_HOST: a gateway, a login page or another program seems to answer in place of the API"
	case e.Settings.APIDialect != string(airbyte.DialectAuto):
		if d, ok := e.otherDialect(ctx); ok {
			l.Text = fmt.Sprintf("api-dialect is %s, but the API speaks the dialect %s", e.Settings.APIDialect, d)
			l.Advice = "set AIRBYTE_MCP_API_DIALECT=auto, or " + string(d)
			l.Details = append(l.Details, e.setting("api-dialect"))
			return l
		}
		fallthrough
	default:
		l.Advice = "check AIRBYTE_API_HOST: this is not the Airbyte API (https://api.airbyte.ai), or AIRBYTE_CLOUD_HOST is wrong"
	}
	l.Details = append(l.Details, e.setting("api-host"))
	return l
}

// otherDialect is the dialect that the API speaks, whatever is configured.
func (e *exam) otherDialect(ctx context.Context) (found airbyte.Dialect, ok bool) {
	err := e.Variant(e.Settings.OrganizationID, airbyte.DialectAuto, func(c *airbyte.Client) {
		d, err := c.Dialect(ctx)
		found, ok = d, err == nil && string(d) != e.Settings.APIDialect
	})
	return found, ok && err == nil
}

// adviseOrganization says more of a refusal that is about the organization.
func (e *exam) adviseOrganization(ctx context.Context, failure *airbyte.Error, l *Layer) {
	if failure.Code != airbyte.CodeForbidden && failure.Code != airbyte.CodeInvalid {
		return
	}
	id := e.Settings.OrganizationID
	if id != "" {
		l.Details = append(l.Details, e.setting("organization-id"))
	}
	text := strings.ToLower(failure.Message)
	if id != "" && failure.Code == airbyte.CodeForbidden && strings.Contains(text, "not accessible") {
		l.Advice = "check AIRBYTE_ORGANIZATION_ID: these credentials do not belong to an organization of that id"
	}
	if known := e.organizations(ctx); len(known) > 0 {
		l.Details = append(l.Details, "the credentials belong to: "+strings.Join(known, ", "))
	}
}

// organizations lists what the credentials belong to when none is chosen. The API may
// want one to be chosen first: then there are none.
func (e *exam) organizations(ctx context.Context) []string {
	var list []airbyte.Organization
	err := e.Variant("", airbyte.Dialect(e.Settings.APIDialect), func(c *airbyte.Client) {
		list, _ = c.Organizations(ctx)
	})
	if err != nil {
		return nil
	}
	return organizationNames(list)
}

func organizationNames(list []airbyte.Organization) []string {
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = fmt.Sprintf("%s (%s)", o.Name, o.ID)
	}
	return names
}

// token asks for one.
func (e *exam) token(ctx context.Context) Layer {
	if err := e.Client.CheckToken(ctx); err != nil {
		return e.failed(ctx, layerToken, err)
	}
	return Layer{Status: OK, Text: "Airbyte accepts the client id and secret"}
}

// organization looks at what the token is good for.
func (e *exam) organization(ctx context.Context) Layer {
	list, err := e.Client.Organizations(ctx)
	failure, _ := errors.AsType[*airbyte.Error](err)
	switch {
	case failure != nil && failure.Code == airbyte.CodeUnsupported, failure != nil && failure.Status == http.StatusNotFound:
		return Layer{Status: Skipped, Text: "the API does not tell which there are", notBlocking: true}
	case err != nil:
		return e.failed(ctx, layerOrganization, err)
	case len(list) == 0:
		return Layer{Status: Problem, Text: "the credentials belong to no organization",
			Advice: "in Airbyte's web app, https://app.airbyte.ai, join or create an organization, or use other credentials"}
	}
	id := e.Settings.OrganizationID
	at := slices.IndexFunc(list, func(o airbyte.Organization) bool { return strings.EqualFold(o.ID, id) })
	switch {
	case id == "" && len(list) > 1:
		return Layer{Status: Warn, Text: fmt.Sprintf("the credentials belong to %d organizations, and none is chosen", len(list)),
			Advice: "set AIRBYTE_ORGANIZATION_ID to the one to use", Details: organizationNames(list)}
	case id == "" || e.Settings.Sandbox:
		return Layer{Status: OK, Text: organizationNames(list)[0] + ", the only one"}
	case at < 0:
		return Layer{Status: Warn, Text: "the organization chosen is accepted, but not among those of the credentials",
			Advice: "check AIRBYTE_ORGANIZATION_ID", Details: append(organizationNames(list), e.setting("organization-id"))}
	}
	return Layer{Status: OK, Text: organizationNames(list)[at]}
}

// mostNames is how many names are listed in a line.
const mostNames = 10

// workspace looks for the one that is configured. It asks for no token of it, which
// would create it.
func (e *exam) workspace(ctx context.Context) Layer {
	name := e.Session.Workspace
	w, err := e.Client.Workspace(ctx, name)
	if unknown, ok := errors.AsType[*airbyte.UnknownWorkspaceError](err); ok {
		return e.unknownWorkspace(unknown)
	}
	if err != nil {
		return e.failed(ctx, layerWorkspace, err)
	}
	l := Layer{Status: OK, Text: fmt.Sprintf("%q (%s)", w.Name, w.ID)}
	if w.Status == "inactive" {
		l.Status, l.Text = Warn, l.Text+" is inactive: its syncs stand still"
		l.Advice = "activate the workspace in Airbyte's web app, https://app.airbyte.ai"
	}
	return l
}

func (e *exam) unknownWorkspace(unknown *airbyte.UnknownWorkspaceError) Layer {
	l := Layer{
		Status: Problem, Text: fmt.Sprintf("the organization has no workspace named exactly %q", unknown.Name),
		Advice:  fmt.Sprintf("set AIRBYTE_WORKSPACE to one that exists, or create it: airbyte-mcp-server workspaces create %q", unknown.Name),
		Details: []string{e.setting("workspace"), "there are: " + firstNames(unknown.Known)},
	}
	for _, known := range unknown.Known {
		if strings.EqualFold(known, unknown.Name) {
			l.Advice = "upper and lower case matter: set AIRBYTE_WORKSPACE=" + known
		}
	}
	return l
}

// firstNames lists the first names, and how many more there are.
func firstNames(names []string) string {
	if more := len(names) - mostNames; more > 0 {
		return strings.Join(names[:mostNames], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// dialect tells which one is spoken.
func (e *exam) dialect(ctx context.Context) Layer {
	d, err := e.Client.Dialect(ctx)
	if err != nil {
		return e.failed(ctx, layerDialect, err)
	}
	l := Layer{Status: OK, Text: string(d)}
	if d == airbyte.DialectSeed {
		l.Text += ": the older one, in which connectors cannot be checked, changed or deleted"
	}
	return l
}
