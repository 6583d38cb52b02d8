package schemas_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// TestConnectorFiles reads each file of the catalog strictly: a key that no reader
// knows is a fact that gets lost.
func TestConnectorFiles(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		data, err := os.ReadFile("catalog/" + conn.Name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(new(schemas.Connector)); err != nil {
			t.Error(err)
		}
		members, err := rawjson.Members(bytes.TrimSpace(data))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, 3)
		for i := range got {
			got[i] = members[i].Name
		}
		if want := []string{"name", "title", "definition_id"}; !slices.Equal(got, want) {
			t.Errorf("the file begins with the keys %q, want %q", got, want)
		}
		if !uuid.MatchString(conn.DefinitionID) {
			t.Errorf("definition_id %q is no UUID", conn.DefinitionID)
		}
		if conn.Title == "" || len(conn.Entities) == 0 {
			t.Errorf("title %q and %d entities: a connector has both", conn.Title, len(conn.Entities))
		}
	})
}

func TestNamesAreUnique(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		var entities []string
		for _, e := range conn.Entities {
			entities = append(entities, e.Name)
			var actions []string
			for _, a := range e.Actions {
				actions = append(actions, a.Name)
				uniqueParams(t, e.Name+"."+a.Name, a.Params)
			}
			unique(t, e.Name, actions)
		}
		unique(t, conn.Name, entities)
	})
}

func uniqueParams(t *testing.T, at string, params []*schemas.Parameter) {
	t.Helper()
	var names []string
	for _, p := range params {
		names = append(names, p.Name)
		uniqueParams(t, at+"/"+p.Name, p.Properties)
		if p.Items != nil {
			uniqueParams(t, at+"/"+p.Name+"[]", p.Items.Properties)
		}
	}
	unique(t, at, names)
}

func unique(t *testing.T, at string, names []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, name := range names {
		if name == "" || seen[name] {
			t.Errorf("%s: the name %q is empty or there twice", at, name)
		}
		seen[name] = true
	}
}

// TestActionsAreConsistent checks what one part of an action says about another.
func TestActionsAreConsistent(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, e := range conn.Entities {
			for _, r := range e.Relationships {
				if conn.Entity(r.TargetEntity) == nil {
					t.Errorf("%s: a relationship leads to %q, which is no entity", e.Name, r.TargetEntity)
				}
			}
			for _, a := range e.Actions {
				checkAction(t, e.Name+"."+a.Name, a)
			}
		}
	})
}

func checkAction(t *testing.T, at string, a *schemas.Action) {
	t.Helper()
	known := func(name string) bool {
		return name == "" || slices.ContainsFunc(a.Params, func(p *schemas.Parameter) bool { return p.Name == name })
	}
	if p := a.Pagination; p != nil {
		for _, name := range append([]string{p.CursorParam, p.LimitParam, p.BackwardParam}, p.OtherCursorParams...) {
			if !known(name) {
				t.Errorf("%s: paging names the parameter %q, which the action lacks", at, name)
			}
		}
		styles := []string{
			schemas.PagingCursor, schemas.PagingPage, schemas.PagingOffset,
			schemas.PagingRecordID, schemas.PagingResponseOnly, schemas.PagingNone,
		}
		if !slices.Contains(styles, p.Style) {
			t.Errorf("%s: unknown paging style %q", at, p.Style)
		}
	}
	if !known(a.UploadParam) {
		t.Errorf("%s: the upload parameter %q is no parameter", at, a.UploadParam)
	}
	if kinds := []string{"list", "object", "binary", "none"}; !slices.Contains(kinds, a.Result.Kind) {
		t.Errorf("%s: unknown kind of result %q", at, a.Result.Kind)
	}
}

var toolName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

func TestToolNames(t *testing.T) {
	t.Parallel()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, name := range names {
		conn, err := catalog.Connector(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, tl := range toolsOf(conn) {
			if !toolName.MatchString(tl.name) {
				t.Errorf("%s: the tool name %q does not match %s", name, tl.name, toolName)
			}
			if other, taken := owner[tl.name]; taken {
				t.Errorf("the tool %s belongs to %s and to %s", tl.name, other, name)
			}
			owner[tl.name] = name
		}
	}
}

func TestToolNameParts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		conn           schemas.Connector
		entity, action string
		want           string
	}{
		{schemas.Connector{Name: "github"}, "issues", "list", "github_issues_list"},
		{schemas.Connector{Name: "zendesk-support"}, "tickets", "get", "zendesk_support_tickets_get"},
		{schemas.Connector{Name: "github"}, "issues", "context_store_search", "github_issues_search"},
		{schemas.Connector{Name: "github"}, "issues", "api_search", "github_issues_api_search"},
		{schemas.Connector{Name: "amazon-ads", Prefix: "amzn_ads"}, "profiles", "list", "amzn_ads_profiles_list"},
	}
	for _, tt := range tests {
		if got := tt.conn.ToolName(tt.entity, tt.action); got != tt.want {
			t.Errorf("ToolName(%s, %s) = %q, want %q", tt.entity, tt.action, got, tt.want)
		}
	}
}
