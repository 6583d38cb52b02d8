package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/schemas"
)

// typeByDefinition is the kind of connector that a definition id stands for.
func (w *world) typeByDefinition(id string) string {
	for name, h := range w.heads {
		if strings.EqualFold(h.DefinitionID, id) {
			return name
		}
	}
	return ""
}

// typeByName finds a kind by its display name or its slug, whatever the letter
// case. Other spellings are not known.
func (w *world) typeByName(name string) string {
	for slug, h := range w.heads {
		if strings.EqualFold(h.Title, name) || strings.EqualFold(slug, name) {
			return slug
		}
	}
	return ""
}

func definitionSummary(h schemas.Head) map[string]any {
	return map[string]any{
		"sourceDefinitionId": h.DefinitionID, "name": h.Title, "dockerRepository": "airbyte/source-" + h.Name,
		"iconUrl": "https://connectors.acme.example/" + h.Name + ".svg", "custom": false, "supportLevel": "certified",
	}
}

func (s *Server) listDefinitions(x *roundTrip) error {
	part := strings.ToLower(x.r.URL.Query().Get("name"))
	list := []any{}
	for _, name := range s.world.types() {
		if h := s.world.heads[name]; strings.Contains(strings.ToLower(h.Title), part) {
			list = append(list, definitionSummary(h))
		}
	}
	return x.reply(http.StatusOK, map[string]any{"definitions": list})
}

// types are the names of all kinds of connectors.
func (w *world) types() []string {
	names := make([]string, 0, len(w.heads))
	for name := range w.heads {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *Server) getDefinition(x *roundTrip) error {
	id, err := x.uuidInPath()
	if err != nil {
		return err
	}
	kind := s.world.typeByDefinition(id)
	if kind == "" {
		return problem.New(http.StatusNotFound, "Source definition not found")
	}
	spec, err := s.world.catalog.Connector(kind)
	if err != nil {
		return err
	}
	definition := definitionSummary(s.world.heads[kind])
	definition["spec"] = specification(spec)
	return x.reply(http.StatusOK, map[string]any{"id": id, "definition": definition, "example_questions": questions(spec)})
}

// questions are examples of what one may ask a connector.
func questions(spec *schemas.Connector) map[string]any {
	direct, search := []string{}, []string{}
	for _, e := range spec.Entities {
		plural := strings.ReplaceAll(e.Name, "_", " ")
		if e.Action(schemas.ActionList) != nil && len(direct) < 3 {
			direct = append(direct, fmt.Sprintf("Show the latest %s in %s", plural, spec.Title))
		}
		if e.Searchable() && len(search) < 3 {
			search = append(search, fmt.Sprintf("Which %s changed last week?", plural))
		}
	}
	return map[string]any{"direct": direct, "search": search}
}
