package records

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// TestEveryGetFindsWhatIsListed takes records from lists and asks for them singly.
func TestEveryGetFindsWhatIsListed(t *testing.T) {
	t.Parallel()
	var found, empty atomic.Int32
	t.Cleanup(func() {
		if found.Load()*sampleEvery < 200 || found.Load() < 10*empty.Load() {
			t.Errorf("%d listed records were found, %d lists were empty", found.Load(), empty.Load())
		}
	})
	everyAction(t, schemas.ActionGet, func(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, a *schemas.Action) {
		list := e.Action(schemas.ActionList)
		if list == nil {
			if e.Action(schemas.ActionAPISearch) == nil { // else only what is found exists
				c.execute(spec.Name, e.Name, "get", sampleParams(t, c, spec, e, a)).ok()
			}
			return
		}
		listParams := sampleParams(t, c, spec, e, list)
		listed := c.execute(spec.Name, e.Name, "list", listParams).ok()
		rows := recordsOf(t, listed, list)
		if len(rows) == 0 {
			empty.Add(1)
			t.Logf("%s.%s: the list is empty", spec.Name, e.Name)
			return
		}
		row, _ := rows[len(rows)-1].(map[string]any)
		params, ok := keyFor(t, c, spec, e, a, listParams, row)
		if !ok {
			return
		}
		got := c.execute(spec.Name, e.Name, "get", params).ok()
		found.Add(1)
		compareRecords(t, spec.Name+"."+e.Name, row, got.object("result"))
	})
}

// keyFor makes the parameters that ask for a listed record.
func keyFor(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, a *schemas.Action, listParams P, row map[string]any) (P,
	bool) {
	t.Helper()
	v := c.vendor(spec.Name)
	v.mu.Lock()
	m := v.model(e.Name)
	v.mu.Unlock()
	keys := (&Call{Request: &Request{Action: "get"}, Account: v, entity: e, action: a, m: m}).keyParams(m)
	params := P{}
	for _, p := range a.Params {
		if !p.Required {
			continue
		}
		if value, ok := listParams[p.Name]; ok && !slices.Contains(keys, p) {
			params[p.Name] = value
			continue
		}
		key := configKey(spec, p)
		if m.binds(p.Name) && !slices.Contains(keys, p) || key != "" && p.Name == "owner" {
			continue // the connector's configuration has it
		}
		value := any(nil)
		for _, name := range m.keyFields(p.Name) {
			if value == nil {
				value = row[name]
			}
		}
		if value == nil {
			return nil, configKey(spec, p) != ""
		}
		params[p.Name] = value
	}
	return params, true
}

// compareRecords checks that the fields which both have are equal.
func compareRecords(t *testing.T, where string, listed, got map[string]any) {
	t.Helper()
	for name, value := range listed {
		other, ok := got[name]
		if !ok {
			continue
		}
		a, _ := json.Marshal(value)
		b, _ := json.Marshal(other)
		if _, nested := value.(map[string]any); !nested && string(a) != string(b) {
			if _, isList := value.([]any); !isList {
				t.Errorf("%s: field %s is %s in the list and %s alone", where, name, a, b)
			}
		}
	}
}

// TestEverySearchShowsWhatIsListed compares the Context Store with lists.
func TestEverySearchShowsWhatIsListed(t *testing.T) {
	t.Parallel()
	everyAction(t, schemas.ActionList, func(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, a *schemas.Action) {
		if !e.Searchable() {
			return
		}
		found := c.execute(spec.Name, e.Name, "context_store_search", P{"query": P{}, "limit": 3}).ok()
		if len(found.list("result.data")) == 0 {
			t.Errorf("%s.%s: the Context Store is empty", spec.Name, e.Name)
		}
		selected := c.execute(spec.Name, e.Name, contextstore.ActionSQL, P{"sql": `SELECT * FROM "` + e.Name + `"`, "limit": 3}).ok()
		if got, want := selected.at("result.data"), found.at("result.data"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s.%s: SQL shows %v, a search %v", spec.Name, e.Name, got, want)
		}
		if required(a) {
			return
		}
		listed := recordsOf(t, c.execute(spec.Name, e.Name, "list", sampleParams(t, c, spec, e, a)).ok(), a)
		if len(listed) == 0 {
			return
		}
		row, _ := listed[0].(map[string]any)
		first := found.object("result.data.0")
		compareRecords(t, spec.Name+"."+e.Name, row, first)
		for name, value := range first {
			if listed := jsonvalue.PathValue(row, name); strings.Contains(name,
				".") && listed != nil && jsonvalue.AsText(listed) != jsonvalue.AsText(value) {
				t.Errorf("%s.%s: field %s is %v in the list and %v in the Context Store", spec.Name, e.Name, name, listed, value)
			}
		}
	})
}

func required(a *schemas.Action) bool {
	if a.Requirements != nil {
		return true
	}
	for _, p := range a.Params {
		if p.Required {
			return true
		}
	}
	return false
}

// TestEveryWriteAnswers calls all writes with made-up values.
func TestEveryWriteAnswers(t *testing.T) {
	t.Parallel()
	for _, action := range []string{schemas.ActionCreate, schemas.ActionUpdate, schemas.ActionDelete} {
		t.Run(action, func(t *testing.T) {
			everyAction(t, action, func(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, a *schemas.Action) {
				answer := c.execute(spec.Name, e.Name, action, sampleParams(t, c, spec, e, a))
				if answer.status != 200 && answer.text("errors.0.details.upstream_status") != "404" {
					t.Errorf("%s.%s: %d %s", spec.Name, e.Name, answer.status, answer.body)
				}
			})
		})
	}
}

func TestWritesAreSeenByReads(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	created := c.execute(github, "issues", "create", P{"title": "Uploader drops zebra files", "body": "Requested by support",
		"labels": []string{"bug"}, "milestone": 2}).ok()
	number := created.at("result.number")
	wants := map[string]string{"result.title": "Uploader drops zebra files", "result.state": "open", "result.labels.0.name": "bug",
		"result.number": "121", "result.html_url": "https://github.com/acme/widgets/issues/121"}
	for path, want := range wants {
		if got := created.text(path); got != want {
			t.Errorf("created: %s is %q, want %q", path, got, want)
		}
	}
	read := c.execute(github, "issues", "get", P{"number": number}).ok()
	same := map[string]string{
		"result.id": "result.node_id", "result.databaseId": "result.id", "result.createdAt": "result.created_at", "result.url": "result.html_url",
		"result.title": "result.title", "result.author.login": "result.user.login", "result.labels.nodes.0.name": "result.labels.0.name",
		"result.milestone.title": "result.milestone.title",
	}
	for in, out := range same {
		if got, want := read.text(in), created.text(out); got != want || got == "" {
			t.Errorf("read %s is %q, written %s was %q", in, got, out, want)
		}
	}
	if got := read.text("result.state"); got != "OPEN" {
		t.Errorf("read state is %s", got)
	}
	for name, a := range map[string]*answer{
		"search": c.execute(github, "issues", "api_search", P{"query": "repo:acme/widgets zebra"}),
		"store":  c.execute(github, "issues", "context_store_search", P{"query": P{"filter": P{"fuzzy": P{"title": "zebra"}}}}),
		"list": c.execute(github, "issues", "list", P{"per_page": 100,
			"after": c.execute(github, "issues", "list", P{"per_page": 100}).text("connector_metadata.end_cursor")}),
	} {
		rows, _ := a.ok().at("result").([]any)
		if name == "store" {
			rows = a.list("result.data")
		}
		if len(rows) == 0 || jsonvalue.AsText(rows[len(rows)-1].(map[string]any)["number"]) != "121" {
			t.Errorf("%s does not show the new issue: %.200s", name, a.body)
		}
	}
}

func TestUpdateChangesState(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	before := c.execute(github, "issues", "get", P{"number": 1}).ok()
	closed := c.execute(github, "issues", "update", P{"issue_number": 1, "state": "closed", "labels": []string{"wontfix"}}).ok()
	if closed.text("result.state") != "closed" || closed.text("result.closed_at") == "" || closed.text("result.labels.0.name") != "wontfix" {
		t.Errorf("update answers %s", closed.body)
	}
	read := c.execute(github, "issues", "get", P{"number": 1}).ok()
	if read.text("result.state") != "CLOSED" || read.text("result.stateReason") != "COMPLETED" || read.text("result.closedAt") == "" ||
		read.text("result.labels.nodes.0.name") != "wontfix" {
		t.Errorf("after closing: %s", read.body)
	}
	if read.text("result.title") != before.text("result.title") || read.text("result.createdAt") != before.text("result.createdAt") {
		t.Errorf("closing changed more than the state: %s", read.body)
	}
	open := c.execute(github, "issues", "list", P{"states": []string{"OPEN"}, "per_page": 1})
	if open.text("result.0.number") == "1" {
		t.Error("the closed issue is listed as open")
	}
	c.execute(github, "issues", "update", P{"issue_number": 1, "state": "open"}).ok()
	again := c.execute(github, "issues", "get", P{"number": 1}).ok()
	if again.text("result.state") != "OPEN" || again.at("result.closedAt") != nil || again.at("result.stateReason") != nil {
		t.Errorf("after reopening: %s", again.body)
	}
}

func TestTenantsAreApart(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.execute("GitHub - default", "issues", "create", P{"title": "mine"}).ok()
	other := c.execute("GitHub - acme-corp", "issues", "get", P{"number": 121})
	if other.status != 400 {
		t.Errorf("another connector shows the new issue: %s", other.body)
	}
}

func TestVendorSearch(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	tests := []struct {
		query string
		check func(map[string]any) bool
		some  bool
	}{
		{"repo:acme/widgets is:issue crashes", func(map[string]any) bool { return true }, true},
		{"is:open", func(r map[string]any) bool { return r["state"] == "OPEN" }, true},
		{"is:closed", func(r map[string]any) bool { return r["state"] == "CLOSED" }, true},
		{"-is:closed page", func(r map[string]any) bool { return r["state"] == "OPEN" }, true},
		{`"does not retry"`, func(map[string]any) bool { return true }, true},
		{"label:bug", func(r map[string]any) bool { return strings.Contains(fmt.Sprint(r["labels"]), "bug") }, true},
		{"created:>=2026-01-01", func(r map[string]any) bool { return r["createdAt"].(string) >= "2026-01-01" }, true},
		{"created:<2026-01-01 is:open", func(r map[string]any) bool { return r["createdAt"].(string) < "2026-01-01" }, true},
		{"xylophone", nil, false},
	}
	for _, test := range tests {
		a := c.execute(github, "issues", "api_search", P{"query": test.query, "per_page": 100}).ok()
		rows := a.list("result")
		if (len(rows) > 0) != test.some {
			t.Errorf("%q finds %d", test.query, len(rows))
		}
		for _, row := range rows {
			if !test.check(row.(map[string]any)) {
				t.Errorf("%q finds %v", test.query, row)
			}
		}
		if got := a.at("connector_metadata.total_count"); jsonvalue.AsText(got) == "" {
			t.Errorf("%q: no total_count in %v", test.query, a.at("connector_metadata"))
		}
	}
}

// TestEveryDownloadAnswers downloads with made-up names: there is a file, or an
// empty answer.
func TestEveryDownloadAnswers(t *testing.T) {
	t.Parallel()
	everyAction(t, schemas.ActionDownload, func(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, a *schemas.Action) {
		answer := c.execute(spec.Name, e.Name, "download", sampleParams(t, c, spec, e, a))
		if answer.status != 200 || strings.Contains(answer.header.Get("Content-Type"), "json") {
			t.Errorf("%s.%s: %d %s %.200s", spec.Name, e.Name, answer.status, answer.header.Get("Content-Type"), answer.body)
		}
	})
}

// TestForeignKeysResolve follows the declared relationships from records to the
// records that they name.
func TestForeignKeysResolve(t *testing.T) {
	t.Parallel()
	everyAction(t, schemas.ActionList, func(t *testing.T, c *client, spec *schemas.Connector, e *schemas.Entity, _ *schemas.Action) {
		v := c.vendor(spec.Name)
		v.mu.Lock()
		defer v.mu.Unlock()
		m := v.model(e.Name)
		for _, r := range e.Relationships {
			target := v.model(r.TargetEntity)
			if m.base != nil || target == nil || target.list == nil || target.byName[r.TargetKey] == nil || m.byName[r.ForeignKey] == nil ||
				!scalar(m.byName[r.ForeignKey]) || r.ForeignKey == m.key {
				continue
			}
			there := map[string]bool{"": true}
			for _, record := range v.records(target, nil) {
				there[jsonvalue.AsText(record.fields[r.TargetKey])] = true
			}
			for _, record := range v.records(m, nil) {
				if value := jsonvalue.AsText(record.fields[r.ForeignKey]); !there[value] {
					t.Errorf("%s.%s: %s %q names no record of %s", spec.Name, e.Name, r.ForeignKey, value, r.TargetEntity)
					break
				}
			}
		}
	})
}

func TestCommentsBelongToIssues(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	for number := 1; number <= 20; number++ {
		issue := c.execute(github, "issues", "get", P{"number": number}).ok()
		comments := c.execute(github, "comments", "list", P{"number": number, "per_page": 100}).ok()
		if got, want := strconv.Itoa(len(comments.list("result"))), issue.text("result.comments.totalCount"); got != want {
			t.Errorf("issue %d has %s comments and says %s", number, got, want)
		}
		for i := range comments.list("result") {
			at := "result." + strconv.Itoa(i) + ".createdAt"
			if comments.text(at) < issue.text("result.createdAt") {
				t.Errorf("comment %d of issue %d is older than the issue", i, number)
			}
		}
	}
	number := c.execute(github, "issues", "create", P{"title": "new"}).ok().at("result.number")
	if n := len(c.execute(github, "comments", "list", P{"number": number}).ok().list("result")); n != 0 {
		t.Errorf("a new issue has %d comments", n)
	}
	made := c.execute(github, "comments", "create", P{"issue_number": number, "body": "first zebra"}).ok()
	list := c.execute(github, "comments", "list", P{"number": number}).ok()
	if list.text("result.0.body") != "first zebra" || list.text("result.0.id") != made.text("result.node_id") {
		t.Errorf("after a comment: %s", list.body)
	}
	if got := c.execute(github, "issues", "get", P{"number": number}).text("result.comments.totalCount"); got != "1" {
		t.Errorf("the issue counts %s comments, want 1", got)
	}
	found := c.execute(github, "comments", "context_store_search", P{"query": P{"filter": P{"fuzzy": P{"body": "zebra"}}}}).ok()
	if n := len(found.list("result.data")); n != 1 {
		t.Errorf("the Context Store has %d such comments, want 1", n)
	}
	if got := c.execute(github, "comments", "get", P{"id": made.at("result.node_id")}).text("result.body"); got != "first zebra" {
		t.Errorf("the comment alone reads %q", got)
	}
}
