package sandbox

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

// TestUnwrittenObjectsAreNull creates records without naming the records that they
// can belong to.
func TestUnwrittenObjectsAreNull(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	issue := c.execute(github, "issues", "create", P{"title": "bare"}).ok()
	number := issue.at("result.number")
	reads := map[string]*answer{
		"create": issue,
		"get":    c.execute(github, "issues", "get", P{"number": number}),
		"update": c.execute(github, "issues", "update", P{"issue_number": number, "body": "still bare"}),
	}
	for name, a := range reads {
		for _, field := range []string{"milestone", "type", "assignee"} {
			if value, ok := a.ok().object("result")[field]; ok && value != nil {
				t.Errorf("%s: %s is %v, want null", name, field, value)
			}
		}
	}
	with := c.execute(github, "issues", "create", P{"title": "planned", "milestone": 2}).ok()
	if with.text("result.milestone.number") != "2" || with.text("result.milestone.title") == "" {
		t.Errorf("with a milestone: %v", with.at("result.milestone"))
	}
	if got := issue.at("result.labels"); len(got.([]any)) != 0 || issue.text("result.comments") != "0" {
		t.Errorf("labels %v and %v comments, want none", got, issue.at("result.comments"))
	}
}

// TestWrittenObjectsAreNotMadeUp writes a part of an object: the rest is empty.
func TestWrittenObjectsAreNotMadeUp(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	made := c.execute("stripe", "customers", "create", P{"name": "Ann", "address": P{"city": "Ulm"}}).ok()
	for name, a := range map[string]*answer{"create": made, "get": c.execute("stripe", "customers", "get", P{"id": made.at("result.id")})} {
		address := a.ok().object("result.address")
		if country, there := address["country"]; address["city"] != "Ulm" || !there || country != nil {
			t.Errorf("%s: the address is %v, want Ulm and nulls", name, address)
		}
	}
}

// TestFormsOfOneText writes a text that records show in two forms.
func TestFormsOfOneText(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	c.execute(github, "issues", "update", P{"issue_number": 1, "body": "a < b"}).ok()
	if got, want := c.execute(github, "issues", "get", P{"number": 1}).text("result.bodyHTML"), "<p>a &lt; b</p>"; got != want {
		t.Errorf("the HTML of the new text is %q, want %q", got, want)
	}
}

// TestRepeatedKeys looks at records that say their key twice.
func TestRepeatedKeys(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, row := range c.execute("hubspot", "contacts", "list", P{"limit": 100}).ok().list("result") {
		if id, again := jsonvalue.PathValue(row, "id"), jsonvalue.PathValue(row, "properties.hs_object_id"); id != again {
			t.Errorf("the contact %v says that it is %v", id, again)
		}
	}
}

func TestSmallThingsHaveShortDescriptions(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, row := range c.execute("GitHub - default", "labels", "list", P{"per_page": 100}).ok().list("result") {
		text, ok := row.(P)["description"].(string)
		if ok && (text == "" || strings.HasSuffix(text, ".") || len(strings.Fields(text)) > 6) {
			t.Errorf("label %v: description %q, want a few words", row.(P)["name"], text)
		}
	}
	made := c.execute("GitHub - default", "issues", "create", P{"title": "x", "labels": []string{"bug", "never seen"}}).ok()
	if known, unknown := made.text("result.labels.0.description"),
		made.at("result.labels.1.description"); known != "Defects and regressions" || unknown != nil {
		t.Errorf("descriptions are %q for a label and %v for a new one, want null", known, unknown)
	}
}
