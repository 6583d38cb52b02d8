package calls

import (
	"encoding/json"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
)

// address finds the domain of an e-mail address.
var address = lazyregexp.New(`[A-Za-z0-9._%+'-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)`)

// outside lists the records, by their place, that have an e-mail address of none of
// the organization's own domains: what is in them may come from strangers.
func outside(records []json.RawMessage, own []string) []int {
	var marked []int
	for i, record := range records {
		for _, m := range address.FindAllSubmatch(record, -1) {
			if !belongs(string(m[1]), own) {
				marked = append(marked, i)
				break
			}
		}
	}
	return marked
}

// belongs reports whether a domain is one of the organization's, or below one.
func belongs(domain string, own []string) bool {
	return slices.ContainsFunc(own, func(o string) bool {
		o = strings.ToLower(o)
		domain := strings.ToLower(domain)
		return domain == o || strings.HasSuffix(domain, "."+o)
	})
}

// mark notes which of the records that are shown come from outside.
func (c *Call) mark(r *Result) {
	if len(c.runner.opts.Domains) == 0 || r.Source == SourceServer || c.tool.Connector == "" {
		return
	}
	records := c.tool.Pager.Records(r.surveyed())
	if records == nil {
		records = []json.RawMessage{r.Data}
	}
	r.Outside = outside(records, c.runner.opts.Domains)
}
