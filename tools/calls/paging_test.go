package calls_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools/calls"
)

// TestEveryVendorPages asks for a first and a second page of every list of the catalog
// that can be paged: what a result gives as "next" has to be accepted as arguments of
// the same tool, and has to arrive as the vendor's parameter.
func TestEveryVendorPages(t *testing.T) {
	t.Parallel()
	catalog := schemas.Embedded()
	heads, err := catalog.Heads()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			conn, err := catalog.Connector(h.Name)
			if err != nil {
				t.Fatal(err)
			}
			a := &api{connectors: map[string]string{"main": row("c-1", h.Title, h.Name, h.Title, h.DefinitionID)}}
			b := a.boxOf(t, catalog)
			for _, e := range conn.Entities {
				for _, action := range e.Actions {
					if p := action.Pagination; p != nil && p.CursorParam != "" {
						pagesOn(t, a, b, conn.ToolName(e.Name, action.Name), action)
					}
				}
			}
		})
	}
}

// pagesOn makes the two calls.
func pagesOn(t *testing.T, a *api, b *calls.Runner, tool string, action *schemas.Action) {
	t.Helper()
	first := leastArguments(t, b, tool)
	a.answer = firstPage(action)
	page := mustCall(t, b, inMain, tool, string(first.JSON())).Page
	if page.Next == nil {
		t.Errorf("%s: %s gives no way to the next page", tool, a.answer)
		return
	}
	mustCall(t, b, inMain, tool, string(append(first, page.Next...).JSON()))
	sent := a.sent()
	var second struct{ Params map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(sent[len(sent)-1].body), &second); err != nil {
		t.Fatal(err)
	}
	if got, want := string(second.Params[action.Pagination.CursorParam]), secondPage(action); got != want {
		t.Errorf("%s: after %s the second call has %s %s, want %s", tool, a.answer, action.Pagination.CursorParam, got, want)
	}
}

// firstPage is an answer with two records and what the vendor says of the next page.
func firstPage(a *schemas.Action) string {
	p := a.Pagination
	meta := map[string]any{}
	if p.MoreMeta != "" {
		meta[p.MoreMeta] = !p.MoreMetaInverted
	}
	if p.Style == schemas.PagingCursor {
		next := p.NextMeta
		if next == "" {
			next = "next_cursor"
		}
		meta[next] = "token"
	}
	metadata, _ := json.Marshal(meta)
	data := `[{"id":70},{"id":71}]`
	if a.Result.ListField != "" {
		data = fmt.Sprintf(`{%q:%s}`, a.Result.ListField, data)
	}
	return result(data, string(metadata))
}

// secondPage is what the vendor has to be asked for.
func secondPage(a *schemas.Action) string {
	param := cursorParam(a)
	text := ""
	switch a.Pagination.Style {
	case schemas.PagingCursor:
		text = "token"
	case schemas.PagingRecordID:
		text = "71"
	case schemas.PagingOffset:
		text = "2"
	case schemas.PagingPage:
		text = "2"
		if string(param.Default) == "0" {
			text = "1"
		}
	}
	if param.Type == "string" {
		text = `"` + text + `"`
	}
	return text
}

func cursorParam(a *schemas.Action) *schemas.Parameter {
	for _, p := range a.Params {
		if p.Name == a.Pagination.CursorParam {
			return p
		}
	}
	return &schemas.Parameter{}
}

// leastArguments makes arguments that a tool accepts from what it publishes: those
// that are required and, where it asks for one of several, the first of them.
func leastArguments(t *testing.T, b *calls.Runner, name string) schemas.Arguments {
	t.Helper()
	found, err := b.Directory().Find(t.Context(), inMain, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	var schema publishedSchema
	if err := json.Unmarshal(found.Tool.Input.CheckedSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	var args schemas.Arguments
	for _, required := range schema.Required {
		args = append(args, schemas.Argument{Name: required, Value: schema.Properties[required].sample()})
	}
	_, err = found.Tool.Input.Check(args.JSON())
	for i, a := range args {
		if err != nil && strings.Contains(err.Error(), "`"+a.Name+"` must match the pattern") { // which no schema tells
			args[i].Value = []byte(`"1234567890"`)
		}
	}
	for property, s := range schema.Properties {
		if err != nil && strings.Contains(err.Error(), "one of `"+property+"`") {
			args = append(args, schemas.Argument{Name: property, Value: s.sample()})
		}
	}
	return args
}

type publishedSchema struct {
	Type        string
	Description string
	Format      string
	Pattern     string
	Enum        []json.RawMessage
	Minimum     json.RawMessage
	Required    []string
	Properties  map[string]*publishedSchema
	Items       *publishedSchema
}

func (s *publishedSchema) sample() json.RawMessage {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Minimum != nil:
		return s.Minimum
	case s.Pattern != "" || s.Type == "integer" || s.Type == "number":
		return s.number()
	case s.Type == "boolean":
		return []byte("true")
	case s.Type == "array":
		return fmt.Appendf(nil, "[%s]", s.Items.sample())
	case s.Type == "object":
		return s.object()
	case strings.Contains(s.Description, "YYYY-MM-DD"):
		return []byte(`"2026-01-31"`)
	case s.Format == "date-time":
		return []byte(`"2026-01-31T15:04:05Z"`)
	default:
		return []byte(`"x"`)
	}
}

// number is one that has ten digits, or text of them.
func (s *publishedSchema) number() json.RawMessage {
	if s.Pattern != "" {
		return []byte(`"1234567890"`)
	}
	return []byte("1234567890")
}

func (s *publishedSchema) object() json.RawMessage {
	var members schemas.Arguments
	for _, name := range s.Required {
		members = append(members, schemas.Argument{Name: name, Value: s.Properties[name].sample()})
	}
	return members.JSON()
}
