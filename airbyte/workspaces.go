package airbyte

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/nearest"
)

// Workspace is one tenant of the organization.
type Workspace struct {
	ID             string
	Name           string // exact and case-sensitive; the key in most routes
	OrganizationID string
	Status         string // active or inactive; empty just after the creation
	CreatedAt      string // in the API's form, ISO 8601
	UpdatedAt      string
}

// Organization is an organization of the credentials.
type Organization struct{ ID, Name string }

// UnknownWorkspaceError reports that the organization has no workspace of a name. Nothing
// was created.
type UnknownWorkspaceError struct {
	Name  string
	Known []string // the names of the organization's workspaces
}

func (e *UnknownWorkspaceError) Error() string {
	return fmt.Sprintf("the organization has no workspace named exactly %q; a token for it would create it (to do that on purpose: "+
		"airbyte-mcp-server workspaces create %s)%s",
		e.Name, shellWord(e.Name), nearest.Hint(e.Name, e.Known))
}

// IsNoWorkspace reports whether an error says that the organization has no such workspace,
// be it found out here or by the API. Its words are for the organization's operator.
func IsNoWorkspace(err error) bool {
	if isUnknownWorkspace(err) {
		return true
	}
	failure, ok := errors.AsType[*Error](err)
	return ok && failure.Code == CodeNotFound && strings.Contains(strings.ToLower(failure.Message), "workspace not found")
}

// shellWord quotes a name for a command line, if necessary.
func shellWord(name string) string {
	if plainWord.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

var plainWord = lazyregexp.New(`^[A-Za-z0-9_.@][A-Za-z0-9_.@-]*$`)

// WorkspaceExistsError reports that the name of a new workspace is taken.
type WorkspaceExistsError struct{ Workspace Workspace }

func (e *WorkspaceExistsError) Error() string {
	return fmt.Sprintf("there is a workspace named %q already (id %s)", e.Workspace.Name, e.Workspace.ID)
}

// workspacesPage is the API's largest page of workspaces.
const workspacesPage = "100"

// Workspaces lists all workspaces of the organization, active and inactive.
func (c *Client) Workspaces(ctx context.Context) ([]Workspace, error) {
	return c.listWorkspaces(ctx, url.Values{"limit": {workspacesPage}})
}

// listWorkspaces joins all pages of the answer to a query.
func (c *Client) listWorkspaces(ctx context.Context, query url.Values) ([]Workspace, error) {
	var all []Workspace
	seen := map[string]bool{}
	for {
		r := &request{op: opWorkspaces, query: query, timeout: c.cfg.RequestTimeout}
		page, next, failure := c.workspacesPage(ctx, r)
		if failure != nil {
			return nil, failure
		}
		all = append(all, page...)
		if next == nil {
			return all, nil
		}
		query = next
		at := query.Encode()
		if seen[at] {
			return nil, c.completeError(r, &Error{Code: CodeBadResponse, Outcome: OutcomeUnknown,
				Message: "the pages of the list go round in a circle"})
		}
		seen[at] = true
	}
}

// workspacesPage fetches one page, and returns the query for the next or nil.
func (c *Client) workspacesPage(ctx context.Context, r *request) ([]Workspace, url.Values, error) {
	var answer struct {
		Data []struct {
			ID             string `json:"id"`
			Name           string `json:"name"`
			OrganizationID string `json:"organization_id"`
			Status         string `json:"status"`
			Tombstone      bool   `json:"tombstone"`
			CreatedAt      string `json:"created_at"`
			UpdatedAt      string `json:"updated_at"`
		} `json:"data"`
		Next string `json:"next"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, nil, err
	}
	if answer.Data == nil {
		return nil, nil, c.completeError(r, a.badResponse("the API answered without a list of workspaces"))
	}
	var list []Workspace
	for _, d := range answer.Data {
		if !d.Tombstone {
			list = append(list, Workspace{d.ID, d.Name, d.OrganizationID, d.Status, d.CreatedAt, d.UpdatedAt})
		}
	}
	next, err := c.nextPage(r, a, answer.Next)
	return list, next, err
}

// nextPage is the query for the next page. The API gives a URL, absolute or relative, or a
// cursor alone. Of a URL only the query is used, and only for the API's own host.
func (c *Client) nextPage(r *request, a *answer, next string) (url.Values, error) {
	if next == "" {
		return nil, nil //nolint:nilnil // no page and no failure
	}
	_, target := c.address(r)
	here, err := url.Parse(target)
	if err != nil {
		return nil, c.completeError(r, a.badResponse("the list goes on at an address that cannot be read"))
	}
	query := here.Query()
	there, err := here.Parse(next)
	if err == nil && (there.Scheme != here.Scheme || there.Host != here.Host) {
		return nil, c.completeError(r, a.badResponse("the list goes on at another host, which is not followed"))
	}
	if err != nil || there.RawQuery == "" {
		query.Set("cursor", next)
		return query, nil //nolint:nilerr // not a URL: a cursor
	}
	maps.Copy(query, there.Query())
	return query, nil
}

// Workspace finds a workspace by its exact name. An unknown name is an
// *UnknownWorkspaceError.
func (c *Client) Workspace(ctx context.Context, name string) (Workspace, error) {
	list, err := c.listWorkspaces(ctx, url.Values{"limit": {workspacesPage}, "name_contains": {name}})
	if err != nil {
		return Workspace{}, err
	}
	hits := workspacesNamed(list, name)
	if len(hits) == 0 { // for the error, and for an API that ignores name_contains
		if list, err = c.Workspaces(ctx); err != nil {
			return Workspace{}, err
		}
		hits = workspacesNamed(list, name)
	}
	switch len(hits) {
	case 0:
		return Workspace{}, &UnknownWorkspaceError{name, workspaceNames(list)}
	case 1:
		return hits[0], nil
	default:
		return Workspace{}, c.invalid(&request{op: opWorkspaces}, "%d workspaces are named %q; rename one of them in Airbyte", len(hits),
			name)
	}
}

func workspacesNamed(list []Workspace, name string) []Workspace {
	var hits []Workspace
	for _, w := range list {
		if w.Name == name {
			hits = append(hits, w)
		}
	}
	return hits
}

func workspaceNames(list []Workspace) []string {
	names := make([]string, len(list))
	for i, w := range list {
		names[i] = w.Name
	}
	return names
}

// The ids of the regions, with their names in the API's documentation.
var regions = map[string]string{
	"us": "645a183f-b12b-4c6e-8ad3-99e165603450",
	"eu": "b9e48d61-f082-4a14-a8d0-799a907938cb",
}

var uuidForm = lazyregexp.New(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// CreateWorkspace creates a workspace. The region is "" (the API's choice), "us", "eu" or
// an id. A taken name is a *WorkspaceExistsError. It is sent once.
func (c *Client) CreateWorkspace(ctx context.Context, name, region string) (Workspace, error) {
	r := &request{op: opScopedToken, what: fmt.Sprintf("creating workspace %q", name), write: true, timeout: c.cfg.RequestTimeout}
	if name == "" || name != strings.TrimSpace(name) || !fitsHeader(name) {
		return Workspace{}, c.invalid(r, "the name of a workspace must be on one line, without spaces at its ends")
	}
	id := region
	if known, ok := regions[strings.ToLower(region)]; ok {
		id = known
	}
	if id != "" && !uuidForm.MatchString(id) {
		return Workspace{}, c.invalid(r, "%q is no region; want us, eu or the id of one", region)
	}
	existing, err := c.Workspace(ctx, name)
	if err == nil {
		return Workspace{}, &WorkspaceExistsError{existing}
	}
	if !isUnknownWorkspace(err) {
		return Workspace{}, c.unsent(ctx, r, err)
	}
	if r.body, err = json.Marshal(scopedBody{name, id}); err != nil {
		return Workspace{}, err
	}
	if _, err := c.requestScopedToken(ctx, r); err != nil {
		return Workspace{}, err
	}
	c.scoped.forgetWorkspace(name) // a failed mint for the unknown name may still be backing off
	c.lists.forget(name)
	return c.readNewWorkspace(ctx, name)
}

// readNewWorkspace reads a workspace back after its creation. A failed read does not undo
// the creation.
func (c *Client) readNewWorkspace(ctx context.Context, name string) (Workspace, error) {
	if w, err := c.Workspace(ctx, name); err == nil {
		return w, nil
	}
	return Workspace{Name: name, OrganizationID: c.cfg.OrganizationID}, nil
}

// Organizations lists the organizations of the credentials.
func (c *Client) Organizations(ctx context.Context) ([]Organization, error) {
	type row struct {
		ID    string `json:"id"`
		Name  string `json:"organization_name"`
		Plain string `json:"name"`
	}
	var answer struct {
		Organizations []row `json:"organizations"`
		Data          []row `json:"data"`
	}
	r := &request{op: opOrganizations, timeout: c.cfg.RequestTimeout}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.Organizations == nil && answer.Data == nil {
		return nil, c.completeError(r, a.badResponse("the API answered without a list of organizations"))
	}
	var list []Organization
	for _, o := range append(answer.Organizations, answer.Data...) {
		list = append(list, Organization{o.ID, firstOf(o.Name, o.Plain)})
	}
	return list, nil
}
