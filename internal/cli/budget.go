package cli

import (
	"cmp"
	"fmt"
	"text/tabwriter"

	"airbyte-mcp-server/server"
	"airbyte-mcp-server/tools"
)

// bytesPerToken is the usual rule of thumb for JSON and English.
const bytesPerToken = 4

// hostLimit is how many tools a host takes, of all its servers together.
type hostLimit struct {
	host  string
	tools int
}

// hostLimits are the published ones.
var hostLimits = []hostLimit{{"Cursor", 80}, {"VS Code", 128}, {"OpenAI API", 128}}

// budget is what tools cost a host and its model before the first question.
type budget struct {
	Connectors []connectorBudget `json:"connectors"`
	Tools      int               `json:"tools"`
	Bytes      int               `json:"bytes"`  // of their entries in tools/list
	Tokens     int               `json:"tokens"` // about
	Hosts      []hostBudget      `json:"hosts"`
}

type connectorBudget struct {
	Connector string `json:"connector"` // empty for the tools of the server itself
	Tools     int    `json:"tools"`
	Bytes     int    `json:"bytes"`
	Tokens    int    `json:"tokens"`
}

type hostBudget struct {
	Host  string `json:"host"`
	Limit int    `json:"limit"`
	Fits  bool   `json:"fits"`
}

// budgetOf adds up what tools take in tools/list.
func budgetOf(list []*tools.Tool) budget {
	var b budget
	for i, t := range list {
		size := server.EntrySize(t)
		if i > 0 {
			size++ // the comma before it
		}
		n := len(b.Connectors)
		if n == 0 || b.Connectors[n-1].Connector != t.Connector {
			b.Connectors = append(b.Connectors, connectorBudget{Connector: t.Connector})
			n++
		}
		row := &b.Connectors[n-1]
		row.Tools, row.Bytes = row.Tools+1, row.Bytes+size
		row.Tokens = row.Bytes / bytesPerToken
		b.Tools, b.Bytes = b.Tools+1, b.Bytes+size
	}
	b.Tokens = b.Bytes / bytesPerToken
	for _, h := range hostLimits {
		b.Hosts = append(b.Hosts, hostBudget{h.host, h.tools, b.Tools <= h.tools})
	}
	return b
}

// printBudget shows the budget of tools, which are sorted by connector.
func (a *app) printBudget(list []*tools.Tool, asJSON bool) error {
	b := budgetOf(list)
	if asJSON {
		return a.printJSON(b)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "CONNECTOR\tTOOLS\tBYTES\tTOKENS\t")
	for _, c := range b.Connectors {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t\n", cmp.Or(c.Connector, "(the server's own)"), c.Tools, c.Bytes, c.Tokens)
	}
	fmt.Fprintf(w, "all\t%d\t%d\t%d\t\n", b.Tools, b.Bytes, b.Tokens)
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.Stdout)
	for _, h := range b.Hosts {
		verdict := "fits"
		if !h.Fits {
			verdict = "too many: serve fewer with --connectors or --read-only"
		}
		fmt.Fprintf(a.Stdout, "%s takes %d tools of all servers together: %s\n", h.Host, h.Limit, verdict)
	}
	return nil
}
