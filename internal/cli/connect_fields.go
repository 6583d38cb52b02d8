package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"airbyte-mcp-server/internal/cli/credentials"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools/manage"
)

// showFields needs no account for what the catalog has.
func (c *connectCmd) showFields(ctx context.Context, a *app) error {
	m := a.catalogManager()
	defer m.Close()
	asked, err := m.Setup(ctx, a.session(), c.Type)
	var unknown *manage.UnknownTypeError
	if errors.As(err, &unknown) && a.settings.MissingCredentials() == nil {
		return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
			asked, err := p.manager.Setup(ctx, p.session, c.Type)
			if err != nil {
				return err
			}
			return c.printFields(a, asked)
		})
	}
	if err != nil {
		return err
	}
	return c.printFields(a, asked)
}

func (c *connectCmd) printFields(a *app, asked *setup.Setup) error {
	if c.JSON {
		return a.printJSON(manage.DescribeSetup(asked))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", asked.Title, cmp.Or(asked.Connector, asked.DefinitionID))
	if asked.DocsURL != "" {
		fmt.Fprintln(&b, asked.DocsURL)
	}
	for _, m := range asked.Methods {
		fmt.Fprintf(&b, "\n%s, --method %s", m.Title, m.Name)
		if m.OAuth {
			b.WriteString("; or by consent in a browser: --browser")
		}
		b.WriteString("\n")
		if m.MadeAt != "" {
			fmt.Fprintf(&b, "  made at %s\n", m.MadeAt)
		}
		for _, f := range m.Fields {
			describeField(&b, f)
		}
	}
	if len(asked.Settings) > 0 {
		b.WriteString("\nSettings, --set FIELD=VALUE\n")
	}
	for _, f := range asked.Settings {
		describeField(&b, f)
	}
	_, err := io.WriteString(a.Stdout, terminal.Plain(b.String()))
	return err
}

func describeField(b *strings.Builder, f setup.Field) {
	fmt.Fprintf(b, "  %-20s %s (%s)\n", f.Name, cmp.Or(f.Description, f.Title), strings.Join(marksOf(f), ", "))
	if values := credentials.Choices(f); values != "" {
		fmt.Fprintf(b, "  %-20s one of %s\n", "", values)
	}
	if f.Example != "" {
		fmt.Fprintf(b, "  %-20s e.g. %s\n", "", f.Example)
	}
}

// marksOf says in few words what a field is.
func marksOf(f setup.Field) []string {
	var marks []string
	if f.Required {
		marks = append(marks, "required")
	}
	if f.Secret {
		marks = append(marks, "secret")
	}
	marks = append(marks, strings.TrimSpace(f.Type+" "+f.Format))
	if f.Default != nil {
		marks = append(marks, "default "+string(f.Default))
	}
	return marks
}
