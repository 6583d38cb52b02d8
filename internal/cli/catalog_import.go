package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"airbyte-mcp-server/internal/atomicfile"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
	"airbyte-mcp-server/tools"
)

type catalogImportCmd struct {
	Paths []string `arg:"" help:"connector.yaml files, or folders that have them at any depth."`
}

// Run imports everything or, if any file is bad, nothing. What of a file cannot be read or is
// unknown here makes no file bad as long as something else is left: it is left out, and said.
func (c *catalogImportCmd) Run(a *app) error {
	files, err := importer.Find(c.Paths...)
	if err != nil {
		return err
	}
	connectors, dropped, err := readAll(files, a.catalog(), a.status)
	a.status.Stop()
	for _, what := range dropped {
		fmt.Fprintln(a.Stderr, what)
	}
	if err != nil {
		return fmt.Errorf("nothing was imported:\n%w", err)
	}
	total := 0
	for _, conn := range connectors {
		path, err := a.saveConnector(conn)
		if err != nil {
			return err
		}
		total += conn.Count().Tools()
		fmt.Fprintf(a.Stdout, "%s: %d tools, written to %s\n", conn.Name, conn.Count().Tools(), path)
	}
	if len(connectors) > 1 {
		fmt.Fprintf(a.Stdout, "%d connectors with %d tools are in %s\n", len(connectors), total, a.catalogFolder())
	}
	a.tellLeftOut(connectors)
	return nil
}

// tellLeftOut counts what was left out, after the many lines of a large import.
func (a *app) tellLeftOut(connectors []*schemas.Connector) {
	var parts []string
	for _, conn := range connectors {
		if n := len(conn.LeftOut); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", conn.Name, n))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(a.Stderr, "left out (see above; `catalog check` lists it again): %s\n", strings.Join(parts, ", "))
	}
}

// readAll reads connector.yaml files and reports everything that is wrong with any, and what
// was left out of them.
func readAll(files []string, known *schemas.Catalog, status *terminal.Status) (
	connectors []*schemas.Connector, dropped []string, _ error,
) {
	var problems []error
	from := map[string]string{}
	for i, file := range files {
		status.Show("Reading file %d of %d: %s", i+1, len(files), file)
		conn, left, err := importer.Read(file)
		dropped = append(dropped, left...)
		if err == nil {
			err = keepWords(conn, known)
		}
		if err == nil {
			err = tools.Verify(conn)
		}
		if err == nil && from[conn.Name] != "" {
			err = fmt.Errorf("%s: connector %s is in %s too; name the file that you want", file, conn.Name, from[conn.Name])
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		from[conn.Name] = file
		connectors = append(connectors, conn)
	}
	return connectors, dropped, errors.Join(problems...)
}

// keepWords gives an imported connector the words that the catalog has for it, its
// tools' names above all: people have written them into their hosts' settings.
func keepWords(conn *schemas.Connector, known *schemas.Catalog) error {
	name, err := known.Match(conn.DefinitionID, conn.Name, "")
	if err != nil || name == "" {
		return err
	}
	before, err := known.Connector(name)
	if err != nil {
		return err
	}
	conn.KeepWords(before)
	return nil
}

// catalogName is the form of a type's name. It may come from the API, and becomes the name
// of a file.
var catalogName = lazyregexp.New(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// saveConnector writes a catalog file into the user's folder, whole or not at all.
func (a *app) saveConnector(conn *schemas.Connector) (string, error) {
	folder := a.catalogFolder()
	if folder == "" {
		return "", errNoFolder
	}
	data, err := schemas.Format(conn)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return "", fmt.Errorf("making the catalog folder: %w", err)
	}
	if !catalogName.MatchString(conn.Name) {
		return "", fmt.Errorf("%q is no name of a catalog file: want a-z, 0-9, - and _", cleantext.Clip(conn.Name, cleantext.MaxQuoted))
	}
	path := filepath.Join(folder, conn.Name+".json")
	if err := atomicfile.Write(path, data, 0o600); err != nil {
		return "", fmt.Errorf("writing %s: %w", path, err)
	}
	return path, nil
}

// errNoFolder is told where nothing says where catalog files of the user's own are.
var errNoFolder = &usageError{err: errors.New("there is no folder for catalog files: name one with --catalog")}
