package toolsearch_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// kindsOfValue are a connector's entities by the kind of value that stands for them.
var kindsOfValue = map[string]string{
	"url": "bookmarks", "email": "guests", "channel": "rooms", "handle": "members", "request number": "merges", "phone": "lines",
	"code": "sources", "file": "papers", "repository": "depots", "issue key": "chores", "money": "payouts",
}

// ofValues is a connector that is asked for by values alone.
func ofValues() library {
	words := toolsearch.Connector{Slug: "quux", Entities: map[string]toolsearch.Called{}}
	var docs []toolsearch.Document
	for _, kind := range slices.Sorted(maps.Keys(kindsOfValue)) {
		entity := kindsOfValue[kind]
		docs = append(docs, toolOf("quux", entity+".list", ""))
		words.Entities[entity] = toolsearch.Called{Names: []string{"<" + kind + ">"}}
	}
	return newLibrary(docs, words)
}

// TestValues finds entities by the values that stand for them.
func TestValues(t *testing.T) {
	t.Parallel()
	l := ofValues()
	for kind, values := range map[string][]string{
		"url": {"https://one.example/x", "http://one.example", "www.one.example", "(https://one.example/x)",
			"HTTP, see https://a.b/c?d=e."},
		"email":          {"ann@one.example", "<ann@one.example>", "ann.b+c@mail.one.example,"},
		"channel":        {"#general", "#dev-team"},
		"handle":         {"@ann", "@ann_b"},
		"request number": {"!87", "!5?"},
		"phone":          {"+15550100", "+1-555-0100"},
		"code":           {"main.go", "src/App.js", "config.YAML"},
		"file":           {"report.pdf", "Report.DOCX", "photo.jpeg"},
		"repository":     {"one/two", "one-1/two.three"},
		"issue key":      {"ABC-12", "A1-7", "PROJ2-12345"},
		"money":          {"$5", "$5k", "€1,000.50", "£3M", "50€"},
	} {
		for _, value := range values {
			got := l.names(toolsearch.Query{Text: value})
			if want := "quux_" + kindsOfValue[kind] + "_list"; len(got) == 0 || got[0] != want {
				t.Errorf("%q gives %q, want %s, found by %s", value, got, want, kind)
			}
		}
	}
}

// TestNoValues takes for no value what only resembles one.
func TestNoValues(t *testing.T) {
	t.Parallel()
	l := ofValues()
	for kind, values := range map[string][]string{
		"url":            {"https", "httpx://one", "wwww.one"},
		"email":          {"ann@one", "@one.example", "ann"},
		"channel":        {"#9", "#", "#General", "general"},
		"handle":         {"@9", "@", "@Ann"},
		"request number": {"!x", "!", "87!", "!8x"},
		"phone":          {"+x", "+", "1555"},
		"code":           {".go", "go", "main.got"},
		"file":           {".pdf", "pdf", "report.pdfx"},
		"repository":     {"a/two", "one/b", "One/Two", "one/", "/two", "one two"},
		"issue key":      {"A-12", "abc-12", "ABC-x", "ABC-", "1AB-2", "ABC12"},
		"money":          {"$x", "5k", "$", "€5x"},
	} {
		for _, value := range values {
			got := l.names(toolsearch.Query{Text: value, Limit: len(l.docs)})
			if isAsked := len(got) < len(l.docs); isAsked && slices.Contains(got, "quux_"+kindsOfValue[kind]+"_list") {
				t.Errorf("%q is taken for %s", value, kind)
			}
		}
	}
}

// TestIdentifiedThings gets one thing where the question has what identifies it, and
// lists where it has another number.
func TestIdentifiedThings(t *testing.T) {
	t.Parallel()
	l := small()
	for action, questions := range map[string][]string{
		"get": {"crate 12345", "crate #42", "crate SUMMER24", "crate AB-12", "crate a1b2-c3", "crate !12", "crate qcr_12ab"},
		"list": {
			"crate 9am", "crate 30d", "crate 2026-01-02", "crate 12:30", "crate 1.5", "crate 7", "crates of the last 30 days",
			"crates over 5000 dollars", "top 10 crates", "crates at 10 pm", "crate 1st", "crate x7",
		},
	} {
		for _, question := range questions {
			if got := l.names(toolsearch.Query{Text: question}); len(got) == 0 || got[0] != "acme_crates_"+action {
				t.Errorf("%q gives %q, want acme_crates_%s first", question, got, action)
			}
		}
	}
}

// TestFormsOfIDs tells ids by prefix, alphabet and length, the longest prefix first. An id
// of no known form asks for nothing, which all tools answer.
func TestFormsOfIDs(t *testing.T) {
	t.Parallel()
	docs := []toolsearch.Document{toolOf("quux", "tins.list", ""), toolOf("quux", "lids.list", ""), toolOf("quux", "jars.list", "")}
	l := newLibrary(docs, toolsearch.Connector{Slug: "quux", IDs: []toolsearch.ID{
		{Prefix: "t_", Characters: "abc", Least: 3, Entities: []string{"tins"}, Related: []string{"jars", "unheard-of"}},
		{Prefix: "t_l_", Characters: "abc", Least: 3, Entities: []string{"lids"}},
		{Mask: "0A-0", Entities: []string{"jars"}},
	}})
	for id, want := range map[string]string{
		"t_abc": "tins jars", "t_abcabc": "tins jars", "t_l_abc": "lids", "7A-1": "jars", "t_ab": "", "t_abd": "", "t_l_ab": "",
		"7B-1": "tins lids jars",
	} {
		var found []string
		for _, name := range l.names(toolsearch.Query{Text: id}) {
			found = append(found, strings.TrimSuffix(strings.TrimPrefix(name, "quux_"), "_list"))
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%s gives %q, want %q", id, got, want)
		}
	}
}

// TestShortIDs takes ids from their least length on, and files from their first letter.
func TestShortIDs(t *testing.T) {
	t.Parallel()
	l := ofValues()
	for value, entity := range map[string]string{"a.go": "sources", "a.pdf": "papers", "aa/bb": "depots", "AB-1": "chores",
		"#a": "rooms", "@a": "members"} {
		if got := l.names(toolsearch.Query{Text: value}); len(got) != 1 || got[0] != "quux_"+entity+"_list" {
			t.Errorf("%q gives %q, want the %s alone", value, got, entity)
		}
	}
}
