package records

import (
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// findLinks notes which fields refer to records of other entities: declared
// relationships first, then names such as customer or customer_id.
func (m *model) findLinks() {
	for _, r := range m.entity.Relationships {
		m.links[naming.Fold(r.ForeignKey)] = &link{r.TargetEntity, r.TargetKey}
	}
	for _, f := range m.fields {
		name := naming.Fold(f.Name)
		if m.links[name] != nil || f.Name == m.key {
			continue
		}
		for _, target := range referred(m.conn, bareName(f.Name)) {
			if target != m.entity.Name && m.links[name] == nil {
				m.links[name] = &link{target: target}
			}
		}
	}
}

// findLookupFields notes the fields by which callers and other entities name records.
func (m *model) findLookupFields() {
	m.lookupFields[m.key] = true
	for _, e := range m.conn.Entities {
		for _, r := range e.Relationships {
			if r.TargetEntity == m.entity.Name {
				m.lookupFields[r.TargetKey] = true
			}
		}
	}
	for _, a := range m.entity.Actions {
		m.numericKey = m.numericKey || m.answersNumber(a)
		for _, p := range a.Params {
			if p.In == "path" || a.Name == schemas.ActionGet && p.Required {
				for _, name := range m.keyFields(p.Name) {
					m.lookupFields[name] = true
					m.numericKey = m.numericKey || name == m.key && p.Type == "integer"
				}
			}
		}
	}
}

// answersNumber reports whether an action gives as a number the key that reads show
// as text. Records with a number of their own mean that one.
func (m *model) answersNumber(a *schemas.Action) bool {
	return m.byFold["databaseid"] == nil && slices.ContainsFunc(a.Result.Fields, func(f *schemas.Field) bool {
		return f.Name == m.key && f.Type.Has("integer") && !f.Type.Has("string")
	})
}

// bareName is a name in snake case without the ending of an identifier.
func bareName(field string) string {
	return strings.TrimSuffix(strings.TrimSuffix(naming.Snake(field), "_gid"), "_id")
}

// referred are the listed entities that a bare name speaks of, such as customers
// for customer.
func referred(conn *schemas.Connector, bare string) []string {
	if bare == "" {
		return nil
	}
	var out []string
	wanted := naming.SingularWords(bare)
	for _, e := range conn.Entities {
		if e.Action(schemas.ActionList) != nil && naming.SingularWords(e.Name) == wanted {
			out = append(out, e.Name)
		}
	}
	return out
}
