package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// binary looks at the program and the catalog that it has.
func (e *exam) binary(context.Context) Layer {
	names, err := e.Catalog.Names()
	if err == nil {
		_, err = e.Catalog.Heads()
	}
	own, ownErr := e.ownCatalog()
	if err = errors.Join(ownErr, err); err != nil {
		return Layer{
			Status: Problem, Text: "the catalog cannot be read", Details: firstLines(err),
			Advice:      "mend or remove the file in " + e.CatalogFolder + "; airbyte-mcp-server catalog check tells what is wrong with a folder",
			notBlocking: true,
		}
	}
	l := Layer{Status: OK, Text: fmt.Sprintf("airbyte-mcp-server %s, %d connectors in the catalog", e.Version, len(names))}
	if own > 0 {
		l.Text += fmt.Sprintf(", %d of them from %s", own, e.CatalogFolder)
	}
	return l
}

// ownCatalog checks and counts the user's own catalog files.
func (e *exam) ownCatalog() (int, error) {
	if e.CatalogFolder == "" {
		return 0, nil
	}
	catalog := schemas.Open(os.DirFS(e.CatalogFolder))
	names, err := catalog.Names()
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for _, name := range names {
		conn, readErr := catalog.Connector(name)
		if readErr == nil {
			readErr = tools.Verify(conn)
		}
		err = errors.Join(err, readErr)
	}
	return len(names), err
}

// configuration tells what was set and where.
func (e *exam) configuration(context.Context) Layer {
	if e.Fault != nil {
		lines := firstLines(e.Fault)
		l := Layer{Status: Problem, Text: lines[0], Details: lines[1:],
			Advice: "change what is named here; airbyte-mcp-server serve --help explains every setting"}
		if strings.Contains(l.Text, "credentials are missing") {
			l.Text, l.Advice, _ = strings.Cut(l.Text, ": ")
		}
		return l
	}
	l := Layer{Status: OK, Text: "no configuration file"}
	if e.Settings.Config != "" {
		l.Text = "configuration file " + e.Settings.Config
	}
	for _, v := range e.Settings.Report() {
		if v.Origin != "default" && v.Origin != "not set" {
			l.Details = append(l.Details, fmt.Sprintf("%s: %s (%s)", v.Name, v.Value, v.Origin))
		}
	}
	return l
}

// setting shows a setting and where it comes from.
func (e *exam) setting(name string) string {
	for _, v := range e.Settings.Report() {
		if v.Name == name {
			return fmt.Sprintf("%s is %q (%s)", name, v.Value, v.Origin)
		}
	}
	return name
}

const mostLines = 8

// firstLines is a long error cut to what fits a screen.
func firstLines(err error) []string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	if more := len(lines) - mostLines; more > 0 {
		lines = append(lines[:mostLines], fmt.Sprintf("and %d more", more))
	}
	return lines
}
