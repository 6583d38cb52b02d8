package manage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
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

// consents are the consents that one form has begun. A connector is believed to be what
// a consent has brought only if it is in the caller's own workspace and was not there
// before: its id comes from a browser's address, and could be anybody's.
type consents struct {
	mu     sync.Mutex
	before map[string]bool // ids of the workspace's connectors when the last one began
}

// begin notes what the workspace has.
func (k *consents) begin(list []airbyte.Connector) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.before = map[string]bool{}
	for _, c := range list {
		k.before[c.ID] = true
	}
}

// brought finds a connector of the type among those that are new in the workspace.
func (k *consents) brought(list []airbyte.Connector, asked *setup.Setup, id string) (airbyte.Connector, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range list {
		if c.HasID(id) && k.before != nil && !k.before[c.ID] && isOfType(c, asked) {
			return c, nil
		}
	}
	return airbyte.Connector{}, errors.New("it brought no new connector of this type into this workspace")
}

// isOfType reports whether a connector is of the type that was asked for, as far as the
// list tells its type.
func isOfType(c airbyte.Connector, asked *setup.Setup) bool {
	if c.DefinitionID != "" && asked.DefinitionID != "" {
		return strings.EqualFold(c.DefinitionID, asked.DefinitionID)
	}
	return c.Type == "" && c.TypeName == "" || strings.EqualFold(c.Type, asked.Connector) || strings.EqualFold(c.TypeName, asked.Title)
}

// beginConsent begins a consent where a connector may be created: that is what comes of
// it. Before that it notes which connectors the workspace has.
func (m *Manager) beginConsent(ctx context.Context, s tools.Session, asked *setup.Setup, k *consents, v setup.Values,
	redirectURL string) (address string, err error) {
	tool := creation(asked)
	tool.Name = "begin_consent"
	err = m.runner.Account(s, tool, func(c *calls.Call) error {
		if err := c.MayConnect(); err != nil {
			return err
		}
		list, err := m.presentConnectors(ctx, s)
		if err != nil {
			return err
		}
		k.begin(list)
		if err := c.Intend(); err != nil {
			return err
		}
		address, err = m.consent(ctx, s, asked, v, redirectURL)
		return err
	})
	return address, err
}

// presentConnectors lists the connectors of the workspace as they are now.
func (m *Manager) presentConnectors(ctx context.Context, s tools.Session) ([]airbyte.Connector, error) {
	m.client.ForgetConnectors(s.Workspace)
	return m.client.Connectors(ctx, s.Workspace)
}

// consented finds the connector that a consent has created, and proves it. Nothing is
// asked about an id that the workspace's list does not have.
func (m *Manager) consented(ctx context.Context, s tools.Session, asked *setup.Setup, k *consents, id string) (*Connected, error) {
	list, err := m.presentConnectors(ctx, s)
	if err != nil {
		return nil, err
	}
	made, err := k.brought(list, asked, id)
	if err != nil {
		return nil, err
	}
	done := &Connected{ID: made.ID, Name: made.Name, Type: asked.Connector}
	note := func(text string) { done.Checks = append(done.Checks, text) }
	note(fmt.Sprintf("Created %s (id %s) in workspace %q", cleantext.Quote(done.Name), done.ID, s.Workspace))
	m.prove(ctx, s, done, note, func(string) {})
	return done, nil
}
