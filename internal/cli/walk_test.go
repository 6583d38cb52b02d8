package cli_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// world is a sandbox and calls over it, with a connector of every type.
type world struct {
	runner  *calls.Runner
	sandbox *sandbox.Running
	session tools.Session
}

func newWorld(t *testing.T, o calls.Options) *world {
	t.Helper()
	catalog := schemas.Embedded()
	running, err := sandbox.Start("127.0.0.1:0", sandbox.Options{Catalog: catalog, Dataset: "small", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	k := running.Credentials()
	client, err := airbyte.New(airbyte.Config{Host: running.URL, ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret),
		OrganizationID: k.OrganizationID})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	runner := manage.New(catalog, client, manage.Options{Calls: o}).Calls()
	t.Cleanup(runner.Close)
	return &world{runner, running, tools.Session{Workspace: "everything"}}
}

// pageOf is a page as a caller reads it.
type pageOf struct {
	Result json.RawMessage
	Page   struct {
		HasMore any `json:"has_more"`
		Next    map[string]json.RawMessage
	}
}

// walk calls a list again and again with what page.next says, until it says no more
// or a page is empty, and returns the records. Where the answer does not tell how to
// go on, it must not call that the end; then whole is false.
func (w *world) walk(t *testing.T, tool *tools.Tool, args map[string]json.RawMessage, p *schemas.Pagination) (seen []string, whole bool) {
	t.Helper()
	for range 2000 {
		arguments, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		result, err := w.runner.Call(t.Context(), w.session, calls.Silent{}, tool.Name, arguments)
		if err != nil && strings.Contains(err.Error(), "Not Found") {
			return nil, true // the record that it belongs to is not there
		}
		if err != nil {
			t.Errorf("%s %s: %v", tool.Name, arguments, err)
			return nil, true
		}
		var page pageOf
		if err := json.Unmarshal(result.JSON(), &page); err != nil {
			t.Fatal(err)
		}
		records := listIn(page.Result)
		seen = append(seen, records...)
		switch {
		case page.Page.HasMore == false, len(records) == 0 && page.Page.HasMore != true:
			return seen, true
		case page.Page.Next == nil:
			return seen, false
		}
		maps.Copy(args, page.Page.Next)
	}
	t.Errorf("%s: style %s has no end", tool.Name, p.Style)
	return nil, true
}

// listIn are the records of a result: the result itself, or the list in it.
func listIn(raw json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		var envelope map[string]json.RawMessage
		if json.Unmarshal(raw, &envelope) != nil {
			return nil
		}
		for _, value := range envelope {
			var inner []json.RawMessage
			if json.Unmarshal(value, &inner) == nil && len(inner) > len(list) {
				list = inner
			}
		}
	}
	texts := make([]string, len(list))
	for i, r := range list {
		texts[i] = string(r)
	}
	return texts
}

// TestEveryListIsWalkedToItsEnd reads every list of every connector page by page, in
// two page sizes: no record comes twice, and both walks find the same ones.
func TestEveryListIsWalkedToItsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it makes some ten thousand calls")
	}
	t.Parallel()
	w := newWorld(t, calls.Options{MaxResultBytes: 64 << 20})
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	set, err := w.runner.Directory().Select(t.Context(), w.session)
	if err != nil {
		t.Fatal(err)
	}
	walked := map[string]int{}
	var empty, untold []string
	for _, name := range names {
		conn, err := catalog.Connector(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range conn.Entities {
			for _, a := range e.Actions {
				p := a.Pagination
				if p == nil || a.Name != schemas.ActionList || p.CursorParam == "" {
					continue
				}
				tool := set.Get(conn.ToolName(e.Name, a.Name))
				parents := w.parents(t, conn, a)
				small, whole := w.walk(t, tool, arguments(a, 5, parents), p)
				large, _ := w.walk(t, tool, arguments(a, 50, parents), p)
				switch {
				case !whole:
					untold = append(untold, tool.Name)
				case len(small) == 0:
					empty = append(empty, tool.Name)
				default:
					compare(t, tool.Name, small, large)
					walked[p.Style]++
				}
			}
		}
	}
	t.Logf("lists walked by style: %v; without records: %q; without a way on: %q", walked, empty, untold)
	if walked[schemas.PagingCursor] < 150 || walked[schemas.PagingPage] < 75 || walked[schemas.PagingOffset] < 20 ||
		walked[schemas.PagingRecordID] < 25 {
		t.Errorf("too few lists of some style had records: %v", walked)
	}
}

func compare(t *testing.T, name string, small, large []string) {
	t.Helper()
	for _, records := range [][]string{small, large} {
		sorted := slices.Clone(records)
		slices.Sort(sorted)
		if distinct := slices.Compact(slices.Clone(sorted)); len(distinct) != len(records) {
			t.Errorf("%s: %d records, of which %d differ", name, len(records), len(distinct))
		}
	}
	slices.Sort(small)
	slices.Sort(large)
	if !slices.Equal(small, large) {
		t.Errorf("%s: %d records in small pages, %d in large ones", name, len(small), len(large))
	}
}

// parents finds records that a list belongs to: the first of the entity that a
// required parameter is named after.
func (w *world) parents(t *testing.T, conn *schemas.Connector, a *schemas.Action) map[string]json.RawMessage {
	t.Helper()
	found := map[string]json.RawMessage{}
	for _, p := range a.Params {
		stem, key := stemOf(p.Name)
		if !p.Required || stem == "" || p.Pattern != "" {
			continue
		}
		for _, e := range conn.Entities {
			list := e.Action(schemas.ActionList)
			if list == nil || list == a || !isNamed(e.Name, stem) {
				continue
			}
			arguments, _ := json.Marshal(arguments(list, 5, nil))
			result, err := w.runner.Call(t.Context(), w.session, calls.Silent{}, conn.ToolName(e.Name, list.Name), arguments)
			if err != nil {
				continue
			}
			for _, record := range listIn(result.Data) {
				var fields map[string]json.RawMessage
				if json.Unmarshal([]byte(record), &fields) != nil {
					break
				}
				if value := fields[key]; value != nil {
					found[schemas.ArgumentName(p.Name)] = fitted(p, value)
				} else if value := fields[p.Name]; value != nil {
					found[schemas.ArgumentName(p.Name)] = fitted(p, value)
				}
				break
			}
		}
	}
	return found
}

// stemOf is what a parameter is the id of.
func stemOf(name string) (stem, key string) {
	for _, suffix := range [][2]string{{"_id", "id"}, {"_gid", "gid"}, {"Id", "id"}, {"_slug", "slug"}, {"_sid", "sid"}} {
		if stem, ok := strings.CutSuffix(name, suffix[0]); ok {
			return strings.ToLower(stem), suffix[1]
		}
	}
	return map[string]string{"channel": "channel", "id": "issue"}[name], "id"
}

func isNamed(entity, stem string) bool {
	return slices.Contains([]string{stem, stem + "s", strings.TrimSuffix(stem, "y") + "ies", "sponsored_" + stem + "s"}, entity) ||
		strings.HasSuffix(entity, "_"+stem+"s")
}

// fitted writes a value in the type of a parameter.
func fitted(p *schemas.Parameter, value json.RawMessage) json.RawMessage {
	bare := strings.Trim(string(value), `"`)
	if p.Type == "string" {
		return json.RawMessage(`"` + bare + `"`)
	}
	return json.RawMessage(bare)
}

// arguments are the fewest that a list takes, with a page size where it has one.
func arguments(a *schemas.Action, size int, parents map[string]json.RawMessage) map[string]json.RawMessage {
	args := map[string]json.RawMessage{}
	for _, p := range a.Params {
		if p.Required {
			args[schemas.ArgumentName(p.Name)] = sample(p)
		}
	}
	if a.Requirements != nil {
		for _, group := range a.Requirements.AnyOf[:min(1, len(a.Requirements.AnyOf))] {
			for _, p := range a.Params {
				if slices.Contains(group, p.Name) {
					args[schemas.ArgumentName(p.Name)] = sample(p)
				}
			}
		}
	}
	maps.Copy(args, parents)
	if p := a.Pagination; p != nil && p.LimitParam != "" {
		if p.LimitMax > 0 {
			size = min(size, p.LimitMax)
		}
		for _, param := range a.Params {
			if param.Name != p.LimitParam {
				continue
			}
			if least, err := param.Minimum.Int64(); err == nil {
				size = max(size, int(least))
			}
			value := strconv.Itoa(size)
			if param.Type == "string" {
				value = `"` + value + `"`
			}
			args[schemas.ArgumentName(p.LimitParam)] = json.RawMessage(value)
		}
	}
	return args
}

func sample(p *schemas.Parameter) json.RawMessage {
	switch {
	case p.Default != nil:
		return p.Default
	case len(p.Enum) > 0:
		b, _ := json.Marshal(p.Enum[0])
		return b
	case strings.Contains(p.Pattern, "[0-9]{10}"):
		return json.RawMessage(`"1234567890"`)
	case p.Type == "integer" || p.Type == "number":
		return json.RawMessage("1")
	case p.Type == "boolean":
		return json.RawMessage("true")
	case p.Type == "array":
		return json.RawMessage("[" + string(sample(p.Items)) + "]")
	case p.Type == "object":
		return json.RawMessage("{}")
	case strings.Contains(p.Format, "date-time"):
		return json.RawMessage(`"2025-01-01T00:00:00Z"`)
	case strings.Contains(p.Format, "date"):
		return json.RawMessage(`"2025-01-01"`)
	default:
		return json.RawMessage(`"1"`)
	}
}
