package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cli/credentials"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/schemas/setup"
)

type connectorsUpdateCmd struct {
	connectorRef

	Name   *string `name:"name" help:"The new name."`
	Config string  `name:"settings" placeholder:"JSON|@FILE|-" help:"${connectors_settings}"`
	JSON   bool    `name:"json" help:"Print JSON."`
}

// Help is shown below the flags.
func (*connectorsUpdateCmd) Help() string {
	return "Credentials cannot be changed: " + renewal + "."
}

const renewal = "connect again with the new ones, then delete the old connector"

// Run changes a connector, under the rules that hold for the tool.
func (c *connectorsUpdateCmd) Run(ctx context.Context, a *app) error {
	config, err := c.readConfig(a)
	if err != nil {
		return err
	}
	if c.Name == nil && config == nil {
		return &usageError{errors.New("want --name or --settings")}
	}
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		found, err := p.box.Locate(ctx, p.session, c.Ref)
		if err != nil {
			return err
		}
		if err := refuseSecrets(ctx, p, found, config); err != nil {
			return err
		}
		arguments := map[string]any{"connector": found.ID}
		if c.Name != nil {
			arguments["name"] = *c.Name
		}
		if config != nil {
			arguments["config"] = config
		}
		var changed airbyte.ConnectorDetail
		if err := manage(ctx, a.dialog(ctx, false), p, "update_connector", arguments, &changed); err != nil {
			return err
		}
		return c.print(a, found, &changed)
	})
}

func (c *connectorsUpdateCmd) print(a *app, before airbyte.Connector, after *airbyte.ConnectorDetail) error {
	if c.JSON {
		return a.printJSON(shown{before.ID, after.Name, before.Type, after.Config, after.CreatedAt, after.UpdatedAt})
	}
	_, err := fmt.Fprintf(a.Stdout, "Updated %q (id %s)\n", terminal.Plain(after.Name), before.ID)
	return err
}

// maxSettings bounds settings from standard input, in bytes.
const maxSettings = 1 << 20

// readConfig takes the settings from where they are; nil if there are none.
func (c *connectorsUpdateCmd) readConfig(a *app) (config json.RawMessage, err error) {
	switch path, isFile := strings.CutPrefix(c.Config, "@"); {
	case c.Config == "":
		return nil, nil
	case c.Config == "-":
		config, err = io.ReadAll(io.LimitReader(a.Stdin, maxSettings))
	case isFile:
		config, err = os.ReadFile(path)
	default:
		config = json.RawMessage(c.Config)
	}
	if err != nil {
		return nil, &usageError{fmt.Errorf("--settings: %w", err)}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(config, &object) != nil || object == nil {
		return nil, &usageError{errors.New("--settings: want a JSON object")}
	}
	return config, nil
}

// refuseSecrets keeps credentials out of a change: they would not arrive where they
// belong. Of a type that nothing is known of, nothing can be said.
func refuseSecrets(ctx context.Context, p *backend, c airbyte.Connector, config json.RawMessage) error {
	if config == nil {
		return nil
	}
	asked, err := p.box.Setup(ctx, p.session, c.DefinitionID)
	if err != nil {
		if asked, err = p.box.Setup(ctx, p.session, c.Type); err != nil {
			return nil //nolint:nilerr // the API looks at it too
		}
	}
	var settings map[string]any
	if err := json.Unmarshal(config, &settings); err != nil {
		return &usageError{fmt.Errorf("--settings: %w", err)}
	}
	if name := secretIn(asked, settings); name != "" {
		return &usageError{fmt.Errorf("--settings: %s is a credential, which cannot be changed: %s", name, renewal)}
	}
	return nil
}

// secretIn names the first secret that an object has at any depth, "" if it has none.
func secretIn(asked *setup.Setup, object map[string]any) string {
	for name, value := range object {
		if credentials.IsSecret(asked, name) {
			return name
		}
		if inner, ok := value.(map[string]any); ok {
			if name := secretIn(asked, inner); name != "" {
				return name
			}
		}
	}
	return ""
}
