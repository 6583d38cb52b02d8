package manage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
)

// consent begins a vendor's consent. The organization needs a template of its own for
// that; where it has none, the global one is cloned, which is how a type is enabled.
func (m *Manager) consent(ctx context.Context, s tools.Session, asked *setup.Setup, v setup.Values, redirectURL string) (string, error) {
	k := airbyte.Consent{Workspace: s.Workspace, DefinitionID: asked.DefinitionID, Name: v.Name, RedirectURL: redirectURL}
	settings, err := asked.CheckSettings(v)
	if err != nil {
		return "", err
	}
	k.Replication, k.Environment = settings.Replication, settings.Environment
	url, err := m.client.StartConsent(ctx, k)
	failure, _ := errors.AsType[*airbyte.Error](err)
	if failure == nil || !strings.Contains(failure.Message, "No organization-specific source template") {
		return url, err
	}
	templates, listErr := m.client.Templates(ctx, s.Workspace)
	if listErr != nil {
		return "", err
	}
	for _, t := range templates {
		if t.DefinitionID == asked.DefinitionID {
			if _, err := m.client.CloneTemplate(ctx, t.ID, t.Name); err != nil {
				return "", err
			}
			return m.client.StartConsent(ctx, k)
		}
	}
	return "", err
}

// consented finds the connector that a consent has created, and proves it.
func (m *Manager) consented(ctx context.Context, s tools.Session, asked *setup.Setup, id string) (*Connected, error) {
	m.client.ForgetConnectors(s.Workspace)
	detail, err := m.client.Connector(ctx, id)
	if err != nil {
		return nil, err
	}
	if detail.DefinitionID != "" && !strings.EqualFold(detail.DefinitionID, asked.DefinitionID) {
		return nil, fmt.Errorf("the connector that came back is not of type %s", asked.Title)
	}
	done := &Connected{ID: id, Name: detail.Name, Type: asked.Connector}
	note := func(text string) { done.Checks = append(done.Checks, text) }
	note(fmt.Sprintf("Created %q (id %s) in workspace %q", done.Name, id, s.Workspace))
	m.prove(ctx, s, done, note, func(string) {})
	return done, nil
}
