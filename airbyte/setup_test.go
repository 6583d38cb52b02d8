package airbyte_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
)

const definitionsPath = "/api/v1/integrations/definitions/sources"

// templates answers with the organization's own templates, or the global ones.
func templates(own, global string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rows := own
		if r.URL.Query().Get("use_global") == "true" {
			rows = global
		}
		say(200, `{"data":[`+rows+`]}`)(w, r)
	}
}

const (
	ownGitHub = `{"id":"t-1","name":"GitHub","icon":null,"connector_name":"github","organization_id":"o-1",` +
		`"actor_definition_id":"d-1","mode":"MULTI"}`
	globalGitHub = `{"id":"t-2","name":"GitHub","icon":null,"connector_name":"github","organization_id":null,"actor_definition_id":"d-1"}`
	globalAds    = `{"id":"t-3","name":"Google Ads","icon":"<svg/>","organization_id":null,"source_definition_id":"d-2"}`
)

func TestTemplatesOwnFirst(t *testing.T) {
	t.Parallel()
	want := []airbyte.Template{
		{ID: "t-1", Name: "GitHub", Slug: "github", DefinitionID: "d-1", OrganizationID: "o-1", Mode: "MULTI"},
		{ID: "t-2", Name: "GitHub", Slug: "github", DefinitionID: "d-1"},
		{ID: "t-3", Name: "Google Ads", Slug: "google-ads", DefinitionID: "d-2"},
	}
	both := globalGitHub + "," + globalAds + "," + ownGitHub
	for name, answer := range map[string]http.HandlerFunc{
		"two lists":         templates(ownGitHub, globalGitHub+","+globalAds),
		"everything in one": templates(both, globalGitHub+","+globalAds),
		"everything twice":  templates(both, both),
	} {
		a := newAPI()
		a.others["GET "+templatesPath] = answer
		got, err := a.serve(t).Templates(t.Context(), "main")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
}

func TestTemplateDetail(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ definition, tooltip, wantTooltip, slug string }{
		"source, words": {`"source_definition_id":"d-1"`, `"Create a token."`, "Create a token.", ""},
		"actor, by scheme": {`"connector_name":"github","actor_definition_id":"d-1"`, `{"pat":"Make one.","oauth":"Sign in."}`,
			"oauth: Sign in.\npat: Make one.", "github"},
		"source, no tooltip": {`"source_definition_id":"d-1"`, `null`, "", ""},
	}
	for name, test := range tests {
		a := newAPI()
		a.others["GET "+templatesPath+"/t-1"] = say(200, `{"id":"t-1","name":"Our GitHub","icon":null,`+test.definition+
			`,"user_config_spec":{"n":12345678901234567890},"partial_default_config":null,"auth_tooltip":`+test.tooltip+`}`)
		got, err := a.serve(t).Template(t.Context(), "main", "t-1")
		if err != nil {
			t.Fatal(err)
		}
		if got.DefinitionID != "d-1" || got.Slug != test.slug || got.AuthTooltip != test.wantTooltip ||
			string(got.UserConfigSpec) != `{"n":12345678901234567890}` || got.PartialDefaultConfig != nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestCloneTemplate(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.others["POST "+templatesPath] = say(200, `{"id":"t-9","name":"GitHub","source_definition_id":"d-1"}`)
	got, err := a.serve(t).CloneTemplate(t.Context(), "t-2", "")
	if err != nil || got.ID != "t-9" || a.requests(templatesPath)[0].body != `{"original_source_template_id":"t-2"}` {
		t.Errorf("got %+v, %v, %+v", got, err, a.requests(templatesPath))
	}
	a.others["POST "+templatesPath] = say(500, ``)
	_, err = a.serve(t).CloneTemplate(t.Context(), "t-2", "Ours")
	if failure := failureOf(t, err); failure == nil || failure.Outcome != airbyte.OutcomeUnknown || len(a.requests(templatesPath)) != 2 {
		t.Errorf("got %v after %d requests, want a write in doubt, sent once", err, len(a.requests(templatesPath))-1)
	}
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.others["GET "+definitionsPath] = say(200, `{"definitions":[
		{"sourceDefinitionId":"d-1","name":"GitHub","supportLevel":"certified","iconUrl":null},
		{"destinationDefinitionId":"d-2","name":"GitHub sink"}]}`)
	got, err := a.serve(t).Definitions(t.Context(), "git hub")
	want := []airbyte.Definition{{ID: "d-1", Name: "GitHub", SupportLevel: "certified"}}
	if err != nil || !slices.Equal(got, want) || a.requests(definitionsPath)[0].query != "name=git+hub" {
		t.Errorf("got %+v, %v by %q, want %+v", got, err, a.requests(definitionsPath)[0].query, want)
	}
}

func TestIDsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "..", "a/b", "a?b", "a#b", "%2e", `a\b`} {
		a := newAPI()
		client := a.serve(t)
		name := "n"
		for what, call := range map[string]func() error{
			"template": func() error { _, err := client.Template(t.Context(), "main", id); return err },
			"clone":    func() error { _, err := client.CloneTemplate(t.Context(), id, ""); return err },
			"get":      func() error { _, err := client.Connector(t.Context(), id); return err },
			"update": func() error {
				_, err := client.UpdateConnector(t.Context(), id, airbyte.ConnectorChange{Name: &name})
				return err
			},
			"check":   func() error { _, err := client.CheckConnector(t.Context(), id, airbyte.ConnectorChange{}); return err },
			"delete":  func() error { return client.DeleteConnector(t.Context(), "main", id) },
			"inspect": func() error { _, err := client.Inspect(t.Context(), id); return err },
		} {
			failure := failureOf(t, call())
			if failure == nil || failure.Code != airbyte.CodeInvalid || failure.Outcome != airbyte.OutcomeNotSent ||
				!strings.Contains(failure.Message, "id") {
				t.Errorf("%s of %q: got %v, want invalid and not_sent", what, id, failure)
			}
		}
		if got := len(a.all()); got != 0 {
			t.Errorf("%q: got %d requests, want none", id, got)
		}
	}
}
