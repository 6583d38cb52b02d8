package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.execute("GitHub - default", "", "describe", nil).ok()
	if a.text("result.connector_name") != "github" {
		t.Errorf("describe: %.200s", a.body)
	}
	for _, item := range a.list("result.entities") {
		e := item.(map[string]any)
		if e["entity_name"] != "issues" {
			continue
		}
		if actions := e["available_actions"].([]any); len(actions) != 7 {
			t.Errorf("actions of issues: %v", actions)
		}
		if params := e["parameters"].(map[string]any)["get"].([]any); len(params) != 4 {
			t.Errorf("parameters of issues.get: %v", params)
		}
		return
	}
	t.Error("no issues")
}

func TestSemanticErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	tests := []struct {
		params P
		status int
		text   string
	}{
		{P{"semantic": P{"prompt": "slow"}, "query": P{}}, 422, "exclude each other"},
		{P{"semantic": "slow"}, 422, "valid dictionary"},
		{P{"semantic": P{}}, 422, "Field required"},
		{P{"semantic": P{"prompt": "slow"}}, 400, "no field that is indexed"}, // issues have no text in the store
	}
	for _, test := range tests {
		a := stored(c, test.params)
		if a.status != test.status || !strings.Contains(a.text("message"), test.text) {
			t.Errorf("%v: got %d %s, want %d %q", test.params, a.status, a.body, test.status, test.text)
		}
	}
}

func TestSemanticSearch(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.execute("GitHub - default", "comments", "context_store_search",
		P{"semantic": P{"prompt": "customer reported timeout", "min_similarity": 0.5}, "fields": []string{"id", "body"}, "limit": 3}).ok()
	rows := a.list("result.data")
	if len(rows) == 0 {
		t.Fatal("nothing found")
	}
	last := "9"
	for i := range rows {
		hit := rows[i].(map[string]any)
		score := jsonvalue.AsText(hit["metadata"].(map[string]any)["score"])
		if score > last || score < "0.50" {
			t.Errorf("hit %d has score %s after %s", i, score, last)
		}
		last = score
		if len(hit["entity"].(map[string]any)) != 2 {
			t.Errorf("hit %d shows %v", i, hit["entity"])
		}
	}
}

func TestStateFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	keep := func(o *Options) { o.StateFile = path }
	const github = "GitHub - default"
	first := newClient(t, keep)
	first.execute(github, "issues", "create", P{"title": "survivor", "labels": []string{"bug"}}).ok()
	first.execute(github, "issues", "update", P{"issue_number": 1, "state": "closed"}).ok()
	id := first.send("POST", connectorsPath, newGitHub(func(b P) { b["name"] = "kept" }), nil).text("id")
	first.send("POST", connectorsPath+"/"+id+"/execute", P{"entity": "issues", "action": "create", "params": P{"title": "elsewhere"}},
		nil).ok()
	first.send("DELETE", connectorsPath+"/"+first.id("GitHub - archive"), nil, nil)

	for range 2 { // the second start reads what the first one wrote without asking for records
		c := newClient(t, keep)
		a := c.execute(github, "issues", "get", P{"number": 121})
		if a.status != 200 || a.text("result.title") != "survivor" || a.text("result.labels.nodes.0.name") != "bug" ||
			a.text("result.state") != "OPEN" {
			t.Errorf("the created issue is %d %s", a.status, a.body)
		}
		if got := c.execute(github, "issues", "get", P{"number": 1}).text("result.state"); got != "CLOSED" {
			t.Errorf("the closed issue is %s", got)
		}
		if n := len(c.get(connectorsPath + "?workspace_name=empty").list("data")); n != 1 {
			t.Errorf("%d connectors in the workspace, want 1", n)
		}
		if got := c.get(connectorsPath + "/" + first.id(github)).status; got != 200 {
			t.Errorf("a seeded connector gives %d", got)
		}
		c.send("PUT", connectorsPath+"/"+id, P{"name": "again"}, nil)
	}
	saved, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append([]byte("\ufeff"), saved...), 0o600) // as an editor of Windows does
	}
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, keep)
	if got := c.send("POST", connectorsPath+"/"+id+"/execute", P{"entity": "issues", "action": "get", "params": P{"number": 121}},
		nil).text("result.title"); got != "elsewhere" {
		t.Errorf("the other connector's issue is %q", got)
	}
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestStateFileErrors(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	for content, want := range map[string]string{"{": "unexpected", `{"version":9,"seed":1}`: "version 9",
		`{"version":1,"seed":2}`: "seed 2"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Catalog: catalog(), StateFile: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("content %s: error %v, want %q", content, err, want)
		}
	}
}

func TestDataset(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"small": "12", "": "120", "normal": "120", "large": "1200"} {
		c := newClient(t, func(o *Options) { o.Dataset = name })
		if got := c.execute("GitHub - default", "issues", "api_search",
			P{"query": "repo:acme/widgets", "per_page": 1}).text("connector_metadata.total_count"); got != want {
			t.Errorf("dataset %q has %s issues, want %s", name, got, want)
		}
	}
	if _, err := New(Options{Catalog: catalog(), Dataset: "huge"}); err == nil {
		t.Error("an unknown data set is accepted")
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(o *Options) { o.Switches = map[string]string{"organizations": "several"} })
	if a := c.get("/api/v1/workspaces"); a.status != 400 || !strings.Contains(a.text("message"), "specify target organization") {
		t.Errorf("several organizations: %d %s", a.status, a.body)
	}
	set := func(name, value string) *answer {
		return c.send("PUT", "/__sandbox/config", P{"switches": P{name: value}}, nil)
	}
	set("organizations", "one")
	tests := []struct {
		name, value string
		status      func() int
		want        int
	}{
		{"executor_validation_status", "422", func() int { return c.execute("GitHub - default", "nothing", "list", nil).status }, 422},
		{"vendor_error_status", "502", func() int { return c.execute("GitHub - default", "issues", "get", P{"number": 4711}).status }, 502},
		{"unready_store", "409", func() int {
			return c.execute("GitHub - archive", "issues", "context_store_search", P{"query": P{}}).status
		}, 409},
		{"unknown_workspace_list", "empty", func() int { return c.get(connectorsPath + "?workspace_name=nobody").status }, 200},
		{"list_without_workspace", "400", func() int { return c.get(connectorsPath).status }, 400},
		{"empty_filter", "400", func() int { return stored(c, P{"query": P{"filter": P{}}}).status }, 400},
		{"autocreate_on_connector_create", "on", func() int {
			return c.send("POST", connectorsPath, newGitHub(func(b P) { b["workspace_name"] = "new one" }), nil).status
		}, 200},
		{"missing_bearer", "401", func() int {
			return c.send("GET", "/api/v1/workspaces", nil, map[string][]string{"Authorization": nil}).status
		}, 401},
	}
	for _, test := range tests {
		before := test.status()
		if a := set(test.name, test.value); a.status != 200 {
			t.Errorf("%s: %d %s", test.name, a.status, a.body)
		}
		if got := test.status(); got != test.want || before == got {
			t.Errorf("%s=%s changes the status from %d to %d, want %d", test.name, test.value, before, got, test.want)
		}
	}
	for name, value := range map[string]string{"nothing": "on", "dialect": "older", "delete_delay": "soon"} {
		if got := set(name, value).status; got != 400 {
			t.Errorf("%s=%s gives %d, want 400", name, value, got)
		}
	}
}
