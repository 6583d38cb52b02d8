package schemas_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestReferencesResolve follows every {entity.action} of the words: a model that is
// sent to a tool that does not exist is lost.
func TestReferencesResolve(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		known := map[string]bool{}
		for _, tl := range toolsOf(conn) {
			action := "search"
			if tl.action != nil {
				action = tl.action.Name
			}
			known["{"+tl.entity.Name+"."+action+"}"] = true
		}
		reference := regexp.MustCompile(`\{[^{}]*\}`)
		for at, text := range words(conn) {
			for _, ref := range reference.FindAllString(text, -1) {
				if !known[ref] {
					t.Errorf("%s refers to %s, which is no tool", at, ref)
				}
			}
		}
	})
}

// words are all texts of a connector's file, by place.
func words(conn *schemas.Connector) map[string]string {
	texts := map[string]string{"summary": conn.Summary}
	for name, text := range conn.Terms {
		texts["terms."+name] = text
	}
	for _, e := range conn.Entities {
		texts[e.Name] = e.Summary
		for _, a := range e.Actions {
			at := e.Name + "." + a.Name
			texts[at] = a.Summary
			for p, path := range params(a.Params) {
				if p.Description != "" {
					texts[at+": "+path] = p.Description
				}
			}
		}
	}
	return texts
}

// params are parameters and, below them, named properties, with their places.
func params(list []*schemas.Parameter) map[*schemas.Parameter]string {
	all := map[*schemas.Parameter]string{}
	var walk func([]*schemas.Parameter, string)
	walk = func(list []*schemas.Parameter, path string) {
		for _, p := range list {
			all[p] = path + p.Name
			walk(p.Properties, path+p.Name+".")
			for items := p.Items; items != nil; items = items.Items {
				walk(items.Properties, path+p.Name+"[].")
			}
		}
	}
	walk(list, "")
	return all
}

// TestEverythingHasWords reads what a model reads: summaries, and the description of
// every argument, nested ones included.
func TestEverythingHasWords(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		says(t, "the connector", conn.Name, conn.Summary)
		for _, e := range conn.Entities {
			says(t, e.Name, e.Name, e.Summary)
		}
		for _, tl := range toolsOf(conn) {
			if tl.action == nil {
				says(t, tl.name, tl.entity.Name+" search", conn.ToolSummary(tl.entity, schemas.ActionContextStoreSearch))
				continue
			}
			says(t, tl.name, tl.entity.Name+" "+tl.action.Name, conn.ToolSummary(tl.entity, tl.action.Name))
			argumentsSay(t, tl.name, tl.input(t, conn).Schema(), tl.action.Pagination)
		}
	})
}

func argumentsSay(t *testing.T, at string, schema json.RawMessage, paging *schemas.Pagination) {
	t.Helper()
	var s struct {
		Properties map[string]json.RawMessage
		Items      json.RawMessage
		AnyOf      []json.RawMessage
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	for name, property := range s.Properties {
		var words struct{ Description string }
		if err := json.Unmarshal(property, &words); err != nil {
			t.Fatalf("%s.%s: %v", at, name, err)
		}
		if paging == nil || name != schemas.ArgumentName(paging.LimitParam) { // the name of a page size says it
			says(t, at+"."+name, name, words.Description)
		}
		argumentsSay(t, at+"."+name, property, nil)
	}
	for _, inner := range append(s.AnyOf, s.Items) {
		if inner != nil {
			argumentsSay(t, at, inner, nil)
		}
	}
}

// says fails unless a text says more than the name that it explains.
func says(t *testing.T, at, name, text string) {
	t.Helper()
	switch {
	case strings.TrimSpace(text) == "":
		t.Errorf("%s has no words", at)
	case repeats(name, text):
		t.Errorf("%s: %q only repeats the name", at, text)
	case strings.ContainsAny(text, "{}") && strings.Contains(text, "{"+name):
		t.Errorf("%s: %q holds a reference that was not expanded", at, text)
	}
}

var (
	word  = regexp.MustCompile(`[a-z0-9]+`)
	hump  = regexp.MustCompile(`([a-z])([A-Z])`)
	empty = []string{"the", "a", "an", "of", "to", "for", "in", "on", "by", "or", "and"}
)

func repeats(name, text string) bool {
	known := wordsOf(name)
	return !slices.ContainsFunc(wordsOf(text), func(w string) bool { return !slices.Contains(known, w) })
}

func wordsOf(text string) []string {
	var list []string
	for _, w := range word.FindAllString(strings.ToLower(hump.ReplaceAllString(text, "$1 $2")), -1) {
		if !slices.Contains(empty, w) {
			list = append(list, strings.TrimSuffix(w, "s"))
		}
	}
	return list
}

// TestWordsComeFrom tells where the description of an argument is taken from.
func TestWordsComeFrom(t *testing.T) {
	t.Parallel()
	action := &schemas.Action{
		Name: "list",
		Params: []*schemas.Parameter{
			{Name: "own", Type: "string", Description: "Its own words, see {things.get}."},
			{Name: "term", Type: "string"},
			{Name: "after", Type: "string"},
			{Name: "size", Type: "integer"},
			{Name: "range_header", Type: "string"},
		},
		Pagination: &schemas.Pagination{Style: schemas.PagingCursor, CursorParam: "after", LimitParam: "size"},
	}
	conn := &schemas.Connector{Name: "acme", Terms: map[string]string{
		"own": "Not this.", "term": "The connector's term, see {things.search}.", "after": "Not this either.",
	}}
	want := map[string]string{
		"own":          "Its own words, see acme_things_get.",
		"term":         "The connector's term, see acme_things_search.",
		"after":        "From page.next.",
		"size":         "", // the name says it
		"range_header": "Part of the file to fetch, e.g. `bytes=0-1023`.",
	}
	in, err := conn.ActionInput(&schemas.Entity{Name: "things"}, action)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Properties map[string]struct{ Description string }
	}
	if err := json.Unmarshal(in.Schema(), &got); err != nil {
		t.Fatal(err)
	}
	for name, words := range want {
		if got := got.Properties[name].Description; got != words {
			t.Errorf("%s is described as %q, want %q", name, got, words)
		}
	}
}
