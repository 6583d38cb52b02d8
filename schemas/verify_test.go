package schemas_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
)

// TestWordsOfEveryConnector holds the built-in files to what catalog check asks.
func TestWordsOfEveryConnector(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		if err := catalog.CheckFile(conn.Name); err != nil {
			t.Error(err)
		}
		if err := conn.CheckWords(); err != nil {
			t.Error(err)
		}
	})
}

func TestCheckFile(t *testing.T) {
	t.Parallel()
	files := schemas.Open(fstest.MapFS{"acme.json": connectorFile("acme", "Acme", "1", `"caled":{},`+whole)})
	if err := files.CheckFile("acme"); err == nil || err.Error() != `reading connector acme: json: unknown field "caled"` {
		t.Errorf("got %v", err)
	}
	if err := files.CheckFile("other"); err == nil {
		t.Error("a file that is not there was checked")
	}
	if _, err := files.Connector("acme"); err != nil {
		t.Errorf("reading it must go on: %v", err)
	}
}

// acmeWords is a connector whose words are right.
func acmeWords() *schemas.Connector {
	return &schemas.Connector{
		Name: "acme", Title: "Acme", Showcase: &schemas.Showcase{Rank: 1, Config: []byte(`{"shop":"a"}`)},
		Called: &schemas.ConnectorNames{
			Called:   schemas.Called{Names: []string{"acme corp", "ac"}, Likely: []string{"corp"}},
			Everyday: map[string]string{"acme": "noun", "ac": "verb", "corp": "day"},
		},
		IDs: &schemas.Identifiers{Alphabet: "hex", Length: 8, Kinds: []schemas.IdentifierKind{
			{Of: "widget", Prefix: "w_", Least: 3, Entities: []string{"widgets"}},
			{Of: "gear", Prefix: "g_"},
			{Of: "lot", Mask: "00-000", Related: []string{"widgets"}},
		}},
		Emulator: &schemas.Emulator{Host: "acme.example", Paths: map[string]string{"widgets": "w"}},
		Auth:     []schemas.AuthOption{{Name: "key", Fields: []schemas.Setting{{Name: "token", Secret: true}}}},
		Config: schemas.Config{
			Environment: []schemas.Setting{{Name: "host", Form: &schemas.Form{Kind: "host"}}},
			Replication: []schemas.Setting{{Name: "shop", Form: &schemas.Form{Kind: "subdomain", Domain: "acme.example"}}},
		},
		Entities: []*schemas.Entity{{Name: "widgets", Called: &schemas.Called{Names: []string{"gizmo", "<email>"}}}},
	}
}

// badWords spoils a connector, by what is said of it.
var badWords = map[string]func(*schemas.Connector){
	`called: "ac" stands there twice`: func(c *schemas.Connector) {
		c.Called.Likely = append(c.Called.Likely, "ac")
	},
	`entity widgets: called: "Gizmo" must be in lower case, without space around it`: func(c *schemas.Connector) {
		c.Entities[0].Called.Names[0] = "Gizmo"
	},
	`entity widgets: called: " gizmo" must be in lower case, without space around it`: func(c *schemas.Connector) {
		c.Entities[0].Called.Unlikely = []string{" gizmo"}
	},
	`entity widgets: called: "<mail>" is no kind of value; known: <email>,`: func(c *schemas.Connector) {
		c.Entities[0].Called.Names[1] = "<mail>"
	},
	`entity widgets: called: "a b c d e f g h" has more than 7 words`: func(c *schemas.Connector) {
		c.Entities[0].Called.Names[0] = "a b c d e f g h"
	},
	`called: everyday: "acmes" is not among the names`: func(c *schemas.Connector) {
		c.Called.Everyday["acmes"] = "noun"
	},
	`called: everyday: "acme" must be noun, verb or day`: func(c *schemas.Connector) {
		c.Called.Everyday["acme"] = "adverb"
	},
	"ids: an `alphabet` needs a `length`": func(c *schemas.Connector) {
		c.IDs.Length = 0
	},
	"ids: kinds[1]: `of` is missing": func(c *schemas.Connector) {
		c.IDs.Kinds[1].Of = ""
	},
	"ids: kinds[1]: needs either a `prefix` or a `mask`": func(c *schemas.Connector) {
		c.IDs.Kinds[1].Prefix = ""
	},
	"ids: kinds[2]: the digits of a `mask` are written as 0": func(c *schemas.Connector) {
		c.IDs.Kinds[2].Mask = "12-345"
	},
	"ids: kinds[0]: `least` needs an `alphabet`, here or of all ids": func(c *schemas.Connector) {
		c.IDs.Alphabet = ""
	},
	"ids: kinds[0]: what is recognised by `least` or `mask` needs": func(c *schemas.Connector) {
		c.IDs.Kinds[0].Entities = nil
	},
	"ids: kinds[1]: what is recognised by `least` or `mask` needs": func(c *schemas.Connector) {
		c.IDs.Kinds[1].Related = []string{"widgets"}
	},
	`ids: kinds[0]: there is no entity "gears"`: func(c *schemas.Connector) {
		c.IDs.Kinds[0].Entities = []string{"gears"}
	},
	"setting token: a secret has no example": func(c *schemas.Connector) {
		c.Auth[0].Fields[0].Example = "x"
	},
	`setting host: unknown form "home"`: func(c *schemas.Connector) {
		c.Config.Environment[0].Form.Kind = "home"
	},
	"setting host: a `domain` belongs to the forms subdomain and repository, and only to": func(c *schemas.Connector) {
		c.Config.Environment[0].Form.Domain = "a.b"
	},
	"setting shop: a `domain` belongs to": func(c *schemas.Connector) {
		c.Config.Replication[0].Form.Domain = ""
	},
	`emulator: paths: there is no entity "gears"`: func(c *schemas.Connector) {
		c.Emulator.Paths["gears"] = "g"
	},
	"emulator: host: must have no scheme": func(c *schemas.Connector) {
		c.Emulator.Host = "https://acme.example"
	},
	"showcase: rank: must be 1 or more": func(c *schemas.Connector) {
		c.Showcase.Rank = 0
	},
	"showcase: config: must be an object": func(c *schemas.Connector) {
		c.Showcase.Config = []byte("[]")
	},
}

func TestCheckWords(t *testing.T) {
	t.Parallel()
	if err := acmeWords().CheckWords(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range badWords {
		c := acmeWords()
		spoil(c)
		if err := c.CheckWords(); err == nil || !strings.HasPrefix(err.Error(), "connector acme: "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
