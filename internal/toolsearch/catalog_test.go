package toolsearch_test

import (
	"cmp"
	"sync"

	"airbyte-mcp-server/internal/toolsearch"
	"airbyte-mcp-server/schemas"
)

// library is what there is to find, and its index.
type library struct {
	docs       []toolsearch.Document
	connectors []toolsearch.Connector
	index      *toolsearch.Index
}

func newLibrary(docs []toolsearch.Document, connectors ...toolsearch.Connector) library {
	return library{docs, connectors, toolsearch.New(docs, connectors)}
}

func (l library) names(q toolsearch.Query) []string {
	var names []string
	for _, h := range l.index.Search(q) {
		names = append(names, l.docs[h.Index].Name)
	}
	return names
}

// open gives the tools of the built-in catalog. Package tools makes its documents by
// itself; what is found among those is measured there.
var open = sync.OnceValue(func() library {
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		panic(err)
	}
	var docs []toolsearch.Document
	var connectors []toolsearch.Connector
	for _, name := range names {
		c, err := catalog.Connector(name)
		if err != nil {
			panic(err)
		}
		for _, e := range c.Entities {
			docs = append(docs, entityDocuments(c, e)...)
		}
		connectors = append(connectors, connectorWords(c))
	}
	return newLibrary(docs, connectors...)
})

func connectorWords(c *schemas.Connector) toolsearch.Connector {
	words := toolsearch.Connector{Slug: c.Name, Entities: map[string]toolsearch.Called{}}
	if c.Called != nil {
		words.Called, words.Everyday = toolsearch.Called(c.Called.Called), c.Called.Everyday
	}
	for _, e := range c.Entities {
		if e.Called != nil {
			words.Entities[e.Name] = toolsearch.Called(*e.Called)
		}
	}
	if c.IDs != nil {
		for _, k := range c.IDs.Kinds {
			words.IDs = append(words.IDs, toolsearch.ID{
				Prefix: k.Prefix, Mask: k.Mask, Least: max(k.Least, 2), Entities: k.Entities, Related: k.Related,
				Characters: schemas.Alphabet(cmp.Or(k.Alphabet, c.IDs.Alphabet)),
			})
		}
	}
	return words
}

func entityDocuments(c *schemas.Connector, e *schemas.Entity) []toolsearch.Document {
	var docs []toolsearch.Document
	for _, a := range e.Actions {
		d := document(c, e, a.Name)
		for _, p := range a.Params {
			d.Parameters = append(d.Parameters, p.Name)
		}
		docs = append(docs, d)
	}
	if e.Searchable() {
		docs = append(docs, document(c, e, schemas.ActionContextStoreSearch))
	}
	return docs
}

func document(c *schemas.Connector, e *schemas.Entity, action string) toolsearch.Document {
	return toolsearch.Document{
		Name:           c.ToolName(e.Name, action),
		Connector:      c.Name,
		ConnectorTitle: c.Title,
		Entity:         e.Name,
		Action:         action,
		Effect:         effect(action),
		Summary:        c.ToolSummary(e, action),
	}
}

func effect(action string) string {
	if action == schemas.ActionCreate || action == schemas.ActionUpdate || action == schemas.ActionDelete {
		return action
	}
	return "read"
}
