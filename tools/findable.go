package tools

import (
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// Unfound lists the entities, by connector, that a plain question for them does not
// find among the tools of all connectors of a catalog: "list the open orders of Acme"
// should give a tool of that entity among the first five. Connectors that cannot be
// read are left out.
func Unfound(catalog *schemas.Catalog, connectors []string) (map[string][]string, error) {
	f, err := catalogFinder(catalog)
	if err != nil {
		return nil, err
	}
	unfound := map[string][]string{}
	for _, name := range connectors {
		conn, err := catalog.Connector(name)
		if err != nil {
			continue
		}
		for _, e := range conn.Entities {
			if !f.findsEntity(conn, e) {
				unfound[name] = append(unfound[name], e.Name)
			}
		}
	}
	return unfound, nil
}

// catalogFinder finds the tools of every connector of a catalog.
func catalogFinder(catalog *schemas.Catalog) (*Finder, error) {
	names, err := catalog.Names()
	if err != nil {
		return nil, err
	}
	var all []*Tool
	for _, name := range names {
		conn, err := catalog.Connector(name)
		if err != nil {
			continue // is told where its own file is checked
		}
		list, err := connectorTools(conn, false, destroying)
		if err != nil {
			continue
		}
		all = append(all, list...)
	}
	return newSet(all, Listing{}).Finder(), nil
}

// plainVerbs are what a plain question asks for, by action.
var plainVerbs = map[string]string{
	schemas.ActionGet: "get", schemas.ActionCreate: "create", schemas.ActionUpdate: "update", schemas.ActionDelete: "delete",
	schemas.ActionDownload: "download",
}

// findsEntity asks for an entity in plain words.
func (f *Finder) findsEntity(c *schemas.Connector, e *schemas.Entity) bool {
	verb := "list"
	if e.Action(schemas.ActionList) == nil && !e.Searchable() && len(e.Actions) > 0 {
		if known := plainVerbs[e.Actions[0].Name]; known != "" {
			verb = known
		}
	}
	const enough = 5
	question := verb + " the " + strings.ReplaceAll(e.Name, "_", " ") + " of " + c.Title
	return slices.ContainsFunc(f.Find(Wanted{Query: question, Limit: enough}), func(t *Tool) bool {
		return t.Connector == c.Name && t.Entity == e.Name
	})
}
