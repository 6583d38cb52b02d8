// Package manage looks after the connectors of a workspace: it lists them, connects and
// proves new ones, checks, updates and deletes them, and tells what connecting asks for.
// Each is a tool, and something that a command can do.
package manage

import (
	"context"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// Options is what a Manager needs to know. Every zero value means its default.
type Options struct {
	Calls calls.Options
	Forms Forms // pages for credentials, if there are any
}

// Manager looks after connectors. It is safe for concurrent use.
type Manager struct {
	catalog *schemas.Catalog
	client  *airbyte.Client // nil where there is no account
	opts    Options
	runner  *calls.Runner
}

// New returns a Manager, and with it what makes calls and what says which there are.
// Without a client it only tells what there could be.
func New(catalog *schemas.Catalog, client *airbyte.Client, o Options) *Manager {
	m := &Manager{catalog: catalog, client: client, opts: o}
	if client == nil {
		m.runner = calls.New(catalog, nil, nil, o.Calls, m.own()...)
	} else {
		m.runner = calls.New(catalog, client, calls.Hosted{Client: client}, o.Calls, m.own()...)
	}
	return m
}

// Calls makes the calls, the Manager's own tools among them.
func (m *Manager) Calls() *calls.Runner { return m.runner }

// Directory is what may be called.
func (m *Manager) Directory() *tools.Directory { return m.runner.Directory() }

// Close ends what New has begun.
func (m *Manager) Close() { m.runner.Close() }

// own are the tools that look after the connectors of a workspace, in the order in which
// they are made.
func (m *Manager) own() []calls.Own {
	text := func(name, words string, required bool) *schemas.Parameter {
		return &schemas.Parameter{Name: name, Type: "string", Required: required, Description: words}
	}
	which := text("connector", "Alias, name, type or id from `list_connectors`.", true)
	return []calls.Own{
		{Tool: listConnectors(), Run: m.runListConnectors},
		{Tool: listWorkspaces(), Run: m.runListWorkspaces},
		{Tool: tools.Own(tools.Tool{
			Name: "list_connector_types", Title: "Airbyte: list connector types", Effect: tools.Read,
			Description: "List the types of services that can be connected. Costs no Airbyte operation.",
		}, text("query", "Part of a name.", false)), Run: m.runListTypes},
		{Tool: tools.Own(tools.Tool{
			Name: "describe_connector_setup", Title: "Airbyte: describe a connector's set-up", Effect: tools.Read,
			Description: "Show what connecting a type of service asks for: ways to authenticate, credentials, settings. Costs no Airbyte operation.",
		}, text("type", "Slug or title from `list_connector_types`, e.g. `github`.", true)), Run: m.runDescribeSetup},
		{Tool: tools.Own(tools.Tool{
			Name: "connect_connector", Title: "Airbyte: connect a service", Effect: tools.Create, Reaches: true, VerifyWith: "list_connectors",
			Description: "Connect a service: the user gives the credentials on a web page of this server, never in the chat. Creates the " +
				"connector and proves it with one billed read.",
		}, text("type", "Slug or title, e.g. `github`.", false), text("name", "Name of the new connector.", false),
			text("ticket", "From an earlier answer: wait for that page again.", false),
			text("code", "With `ticket`: the code that the page has shown the user.", false)), Run: m.runConnect},
		{Tool: tools.Own(tools.Tool{
			Name: "check_connector", Title: "Airbyte: check a connector", Effect: tools.Read,
			Description: "Show a connector's configuration, secrets masked, and have Airbyte check it. Costs no Airbyte operation.",
		}, which), Run: m.runCheck},
		{Tool: updateConnector(which), Run: m.runUpdate},
		{Tool: deleteConnector(which), Run: m.runDelete},
	}
}

// listConnectors is the tool that tells a caller what its workspace has. It asks
// the API but executes nothing, so it is not billed.
func listConnectors() *tools.Tool {
	return tools.Own(tools.Tool{
		Name:  "list_connectors",
		Title: "Airbyte: list connectors",
		Description: "List the connectors of the Airbyte workspace (id, name, type) and how many tools each has here. Costs no " +
			"Airbyte operation. " + tools.AlsoTaken,
		Effect: tools.Read,
		Role:   tools.Companion,
	})
}

func (m *Manager) runListConnectors(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	rows, err := m.Directory().Connectors(ctx, c.Session)
	if err != nil {
		return nil, err
	}
	return calls.Made(rows)
}

// listWorkspaces is offered where a session may see more than its own.
func listWorkspaces() *tools.Tool {
	return tools.Own(tools.Tool{
		Name: "list_workspaces", Title: "Airbyte: list workspaces", Effect: tools.Read,
		Description: "List the workspaces of the Airbyte organization. This server works on one of them. Costs no Airbyte operation.",
		Operators:   true,
	})
}

func (m *Manager) runListWorkspaces(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	list, err := m.client.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]WorkspaceSummary, len(list))
	for i, w := range list {
		rows[i] = WorkspaceSummary{ID: w.ID, Name: w.Name, Status: w.Status, Served: w.Name == c.Workspace}
	}
	return calls.Made(rows)
}

// WorkspaceSummary is one row of list_workspaces.
type WorkspaceSummary struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Served bool   `json:"served"` // the one that this session works on
}

// Locate finds the connector that a reference means, within the session's policy: an
// id, an alias, an instance name or a type.
func (m *Manager) Locate(ctx context.Context, s tools.Session, ref string) (airbyte.Connector, error) {
	i, err := m.locate(ctx, s, ref)
	return i.Connector, err
}

func (m *Manager) locate(ctx context.Context, s tools.Session, ref string) (tools.Instance, error) {
	w, err := m.Directory().Snapshot(ctx, s.Workspace)
	if err != nil {
		return tools.Instance{}, err
	}
	return w.Locate(s, ref)
}
