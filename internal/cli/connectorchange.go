package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
)

type connectorsUpdateCmd struct {
	connectorRef

	Name   *string `name:"name" help:"The new name."`
	Config string  `name:"settings" placeholder:"JSON|@FILE|-" help:"The whole new settings (replication_config), a JSON object: here, in a file or on standard input."`
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
	return a.withPlatform(ctx, func(ctx context.Context, p *platform) error {
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
		if err := manage(ctx, a.console(ctx, false), p, "update_connector", arguments, &changed); err != nil {
			return err
		}
		return c.print(a, found, &changed)
	})
}

func (c *connectorsUpdateCmd) print(a *app, before airbyte.Connector, after *airbyte.ConnectorDetail) error {
	if c.JSON {
		return a.printJSON(shown{before.ID, after.Name, before.Type, after.Config, after.CreatedAt, after.UpdatedAt})
	}
	_, err := fmt.Fprintf(a.Stdout, "Updated %q (id %s)\n", plain(after.Name), before.ID)
	return err
}

// readConfig takes the settings from where they are; nil if there are none.
func (c *connectorsUpdateCmd) readConfig(a *app) (config json.RawMessage, err error) {
	switch path, isFile := strings.CutPrefix(c.Config, "@"); {
	case c.Config == "":
		return nil, nil
	case c.Config == "-":
		config, err = io.ReadAll(io.LimitReader(a.Stdin, maxValues))
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
func refuseSecrets(ctx context.Context, p *platform, c airbyte.Connector, config json.RawMessage) error {
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
		if isSecret(asked, name) {
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

// manage calls a tool that changes a connector, so that policy, rules and audit hold
// for the command as they do for the tool.
func manage(ctx context.Context, d tools.Dialog, p *platform, tool string, arguments map[string]any, answer any) error {
	raw, err := json.Marshal(arguments)
	if err != nil {
		return fmt.Errorf("encoding the arguments of %s: %w", tool, err)
	}
	result, err := p.box.Call(ctx, p.session, d, tool, raw)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(result.Data, answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", tool, err)
	}
	return nil
}

type connectorsDeleteCmd struct {
	connectorRef

	Yes  bool `name:"yes" help:"Do not ask."`
	JSON bool `name:"json" help:"Print JSON."`
}

// errDeclined ends a command whose user did not agree.
var errDeclined = errors.New("nothing was done: that was not a yes")

// Run deletes a connector, once the person has agreed.
func (c *connectorsDeleteCmd) Run(ctx context.Context, a *app) error {
	return a.withPlatform(ctx, func(ctx context.Context, p *platform) error {
		if err := a.mayWrite("connectors delete"); err != nil {
			return err
		}
		found, err := p.box.Locate(ctx, p.session, c.Ref)
		if err != nil {
			return err
		}
		if err := c.agree(ctx, a, p, found); err != nil {
			return err
		}
		var deleted struct {
			ID   string `json:"deleted"`
			Name string `json:"name"`
		}
		if err := manage(ctx, a.console(ctx, true), p, "delete_connector", map[string]any{"connector": found.ID}, &deleted); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(deleted)
		}
		_, err = fmt.Fprintf(a.Stdout, "Deleted %q (id %s)\n", plain(found.Name), found.ID)
		return err
	})
}

// agree says what will be lost and asks for the name or a yes.
func (c *connectorsDeleteCmd) agree(ctx context.Context, a *app, p *platform, found airbyte.Connector) error {
	lost := fmt.Sprintf("This will %s. Its tools are gone with it.", tools.LostWith(found, p.session.Workspace))
	if c.Yes {
		return nil
	}
	terminal := a.terminal()
	if terminal == nil {
		return &usageError{errors.New(plain(lost) + "\nThere is no terminal to ask on: agree to it with --yes")}
	}
	fmt.Fprintln(a.Stderr, plain(lost))
	words := slices.DeleteFunc([]string{found.Name}, func(name string) bool { return name == "" })
	yes, err := terminal.agrees(ctx, `Type the connector's name, or "yes": `, words...)
	if err == nil && !yes {
		err = errDeclined
	}
	return err
}
