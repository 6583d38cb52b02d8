package manage

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// Shown is a connector as Airbyte has it.
type Shown struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Type      string          `json:"type"`
	Config    json.RawMessage `json:"config,omitempty"` // secrets masked
	CreatedAt string          `json:"created_at,omitempty"`
	UpdatedAt string          `json:"updated_at,omitempty"`
}

// shown is what is told of a connector.
func shown(i tools.Instance, d *airbyte.ConnectorDetail) Shown {
	return Shown{ID: i.ID, Name: d.Name, Type: i.Type, Config: d.Config, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt}
}

// Checked is a connector with what Airbyte's check says of it.
type Checked struct {
	Shown

	Check  string `json:"check,omitempty"`        // "" if there was none
	Passed *bool  `json:"check_passed,omitempty"` // nil if the check has come to no verdict
}

// Show tells one connector in detail; with check, Airbyte checks it as well. Neither
// is billed.
func (m *Manager) Show(ctx context.Context, s tools.Session, ref string, check bool) (*Checked, error) {
	i, err := m.locate(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	detail, err := m.client.Connector(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	u := &Checked{Shown: shown(i, detail)}
	if !check {
		return u, nil
	}
	result, err := m.client.CheckConnector(ctx, i.ID, airbyte.ConnectorChange{})
	if err != nil {
		return nil, err
	}
	u.Check = resultInWords(result)
	if passed := result.Passed(); passed || result.Failed() {
		u.Passed = &passed
	}
	return u, nil
}

func (m *Manager) runCheck(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	var wanted struct{ Connector string }
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	u, err := m.Show(ctx, c.Session, wanted.Connector, true)
	if err != nil {
		return nil, err
	}
	return calls.Made(u)
}

// mostConfig is how many bytes the settings of a connector may have.
const mostConfig = 256 << 10

func updateConnector(which *schemas.Parameter) *tools.Tool {
	t := tools.Tool{
		Name: "update_connector", Title: "Airbyte: update a connector", Effect: tools.Update, VerifyWith: "check_connector",
		Description: "Rename a connector or replace its settings. Credentials cannot be changed so: connect again for those.",
	}
	return tools.Own(t, append([]*schemas.Parameter{
		which,
		{Name: "name", Type: "string", Description: "The new name."},
		{Name: "config", Type: "object", Description: "The whole new replication_config, without credentials."},
	}, t.OfferWriting(nil, true)...)...)
}

func (m *Manager) runUpdate(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	if err := c.TakeOptions(); err != nil {
		return nil, err
	}
	var wanted struct {
		Connector string
		Name      *string
		Config    json.RawMessage
	}
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	switch {
	case wanted.Name == nil && wanted.Config == nil:
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Problem: "give `name` or `config`"}}}
	case len(wanted.Config) > mostConfig:
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Path: "config",
			Problem: fmt.Sprintf("has %d bytes, and may have %d; give the settings of this connector alone", len(wanted.Config), mostConfig)}}}
	}
	i, err := c.Locate(wanted.Connector)
	if err != nil {
		return nil, err
	}
	if name := m.CredentialIn(ctx, c.Session, i.Connector, wanted.Config); name != "" {
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Path: "config",
			Problem: name + " is a credential, which an update cannot change: " +
				"connect again with the new one (connect_connector), then delete this connector (delete_connector)"}}}
	}
	change := airbyte.ConnectorChange{Name: wanted.Name, Replication: wanted.Config}
	return c.Change(i, "update", "change the connector "+cleantext.Quote(i.Name), func() (any, error) {
		detail, err := m.client.UpdateConnector(ctx, i.ID, change)
		if err != nil {
			return nil, err
		}
		return shown(i, detail), nil
	})
}

func deleteConnector(which *schemas.Parameter) *tools.Tool {
	t := tools.Tool{
		Name: "delete_connector", Title: "Airbyte: delete a connector", Effect: tools.Delete, VerifyWith: "list_connectors",
		Description: "Delete a connector with its stored credentials and its synced data. It cannot be undone.",
	}
	return tools.Own(t, append([]*schemas.Parameter{which}, t.OfferWriting(nil, true)...)...)
}

func (m *Manager) runDelete(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	if err := c.TakeOptions(); err != nil {
		return nil, err
	}
	var wanted struct{ Connector string }
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	i, err := c.Locate(wanted.Connector)
	if err != nil {
		return nil, err
	}
	return c.Change(i, "delete", LostWith(i.Connector, c.Workspace), func() (any, error) {
		if err := m.client.DeleteConnector(ctx, c.Workspace, i.ID); err != nil {
			return nil, err
		}
		m.refresh(ctx, c)
		return map[string]string{"deleted": i.ID, "name": i.Name}, nil
	})
}

// CredentialIn names a credential that new settings of a connector have at any depth, ""
// if they have none. Credentials cannot be changed by an update: they would not arrive
// where they belong. Of a type that nothing is known of, nothing can be said; the API looks
// at the settings too.
func (m *Manager) CredentialIn(ctx context.Context, s tools.Session, c airbyte.Connector, config json.RawMessage) string {
	var settings any
	if json.Unmarshal(config, &settings) != nil {
		return ""
	}
	asked, err := m.Setup(ctx, s, c.DefinitionID)
	if err != nil {
		asked, err = m.Setup(ctx, s, c.Type)
	}
	if err != nil {
		return ""
	}
	secrets := map[string]bool{}
	for _, fields := range append([][]setup.Field{asked.Settings}, fieldsOf(asked.Methods)...) {
		for _, f := range fields {
			if f.Secret {
				secrets[f.Name[strings.LastIndexByte(f.Name, '.')+1:]] = true // a dot leads into an object
			}
		}
	}
	return memberIn(settings, secrets)
}

func fieldsOf(methods []setup.Method) [][]setup.Field {
	all := make([][]setup.Field, len(methods))
	for i, m := range methods {
		all[i] = m.Fields
	}
	return all
}

// memberIn names the first member of a value, at any depth, that is one of the names.
func memberIn(value any, names map[string]bool) string {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if names[name] {
				return name
			}
			if found := memberIn(v[name], names); found != "" {
				return found
			}
		}
	case []any:
		for _, element := range v {
			if found := memberIn(element, names); found != "" {
				return found
			}
		}
	}
	return ""
}

// LostWith says what deleting a connector takes with it.
func LostWith(c airbyte.Connector, workspace string) string {
	return fmt.Sprintf("delete the connector %s (%s, id %s) of workspace %q with its stored credentials and its synced data, for good",
		cleantext.Quote(c.Name), cleantext.Line(c.Type), c.ID, workspace)
}
