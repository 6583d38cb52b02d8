package importer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// openAPI is the version of OpenAPI that Airbyte's files are written in.
const openAPI = "3.1"

var (
	uuid          = lazyregexp.New(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	connectorName = lazyregexp.New(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	entityName    = lazyregexp.New(`^[a-z0-9][a-z0-9_]*$`)
	titleTail     = lazyregexp.New(`(?i)(\s+API)?\s+Connector\s*$|\s+API\s*$`)
)

// connector translates the whole file.
func (r *reader) connector() *schemas.Connector {
	if version := r.required(r.root, "openapi"); version != "" && version != openAPI && !strings.HasPrefix(version, openAPI+".") {
		r.add(r.root.get("openapi").line, "openapi %s: want %s", version, openAPI)
	}
	info := r.section("info")
	conn := &schemas.Connector{
		Name:         r.name(info),
		Title:        r.title(info),
		DefinitionID: strings.ToLower(r.required(info, "x-airbyte-connector-definition-id")),
		Version:      r.required(info, "version"),
		Summary:      opening(r.text(info, "description")),
		DocsURL:      r.docsURL(info),
	}
	if id := conn.DefinitionID; id != "" && !uuid.MatchString(id) {
		r.add(info.get("x-airbyte-connector-definition-id").line, "x-airbyte-connector-definition-id %q is no UUID", id)
	}
	conn.Summary = cmp.Or(conn.Summary, conn.Title+".")
	conn.Auth = r.auth()
	conn.Config = r.config(info, conn.Auth)
	conn.Entities = r.entities(info, conn.Config.Scoping)
	r.fitPrefix(conn)
	return conn
}

// section is a part of the file that has to be there.
func (r *reader) section(name string) *node {
	found := r.object(r.root, name)
	if found == nil && r.root.get(name) == nil {
		r.add(r.root.line, "%s is missing", name)
	}
	return found
}

func (r *reader) name(info *node) string {
	const key = "x-airbyte-connector-name"
	name := r.text(info, key)
	if name == "" {
		name = strings.ReplaceAll(strings.ToLower(r.text(info, "title")), " ", "-")
	}
	if name != "" && !connectorName.MatchString(name) {
		at := cmp.Or(info.get(key), info.get("title"))
		r.add(at.line, "%s %q: want lower-case letters and digits, joined by single hyphens", key, name)
	}
	return name
}

// title is the name that people know; the title of older files says what it is, too.
func (r *reader) title(info *node) string {
	full := r.required(info, "title")
	return cmp.Or(r.text(info, "x-airbyte-connector-display-name"), titleTail.ReplaceAllString(full, ""))
}

// docsURL is the vendor's reference of its API, or the first of its documents.
func (r *reader) docsURL(info *node) string {
	docs := r.items(info, "x-airbyte-external-documentation-urls")
	for _, doc := range docs {
		if doc.get("type").scalar() == "api_reference" {
			return r.text(doc, "url")
		}
	}
	for _, doc := range docs {
		return r.text(doc, "url")
	}
	return ""
}

// entities translates the operations and what the Context Store keeps. Both can
// name an entity that the other does not.
func (r *reader) entities(info *node, scoping []schemas.Scoping) []*schemas.Entity {
	all := map[string]*schemas.Entity{}
	entity := func(name string) *schemas.Entity {
		if all[name] == nil {
			all[name] = &schemas.Entity{Name: name, Summary: r.entitySummary(name)}
		}
		return all[name]
	}
	for _, op := range r.operations(scoping) {
		e := entity(op.entity)
		e.Actions = append(e.Actions, op.made)
	}
	r.contextStore(info, entity)
	r.relationships(info, all)
	for _, e := range all {
		slices.SortFunc(e.Actions, func(a, b *schemas.Action) int {
			return slices.Index(actionOrder, a.Name) - slices.Index(actionOrder, b.Name)
		})
	}
	sorted := slices.Sorted(maps.Keys(all))
	entities := make([]*schemas.Entity, 0, len(sorted))
	for _, name := range sorted {
		entities = append(entities, all[name])
	}
	return entities
}

// entitySummary is taken from the schema that says to be the entity's.
func (r *reader) entitySummary(entity string) string {
	parts := r.root.get("components", "schemas")
	if parts == nil {
		return spoken(entity)
	}
	for _, p := range parts.pairs {
		if p.value.get("x-airbyte-entity-name").scalar() == entity || strings.EqualFold(p.name, entity) {
			hint := p.value.get("x-airbyte-ai-hints", "summary").scalar()
			return cmp.Or(sentence(hint), sentence(p.value.get("description").scalar()), spoken(entity))
		}
	}
	return spoken(entity)
}

// relationships adds the foreign keys to the entities that hold them.
func (r *reader) relationships(info *node, all map[string]*schemas.Entity) {
	for _, n := range r.items(info, "x-airbyte-entity-relationships") {
		source, target := r.required(n, "source_entity"), r.required(n, "target_entity")
		rel := schemas.Relationship{
			ForeignKey:   r.required(n, "foreign_key"),
			TargetEntity: target,
			TargetKey:    cmp.Or(r.text(n, "target_key"), "id"),
			Cardinality:  r.text(n, "cardinality"),
			TargetFilter: r.targetFilter(n),
		}
		for _, name := range []string{source, target} {
			switch {
			case name == "" || all[name] != nil:
			case r.left.gone[name]:
				r.left.leave(n.line, "a relationship with %s, of which nothing else is left", name)
			default:
				r.add(n.line, "a relationship names %q, which is no entity%s", name, r.near(name, slices.Sorted(maps.Keys(all))))
			}
		}
		if e := all[source]; e != nil && all[target] != nil {
			e.Relationships = append(e.Relationships, rel)
		}
	}
	for _, e := range all {
		slices.SortStableFunc(e.Relationships, func(a, b schemas.Relationship) int {
			return cmp.Or(cmp.Compare(a.ForeignKey, b.ForeignKey), cmp.Compare(a.TargetEntity, b.TargetEntity))
		})
	}
}

// targetFilter: only target records with one of the values in each field are meant.
func (r *reader) targetFilter(n *node) []byte {
	filter := r.object(n, "parent_record_filter")
	if filter == nil {
		return nil
	}
	fields := map[string][]string{}
	for _, p := range filter.pairs {
		fields[p.name] = r.names(filter, p.name)
		slices.Sort(fields[p.name])
	}
	return encode(fields)
}

// longestTool is how long a tool's name may be.
const longestTool = 50

// fitPrefix shortens what the tools' names begin with where they would get too
// long: word after word of the connector's name is cut to its initial.
func (r *reader) fitPrefix(conn *schemas.Connector) {
	room := longestTool - longestName(conn.Entities)
	parts := strings.Split(conn.Name, "-")
	for cut := range len(parts) + 1 {
		if cut > 0 {
			parts[cut-1] = parts[cut-1][:min(1, len(parts[cut-1]))]
		}
		if prefix := strings.Join(parts, "_"); len(prefix) <= room {
			if cut > 0 {
				conn.Prefix = prefix
			}
			return
		}
	}
	conn.Prefix = strings.Join(parts, "")
	if len(conn.Prefix) > room {
		r.add(r.root.line, "the name of a tool would be longer than %d characters: an entity's name is too long", longestTool)
	}
}

// longestName is the length of the longest name of a tool, without its beginning.
func longestName(entities []*schemas.Entity) int {
	longest := 0
	for _, e := range entities {
		for _, a := range e.Actions {
			longest = max(longest, len("_"+e.Name+"_"+a.Name))
		}
		if e.Searchable() {
			longest = max(longest, len("_"+e.Name+"_search"))
		}
	}
	return longest
}
