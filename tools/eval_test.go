package tools_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// evalSet is a file of plain questions with the tools that answer them. The ranking
// was tuned on some sets and never on the others, which tell what to expect of
// questions that nobody has seen. The least are what is reached, so that a change for
// the worse is noticed.
type evalSet struct {
	name  string
	tuned bool
	least int // questions with a right tool among the first five
	bare  int // the same, of connectors without words of their own
}

var evalSets = []evalSet{
	{"questions", true, 200, 195},
	{"further", true, 424, 412},
	{"unseen", false, 200, 196},
	{"conversational", false, 188, 185},
	{"fresh", true, 217, 206},
	{"last", false, 100, 94},
}

// question is one with its acceptable tools.
type question struct {
	Query     string   `json:"query"`
	Rewritten string   `json:"rewritten"` // in the API's words, as the description of find_tools asks
	Tools     []string `json:"tools"`
}

func readQuestions(t *testing.T, path string) []question {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []question
	if err := json.Unmarshal(data, &list); err != nil || len(list) == 0 {
		t.Fatalf("%s has %d questions, %v", path, len(list), err)
	}
	return list
}

// finderOf finds the tools of a catalog as a session's find_tools does.
func finderOf(t *testing.T, catalog *schemas.Catalog) *tools.Finder {
	t.Helper()
	b := directory(catalog)
	set, err := b.CatalogSet(tools.Session{})
	if err != nil {
		t.Fatal(err)
	}
	return set.Finder()
}

// TestEval measures how often a right tool is among the first ones found; -v lists
// what is missed of the sets that were tuned on. EVAL_QUESTIONS names another file of
// questions, which is measured alone.
func TestEval(t *testing.T) {
	t.Parallel()
	f := finderOf(t, schemas.Embedded())
	if path, ok := os.LookupEnv("EVAL_QUESTIONS"); ok {
		evaluate(t, f, evalSet{name: path}, readQuestions(t, path))
		return
	}
	for _, set := range evalSets {
		list := readQuestions(t, filepath.Join("testdata", "questions", set.name+".json"))
		if got := evaluate(t, f, set, list); got < set.least {
			t.Errorf("%s: a right tool is among the first five for %d of %d questions, want %d", set.name, got, len(list), set.least)
		}
	}
	for _, half := range evalHalves {
		list := half.questions(t)
		if got := evaluate(t, f, evalSet{name: half.name(), tuned: half.part == tuned}, list); got < half.least {
			t.Errorf("%s: a right tool is among the first five for %d of %d questions, want %d", half.name(), got, len(list), half.least)
		}
	}
}

// evaluate counts the questions with a right tool among the first five.
func evaluate(t *testing.T, f *tools.Finder, set evalSet, list []question) int {
	t.Helper()
	found := map[int]int{}
	reciprocal, entities := 0.0, 0
	for _, q := range list {
		hits := f.Find(tools.Wanted{Query: q.Query, Limit: 10})
		place := 1 + slices.IndexFunc(hits, func(tool *tools.Tool) bool { return slices.Contains(q.Tools, tool.Name) })
		for _, n := range []int{1, 5, 10} {
			if 0 < place && place <= n {
				found[n]++
			}
		}
		if 0 < place && entityPlace(hits, hits[place-1]) <= 5 {
			entities++
		}
		if place > 0 {
			reciprocal += 1 / float64(place)
		}
		if set.tuned && (place == 0 || place > 5) {
			t.Logf("%q: place %d; want one of %q", q.Query, place, q.Tools)
		}
	}
	share := func(n int) float64 { return float64(found[n]) / float64(len(list)) }
	t.Logf("%s: %d questions: recall@1 %.3f, @5 %.3f, @10 %.3f, in five entities %.3f, MRR %.3f", set.name, len(list),
		share(1), share(5), share(10), float64(entities)/float64(len(list)), reciprocal/float64(len(list)))
	return found[5]
}

// entityPlace is the place of a hit's entity among those of the hits, which is where
// find_tools shows it.
func entityPlace(hits []*tools.Tool, hit *tools.Tool) int {
	seen := map[string]bool{}
	for _, h := range hits {
		seen[h.Connector+"."+h.Entity] = true
		if h.Connector == hit.Connector && h.Entity == hit.Entity {
			break
		}
	}
	return len(seen)
}

// bareCatalog is the built-in catalog as an import would have it: without the words
// and ids that the project has written into the files.
func bareCatalog(t *testing.T) *schemas.Catalog {
	t.Helper()
	files, catalog := fstest.MapFS{}, schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		c, err := catalog.Connector(name)
		if err != nil {
			t.Fatal(err)
		}
		bare := *c
		bare.Called, bare.IDs, bare.Entities = nil, nil, nil
		for _, e := range c.Entities {
			entity := *e
			entity.Called = nil
			bare.Entities = append(bare.Entities, &entity)
		}
		data, err := schemas.Format(&bare)
		if err != nil {
			t.Fatal(err)
		}
		files[name+".json"] = &fstest.MapFile{Data: data}
	}
	return schemas.Open(files)
}

// TestEvalOfImports measures the same questions where no connector has words of its
// own.
func TestEvalOfImports(t *testing.T) {
	t.Parallel()
	f := finderOf(t, bareCatalog(t))
	for _, set := range evalSets {
		list := readQuestions(t, filepath.Join("testdata", "questions", set.name+".json"))
		set.tuned = os.Getenv("EVAL_VERBOSE") != ""
		if got := evaluate(t, f, set, list); got < set.bare {
			t.Errorf("%s: without words of the connectors' own, %d of %d questions find a right tool, want %d", set.name, got, len(list), set.bare)
		}
	}
}
