package records

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// everyAction calls fn for the entities that have the action, in the workspace
// that holds all connectors.
func everyAction(t *testing.T, action string, fn func(*testing.T, *client, *schemas.Connector, *schemas.Entity, *schemas.Action)) {
	t.Helper()
	names, err := catalog().Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			spec, err := catalog().Connector(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range spec.Entities {
				if a := e.Action(action); a != nil && i%sampleEvery == 0 {
					fn(t, c, spec, e, a)
				}
			}
		})
	}
}

// sampleParams makes values for the required parameters: records of other
// entities are taken from their lists.
func sampleParams(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, a *schemas.Action) P {
	t.Helper()
	params := P{}
	for _, p := range a.Params {
		if !p.Required || configKey(spec, p) != "" && spec.Showcase != nil && spec.Showcase.Config != nil {
			continue
		}
		params[p.Name] = sampleValue(t, c, spec, e, p)
	}
	meet(a.Requirements, params, func(name string) any {
		for _, p := range a.Params {
			if p.Name == name {
				return sampleValue(t, c, spec, e, p)
			}
		}
		return "sample" // a part of a parameter
	})
	return params
}

// meet fills in the first group of parameters of which one must be complete.
func meet(r *schemas.Requirements, params P, value func(string) any) {
	if r == nil {
		return
	}
	for _, inner := range r.AllOf {
		meet(inner, params, value)
	}
	if len(r.AnyOf) > 0 {
		for _, name := range r.AnyOf[0] {
			jsonvalue.SetPath(params, name, value(name))
		}
	}
}

func sampleValue(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, p *schemas.Parameter) any {
	t.Helper()
	v := c.vendor(spec.Name)
	v.mu.Lock()
	defer v.mu.Unlock()
	if r := v.model(e.Name).parent(p.Name); r != nil {
		if parent := v.model(r.TargetEntity); parent != nil && parent.list != nil && parent.byName[r.TargetKey] != nil {
			for _, record := range v.records(parent, nil) {
				return record.fields[r.TargetKey]
			}
		}
	}
	var usual any
	switch {
	case len(p.Enum) > 0:
		return p.Enum[0]
	case p.Default != nil && jsonvalue.Decode(p.Default, &usual) == nil:
		return usual
	case p.Type == "integer", p.Type == "number":
		return 7
	case p.Type == "boolean":
		return true
	case p.Type == "array":
		return []any{}
	case p.Type == "object":
		return P{}
	}
	return "sample"
}

// TestEveryListPagesToItsEnd walks the pages of all lists the way a client does,
// knowing only the catalog.
func TestEveryListPagesToItsEnd(t *testing.T) {
	t.Parallel()
	everyAction(t, schemas.ActionList, func(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, a *schemas.Action) {
		params := sampleParams(t, c, spec, e, a)
		p := a.Pagination
		if p == nil {
			p = &schemas.Pagination{Style: schemas.PagingNone}
		}
		if p.LimitParam != "" {
			params[p.LimitParam] = 7
		}
		seen := map[string]bool{}
		for page := range 40 {
			answer := c.execute(spec.Name, e.Name, "list", params).ok()
			rows := recordsOf(t, answer, a)
			for _, row := range rows {
				id := rowID(c, spec, e, row)
				if id != "" && seen[id] {
					t.Fatalf("%s.%s: page %d repeats %s", spec.Name, e.Name, page, id)
				}
				seen[cmp.Or(id, strconv.Itoa(len(seen)))] = true
			}
			next := nextOf(answer, a, p, rows)
			if next == "" {
				checkEnd(t, spec, e, p, len(seen))
				return
			}
			if p.LimitParam != "" && len(rows) != 7 {
				t.Errorf("%s.%s: page %d has %d records, want 7", spec.Name, e.Name, page, len(rows))
			}
			if next == countOn {
				next = strconv.Itoa(position(a, p, params, len(rows)))
			}
			params[p.CursorParam] = numeric(a, p.CursorParam, next)
		}
		t.Errorf("%s.%s: no end after 40 pages", spec.Name, e.Name)
	})
}

// rowID is what identifies a record, "" if nothing does.
func rowID(c *client, spec *schemas.Connector, e *schemas.Entity, row any) string {
	v := c.vendor(spec.Name)
	v.mu.Lock()
	defer v.mu.Unlock()
	record, _ := row.(map[string]any)
	return jsonvalue.AsText(record[v.model(e.Name).key])
}

func checkEnd(t *testing.T, spec *schemas.Connector, e *schemas.Entity, p *schemas.Pagination, total int) {
	t.Helper()
	if p.Style == schemas.PagingResponseOnly || p.Style == schemas.PagingNone || required(e.Action(schemas.ActionList)) {
		return // there is no next page, or the list is a part
	}
	v := newClient(t).vendor(spec.Name)
	v.mu.Lock()
	defer v.mu.Unlock()
	m := v.model(e.Name)
	if want := v.size(m, nil); m.base == nil && want == scales[""].Full && total != want && len(m.scope) == 0 {
		t.Errorf("%s.%s: %d records in all pages, want %d", spec.Name, e.Name, total, want)
	}
}

func recordsOf(t *testing.T, a *answer, action *schemas.Action) []any {
	t.Helper()
	if action.Result.ListField != "" {
		return a.list("result." + action.Result.ListField)
	}
	return a.list("result")
}

// nextOf finds the value for the next page, "" at the end.
func nextOf(a *answer, action *schemas.Action, p *schemas.Pagination, rows []any) string {
	if p.CursorParam == "" || p.Style == schemas.PagingNone || p.Style == schemas.PagingResponseOnly {
		return ""
	}
	meta := a.object("connector_metadata")
	if p.MoreMeta != "" {
		if more, ok := meta[p.MoreMeta].(bool); ok && more == p.MoreMetaInverted {
			return ""
		}
	}
	next := meta[p.NextMeta]
	if action.Result.ListField != "" && next == nil {
		next = a.object("result")[p.NextMeta]
		for key, value := range a.object("result") {
			if next == nil && NextNames[naming.Fold(key)] {
				next = value
			}
		}
	}
	switch v := next.(type) {
	case map[string]any:
		return jsonvalue.AsText(v[p.CursorParam])
	case []any:
		if len(v) == 0 {
			return ""
		}
		next = v[0].(map[string]any)["href"]
	case nil:
		return implied(p, rows)
	}
	text := jsonvalue.AsText(next)
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return u.Query().Get(p.CursorParam)
	}
	return text
}

// countOn stands for a next position that the client has to count itself.
const countOn = "count on"

// position counts pages or records on.
func position(a *schemas.Action, p *schemas.Pagination, params P, rows int) int {
	first := 0
	if p.Style == schemas.PagingPage {
		first, rows = (&Call{action: a}).firstPage(p), 1
	}
	now, ok := params[p.CursorParam].(int)
	if text, isText := params[p.CursorParam].(string); isText {
		n, err := strconv.Atoi(text)
		now, ok = n, err == nil
	}
	if !ok {
		now = first
	}
	return now + rows
}

// implied is the next position where the vendor does not name it.
func implied(p *schemas.Pagination, rows []any) string {
	const limit = 7
	if p.NextMeta != "" || len(rows) == 0 || p.LimitParam != "" && len(rows) < limit {
		return ""
	}
	switch p.Style {
	case schemas.PagingRecordID:
		last, _ := rows[len(rows)-1].(map[string]any)
		for _, name := range identifiers {
			if id := jsonvalue.AsText(last[name]); id != "" {
				return id
			}
		}
	case schemas.PagingPage, schemas.PagingOffset:
		return countOn
	}
	return ""
}

func numeric(a *schemas.Action, name, text string) any {
	for _, p := range a.Params {
		if p.Name == name && p.Type == "integer" {
			if n, err := strconv.Atoi(text); err == nil {
				return n
			}
		}
	}
	return text
}

func TestCursorsSurviveWrites(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	first := c.execute(github, "labels", "list", P{"per_page": 10}).ok()
	c.execute(github, "issues", "create", P{"title": "between two pages"}).ok()
	cursor := first.text("connector_metadata.end_cursor")
	second := c.execute(github, "labels", "list", P{"per_page": 3, "after": cursor}).ok()
	all := c.execute(github, "labels", "list", P{"per_page": 13}).ok()
	if got, want := second.text("result.0.id"), all.text("result.10.id"); got != want {
		t.Errorf("the second page begins with %s, want %s", got, want)
	}
	other := c.execute(github, "issues", "list", P{"after": cursor})
	if other.status != 400 {
		t.Errorf("a cursor of another list gives %d, want 400", other.status)
	}
}

func TestIssuesLookLikeIssues(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	rows := c.execute("GitHub - default", "issues", "list", P{"per_page": 100}).list("result")
	open, huge := 0, false
	for i, row := range rows {
		issue := row.(map[string]any)
		if got, want := jsonvalue.AsText(issue["number"]), strconv.Itoa(i+1); got != want {
			t.Errorf("issue %d has number %s", i, got)
		}
		if issue["createdAt"].(string) > issue["updatedAt"].(string) {
			t.Errorf("issue %d was updated before it was created", i)
		}
		if closed := issue["closedAt"] != nil; closed == (issue["state"] == "OPEN") {
			t.Errorf("issue %d is %v and closed at %v", i, issue["state"], issue["closedAt"])
		}
		if issue["state"] == "OPEN" {
			open++
		}
		n, err := issue["databaseId"].(json.Number).Int64()
		huge = huge || err == nil && n > 1<<53
		if want := fmt.Sprintf("https://github.com/acme/widgets/issues/%d", i+1); issue["url"] != want {
			t.Errorf("issue %d has url %v, want %s", i, issue["url"], want)
		}
	}
	if open < 60 || open > 90 {
		t.Errorf("%d of 100 issues are open, want about 75", open)
	}
	if !huge {
		t.Error("no databaseId is above 2^53")
	}
}

func TestDataDependsOnTheSeedAlone(t *testing.T) {
	t.Parallel()
	titles := func(seed uint64) string {
		c := newClient(t, func(o *settings) { o.Seed = seed })
		c.execute("GitHub - default", "pull_requests", "list", nil).ok() // another order of generation
		return string(c.execute("GitHub - default", "issues", "list", nil).ok().body)
	}
	c := newClient(t)
	first := string(c.execute("GitHub - default", "issues", "list", nil).ok().body)
	if titles(1) != first {
		t.Error("the same seed gives other issues")
	}
	if titles(2) == first {
		t.Error("another seed gives the same issues")
	}
}
