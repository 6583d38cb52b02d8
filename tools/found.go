package tools

import (
	"cmp"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/schemas"
)

// found is a tool as find_tools has it: its name and arguments are its signature, from
// which it can be called without a look at its schema.
type found struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
	Effect    Effect `json:"effect"`
	Summary   string `json:"summary"`
}

// FoundTools is what find_tools answers.
type FoundTools struct {
	Tools   []found `json:"tools"`
	Filters string  `json:"filters,omitempty"` // how searches are filtered, where there are some among the tools
	Hint    string  `json:"hint,omitempty"`
}

// foundOutput is the JSON Schema of what is found.
const foundOutput = `{"type":"object","properties":{"tools":{"type":"array","items":{"type":"object","properties":{` +
	`"name":{"type":"string"},"arguments":{"type":"string"},"effect":{"type":"string"},"summary":{"type":"string"}},` +
	`"required":["name","arguments","effect","summary"]}},"filters":{"type":"string"},"hint":{"type":"string"}},"required":["tools"]}`

// Search finds tools of a session by a plain question, those of one entity together. A
// connector that the session lacks is a *schemas.InvalidError.
func (w *Snapshot) Search(s Session, q Wanted) (*FoundTools, error) {
	set, err := w.Select(s)
	if err != nil {
		return nil, err
	}
	if err := q.settle(set, w.instances); err != nil {
		return nil, err
	}
	answer := &FoundTools{Tools: []found{}}
	list := set.Finder().Find(q)
	if len(list) == 0 && q.Connector != "" && q.Query != "" {
		answer.Hint = "Nothing fits the query; these are tools of the connector."
		q.Query = ""
		list = set.Finder().Find(q)
	}
	for i, t := range groupedByEntity(list) {
		row := found{t.Name, t.Input.Signature(), t.Effect, brief(t.Description)}
		if t.isSynced() && i > 0 && list[i-1].Entity == t.Entity && list[i-1].Connector == t.Connector {
			row.Summary, _, _ = strings.Cut(row.Summary, ":") // of what, the tool before it tells
		}
		answer.Tools = append(answer.Tools, row)
		if t.isSynced() && answer.Filters == "" {
			answer.Filters = schemas.SearchGrammar + "; e.g. " + t.Name + " " + t.Input.RightCall(nil) + "."
		}
	}
	if len(answer.Tools) == 0 {
		answer.Hint = "Nothing fits. Use other words, or leave out connector and effect; list_connectors shows what is connected, " +
			"list_connector_types what could be."
	}
	return answer, nil
}

// isSynced reports whether the tool searches Airbyte's synced copy.
func (t *Tool) isSynced() bool { return t.Action == schemas.ActionContextStoreSearch }

// groupedByEntity puts the tools of one entity together, at the place of the best of them.
func groupedByEntity(list []*Tool) []*Tool {
	place := map[[2]string]int{}
	at := func(t *Tool) int {
		key := [2]string{t.Connector, cmp.Or(t.Entity, t.Name)}
		if _, ok := place[key]; !ok {
			place[key] = len(place)
		}
		return place[key]
	}
	for _, t := range list {
		at(t)
	}
	slices.SortStableFunc(list, func(a, b *Tool) int { return cmp.Compare(at(a), at(b)) })
	return list
}

// briefest is the bytes up to which a summary has further sentences than the first.
const briefest = 90

// brief is the first sentence of a description, and what else there is room for.
func brief(description string) string {
	end := 0
	for i := range len(description) {
		if isEnd(description, i) {
			if end > 0 && i >= briefest {
				break
			}
			end = i + 1
		}
	}
	if end == 0 {
		return description
	}
	return description[:end]
}

// isEnd reports whether a sentence ends at i.
func isEnd(text string, i int) bool {
	return text[i] == '.' && (i+1 == len(text) || text[i+1] == ' ' && i+2 < len(text) && strings.ToUpper(text[i+2:i+3]) == text[i+2:i+3])
}

// settle fills in what was left open, and finds the connectors that are meant; it refuses
// one that the set lacks.
func (w *Wanted) settle(set *Set, list []Instance) error {
	w.Limit = min(cmp.Or(w.Limit, usualFinds), maxFinds)
	if w.Connector == "" {
		return nil
	}
	slugs := set.connectors()
	if i := slices.IndexFunc(list, func(i Instance) bool { return i.is(w.Connector) }); i >= 0 && slices.Contains(slugs, list[i].Slug) {
		w.connectors = []string{list[i].Slug}
		return nil
	}
	if w.connectors = set.Finder().connectors(w.Connector); len(w.connectors) == 0 {
		problem := "no such connector here" + nearest.Hint(w.Connector, slugs)
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: "connector", Problem: problem}}}
	}
	return nil
}

// connectors are the slugs of a set's connectors, sorted.
func (s *Set) connectors() []string {
	var slugs []string
	for _, t := range s.Tools {
		if t.Connector != "" {
			slugs = append(slugs, t.Connector)
		}
	}
	slices.Sort(slugs)
	return slices.Compact(slugs)
}
