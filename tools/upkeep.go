package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

// SetupDescription is a Setup as callers read it.
type SetupDescription struct {
	Type         string              `json:"type"`
	Title        string              `json:"title"`
	DefinitionID string              `json:"definition_id"`
	Docs         string              `json:"documentation,omitempty"`
	Methods      []MethodDescription `json:"authentication"`
	Settings     []FieldDescription  `json:"settings"`
}

// MethodDescription is one way to authenticate.
type MethodDescription struct {
	Name   string             `json:"name"`
	Title  string             `json:"title"`
	OAuth  bool               `json:"browser_consent,omitempty"`
	Scopes []string           `json:"scopes,omitempty"`
	Fields []FieldDescription `json:"fields"`
}

// FieldDescription is one value that is asked for.
type FieldDescription struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Description string          `json:"description,omitempty"`
	Type        string          `json:"type"`
	Format      string          `json:"format,omitempty"`
	Required    bool            `json:"required"`
	Secret      bool            `json:"secret,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`
	Enum        []any           `json:"enum,omitempty"`
	Example     string          `json:"example,omitempty"`
}

// DescribeSetup puts a Setup into the form that callers read.
func DescribeSetup(s *setup.Setup) SetupDescription {
	d := SetupDescription{Type: s.Connector, Title: s.Title, DefinitionID: s.DefinitionID, Docs: s.DocsURL, Settings: describeFields(s.Settings)}
	for _, m := range s.Methods {
		d.Methods = append(d.Methods, MethodDescription{m.Name, m.Title, m.OAuth, m.Scopes, describeFields(m.Fields)})
	}
	return d
}

func describeFields(fields []setup.Field) []FieldDescription {
	list := make([]FieldDescription, len(fields))
	for i, f := range fields {
		list[i] = FieldDescription{f.Name, f.Title, f.Description, f.Type, f.Format, f.Required, f.Secret, f.Default, f.Enum, f.Example}
	}
	return list
}

// consent begins a vendor's consent. The organization needs a template of its own for
// that; where it has none, the global one is cloned, which is how a type is enabled.
func (b *Box) consent(ctx context.Context, s Session, asked *setup.Setup, v setup.Values, redirectURL string) (string, error) {
	k := airbyte.Consent{Workspace: s.Workspace, DefinitionID: asked.DefinitionID, Name: v.Name, RedirectURL: redirectURL}
	settings, err := asked.CheckSettings(v)
	if err != nil {
		return "", err
	}
	k.Replication, k.Environment = settings.Replication, settings.Environment
	url, err := b.client.StartConsent(ctx, k)
	failure, _ := errors.AsType[*airbyte.Error](err)
	if failure == nil || !strings.Contains(failure.Message, "No organization-specific source template") {
		return url, err
	}
	templates, listErr := b.client.Templates(ctx, s.Workspace)
	if listErr != nil {
		return "", err
	}
	for _, t := range templates {
		if t.DefinitionID == asked.DefinitionID {
			if _, err := b.client.CloneTemplate(ctx, t.ID, t.Name); err != nil {
				return "", err
			}
			return b.client.StartConsent(ctx, k)
		}
	}
	return "", err
}

// consented finds the connector that a consent has created, and proves it.
func (b *Box) consented(ctx context.Context, s Session, asked *setup.Setup, id string) (*Connected, error) {
	b.client.ForgetConnectors(s.Workspace)
	detail, err := b.client.Connector(ctx, id)
	if err != nil {
		return nil, err
	}
	if detail.DefinitionID != "" && !strings.EqualFold(detail.DefinitionID, asked.DefinitionID) {
		return nil, fmt.Errorf("the connector that came back is not of type %s", asked.Title)
	}
	done := &Connected{ID: id, Name: detail.Name, Type: asked.Connector}
	note := func(text string) { done.Checks = append(done.Checks, text) }
	note(fmt.Sprintf("Created %q (id %s) in workspace %q", done.Name, id, s.Workspace))
	b.prove(ctx, s, done, note, func(string) {})
	return done, nil
}

// Upkeep is what Airbyte says of a connector.
type Upkeep struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Type      string          `json:"type"`
	Config    json.RawMessage `json:"config,omitempty"` // secrets masked
	CreatedAt string          `json:"created_at,omitempty"`
	UpdatedAt string          `json:"updated_at,omitempty"`
	Check     string          `json:"check,omitempty"`
	Healthy   bool            `json:"check_passed"`
}

// Show tells one connector in detail; with check, Airbyte checks it as well. Neither
// is billed.
func (b *Box) Show(ctx context.Context, s Session, ref string, check bool) (*Upkeep, error) {
	i, err := b.instance(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	detail, err := b.client.Connector(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	u := &Upkeep{ID: i.ID, Name: detail.Name, Type: i.Type, Config: detail.Config, CreatedAt: detail.CreatedAt, UpdatedAt: detail.UpdatedAt}
	if !check {
		return u, nil
	}
	result, err := b.client.CheckConnector(ctx, i.ID, airbyte.ConnectorChange{})
	if err != nil {
		return nil, err
	}
	u.Check, u.Healthy = resultInWords(result), !result.Failed()
	return u, nil
}

func runCheck(ctx context.Context, c *call) (*Result, error) {
	var wanted struct{ Connector string }
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", c.tool.Name, err)
	}
	u, err := c.Show(ctx, c.Session, wanted.Connector, true)
	if err != nil {
		return nil, err
	}
	return ours(u)
}

func updateConnector(which *schemas.Parameter) *Tool {
	t := &Tool{
		Name: "update_connector", Title: "Airbyte: update a connector", Effect: Update, VerifyWith: "check_connector", run: runUpdate,
		Description: "Rename a connector or replace its settings. Credentials cannot be changed so: connect again for those.",
	}
	return manageTool(t, append([]*schemas.Parameter{
		which,
		{Name: "name", Type: "string", Description: "The new name."},
		{Name: "config", Type: "object", Description: "The whole new replication_config, without credentials."},
	}, t.offerWriting(nil)...)...)
}

func runUpdate(ctx context.Context, c *call) (*Result, error) {
	if err := c.takeOptions(); err != nil {
		return nil, err
	}
	var wanted struct {
		Connector string
		Name      *string
		Config    json.RawMessage
	}
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", c.tool.Name, err)
	}
	if wanted.Name == nil && wanted.Config == nil {
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Problem: "give `name` or `config`"}}}
	}
	i, err := c.instance(ctx, c.Session, wanted.Connector)
	if err != nil {
		return nil, unsent(err)
	}
	change := airbyte.ConnectorChange{Name: wanted.Name, Replication: wanted.Config}
	return c.manage(i, "update", "change the connector "+i.Name, func() (any, error) {
		return c.client.UpdateConnector(ctx, i.ID, change)
	})
}

func deleteConnector(which *schemas.Parameter) *Tool {
	t := &Tool{
		Name: "delete_connector", Title: "Airbyte: delete a connector", Effect: Delete, VerifyWith: "list_connectors", run: runDelete,
		Description: "Delete a connector with its stored credentials and its synced data. It cannot be undone.",
	}
	return manageTool(t, append([]*schemas.Parameter{which}, t.offerWriting(nil)...)...)
}

func runDelete(ctx context.Context, c *call) (*Result, error) {
	if err := c.takeOptions(); err != nil {
		return nil, err
	}
	var wanted struct{ Connector string }
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", c.tool.Name, err)
	}
	i, err := c.instance(ctx, c.Session, wanted.Connector)
	if err != nil {
		return nil, unsent(err)
	}
	return c.manage(i, "delete", LostWith(i.Connector, c.Workspace), func() (any, error) {
		if err := c.client.DeleteConnector(ctx, c.Workspace, i.ID); err != nil {
			return nil, err
		}
		return map[string]string{"deleted": i.ID, "name": i.Name}, nil
	})
}

// LostWith says what deleting a connector takes with it.
func LostWith(c airbyte.Connector, workspace string) string {
	return fmt.Sprintf("delete the connector %s (%s, id %s) of workspace %q with its stored credentials and its synced data, for good", c.Name, c.Type, c.ID, workspace)
}

// manage makes a change to a connector itself, under the rules of writes.
func (c *call) manage(i instance, action, what string, do func() (any, error)) (*Result, error) {
	c.trace.ConnectorID = i.ID
	if c.chosen.dryRun {
		result, err := ours(map[string]any{"dry_run": true, "would": what})
		if err == nil {
			result.Source = SourceServer
		}
		return result, err
	}
	key := strings.Join([]string{c.Principal, c.Workspace, i.ID, c.tool.Name, string(canonical(c.args.JSON()))}, "\x00")
	finish, err := c.approve(c.opts.Rules.mode("airbyte", "connectors", action), what, key)
	if err != nil {
		return nil, err
	}
	c.sharing.wrote(i.ID)
	done, err := do()
	c.sharing.wrote(i.ID)
	c.trace.took(nil, err)
	finish(err)
	if err != nil {
		return nil, err
	}
	return ours(done)
}

// listWorkspaces is offered where a session may see more than its own.
func listWorkspaces() *Tool {
	return manageTool(&Tool{
		Name: "list_workspaces", Title: "Airbyte: list workspaces", Effect: Read,
		Description: "List the workspaces of the Airbyte organization. This server works on one of them. Costs no Airbyte operation.",
		operators:   true,
		run: func(ctx context.Context, c *call) (*Result, error) {
			list, err := c.client.Workspaces(ctx)
			if err != nil {
				return nil, err
			}
			rows := make([]WorkspaceSummary, len(list))
			for i, w := range list {
				rows[i] = WorkspaceSummary{w.ID, w.Name, w.Status, w.Name == c.Workspace}
			}
			return ours(rows)
		},
	})
}

// WorkspaceSummary is one row of list_workspaces.
type WorkspaceSummary struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Served bool   `json:"served"` // the one that this session works on
}
