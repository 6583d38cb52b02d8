package cli

import (
	"fmt"
	"text/tabwriter"
)

type configCmd struct {
	Show configShowCmd `cmd:"" help:"Print every setting, its value and where it came from."`
}

type configShowCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the settings; secrets are never shown.
func (c *configShowCmd) Run(a *app) error {
	values := a.settings.Report()
	if c.JSON {
		return a.printJSON(values)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	group := ""
	for _, v := range values {
		if v.Group != group {
			group = v.Group
			fmt.Fprintf(w, "%s\n", group)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", v.Name, v.Value, v.Origin)
	}
	return w.Flush()
}
