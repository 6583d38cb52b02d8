package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"airbyte-mcp-server/schemas"
)

type catalogListCmd struct{}

// Run lists connectors with what they offer and where they come from. A damaged file does not
// hide the others.
func (catalogListCmd) Run(a *app) error {
	catalog := a.catalog()
	names, err := catalog.Names()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTITLE\tENTITIES\tACTIONS\tSEARCHES\tFROM")
	var problems []error
	for _, name := range names {
		conn, err := catalog.Connector(name)
		if err != nil {
			problems = append(problems, err)
			fmt.Fprintf(w, "%s\t-\t-\t-\t-\t%s (damaged)\n", name, a.overridePath(name))
			continue
		}
		n := conn.Count()
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\n", conn.Name, conn.Title, n.Entities, n.Actions, n.Searches, a.originOf(conn))
	}
	return errors.Join(errors.Join(problems...), w.Flush())
}

// overridePath is the file of the user's for a connector, whether or not there is one.
func (a *app) overridePath(name string) string { return filepath.Join(a.catalogFolder(), name+".json") }

// originOf tells the file of the user's that a connector comes from, and what it hides.
func (a *app) originOf(conn *schemas.Connector) string {
	path := a.overridePath(conn.Name)
	if _, err := os.Stat(path); err != nil || a.catalogFolder() == "" {
		return "built in"
	}
	hidden, err := schemas.Embedded().Head(conn.Name)
	if err != nil {
		return path
	}
	return fmt.Sprintf("%s (%s, hides the built-in %s)", path, versionWords(conn.Version), versionWords(hidden.Version))
}

func versionWords(version string) string {
	if version == "" {
		return "no version"
	}
	return "version " + version
}

// staleOverrides are the user's files that hide a newer version of a built-in connector, as
// "github 1.0.2 (built in: 1.1.0)".
func (a *app) staleOverrides() []string {
	if a.catalogFolder() == "" {
		return nil
	}
	own := schemas.Open(os.DirFS(a.catalogFolder()))
	names, err := own.Names()
	if err != nil {
		return nil // there is no folder, or it is told when the catalog is read
	}
	var stale []string
	for _, name := range names {
		builtIn, err := schemas.Embedded().Head(name)
		if err != nil {
			continue
		}
		mine, err := own.Head(name)
		if err == nil && isNewer(builtIn.Version, mine.Version) {
			stale = append(stale, fmt.Sprintf("%s %s (built in: %s)", name, mine.Version, builtIn.Version))
		}
	}
	return stale
}

// tellOverrides says at the start which built-in connectors are hidden by older files.
func (a *app) tellOverrides() {
	if stale := a.staleOverrides(); len(stale) > 0 {
		a.log.Warn().Strs("connectors", stale).Str("folder", a.catalogFolder()).
			Msg("files of your catalog folder hide newer built-in versions; `catalog remove NAME` removes one")
	}
}

// isNewer compares versions part by part, as numbers. A version that is not told is older than
// any.
func isNewer(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range max(len(a), len(b)) {
		x, y := partOf(a, i), partOf(b, i)
		if x != y {
			return x > y
		}
	}
	return false
}

// partOf is a part of a version; what is no number counts as the digits that it begins with.
func partOf(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	digits := strings.TrimLeft(parts[i], "v")
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		digits = digits[:end]
	}
	number, _ := strconv.Atoi(digits) // 0 for none
	return number
}
