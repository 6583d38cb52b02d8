package toolsearch_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// toolOf makes a document of a made-up connector; name is entity.action.
func toolOf(connector, name, summary string, parameters ...string) toolsearch.Document {
	entity, action, _ := strings.Cut(name, ".")
	effect := "read"
	if action == "create" || action == "update" || action == "delete" {
		effect = action
	}
	return toolsearch.Document{
		Name: connector + "_" + entity + "_" + action, Connector: connector, ConnectorTitle: strings.ToUpper(connector[:1]) + connector[1:],
		Entity: entity, Action: action, Effect: effect, Summary: summary, Parameters: parameters,
	}
}

// small is a made-up connector whose words are known, beside one of which nothing is.
func small() library {
	docs := []toolsearch.Document{
		toolOf("acme", "crates.list", "List the crates in the harbor.", "harbor"),
		toolOf("acme", "crates.get", "Get a crate.", "id"),
		toolOf("acme", "crates.create", "Store a crate.", "weight"),
		toolOf("acme", "crates.update", "Change a crate."),
		toolOf("acme", "crates.delete", "Remove a crate."),
		toolOf("acme", "manifests.list", "List the manifests of crates. Not ledgers, see acme_ships_list."),
		toolOf("acme", "manifests.download", "Download a manifest."),
		toolOf("acme", "ships.list", "List the ships that carry crates."),
		toolOf("acme", "pier_logs.list", "List what was written at a pier."),
		toolOf("zeta", "invoices.list", "List the invoices."),
		toolOf("zeta", "sent_invoices.list", "List what was sent."),
		toolOf("zeta", "widgets.list", "List the widgets."),
	}
	return newLibrary(docs, toolsearch.Connector{
		Slug: "acme", Called: toolsearch.Called{Names: []string{"quayside", "drive"}, Likely: []string{"zeta yard"}},
		Everyday: map[string]string{"quayside": "noun", "drive": "verb", "acme": "day"},
		Entities: map[string]toolsearch.Called{
			"crates": {Names: []string{"box", "<email>"}, Likely: []string{"parcel"}}, "ships": {Unlikely: []string{"parcel", "boat"}},
			"manifests": {Names: []string{"paper of the load"}},
		},
		IDs: []toolsearch.ID{
			{Prefix: "qcr_", Characters: "0123456789abcdef", Least: 4, Entities: []string{"crates"}, Related: []string{"manifests"}},
			{Prefix: "SH", Characters: "ABCDEF0123456789", Least: 2, Entities: []string{"ships"}},
			{Mask: "000-00", Entities: []string{"pier_logs"}},
		},
	})
}

// TestWordsOfAConnector asks for a made-up connector in the words that it brings.
func TestWordsOfAConnector(t *testing.T) {
	t.Parallel()
	l := small()
	for _, tt := range []struct{ about, question, want string }{
		{"a word", "all boxes", "acme_crates_list"},
		{"a likelier word before a less likely one", "parcels", "acme_crates_list"},
		{"an unlikely word", "boats", "acme_ships_list"},
		{"a phrase with another article", "paper of a load", "acme_manifests_list"},
		{"a phrase without its article", "paper of load", "acme_manifests_list"},
		{"a name", "what is there in quayside", "acme_crates_list"},
		{"an id", "qcr_9f8e", "acme_crates_get"},
		{"an id behind letters", "look at SHA1", "acme_ships_list"},
		{"an id by its mask", "123-45", "acme_pier_logs_list"},
		{"a value", "ann@example.com", "acme_crates_list"},
		{"a misspelt word", "parcles", "acme_crates_list"},
		{"a misspelt entity", "manifestts", "acme_manifests_list"},
		{"a summary", "harbor", "acme_crates_list"},
		{"a parameter", "weight", "acme_crates_create"},
		{"an entity in two words", "logs of the pier", "acme_pier_logs_list"},
		{"a derived synonym", "bills", "zeta_invoices_list"},
		{"an order", "delete the crate", "acme_crates_delete"},
		{"a new thing", "new crate: heavy", "acme_crates_create"},
		{"a change", "rename the crate qcr_12345", "acme_crates_update"},
		{"a file", "download the manifest", "acme_manifests_download"},
		{"one", "show crate qcr_12345", "acme_crates_get"},
		{"many", "get crates", "acme_crates_list"},
	} {
		if got := l.names(toolsearch.Query{Text: tt.question, Limit: 3}); len(got) == 0 || got[0] != tt.want {
			t.Errorf("%s: %q gives %q, want %s first", tt.about, tt.question, got, tt.want)
		}
	}
}

// TestEverydayNames tells names from the words and days that they are as well.
func TestEverydayNames(t *testing.T) {
	t.Parallel()
	l := small()
	for question, named := range map[string]bool{
		"widgets of quayside":   true,
		"widgets by a quayside": false,
		"a quayside widget":     true,
		"widgets in drive":      true,
		"widgets to drive":      false,
		"widgets since acme":    false,
		"widgets acme morning":  false,
		"acme widgets":          true,
	} {
		got := l.names(toolsearch.Query{Text: question, Limit: 1})
		if isNamed := len(got) > 0 && strings.HasPrefix(got[0], "acme_"); isNamed != named {
			t.Errorf("%q gives %q; the connector is named: %t", question, got, named)
		}
	}
}

// TestNoID leaves alone what only resembles an id.
func TestNoID(t *testing.T) {
	t.Parallel()
	l := small()
	for _, question := range []string{"qcr_9f", "qcr_wxyz", "SHADE"} {
		if got := l.names(toolsearch.Query{Text: question}); len(got) > 0 && strings.HasPrefix(got[0], "acme_") {
			t.Errorf("%q gives %q", question, got)
		}
	}
	for _, question := range []string{"1234-5", "12-345"} {
		if got := l.names(toolsearch.Query{Text: question}); got[0] == "acme_pier_logs_list" {
			t.Errorf("%q gives %q", question, got)
		}
	}
}

// TestDerivedWords gives a connector without words the synonyms of the nouns in its
// names, those of the noun itself before those of a longer name.
func TestDerivedWords(t *testing.T) {
	t.Parallel()
	got := small().names(toolsearch.Query{Text: "bill", Limit: 3})
	if len(got) < 2 || got[0] != "zeta_invoices_list" || got[1] != "zeta_sent_invoices_list" {
		t.Errorf("got %q", got)
	}
	own := newLibrary([]toolsearch.Document{
		toolOf("zeta", "sent_invoices.list", "List what was sent."), toolOf("eta", "sent_invoices.list", "List what was sent."),
	}, toolsearch.Connector{Slug: "zeta", Entities: map[string]toolsearch.Called{"sent_invoices": {Names: []string{"tab"}}}})
	if got := own.names(toolsearch.Query{Text: "bill"}); len(got) != 2 || got[0] != "eta_sent_invoices_list" {
		t.Errorf("a connector with words of its own is found by others as surely as one without: %q", got)
	}
	if got := own.names(toolsearch.Query{Text: "tabs"}); len(got) != 1 {
		t.Errorf("its own word gives %q", got)
	}
}

// TestDerivedNames calls connectors by parts of their titles, and by initials.
func TestDerivedNames(t *testing.T) {
	t.Parallel()
	var docs []toolsearch.Document
	for slug, title := range map[string]string{"mega-ads": "MegaHub Ads", "tiny": "TinyStore", "mega-mail": "MegaHub Mail"} {
		d := toolOf(slug, "things.list", "List the things.")
		d.ConnectorTitle = title
		docs = append(docs, d)
	}
	l := newLibrary(docs)
	for question, want := range map[string]string{
		"things of tiny store": "tiny_things_list", "things in ts": "tiny_things_list",
		"mega hub ads": "mega-ads_things_list", "things of megahub": "mega-",
	} {
		if got := l.names(toolsearch.Query{Text: question, Limit: 1}); len(got) == 0 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%q gives %q, want %s", question, got, want)
		}
	}
}
