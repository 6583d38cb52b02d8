package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools/manage"
)

type connectorsUpdateCmd struct {
	connectorRef

	Name   *string           `name:"name" help:"The new name."`
	Config string            `name:"settings" xor:"config" placeholder:"JSON|@FILE|-" help:"${connectors_settings}"`
	Set    map[string]string `name:"set" mapsep:"none" placeholder:"FIELD=VALUE" xor:"config" help:"Change one setting and keep the others; repeatable."`
	Yes    bool              `name:"yes" help:"Do not ask."`
	JSON   bool              `name:"json" help:"Print JSON."`
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
	if c.Name == nil && config == nil && len(c.Set) == 0 {
		return &usageError{err: errors.New("want --name, --set or --settings")}
	}
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		found, err := p.manager.Locate(ctx, p.session, c.Ref)
		if err != nil {
			return err
		}
		for name := range c.Set {
			if value, err := json.Marshal(map[string]string{name: ""}); err == nil && p.manager.CredentialIn(ctx, p.session, found, value) != "" {
				return &usageError{err: fmt.Errorf("--set: %s is a credential, which cannot be changed: %s", name, renewal)}
			}
		}
		if len(c.Set) > 0 {
			if config, err = p.manager.SettingsWith(ctx, p.session, found, c.Set); err != nil {
				return err
			}
		}
		if name := p.manager.CredentialIn(ctx, p.session, found, config); name != "" {
			return &usageError{err: fmt.Errorf("--settings: %s is a credential, which cannot be changed: %s", name, renewal)}
		}
		arguments := map[string]any{"connector": found.ID}
		if c.Name != nil {
			arguments["name"] = *c.Name
		}
		if config != nil {
			arguments["config"] = config
		}
		var changed manage.Shown
		if err := changeConnector(ctx, a.dialog(ctx, c.Yes), p, "update_connector", arguments, &changed); err != nil {
			return err
		}
		return c.print(a, &changed)
	})
}

func (c *connectorsUpdateCmd) print(a *app, after *manage.Shown) error {
	if c.JSON {
		return a.printJSON(after)
	}
	_, err := fmt.Fprintf(a.Stdout, "Updated %q (id %s)\n", terminal.Plain(after.Name), after.ID)
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
		return nil, &usageError{err: fmt.Errorf("--settings: %w", err)}
	}
	config = bytes.TrimPrefix(config, []byte("\ufeff"))
	var object map[string]json.RawMessage
	if json.Unmarshal(config, &object) != nil || object == nil {
		return nil, &usageError{err: errors.New("--settings: want a JSON object")}
	}
	return config, nil
}
