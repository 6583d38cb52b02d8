package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/tools"
)

type toolsCmd struct {
	List toolsListCmd `cmd:"" default:"withargs" help:"List tools."`
	Show toolsShowCmd `cmd:"" help:"Print one tool with its JSON schema."`
	Find toolsFindCmd `cmd:"" help:"Find the tools that answer a plain question, best first."`
}

type toolsListCmd struct {
	Pattern string `arg:"" optional:"" help:"Only names that match: a glob such as 'github_*_list', or a part of the name."`
	JSON    bool   `name:"json" help:"Print JSON, schemas included."`
	Budget  bool   `name:"budget" help:"Print what the tools cost a host: how many, bytes and tokens, by connector."`
	Host    string `name:"host" placeholder:"NAME" help:"With --budget: as this host is shown them, e.g. 'Claude Code' or cursor-vscode@1.0.0."`
}

type toolsShowCmd struct {
	Name string `arg:"" completion-predictor:"tool" help:"Name of the tool."`
	JSON bool   `name:"json" help:"Print JSON, as without it."`
}

type toolsFindCmd struct {
	Question []string `arg:"" help:"What you want, e.g. 'overdue invoices in stripe'."`
	Limit    int      `name:"limit" default:"5" help:"How many tools to show."`
	JSON     bool     `name:"json" help:"Print JSON, schemas included."`
}

// Run finds tools.
func (c *toolsFindCmd) Run(a *app) error {
	set, err := a.catalogTools(a.session())
	if err != nil {
		return err
	}
	question := strings.Join(c.Question, " ")
	found := set.Finder().Find(tools.Wanted{Query: question, Limit: c.Limit})
	if len(found) == 0 {
		return &tools.UnknownToolError{Name: question, Hint: "; nothing answers it"}
	}
	return a.printTools(found, c.JSON)
}

// Run lists tools.
func (c *toolsListCmd) Run(a *app) error {
	glob := asGlob(c.Pattern)
	if _, err := path.Match(glob, ""); err != nil {
		return &usageError{err: fmt.Errorf("pattern %q: %w", c.Pattern, err)}
	}
	session := a.session()
	if c.Host != "" {
		if !c.Budget {
			return &usageError{err: errors.New("--host belongs to --budget")}
		}
		host, err := hostNamed(c.Host)
		if err != nil {
			return err
		}
		session.Listing.Host = host
	}
	if c.Pattern != "" {
		session.Policy = session.Policy.Narrow(tools.Policy{Tools: []string{glob}})
	}
	set, err := a.catalogTools(session)
	if err != nil {
		return err
	}
	if c.Budget {
		return a.printBudget(set, session.Listing.Host, c.JSON)
	}
	list := slices.DeleteFunc(slices.Clone(set.Tools), func(t *tools.Tool) bool {
		match, err := path.Match(glob, t.Name) // tools that no choice leaves out are there as well
		return err == nil && !match
	})
	if len(list) == 0 {
		return &tools.UnknownToolError{Name: c.Pattern, Hint: "; nothing matches"}
	}
	return a.printTools(list, c.JSON)
}

func (a *app) printTools(list []*tools.Tool, asJSON bool) error {
	if asJSON {
		entries := make([]*tools.Described, len(list))
		for i, t := range list {
			entries[i] = t.Describe()
		}
		return a.printJSON(entries)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, t := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\n", t.Name, t.Effect, t.Description)
	}
	return w.Flush()
}

// Run prints one tool.
func (c *toolsShowCmd) Run(a *app) error {
	set, err := a.catalogTools(a.session())
	if err != nil {
		return err
	}
	t := set.Get(c.Name)
	if t == nil {
		names := make([]string, len(set.Tools))
		for i, t := range set.Tools {
			names[i] = t.Name
		}
		return &tools.UnknownToolError{Name: c.Name, Hint: nearest.Hint(c.Name, names)}
	}
	return a.printJSON(t.Describe())
}

// asGlob makes a part of a name a glob; what is one already stays.
func asGlob(pattern string) string {
	if strings.ContainsAny(pattern, "*?[") {
		return pattern
	}
	return "*" + pattern + "*"
}

// printJSON prints for people and programs alike: indented, nothing escaped that
// need not be.
func (a *app) printJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encoding the output: %w", err)
	}
	_, err := a.Stdout.Write(b.Bytes())
	return err
}
