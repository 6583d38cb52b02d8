package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"airbyte-mcp-server/internal/hosts"
	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/tools"
)

// toolBudget is what tools cost a host and its model before the first question.
type toolBudget struct {
	Connectors []connectorBudget `json:"connectors"`
	Selected   listBudget        `json:"selected"` // all of them, each listed
	Listed     listBudget        `json:"listed"`   // what tools/list has
	Surface    tools.Surface     `json:"surface"`
	Reason     string            `json:"reason"`
	Host       string            `json:"host,omitempty"` // that the list is for
	Hosts      []hostBudget      `json:"hosts"`
}

// listBudget is the size of a list of tools.
type listBudget struct {
	Tools  int `json:"tools"`
	Bytes  int `json:"bytes"`  // of the entries in tools/list, with the commas between them
	Tokens int `json:"tokens"` // about
}

type connectorBudget struct {
	Connector string `json:"connector"` // empty for the tools of the server itself
	listBudget
}

type hostBudget struct {
	Host  string `json:"host"`
	Limit int    `json:"limit"`
	Fits  bool   `json:"fits"`
}

// hostNamed is the host of a name, with its version after an @ where that matters.
func hostNamed(name string) (hosts.Host, error) {
	client, version, ok := strings.Cut(name, "@")
	host := hosts.Newest(name)
	if ok {
		host = hosts.Lookup(client, version)
	}
	if host.Title != "" {
		return host, nil
	}
	var titles []string
	for _, h := range hosts.All() {
		titles = append(titles, h.Title)
	}
	hint := nearest.Hint(name, titles)
	return host, &usageError{err: fmt.Errorf("nothing is known of a host %q%s; docs/hosts.md lists the known ones", name, hint)}
}

// add counts one more tool.
func (l *listBudget) add(entry []byte) {
	if l.Tools > 0 {
		l.Bytes++ // the comma before it
	}
	l.Tools++
	l.Bytes += len(entry)
	l.Tokens = l.Bytes / tools.BytesPerToken
}

// budgetOf adds up what the tools of a set take in tools/list.
func budgetOf(set *tools.Set, host hosts.Host) toolBudget {
	b := toolBudget{Surface: set.Surface, Reason: set.Reason, Host: host.Title}
	byConnector := slices.SortedStableFunc(slices.Values(set.Direct()), func(a, b *tools.Tool) int {
		return strings.Compare(a.Connector, b.Connector)
	})
	for _, t := range byConnector {
		n := len(b.Connectors)
		if n == 0 || b.Connectors[n-1].Connector != t.Connector {
			b.Connectors = append(b.Connectors, connectorBudget{Connector: t.Connector})
			n++
		}
		b.Connectors[n-1].add(t.Entry())
		b.Selected.add(t.Entry())
	}
	for _, t := range set.Listed {
		b.Listed.add(set.Entry(t))
	}
	for _, h := range hosts.All() {
		if h.MaxTools > 0 {
			b.Hosts = append(b.Hosts, hostBudget{h.Title, h.MaxTools, b.Listed.Tools <= h.MaxTools})
		}
	}
	const openAI = 128
	b.Hosts = append(b.Hosts, hostBudget{"OpenAI API", openAI, b.Listed.Tools <= openAI})
	return b
}

// printBudget shows the budget of a set.
func (a *app) printBudget(set *tools.Set, host hosts.Host, asJSON bool) error {
	b := budgetOf(set, host)
	if asJSON {
		return a.printJSON(b)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, l listBudget) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t\n", name, l.Tools, l.Bytes, l.Tokens)
	}
	fmt.Fprintln(w, "CONNECTOR\tTOOLS\tBYTES\tTOKENS\t")
	for _, c := range b.Connectors {
		row(cmp.Or(c.Connector, "(the server's own)"), c.listBudget)
	}
	row("all", b.Selected)
	row("listed by "+string(b.Surface), b.Listed)
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "\nSurface %s: %s.\n", b.Surface, cmp.Or(b.Reason, "nothing else was asked for"))
	for _, habit := range host.Habits() {
		fmt.Fprintf(a.Stdout, "%s %s.\n", host.Title, habit)
	}
	if host.Title != "" {
		return nil
	}
	for _, h := range b.Hosts {
		verdict := "fits"
		if !h.Fits {
			verdict = "too many: choose --surface=search, or fewer with --connectors, --tools or --read-only"
		}
		fmt.Fprintf(a.Stdout, "%s takes %d tools of all servers together: %s\n", h.Host, h.Limit, verdict)
	}
	return nil
}
