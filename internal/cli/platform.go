package cli

import (
	"fmt"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/tools"
)

// platform is what the commands that talk to the API stand on.
type platform struct {
	client  *airbyte.Client
	box     *tools.Box
	session tools.Session
	sandbox *sandbox.Running // nil when the real API is used
}

// open connects to the API that the settings name, or to an emulator that is
// started for the purpose. Nothing is sent yet.
func (a *app) open() (*platform, error) {
	s := a.settings
	cfg := airbyte.Config{
		Host:              s.APIHost,
		ClientID:          s.ClientID,
		ClientSecret:      s.ClientSecret,
		OrganizationID:    s.OrganizationID,
		MaxBody:           int64(s.MaxResponseBody),
		ExecuteTimeout:    s.ExecuteTimeout,
		RequestTimeout:    s.RequestTimeout,
		ConnectorLifetime: s.ConnectorCache,
		UserAgent:         "airbyte-mcp-server/" + version(),
		Log:               a.log,
	}
	p := &platform{session: a.session()}
	catalog := a.catalog()
	if s.Sandbox {
		running, err := sandbox.Start("127.0.0.1:0", sandbox.Options{Catalog: catalog, Log: a.log})
		if err != nil {
			return nil, fmt.Errorf("starting the sandbox: %w", err)
		}
		p.sandbox = running
		cfg.Host = running.URL
		c := running.Credentials()
		cfg.ClientID, cfg.ClientSecret, cfg.OrganizationID = c.ClientID, secret.New(c.ClientSecret), c.OrganizationID
	} else if err := s.MissingCredentials(); err != nil {
		return nil, err
	}
	client, err := airbyte.New(cfg)
	if err != nil {
		p.Close()
		return nil, err
	}
	p.client, p.box = client, tools.NewBox(catalog, client)
	return p, nil
}

// Close ends what open has started.
func (p *platform) Close() {
	if p.client != nil {
		p.client.Close()
	}
	if p.sandbox != nil {
		_ = p.sandbox.Close() // it holds nothing that could be lost
	}
}

// session is the caller of a process that serves one: the user who started it.
func (a *app) session() tools.Session {
	return tools.Session{Workspace: a.settings.Workspace, Policy: a.policy()}
}

func (a *app) policy() tools.Policy {
	return tools.Policy{ReadOnly: a.settings.ReadOnly, Connectors: a.settings.Connectors}
}
