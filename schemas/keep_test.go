package schemas_test

import (
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestKeepWords lets an import keep what the catalog says beside the facts, and say
// better what it knows itself.
func TestKeepWords(t *testing.T) {
	t.Parallel()
	form := &schemas.Form{Kind: schemas.FormHost}
	before := &schemas.Connector{
		Name: "acme", Prefix: "ac", Aliases: map[string]string{"acme_old": "widgets.list"},
		Called: &schemas.ConnectorNames{}, IDs: &schemas.Identifiers{Prefix: "w_"}, Emulator: &schemas.Emulator{Host: "acme.example"},
		Showcase: &schemas.Showcase{Rank: 9},
		Auth: []schemas.AuthOption{
			{Name: "basic", Fields: []schemas.Setting{{Name: "token", Title: "User"}}},
			{Name: "bearer", Fields: []schemas.Setting{{Name: "token", Title: "Key", Description: "Made in Acme."}}},
		},
		Config: schemas.Config{
			Environment: []schemas.Setting{{Name: "host", Title: "Host", Example: "acme.example", Form: form}},
			Replication: []schemas.Setting{{Name: "from", Title: "From"}, {Name: "gone", Title: "Gone"}},
		},
		Entities: []*schemas.Entity{{Name: "widgets", Called: &schemas.Called{Names: []string{"gizmo"}}}, {Name: "gone"}},
	}
	own := &schemas.Called{Names: []string{"cog"}}
	c := &schemas.Connector{
		Name: "acme", Prefix: "other",
		Auth: []schemas.AuthOption{{Name: "bearer", Fields: []schemas.Setting{{Name: "token", Title: "API key"}}}},
		Config: schemas.Config{
			Environment: []schemas.Setting{{Name: "host"}},
			Replication: []schemas.Setting{{Name: "from", Title: "Start"}},
		},
		Entities: []*schemas.Entity{{Name: "widgets"}, {Name: "gears", Called: own}},
	}
	c.KeepWords(before)
	want := &schemas.Connector{
		Name: "acme", Prefix: "ac", Aliases: before.Aliases, Called: before.Called, IDs: before.IDs,
		Emulator: before.Emulator, Showcase: before.Showcase,
		Auth: []schemas.AuthOption{{Name: "bearer", Fields: []schemas.Setting{{Name: "token", Title: "API key", Description: "Made in Acme."}}}},
		Config: schemas.Config{
			Environment: []schemas.Setting{{Name: "host", Title: "Host", Example: "acme.example", Form: form}},
			Replication: []schemas.Setting{{Name: "from", Title: "Start"}},
		},
		Entities: []*schemas.Entity{{Name: "widgets", Called: before.Entities[0].Called}, {Name: "gears", Called: own}},
	}
	if got, want := encode(t, c), encode(t, want); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestKeepRequirements keeps what a connector.yaml cannot say, as far as it still fits.
func TestKeepRequirements(t *testing.T) {
	t.Parallel()
	form := func(name string, more func(*schemas.Action)) *schemas.Connector {
		a := &schemas.Action{Name: "list", Params: []*schemas.Parameter{{Name: name}, {Name: "b"}, {Name: "c"}}}
		a.Result.Fields = []*schemas.Field{{Name: name}, {Name: "b"}}
		more(a)
		return &schemas.Connector{Name: "acme", Entities: []*schemas.Entity{{Name: "widgets", Actions: []*schemas.Action{a}}}}
	}
	rules := &schemas.Requirements{
		AllOf: []*schemas.Requirements{{AnyOf: [][]string{{"a"}, {"b.id"}}}}, When: []schemas.Condition{{Param: "b", Require: []string{"c"}}},
	}
	before := form("a", func(a *schemas.Action) { a.Requirements, a.DefaultFields = rules, []string{"a", "b.id"} })
	for name, kept := range map[string]bool{"a": true, "renamed": false} {
		c := form(name, func(*schemas.Action) {})
		c.KeepWords(before)
		a := c.Entities[0].Actions[0]
		if (a.Requirements == rules) != kept || (len(a.DefaultFields) == 2) != kept {
			t.Errorf("%s: requirements %v, default fields %q, want them kept: %v", name, a.Requirements, a.DefaultFields, kept)
		}
	}
}
