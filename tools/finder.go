package tools

import (
	"strings"

	"airbyte-mcp-server/internal/toolsearch"
)

// Finder finds tools of a Set by plain questions. It is safe for concurrent use.
type Finder struct {
	tools []*Tool
	index *toolsearch.Index
}

// newFinder reads a Set's tools; it takes some 20 ms for all that the catalog has.
// Tools that every host is shown need not be found.
func newFinder(set *Set) *Finder {
	f := &Finder{}
	var docs []toolsearch.Document
	for _, t := range set.Tools {
		if t.role == ordinary {
			f.tools, docs = append(f.tools, t), append(docs, t.document())
		}
	}
	f.index = toolsearch.New(docs)
	return f
}

// Find returns the tools that answer a question best, best first.
func (f *Finder) Find(q Wanted) []*Tool {
	var found []*Tool
	wanted := toolsearch.Query{Text: q.Query, Connector: q.Connector, Limit: q.Limit}
	if q.Effect != "" {
		wanted.Effects = []string{q.Effect}
	}
	for _, hit := range f.index.Search(wanted) {
		found = append(found, f.tools[hit.Index])
	}
	return found
}

// Wanted is what tools are looked for. Connector and Effect narrow the tools to equal
// ones, the effect "write" to all that change something. Without a query, all that are
// left answer.
type Wanted struct {
	Query     string `json:"query"`
	Connector string `json:"connector"`
	Effect    string `json:"effect"`
	Limit     int    `json:"limit"`
}

// document is what is to be known about a tool to find it.
func (t *Tool) document() toolsearch.Document {
	title, _, _ := strings.Cut(t.Title, ": ")
	action := t.Action
	if strings.HasSuffix(t.Name, "_search") && action == "context_store_search" {
		action = "search"
	}
	return toolsearch.Document{
		Name: t.Name, Connector: t.Connector, ConnectorTitle: title, Entity: t.Entity, Action: action,
		Effect: string(t.Effect), Summary: t.Description, Parameters: t.params,
	}
}
