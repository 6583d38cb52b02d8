package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

type catalogCmd struct {
	List   catalogListCmd   `cmd:"" help:"List the connectors of the catalog."`
	Show   catalogShowCmd   `cmd:"" help:"Show the entities and actions of a connector."`
	Diff   catalogDiffCmd   `cmd:"" help:"Compare the tools of two connectors or catalog files."`
	Check  catalogCheckCmd  `cmd:"" help:"Check a folder of catalog files."`
	Import catalogImportCmd `cmd:"" help:"Import Airbyte's connector.yaml files into your catalog folder."`
	Sync   catalogSyncCmd   `cmd:"" help:"Fetch a connector's description from the API into your catalog folder; one billed operation."`
	Remove catalogRemoveCmd `cmd:"" help:"Remove a connector from your catalog folder; a built-in one of that name is used again."`
}

// catalogFolder is the user's own catalog: where it is looked for, and where
// imports go.
func (a *app) catalogFolder() string {
	if a.settings.Catalog != "" || a.ConfigDir == "" {
		return a.settings.Catalog
	}
	return filepath.Join(a.ConfigDir, "airbyte-mcp-server", "catalog")
}

// catalog is the embedded catalog with the user's on top.
func (a *app) catalog() *schemas.Catalog { return schemas.WithFolder(a.catalogFolder()) }

type catalogShowCmd struct {
	Connector string `arg:"" completion-predictor:"type" help:"Name of the connector."`
	JSON      bool   `name:"json" help:"Print the catalog file."`
}

// Run shows one connector.
func (c *catalogShowCmd) Run(a *app) error {
	conn, err := a.catalog().Connector(c.Connector)
	if err != nil {
		return err
	}
	if c.JSON {
		data, err := schemas.Format(conn)
		if err != nil {
			return err
		}
		_, err = a.Stdout.Write(data)
		return err
	}
	fmt.Fprintf(a.Stdout, "%s (%s)\n%s\n\n", conn.Title, conn.Name, conn.Summary)
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, e := range conn.Entities {
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.Name, strings.Join(e.ActionNames(), ", "), e.Summary)
	}
	return w.Flush()
}

type catalogCheckCmd struct {
	Folder string `arg:"" optional:"" help:"Folder of catalog files; without it the built-in catalog with your own folder on top."`
}

// Run builds every tool of the files and reports all that is wrong. It warns of
// entities that the search for tools does not find by their own names.
func (c *catalogCheckCmd) Run(a *app) error {
	checked, all := a.catalog(), a.catalog()
	if c.Folder != "" {
		if _, err := os.Stat(c.Folder); err != nil {
			return err
		}
		checked, all = schemas.Open(os.DirFS(c.Folder)), schemas.WithFolder(c.Folder)
	}
	names, err := checked.Names()
	if err != nil {
		return fmt.Errorf("%s: %w", c.Folder, err)
	}
	if len(names) == 0 {
		return fmt.Errorf("%s has no catalog files", c.Folder)
	}
	unfound, err := tools.Unfound(all, names)
	if err != nil {
		return err
	}
	var problems []error
	for _, name := range names {
		if err := checkConnector(checked, name); err != nil {
			problems = append(problems, err)
			continue
		}
		fmt.Fprintf(a.Stdout, "%s: good\n", name)
		a.printLeftOut(checked, name)
		for _, entity := range unfound[name] {
			fmt.Fprintf(a.Stdout, "%s: warning: a plain question does not find entity %s; give it words in `called`\n", name, entity)
		}
	}
	return errors.Join(problems...)
}

// checkConnector reports what is wrong with one file.
func checkConnector(catalog *schemas.Catalog, name string) error {
	if err := catalog.CheckFile(name); err != nil {
		return err
	}
	conn, err := catalog.Connector(name)
	if err != nil {
		return err
	}
	return errors.Join(conn.CheckWords(), tools.Verify(conn))
}

// printLeftOut warns of what the import of a file left out.
func (a *app) printLeftOut(catalog *schemas.Catalog, name string) {
	conn, err := catalog.Connector(name)
	if err != nil {
		return // told already
	}
	for _, what := range conn.LeftOut {
		fmt.Fprintf(a.Stdout, "%s: warning: left out at its import: %s\n", name, what)
	}
}
