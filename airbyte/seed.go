package airbyte

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"airbyte-mcp-server/internal/nearest"
)

// The seed dialect lists the connectors of one type at a time, and only their ids and
// names.

// seedLookups bounds the simultaneous requests for types.
const seedLookups = 8

// instancePrefix precedes the id of a connector in some answers.
const instancePrefix = "source_id:"

func plainID(id string) string { return strings.TrimPrefix(id, instancePrefix) }

// fetchSeedConnectors asks for the connectors of every type with a template in the
// organization.
func (c *Client) fetchSeedConnectors(ctx context.Context, workspace string) ([]Connector, error) {
	templates, err := c.Templates(ctx, workspace)
	if err != nil {
		return nil, err
	}
	types := firstOfEachType(templates)
	found := make([][]Connector, len(types))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(seedLookups)
	for i, t := range types {
		group.Go(func() error {
			list, err := c.seedConnectorsOf(ctx, workspace, t)
			found[i] = list
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return withoutDuplicates(slices.Concat(found...)), nil
}

// firstOfEachType is the first template of each type.
func firstOfEachType(templates []Template) []Template {
	var types []Template
	seen := map[string]bool{"": true} // leaves out templates without a type
	for _, t := range templates {
		if !seen[t.DefinitionID] {
			seen[t.DefinitionID] = true
			types = append(types, t)
		}
	}
	return types
}

// withoutDuplicates keeps the first of the connectors with the same id.
func withoutDuplicates(list []Connector) []Connector {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(c Connector) bool {
		again := seen[c.ID]
		seen[c.ID] = true
		return again
	})
}

func (c *Client) seedConnectorsOf(ctx context.Context, workspace string, t Template) ([]Connector, error) {
	r := listConnectorsRequest(workspace, c.cfg.RequestTimeout)
	// The parameter takes the name of the workspace; no other id finds anything.
	r.query = url.Values{"external_user_id": {workspace}, "definition_id": {t.DefinitionID}}
	var answer struct {
		Connectors []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"connectors"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.Connectors == nil {
		return nil, c.completeError(r, a.badResponse("the API answered without a list of connectors"))
	}
	list := make([]Connector, len(answer.Connectors))
	for i, row := range answer.Connectors {
		list[i] = Connector{ID: plainID(row.ID), Name: row.Name, Type: t.Slug, TypeName: t.Name, DefinitionID: t.DefinitionID}
	}
	return list, nil
}

// seedBody is the body of a request to create a connector.
type seedBody struct {
	Template  string         `json:"source_template_id"`
	Workspace string         `json:"workspace_id"`
	Name      string         `json:"name,omitempty"`
	Auth      map[string]any `json:"auth_config,omitempty"`
	Source    map[string]any `json:"source_config,omitempty"`
}

// seedBody makes the body of a request to create a connector. It looks up ids in place of
// names.
func (c *Client) seedBody(ctx context.Context, n *NewConnector) (*seedBody, error) {
	template, err := c.seedTemplate(ctx, n)
	if err != nil {
		return nil, err
	}
	info, err := c.scopedInfo(ctx, n.Workspace)
	if err != nil {
		return nil, err
	}
	auth := n.StoredAuth
	if !auth.IsSet() {
		auth = n.Credentials
	}
	credentials, _ := objectOf([]byte(auth.Reveal()))
	replication, _ := objectOf(n.Replication)
	environment, _ := objectOf(n.Environment)
	return &seedBody{template, info.WorkspaceID, n.Name, credentials, mergeObjects(replication, environment)}, nil
}

// seedTemplate finds the id of the wanted type's template: the organization's own before a
// global one.
func (c *Client) seedTemplate(ctx context.Context, n *NewConnector) (string, error) {
	if n.TemplateID != "" {
		return n.TemplateID, nil
	}
	templates, err := c.Templates(ctx, n.Workspace)
	if err != nil {
		return "", err
	}
	var own, global, names []string
	for _, t := range templates {
		names = append(names, t.Slug)
		switch {
		case !n.matchesTemplate(t):
		case t.OrganizationID != "":
			own = append(own, t.ID)
		default:
			global = append(global, t.ID)
		}
	}
	if len(own) == 0 {
		own = global
	}
	r := n.describedRequest(opCreate)
	wanted := firstOf(n.Type, n.DefinitionID)
	switch len(own) {
	case 1:
		return own[0], nil
	case 0:
		return "", c.invalid(r, "the organization has no template of type %q%s", wanted,
			nearest.Hint(wanted, slices.Compact(slices.Sorted(slices.Values(names)))))
	default:
		return "", c.invalid(r, "the organization has %d templates of type %q; choose one by its id: %s", len(own), wanted,
			strings.Join(own, ", "))
	}
}

// matchesTemplate reports whether a template is of the wanted type.
func (n *NewConnector) matchesTemplate(t Template) bool {
	if n.DefinitionID != "" {
		return strings.EqualFold(t.DefinitionID, n.DefinitionID)
	}
	return strings.EqualFold(t.Slug, n.Type) || strings.EqualFold(t.Name, n.Type)
}

// describedRequest makes a request about a connector before its creation. Its messages hide
// the credentials.
func (n *NewConnector) describedRequest(op operation) *request {
	return &request{
		op: op, workspace: n.Workspace,
		what: fmt.Sprintf("%s of type %s", op, firstOf(n.Type, n.DefinitionID, "of template "+n.TemplateID)),
		hidden: append(textsToHide([]byte(n.Credentials.Reveal()), []byte(n.StoredAuth.Reveal())),
			secretsIn(n.Replication, n.Environment)...),
	}
}
