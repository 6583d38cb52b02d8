package sandbox

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
	"airbyte-mcp-server/schemas"
)

// skillPrefix begins the identifiers of skills that describe one connector.
const skillPrefix = "connector-source:"

// skillMetadata describes a skill, which is a text on how to use a connector.
func (w *world) skillMetadata(c *connector) map[string]any {
	return map[string]any{
		"id": skillPrefix + c.ID, "kind": "connector_source", "title": c.Name, "summary": "How to use " + w.heads[c.Type].Title + ".",
		"tags": []any{c.Type}, "provenance": "sandbox", "version": "1", "warnings": []any{},
		"freshness": map[string]any{"state": "live", "checked_at": stamp(records.Present)},
	}
}

func (s *Server) listSkills(x *roundTrip) error { return s.answerSkills(x, "") }

func (s *Server) searchSkills(x *roundTrip) error {
	words := x.r.URL.Query().Get("query")
	if words == "" {
		return problem.MissingField("query.query")
	}
	return s.answerSkills(x, strings.ToLower(words))
}

func (s *Server) answerSkills(x *roundTrip, words string) error {
	query := x.r.URL.Query()
	limit, err := queryInt(query, "limit", 20, 1, 100)
	if err != nil {
		return err
	}
	after, err := base64.RawURLEncoding.DecodeString(query.Get("cursor"))
	if err != nil {
		return problem.BadRequest("Invalid cursor")
	}
	found := s.world.skills(query.Get("workspace_id"), words)
	start := 0
	if i := slices.IndexFunc(found, func(c *connector) bool { return c.ID == string(after) }); i >= 0 {
		start = i + 1
	} else if len(after) > 0 {
		return problem.BadRequest("Invalid cursor")
	}
	end := min(start+limit, len(found))
	data := []any{}
	for _, c := range found[start:end] {
		data = append(data, s.world.skillMetadata(c))
	}
	var next any
	if end < len(found) {
		next = base64.RawURLEncoding.EncodeToString([]byte(found[end-1].ID))
	}
	return x.reply(http.StatusOK, map[string]any{"data": data, "next_cursor": next})
}

// skills are the connectors of a workspace, or of all, of which a word occurs in
// the title.
func (w *world) skills(workspace, text string) []*connector {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var out []*connector
	for _, c := range w.connectors {
		title := strings.ToLower(c.Name + " " + c.Type)
		hit := text == "" || slices.ContainsFunc(strings.Fields(text), func(word string) bool { return strings.Contains(title, word) })
		if c.Deleted == nil && hit && (workspace == "" || workspace == c.WorkspaceID) {
			out = append(out, c)
		}
	}
	return out
}

// skillDocs answers the text of a skill: one section for each entity.
func (s *Server) skillDocs(x *roundTrip) error {
	query := x.r.URL.Query()
	id := query.Get("id")
	if id == "" {
		return problem.MissingField("query.id")
	}
	connectorID, ok := strings.CutPrefix(id, skillPrefix)
	c := s.world.connector(connectorID)
	if !ok || c == nil {
		return problem.New(http.StatusNotFound, "Skill not found")
	}
	spec, err := s.world.catalog.Connector(c.Type)
	if err != nil {
		return err
	}
	outline := []any{}
	for _, e := range spec.Entities {
		outline = append(outline, map[string]any{"id": e.Name, "title": e.Name, "summary": records.Plain(e.Summary), "available": true})
	}
	section := query.Get("section")
	out := map[string]any{"metadata": s.world.skillMetadata(c), "outline": outline}
	if section == "" {
		out["content"] = []any{heading(spec.Title), paragraphBlock(spec.Summary)}
		return x.reply(http.StatusOK, out)
	}
	e := spec.Entity(section)
	if e == nil {
		return problem.New(http.StatusNotFound, "Section not found")
	}
	out["section_id"], out["content"] = section, entityBlocks(e)
	return x.reply(http.StatusOK, out)
}

func heading(text string) map[string]any {
	return map[string]any{"type": "heading", "level": 1, "text": text}
}

func paragraphBlock(text string) map[string]any {
	return map[string]any{"type": "paragraph", "text": records.Plain(text)}
}

// entityBlocks describe an entity: its actions and their parameters.
func entityBlocks(e *schemas.Entity) []any {
	blocks := []any{heading(e.Name), paragraphBlock(e.Summary)}
	for _, a := range e.Actions {
		rows := []any{}
		for _, p := range a.Params {
			need := "optional"
			if p.Required {
				need = "required"
			}
			rows = append(rows, []any{p.Name, p.Type, need, records.Plain(p.Description)})
		}
		blocks = append(blocks, map[string]any{"type": "heading", "level": 2, "text": a.Name}, paragraphBlock(a.Summary),
			map[string]any{"type": "table", "headers": []any{"name", "type", "need", "meaning"}, "rows": rows})
	}
	if e.Searchable() {
		blocks = append(blocks, storeBlocks(e)...)
	}
	return blocks
}

// storeBlocks describe the entity's table in the Context Store.
func storeBlocks(e *schemas.Entity) []any {
	rows := []any{}
	for _, f := range e.ContextStore.Fields {
		rows = append(rows, []any{f.Name, strings.Join(f.Type, " or ")})
	}
	return []any{
		map[string]any{"type": "heading", "level": 2, "text": contextstore.ActionSQL},
		paragraphBlock("Reads the table `" + e.Name + "` with one SELECT."),
		map[string]any{"type": "table", "headers": []any{"column", "type"}, "rows": rows},
	}
}
