package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// ConnectorType is a type of connector that can be connected.
type ConnectorType struct {
	Name         string `json:"name"`  // slug
	Title        string `json:"title"` // display name
	DefinitionID string `json:"definition_id"`
	Cataloged    bool   `json:"has_tools"`                    // the catalog knows its actions
	Template     string `json:"source_template_id,omitempty"` // through which it is connected, where the API names one
	Own          bool   `json:"organization_template,omitempty"`
}

// Types lists the types whose name or title contains a text, or all: those of the
// workspace's templates and those of Airbyte's definitions. Those that the catalog
// knows come first.
func (m *Manager) Types(ctx context.Context, s tools.Session, text string) ([]ConnectorType, error) {
	templates, err := m.client.Templates(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	definitions, err := m.client.Definitions(ctx, "")
	if err != nil {
		return nil, err
	}
	var types []ConnectorType
	known := map[string]bool{}
	add := func(t ConnectorType) error {
		slug, err := m.catalog.Match(t.DefinitionID, t.Name, t.Title)
		if err != nil {
			return err
		}
		if slug != "" {
			t.Name, t.Cataloged = slug, true
		}
		if s.MayConnect(t.Name, t.Title, t.DefinitionID) && !known[t.DefinitionID] && (fold(t.Name, text) || fold(t.Title, text)) {
			known[t.DefinitionID] = true
			types = append(types, t)
		}
		return nil
	}
	for _, t := range templates { // the organization's own come first
		err = errors.Join(err, add(ConnectorType{
			Name: t.Slug, Title: t.Name, DefinitionID: t.DefinitionID, Template: t.ID, Own: t.OrganizationID != "",
		}))
	}
	for _, d := range definitions {
		err = errors.Join(err, add(ConnectorType{Name: slugOf(d.Name), Title: d.Name, DefinitionID: d.ID}))
	}
	slices.SortStableFunc(types, func(a, b ConnectorType) int {
		if a.Cataloged != b.Cataloged {
			return map[bool]int{true: -1, false: 1}[a.Cataloged]
		}
		return strings.Compare(a.Name, b.Name)
	})
	return types, err
}

func fold(name, part string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(part))
}

func slugOf(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "-") }

// UnknownTypeError reports a type of connector that neither the catalog nor the API
// knows.
type UnknownTypeError struct {
	Name string
	Hint string
}

// Kind is that of references to connectors that mean none.
func (e *UnknownTypeError) Kind() string { return tools.KindNoConnector }

// Words says it to a model.
func (e *UnknownTypeError) Words(tool, _ string) string {
	return tool + ": " + e.Error() + ". Nothing was sent; list_connector_types has the types."
}

func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("unknown connector type %q%s", e.Name, e.Hint)
}

// Setup tells what must be given to connect a type, named by slug, title or
// definition id. For types of the catalog nothing is asked of the API.
func (m *Manager) Setup(ctx context.Context, s tools.Session, name string) (*setup.Setup, error) {
	slug, err := m.catalog.Match(name, strings.ToLower(name), name)
	if err != nil {
		return nil, err
	}
	if slug != "" {
		conn, err := m.catalog.Connector(slug)
		if err != nil {
			return nil, err
		}
		return setup.Of(conn), nil
	}
	if m.client == nil {
		return nil, m.unknownType(s, name)
	}
	return m.setupOfTemplate(ctx, s, name)
}

// setupFor is Setup for somebody who would connect the type. A type that the session is
// kept from is unknown to it.
func (m *Manager) setupFor(ctx context.Context, s tools.Session, name string) (*setup.Setup, error) {
	asked, err := m.Setup(ctx, s, name)
	if err == nil && !s.MayConnect(asked.Connector, asked.Title, asked.DefinitionID) {
		err = m.unknownType(s, name)
	}
	return asked, err
}

// setupOfTemplate reads what a type asks for that the catalog lacks.
func (m *Manager) setupOfTemplate(ctx context.Context, s tools.Session, name string) (*setup.Setup, error) {
	templates, err := m.client.Templates(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	for _, t := range templates {
		if t.DefinitionID == name || t.ID == name || strings.EqualFold(t.Slug, name) || strings.EqualFold(t.Name, name) {
			detail, err := m.client.Template(ctx, s.Workspace, t.ID)
			if err != nil {
				return nil, err
			}
			return setup.FromSpec(t.Name, t.DefinitionID, detail.UserConfigSpec)
		}
	}
	return nil, m.unknownType(s, name)
}

func (m *Manager) unknownType(s tools.Session, name string) error {
	names, err := m.catalog.Names()
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(slug string) bool { return !s.MayConnect(slug, "", "") })
	return &UnknownTypeError{name, nearest.Hint(name, names)}
}

func (m *Manager) runListTypes(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	var wanted struct{ Query string }
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	types, err := m.Types(ctx, c.Session, wanted.Query)
	if err != nil {
		return nil, err
	}
	return calls.Made(types)
}

func (m *Manager) runDescribeSetup(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	var wanted struct{ Type string }
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	asked, err := m.setupFor(ctx, c.Session, wanted.Type)
	if err != nil {
		return nil, err
	}
	return calls.Made(DescribeSetup(asked))
}
