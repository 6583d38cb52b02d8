package airbyte

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/cleantext"
)

// Connector is one connector instance of a workspace.
type Connector struct {
	ID           string
	Name         string // of the instance, such as "GitHub - acme"
	Type         string // slug, such as "github", or empty
	TypeName     string // display name, such as "GitHub"
	DefinitionID string
	CreatedAt    string // as the API writes it, ISO 8601
	UpdatedAt    string
}

// Connectors lists the connectors of a workspace. The list is cached for
// Config.ConnectorLifetime; simultaneous callers share one request (coalescing).
func (c *Client) Connectors(ctx context.Context, workspace string) ([]Connector, error) {
	patience := patienceOf(ctx)
	for {
		list, err := c.cachedConnectors(ctx, workspace)
		source := c.downSource(err, workspace)
		if source == nil || !source.awaitSign(ctx, patience) {
			return list, err
		}
	}
}

// downSource is the source for whose token a request did not get to be sent, since an
// endpoint is down; nil for any other end.
func (c *Client) downSource(err error, workspace string) *tokenSource {
	var e *Error
	switch {
	case !isOutage(err) || !errors.As(err, &e):
		return nil
	case e.op == opToken:
		return c.tokens
	case e.op == opScopedToken:
		return c.scoped.sourceFor(workspace)
	default:
		return nil
	}
}

// cachedConnectors is Connectors without patience for an endpoint that is down.
func (c *Client) cachedConnectors(ctx context.Context, workspace string) ([]Connector, error) {
	if list, ok := c.lists.cached(workspace); ok {
		return list, nil
	}
	// The request outlives its first caller: others wait for it too.
	shared := c.lists.flight.DoChan(workspace, func() (any, error) {
		// Another request may have filled the cache in the meantime.
		if list, ok := c.lists.cached(workspace); ok {
			return list, nil
		}
		ctx, cancel := context.WithTimeout(context.WithValue(c.ctx, impatient{}, true), 2*c.cfg.RequestTimeout)
		defer cancel()
		fetch := c.lists.begin(workspace)
		list, err := c.fetchConnectors(ctx, workspace)
		c.lists.end(fetch, list, err)
		return list, err
	})
	select {
	case <-ctx.Done():
		return nil, c.contextFailure(ctx, listConnectorsRequest(workspace, 0), OutcomeUnknown, "no list in time")
	case r := <-shared:
		list, _ := r.Val.([]Connector)
		return slices.Clone(list), r.Err // the others have it too
	}
}

// ForgetConnectors drops the cached connectors of a workspace, after a change that was not
// made through this Client.
func (c *Client) ForgetConnectors(workspace string) { c.lists.forget(workspace) }

func listConnectorsRequest(workspace string, timeout time.Duration) *request {
	return &request{
		op:        opConnectors,
		what:      fmt.Sprintf("listing the connectors of workspace %q", workspace),
		query:     url.Values{"workspace_name": {workspace}},
		workspace: workspace,
		timeout:   timeout,
	}
}

// fetchConnectors asks for the connectors of a workspace without the cache.
func (c *Client) fetchConnectors(ctx context.Context, workspace string) ([]Connector, error) {
	r := listConnectorsRequest(workspace, c.cfg.RequestTimeout)
	if d, failure := c.resolveDialect(ctx, r); failure != nil {
		return nil, failure
	} else if d == DialectSeed {
		return c.fetchSeedConnectors(ctx, workspace)
	}
	var answer struct {
		Data []struct {
			ID        string       `json:"id"`
			Name      string       `json:"name"`
			Template  templateItem `json:"summarized_source_template"`
			CreatedAt string       `json:"created_at"`
			UpdatedAt string       `json:"updated_at"`
		} `json:"data"`
	}
	a, err := c.sendWithRetries(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(a.body, &answer); err != nil || answer.Data == nil {
		return nil, c.completeError(r, a.badResponse("the API answered without a list of connectors"))
	}
	list := make([]Connector, len(answer.Data))
	for i, d := range answer.Data {
		t := d.Template.toTemplate()
		list[i] = Connector{plainID(d.ID), d.Name, t.Slug, t.Name, t.DefinitionID, d.CreatedAt, d.UpdatedAt}
	}
	return list, nil
}

// LocateError reports a connector reference with no match, or with several, among a
// workspace's connectors.
type LocateError struct {
	Workspace  string
	Ref        string
	Candidates []Connector       // the matches; without a match, all connectors of the workspace
	Aliases    map[string]string // short names of candidates, by their id; nil for none
	Ambiguous  bool
	Hint       string // a suggestion to append to the message
	RightCall  string // that works, to be shown to a model; "" for none
}

func (e *LocateError) Error() string {
	var list []string
	for _, c := range e.Candidates {
		alias := e.Aliases[c.ID]
		if alias != "" {
			alias = "alias " + alias + ", "
		}
		list = append(list, fmt.Sprintf("%s (%sid %s, type %s)", cleantext.Quote(c.Name), alias, c.ID,
			cleantext.Line(firstOf(c.Type, c.TypeName, "unknown"))))
	}
	switch {
	case e.Ambiguous:
		return fmt.Sprintf("%d connectors of workspace %q match %q: %s; name one of them, such as %s",
			len(list), e.Workspace, e.Ref, strings.Join(list, ", "), e.First())
	case len(list) == 0:
		return fmt.Sprintf("workspace %q has no connectors; connect one in Airbyte first%s", e.Workspace, e.Hint)
	default:
		return fmt.Sprintf("no connector of workspace %q matches %q; it has: %s%s", e.Workspace, e.Ref, strings.Join(list, ", "), e.Hint)
	}
}

// First is a short name that means the first candidate alone.
func (e *LocateError) First() string {
	if len(e.Candidates) == 0 {
		return ""
	}
	id := e.Candidates[0].ID
	return firstOf(e.Aliases[id], id)
}

// HasID reports whether an id is this connector's, in either form of the API.
func (c Connector) HasID(id string) bool { return id != "" && c.ID == plainID(id) }

// Is reports whether ref is this connector's id, or, without regard to case, its instance
// name, its type's slug or its type's display name. An empty ref matches nothing, even
// where the connector lacks a name or a type.
func (c Connector) Is(ref string) bool {
	return ref != "" && (c.ID == plainID(ref) ||
		strings.EqualFold(c.Name, ref) || strings.EqualFold(c.Type, ref) || strings.EqualFold(c.TypeName, ref))
}

// Locate finds the connector of a workspace for a ref (see Connector.Is). No match and
// several matches are a *LocateError.
func (c *Client) Locate(ctx context.Context, workspace, ref string) (Connector, error) {
	list, err := c.Connectors(ctx, workspace)
	if err != nil {
		return Connector{}, err
	}
	var hits []Connector
	for _, conn := range list {
		if conn.ID == plainID(ref) {
			return conn, nil
		}
		if conn.Is(ref) {
			hits = append(hits, conn)
		}
	}
	switch len(hits) {
	case 1:
		return hits[0], nil
	case 0:
		return Connector{}, &LocateError{Workspace: workspace, Ref: ref, Candidates: list}
	default:
		return Connector{}, &LocateError{Workspace: workspace, Ref: ref, Candidates: hits, Ambiguous: true}
	}
}

func isUnknownWorkspace(err error) bool {
	_, ok := errors.AsType[*UnknownWorkspaceError](err)
	return ok
}
