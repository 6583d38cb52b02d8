package tools

import (
	"cmp"
	"strings"

	"airbyte-mcp-server/internal/toolsearch"
	"airbyte-mcp-server/schemas"
)

// Finder finds tools of a Set by plain questions. It is safe for concurrent use.
type Finder struct {
	tools    []*Tool
	index    *toolsearch.Index
	byPrefix map[string]string // slugs by what names of tools begin with
}

// newFinder reads a Set's tools; it takes some 20 ms for all that the catalog has.
// Tools that every host is shown need not be found.
func newFinder(set *Set) *Finder {
	f := &Finder{byPrefix: map[string]string{}}
	var docs []toolsearch.Document
	var connectors []toolsearch.Connector
	described := map[*schemas.Connector]bool{}
	for _, t := range set.Tools {
		if t.Role != Ordinary {
			continue
		}
		f.tools, docs = append(f.tools, t), append(docs, t.document())
		if c := t.from; c != nil && !described[c] {
			described[c] = true
			f.byPrefix[c.ToolPrefix()] = c.Name
			connectors = append(connectors, searchWords(c))
		}
	}
	f.index = toolsearch.New(docs, connectors)
	return f
}

// Find returns the tools that answer a question best, best first.
func (f *Finder) Find(q Wanted) []*Tool {
	var found []*Tool
	wanted := toolsearch.Query{Text: q.Query, Connectors: q.connectors, Limit: q.Limit}
	if q.Connector != "" && q.connectors == nil {
		wanted.Connectors = []string{q.Connector}
	}
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

	connectors []string // slugs that Connector means
}

// connectors are the slugs of the connectors that a spelling means, whatever its case: a
// slug, what names of tools begin with, a title or a nickname, which several may share.
func (f *Finder) connectors(spelling string) []string {
	folded := strings.ToLower(strings.TrimSpace(spelling))
	if slug := f.byPrefix[strings.Trim(strings.NewReplacer("-", "_", " ", "_").Replace(folded), "_*")]; slug != "" {
		return []string{slug}
	}
	return f.index.Connectors(folded)
}

// document is what is to be known about a tool to find it.
func (t *Tool) document() toolsearch.Document {
	title, _, _ := strings.Cut(t.Title, ": ")
	if t.from != nil {
		title = t.from.Title
	}
	action := t.Action
	if strings.HasSuffix(t.Name, "_search") && action == "context_store_search" {
		action = "search"
	}
	return toolsearch.Document{
		Name: t.Name, Connector: t.Connector, ConnectorTitle: title, Entity: t.Entity, Action: action,
		Effect: string(t.Effect), Summary: t.Description, Parameters: t.params, Fields: fieldNames(t.Fields), Details: t.details(),
	}
}

// fieldNames are the names of the fields of records.
func fieldNames(fields []*schemas.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// details are the words for the tool's parameters, and the values that they list.
func (t *Tool) details() string {
	a := t.origin()
	if a == nil {
		return ""
	}
	var text strings.Builder
	for _, p := range a.Params {
		text.WriteString(cmp.Or(p.Description, t.from.Terms[p.Name]) + ". ")
		for _, value := range p.Enum {
			if word, ok := value.(string); ok {
				text.WriteString(word + " ")
			}
		}
	}
	return text.String()
}

// searchWords is what the catalog says of the words that people use for a connector
// and its entities, and of its ids.
func searchWords(c *schemas.Connector) toolsearch.Connector {
	words := toolsearch.Connector{Slug: c.Name, Entities: map[string]toolsearch.Called{}}
	if c.Called != nil {
		words.Called, words.Everyday = toolsearch.Called(c.Called.Called), c.Called.Everyday
	}
	for _, e := range c.Entities {
		if e.Called != nil {
			words.Entities[e.Name] = toolsearch.Called(*e.Called)
		}
	}
	if c.IDs == nil {
		return words
	}
	for _, kind := range c.IDs.Kinds {
		if kind.Least > 0 || kind.Mask != "" {
			words.IDs = append(words.IDs, toolsearch.ID{
				Prefix: kind.Prefix, Mask: kind.Mask, Least: kind.Least, Entities: kind.Entities, Related: kind.Related,
				Characters: idCharacters(cmp.Or(kind.Alphabet, c.IDs.Alphabet)),
			})
		}
	}
	return words
}

// idCharacters are the characters of ids in questions. People write hexadecimal
// digits as they like, and some vendors put an underscore into ids of letters.
func idCharacters(alphabet string) string {
	characters := schemas.Alphabet(alphabet)
	switch alphabet {
	case "hex":
		return characters + strings.ToUpper(characters)
	case "alphanumeric":
		return characters + "_"
	}
	return characters
}
