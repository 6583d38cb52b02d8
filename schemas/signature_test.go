package schemas_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestSignature tells of an action what a call is formed from.
func TestSignature(t *testing.T) {
	t.Parallel()
	text := func(name string, more schemas.Parameter) *schemas.Parameter {
		more.Name = name
		if more.Type == "" {
			more.Type = "string"
		}
		return &more
	}
	required := schemas.Parameter{Required: true}
	const long = "a_name_of_a_parameter_that_takes_quite_some_room_in_a_line_"
	for _, test := range []struct {
		name   string
		params []*schemas.Parameter
		rules  *schemas.Requirements
		want   string
	}{
		{"nothing", nil, nil, "()"},
		{"required before optional", []*schemas.Parameter{text("since", schemas.Parameter{Format: "date-time"}), text("page[id]", required)}, nil,
			"(page_id, since?: date-time)"},
		{"values", []*schemas.Parameter{text("state", schemas.Parameter{Enum: []any{"open", "closed", nil}}),
			text("kinds", schemas.Parameter{Type: "array", Items: &schemas.Parameter{Type: "string", Enum: []any{"a", "b"}}})}, nil,
			"(state?: open|closed, kinds?: [a|b])"},
		{"too many values", []*schemas.Parameter{text("must", schemas.Parameter{Required: true, Enum: []any{"first", long}}),
			text("may", schemas.Parameter{Enum: []any{"first", long}})}, nil, "(must: first|…, may?)"},
		{"an object", []*schemas.Parameter{text("data", schemas.Parameter{Type: "object", Required: true,
			Properties: []*schemas.Parameter{text("note", schemas.Parameter{}), text("name", required)}})}, nil, "(data: {name, note?})"},
		{"a choice", []*schemas.Parameter{text("name", required), text("id", schemas.Parameter{}), text("key", schemas.Parameter{})},
			&schemas.Requirements{AnyOf: [][]string{{"id"}, {"key"}}}, "(id or key, name)"},
		{"a choice of members", []*schemas.Parameter{text("data", schemas.Parameter{Type: "object", Required: true,
			Properties: []*schemas.Parameter{text("room", schemas.Parameter{}), text("site", schemas.Parameter{})}})},
			&schemas.Requirements{AnyOf: [][]string{{"data.room"}, {"data.site"}}}, "(data: {room?, site?})"},
		{"a choice with a member", []*schemas.Parameter{text("id", schemas.Parameter{}), text("data", schemas.Parameter{Type: "object",
			Properties: []*schemas.Parameter{text("room", schemas.Parameter{})}})},
			&schemas.Requirements{AnyOf: [][]string{{"data.room"}, {"id"}}}, "(id?, data?: {room?})"},
		{"what a rule speaks of", []*schemas.Parameter{text("a", schemas.Parameter{}), text("b", schemas.Parameter{})},
			&schemas.Requirements{When: []schemas.Condition{{Param: "b", Equals: "x", Require: []string{"a"}}}}, "(a?, b?)"},
		{"no room", []*schemas.Parameter{text(long+"1", schemas.Parameter{}), text(long+"2", schemas.Parameter{}),
			text(long+"3", schemas.Parameter{}), text("short", schemas.Parameter{})}, nil, "(" + long + "1?, " + long + "2?, short?, …)"},
	} {
		e := &schemas.Entity{Name: "things"}
		in, err := (&schemas.Connector{Name: "acme"}).ActionInput(e, &schemas.Action{Name: "list", Params: test.params, Requirements: test.rules})
		if err != nil {
			t.Fatal(err)
		}
		if got := in.Signature(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// TestSignatureOfPages: the next page comes from the answer, so only the size of one is
// told.
func TestSignatureOfPages(t *testing.T) {
	t.Parallel()
	a := &schemas.Action{Name: "list", Pagination: &schemas.Pagination{Style: "cursor", CursorParam: "after", LimitParam: "size"}}
	a.Params = []*schemas.Parameter{{Name: "after", Type: "string"}, {Name: "size", Type: "integer"}, {Name: "state", Type: "string"}}
	in, err := (&schemas.Connector{Name: "acme"}).ActionInput(&schemas.Entity{Name: "things"}, a,
		&schemas.Parameter{Name: "select_fields", Type: "string"}, &schemas.Parameter{Name: "connector", Type: "string"},
		&schemas.Parameter{Name: "dry_run", Type: "boolean", Unlisted: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := in.Signature(), "(connector?, size?, state?, select_fields?)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSignatureOfSearch names the fields, the one first that records are likely to be asked
// for by.
func TestSignatureOfSearch(t *testing.T) {
	t.Parallel()
	got := acmeInput(t, schemas.ActionContextStoreSearch).Signature()
	const start = "(filter: field op value, any_of?, sort?, limit?, fields?) on: "
	if !strings.HasPrefix(got, start) || strings.HasSuffix(got, ": ") {
		t.Errorf("got %s, want %s…", got, start)
	}
	for tool, conn := range map[string]string{"issues": "github", "invoices": "stripe"} {
		c, err := schemas.Embedded().Connector(conn)
		if err != nil {
			t.Fatal(err)
		}
		in, err := c.SearchInput(c.Entity(tool))
		if err != nil {
			t.Fatal(err)
		}
		if got := in.Signature(); !strings.HasPrefix(got, start+"sta") || len(got) > len(start)+200 {
			t.Errorf("%s: got %s, want a state or status first, in a line", tool, got)
		}
	}
}
