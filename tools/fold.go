package tools

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/schemas"
)

// A folded search stands in a list for the searches of a connector's synced copy, of which
// there is one for each entity. It is a form of the list alone: a call of it means the search
// that it names, before anything else looks at the call.

// foldedSearch is such a tool, with what it stands for.
type foldedSearch struct {
	*Tool
	searches []*Tool // sorted by name; at least two
}

// fewestFolded is how many searches of a connector are folded into one.
const fewestFolded = 2

// foldedSearches are the folded searches of a set's connectors, by name.
func (s *Set) foldedSearches() map[string]*foldedSearch {
	byConnector := map[string][]*Tool{}
	for _, t := range s.Tools {
		if t.isSynced() && t.from != nil {
			byConnector[t.Connector] = append(byConnector[t.Connector], t)
		}
	}
	folds := map[string]*foldedSearch{}
	for _, searches := range byConnector {
		if len(searches) < fewestFolded {
			continue
		}
		if f := newFoldedSearch(searches); f != nil && s.byName[f.Name] == nil {
			folds[f.Name] = f
		}
	}
	return folds
}

// newFoldedSearch folds the searches of one connector, nil where that cannot be done.
func newFoldedSearch(searches []*Tool) *foldedSearch {
	c := searches[0].from
	var entities []*schemas.Entity
	for _, t := range searches {
		i := slices.IndexFunc(c.Entities, func(e *schemas.Entity) bool { return e.Name == t.Entity })
		if i < 0 {
			return nil
		}
		entities = append(entities, c.Entities[i])
	}
	t := &Tool{
		Name: c.ToolPrefix() + "_search", Title: titled("Search synced records", c), Effect: Read, Connector: c.Name,
		Description: "Search Airbyte's synced copy of " + c.Title + ", one entity a call. Fields that are not told here: describe_tool " +
			c.ToolPrefix() + "_<entity>_search.",
		from: c, plain: true,
	}
	var extra []*schemas.Parameter
	if searches[0].Options.Connector != "" {
		extra = t.offerInstance(nil)
	}
	var err error
	if t.Input, err = c.FoldedInput(entities, extra...); err != nil {
		return nil
	}
	t.entry = sync.OnceValue(t.plainEntry)
	return &foldedSearch{t, searches}
}

// folded is the list of a set with its searches folded. describe_tool comes along: it gives
// the fields that a folded search has no room for.
func (s *Set) folded() []*Tool {
	folds := s.folds()
	list := slices.DeleteFunc(s.Direct(), func(t *Tool) bool { return t.isSynced() && s.foldOf(t) != nil })
	for _, f := range folds {
		list = append(list, f.Tool)
	}
	if t := s.Get(DescribeTool); t != nil && len(folds) > 0 {
		list = append(list, t)
	}
	slices.SortFunc(list, byName)
	return list
}

// foldOf is the folded search that stands for a search, nil for none.
func (s *Set) foldOf(t *Tool) *foldedSearch {
	for _, f := range s.folds() {
		if slices.Contains(f.searches, t) {
			return f
		}
	}
	return nil
}

// unfold makes the call of a folded search one of the search that it names. What is said
// about the call is said in the form in which it was made.
func (f *Found) unfold(fold *foldedSearch) error {
	args, err := schemas.SplitObject(f.Arguments)
	if err != nil {
		return err
	}
	var entity string
	raw := args.Take(schemas.ArgEntity)
	if raw == nil || json.Unmarshal(raw, &entity) != nil {
		return f.unnamedEntity(fold, fold.searches[0], "is required: "+fold.choice())
	}
	t := fold.search(entity)
	if t == nil {
		near := fold.searches[0]
		if names := nearest.Names(entity, fold.entities(), 1); len(names) > 0 {
			near = fold.search(names[0])
		}
		return f.unnamedEntity(fold, near, "is none of "+fold.choice()+nearest.Hint(entity, fold.entities()))
	}
	f.Tool, f.By, f.entity, f.Arguments = t, fold.Name, t.Entity, args.JSON()
	return nil
}

// unnamedEntity refuses a call of a folded search that names no entity of it. The right call
// is one of the search that was likeliest meant.
func (f *Found) unnamedEntity(fold *foldedSearch, near *Tool, problem string) error {
	err := &schemas.InvalidError{Faults: []schemas.Fault{{Path: schemas.ArgEntity, Problem: problem}}}
	first := *f
	first.Tool, first.By, first.entity = near, fold.Name, near.Entity
	first.ShowRightCall(err, "")
	return err
}

// search is the search over an entity: by its name, or by that of its tool.
func (f *foldedSearch) search(entity string) *Tool {
	for _, t := range f.searches {
		if strings.EqualFold(t.Entity, entity) || t.Name == entity {
			return t
		}
	}
	return nil
}

func (f *foldedSearch) entities() []string {
	names := make([]string, len(f.searches))
	for i, t := range f.searches {
		names[i] = t.Entity
	}
	return names
}

// maxChoice bounds the entities that a refusal names.
const maxChoice = 40

func (f *foldedSearch) choice() string {
	names := f.entities()
	if len(names) > maxChoice {
		return fmt.Sprintf("%q and %d more", names[:maxChoice], len(names)-maxChoice)
	}
	return fmt.Sprintf("%q", names)
}
