package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"airbyte-mcp-server/internal/atomicfile"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
	"airbyte-mcp-server/tools"
)

type catalogCmd struct {
	List   catalogListCmd   `cmd:"" help:"List the connectors of the catalog."`
	Show   catalogShowCmd   `cmd:"" help:"Show the entities and actions of a connector."`
	Diff   catalogDiffCmd   `cmd:"" help:"Compare the tools of two connectors or catalog files."`
	Check  catalogCheckCmd  `cmd:"" help:"Check a folder of catalog files."`
	Import catalogImportCmd `cmd:"" help:"Import Airbyte's connector.yaml files into your catalog folder."`
	Sync   catalogSyncCmd   `cmd:"" help:"Fetch a connector's description from the API into your catalog folder."`
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

type catalogListCmd struct{}

// Run lists connectors with what they offer and where they come from.
func (catalogListCmd) Run(a *app) error {
	catalog := a.catalog()
	names, err := catalog.Names()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTITLE\tENTITIES\tACTIONS\tSEARCHES\tFROM")
	for _, name := range names {
		conn, err := catalog.Connector(name)
		if err != nil {
			return err
		}
		n := conn.Count()
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\n", conn.Name, conn.Title, n.Entities, n.Actions, n.Searches, a.originOf(name))
	}
	return w.Flush()
}

// originOf tells the file of the user's that a connector comes from.
func (a *app) originOf(name string) string {
	path := filepath.Join(a.catalogFolder(), name+".json")
	if _, err := os.Stat(path); err != nil {
		return "built in"
	}
	return path
}

type catalogShowCmd struct {
	Connector string `arg:"" help:"Name of the connector."`
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

type catalogDiffCmd struct {
	A string `arg:"" name:"a" help:"Connector name, or path of a catalog file."`
	B string `arg:"" name:"b" help:"Connector name, or path of a catalog file."`
}

// Run compares two connectors by their tools.
func (c *catalogDiffCmd) Run(a *app) error {
	before, err := a.connectorOrFile(c.A)
	if err != nil {
		return err
	}
	after, err := a.connectorOrFile(c.B)
	if err != nil {
		return err
	}
	return a.printDiff(before, after)
}

func (a *app) connectorOrFile(ref string) (*schemas.Connector, error) {
	if !strings.HasSuffix(ref, ".json") {
		return a.catalog().Connector(ref)
	}
	name := strings.TrimSuffix(filepath.Base(ref), ".json")
	return schemas.Open(os.DirFS(filepath.Dir(ref))).Connector(name)
}

// printDiff prints a line per tool that was added (+), removed (-) or changed (~).
func (a *app) printDiff(before, after *schemas.Connector) error {
	old, err := tools.Of(before)
	if err != nil {
		return err
	}
	current, err := tools.Of(after)
	if err != nil {
		return err
	}
	var lines []string
	for _, t := range current.Tools {
		was := old.Get(t.Name)
		if was == nil {
			lines = append(lines, "+ "+t.Name)
		} else if kind, parameters := tools.Difference(was, t); kind != "" {
			lines = append(lines, "~ "+t.Name+" ("+strings.Join(slices.Concat([]string{kind}, parameters), " ")+")")
		}
	}
	for _, t := range old.Tools {
		if current.Get(t.Name) == nil {
			lines = append(lines, "- "+t.Name)
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(a[2:], b[2:]) })
	if len(lines) == 0 {
		lines = []string{"no difference"}
	}
	_, err = fmt.Fprintln(a.Stdout, strings.Join(lines, "\n"))
	return err
}

type catalogCheckCmd struct {
	Folder string `arg:"" optional:"" help:"Folder of catalog files; without it the built-in catalog with your own folder on top."`
}

// Run builds every tool of the files and reports all that is wrong. It warns of
// entities that the search for tools does not find by their own names.
func (c *catalogCheckCmd) Run(a *app) error {
	checked, all := a.catalog(), a.catalog()
	if c.Folder != "" {
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

type catalogImportCmd struct {
	Paths []string `arg:"" help:"connector.yaml files, or folders that have them at any depth."`
}

// Run imports everything or, if any file is bad, nothing. An action that is unknown here
// makes no file bad: it is left out, and said.
func (c *catalogImportCmd) Run(a *app) error {
	files, err := importer.Find(c.Paths...)
	if err != nil {
		return err
	}
	connectors, dropped, err := readAll(files, a.catalog())
	for _, what := range dropped {
		fmt.Fprintln(a.Stderr, what)
	}
	if err != nil {
		return fmt.Errorf("nothing was imported:\n%w", err)
	}
	for _, conn := range connectors {
		path, err := a.saveConnector(conn)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.Stdout, "%s: %d tools, written to %s\n", conn.Name, conn.Count().Tools(), path)
	}
	return nil
}

// readAll reads connector.yaml files and reports everything that is wrong with any, and what
// was left out of them.
func readAll(files []string, known *schemas.Catalog) (connectors []*schemas.Connector, dropped []string, _ error) {
	var problems []error
	from := map[string]string{}
	for _, file := range files {
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
var catalogName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// saveConnector writes a catalog file into the user's folder, whole or not at all.
func (a *app) saveConnector(conn *schemas.Connector) (string, error) {
	folder := a.catalogFolder()
	if folder == "" {
		return "", &usageError{errors.New("there is no folder for catalog files: name one with --catalog")}
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

type catalogSyncCmd struct {
	Connector string `arg:"" help:"Connector type, instance name or instance id."`
	DryRun    bool   `name:"dry-run" help:"Show the difference only."`
}
