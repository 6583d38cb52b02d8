package setup_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/workbound"
	"airbyte-mcp-server/schemas/setup"
)

// githubSpec is what a template of GitHub says.
const githubSpec = `{"documentationUrl":"https://docs.airbyte.com/integrations/sources/github","connectionSpecification":{
 "type":"object","title":"GitHub","required":["credentials","repositories"],"properties":{
  "credentials":{"type":"object","title":"Authentication","oneOf":[
   {"type":"object","title":"OAuth","required":["access_token"],"properties":{
    "option_title":{"type":"string","const":"OAuth Credentials"},"access_token":{"type":"string","airbyte_secret":true}}},
   {"type":"object","title":"Personal Access Token","required":["personal_access_token"],"properties":{
    "option_title":{"type":"string","enum":["PAT Credentials"]},"personal_access_token":{"type":"string","airbyte_secret":true}}}]},
  "repositories":{"type":"array","items":{"type":"string"},"description":"owner/name or <b>owner/*</b>"},
  "start_date":{"type":["string","null"],"format":"date-time"}}},
 "advanced_auth":{"auth_flow_type":"oauth2.0","predicate_key":["credentials","option_title"],"predicate_value":"OAuth Credentials"}}`

// storeSpec has something of everything that specifications do.
const storeSpec = `{"connectionSpecification":{"type":"object","required":["host","password","window","kind"],"properties":{
  "password":{"type":"string","airbyte_secret":true,"order":2},
  "host":{"type":"string","order":0,"title":"Server","examples":["db.example.com"],
	   "description":"See <a href=\"https://x.example\">the docs</a> &amp; ask."},
  "username":{"type":"string","order":1},
  "kind":{"type":"string","const":"store"},
  "window":{"type":"integer","minimum":1,"maximum":30,"default":7},
  "internal":{"type":"string","airbyte_hidden":true},
  "sync":{"type":"object","required":["mode"],"properties":{
   "mode":{"type":"string","enum":["full","changes"]},"every":{"type":"number"}}},
  "odd":{"type":7,"title":["x"],"order":"first","examples":"none","items":false,"required":true},
  "tunnel_method":{"type":"object","oneOf":[
   {"title":"None","properties":{"tunnel_method":{"const":"NO_TUNNEL"}}},
   {"title":"Key","properties":{"tunnel_method":{"const":"KEY"},"ssh_key":{"type":"string","airbyte_secret":true}}}]}}}}`

func setupOf(t *testing.T, spec string) *setup.Setup {
	t.Helper()
	s, err := setup.FromSpec("Store", "1234", json.RawMessage(spec))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetupFromSpecWithMethods(t *testing.T) {
	t.Parallel()
	s := setupOf(t, githubSpec)
	if s.Connector != "" || s.Title != "Store" || s.DefinitionID != "1234" || !strings.HasSuffix(s.DocsURL, "/github") ||
		len(s.Methods) != 2 || len(s.Settings) != 2 {
		t.Fatalf("got %+v", s)
	}
	oauth, pat := s.Methods[0], s.Methods[1]
	if oauth.Name != "OAuth Credentials" || oauth.Title != "OAuth" || oauth.Type != "oauth2" || !oauth.OAuth {
		t.Errorf("OAuth: got %+v", oauth)
	}
	if pat.Name != "PAT Credentials" || pat.Title != "Personal Access Token" || pat.Type != "bearer" || pat.OAuth {
		t.Errorf("token: got %+v", pat)
	}
	field, list := pat.Fields[0], s.Settings[0]
	if field.Name != "personal_access_token" || !field.Secret || !field.Required || field.Placement != setup.PlaceCredentials {
		t.Errorf("token: got %+v", field)
	}
	if list.Name != "repositories" || list.Type != "array" || list.Items != "string" || !list.Required ||
		list.Description != "owner/name or owner/*" {
		t.Errorf("repositories: got %+v", list)
	}
	for _, key := range []string{"personal_access_token", "credentials.personal_access_token"} {
		out, err := s.Check(setup.Values{
			Fields:  map[string]string{"repositories": "a/b", "start_date": "2026-01-31"},
			Secrets: secrets(map[string]string{key: "x", "option_title": "y"}),
		})
		if err != nil {
			t.Fatal(err)
		}
		wantSubmission(t, out, [5]string{"PAT Credentials", `{"personal_access_token":"x"}`,
			`{"credentials":{"option_title":"PAT Credentials","personal_access_token":"x"}}`,
			`{"repositories":["a/b"],"start_date":"2026-01-31T00:00:00Z"}`})
	}
	got := setupFaults(t, s, setup.Values{Fields: map[string]string{"repositories": "a/b"}})
	if len(got) != 1 || !strings.Contains(got[0], "Personal Access Token (PAT Credentials): personal_access_token") {
		t.Errorf("no credentials: got %q", got)
	}
}

func TestSetupFromSpecWithoutMethods(t *testing.T) {
	t.Parallel()
	s := setupOf(t, storeSpec)
	var names []string
	for _, f := range s.Settings {
		names = append(names, f.Name+" "+f.Type)
	}
	if want := []string{"host string", "odd string", "sync.every number", "sync.mode string", "window integer"}; !slices.Equal(names, want) {
		t.Errorf("settings %q, want %q", names, want)
	}
	names = nil
	for _, f := range s.Methods[0].Fields {
		names = append(names, f.Name+" "+f.Type)
	}
	if want := []string{"username string", "password string", "tunnel_method object"}; len(s.Methods) != 1 ||
		s.Methods[0].Type != "basic" || !slices.Equal(names, want) {
		t.Errorf("%d methods, %+v, want fields %q", len(s.Methods), s.Methods, want)
	}
	if host := s.Settings[0]; host.Title != "Server" || host.Description != "See the docs & ask." || host.Example != "db.example.com" {
		t.Errorf("host: got %+v", host)
	}
	out, err := s.Check(setup.Values{
		Fields:  map[string]string{"host": "h", "username": "u", "sync.mode": "FULL"},
		Secrets: secrets(map[string]string{"password": "p", "tunnel_method": `{"tunnel_method": "KEY", "ssh_key": "k"}`}),
	})
	if err != nil {
		t.Fatal(err)
	}
	auth := `{"username":"u","password":"p","tunnel_method":{"tunnel_method":"KEY","ssh_key":"k"}}`
	wantSubmission(t, out, [5]string{"credentials", auth, auth, `{"host":"h","kind":"store","sync":{"mode":"full"},"window":7}`})
	got := setupFaults(t, s, setup.Values{Fields: map[string]string{"window": "31", "internal": "x", "sync.mode": "some"}})
	want := []string{"`internal` is unknown; allowed: username, password, tunnel_method, host, odd, sync.every, sync.mode, window",
		"`password` is required: Password of that Store account", "`host` is required: See the docs & ask",
		"`sync.mode` must be one of \"full\", \"changes\"", "`window` must be at most 30"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSetupFromSpecOfSeveralForms(t *testing.T) {
	t.Parallel()
	choice := `{"oneOf":[{"title":"Key","required":["password"],"properties":{"password":{"type":"string","airbyte_secret":true}}},
	 {"title":"Other","required":["other"],"properties":{"other":{"type":"object","required":["token"],
	  "properties":{"token":{"type":"string","airbyte_secret":true}}}}}]}`
	for name, tt := range map[string]struct {
		spec, given, stored string
	}{
		"a bare schema":       {`{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true}}}`, "key", `{"key":"x"}`},
		"alternatives on top": {choice, "password", `{"password":"x"}`},
		"nested names":        {`{"properties":{"auth":` + choice + `}}`, "other.token", `{"auth":{"other":{"token":"x"}}}`},
		"one name twice": {`{"properties":{"auth":` + choice + `,"password":{"type":"string","airbyte_secret":true}}}`,
			"auth.password password", `{"auth":{"password":"x"},"password":"x"}`},
	} {
		given := map[string]string{}
		for name := range strings.FieldsSeq(tt.given) {
			given[name] = "x"
		}
		out, err := setupOf(t, tt.spec).Check(setup.Values{Secrets: secrets(given)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := out.StoredAuth.Reveal(); !same(t, got, tt.stored) {
			t.Errorf("%s: got %s, want %s", name, got, tt.stored)
		}
	}
	s := setupOf(t, `{"properties":{"auth":`+choice+`}}`)
	if out, err := s.Check(setup.Values{}); err != nil || out.Method != "" || out.Credentials.IsSet() || out.StoredAuth.IsSet() {
		t.Errorf("credentials that are not required: got %+v, %v", out, err)
	}
}

func TestSetupFromSpecErrors(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"properties":{"a":`, 50) + `{"type":"string"}` + strings.Repeat(`}}`, 50)
	for _, spec := range []string{"", "null", "[]", "{", `"x"`, `{}`, `{"connectionSpecification":null}`, `{"type":"string"}`} {
		if s, err := setup.FromSpec("Store", "", json.RawMessage(spec)); err == nil || !strings.Contains(err.Error(), "Store") {
			t.Errorf("SetupFromSpec(%s) = %+v, %v, want an error", spec, s, err)
		}
	}
	s := setupOf(t, deep)
	if len(s.Settings) != 1 || s.Settings[0].Type != "object" || strings.Count(s.Settings[0].Name, ".") > 10 {
		t.Errorf("50 levels: got %+v", s.Settings)
	}
}

func FuzzSetupFromSpec(f *testing.F) {
	f.Add(githubSpec, "repositories", "a/b")
	f.Add(storeSpec, "window", "7")
	f.Add(`{"properties":{"a":null,"b":{"oneOf":[null,{"properties":{"c":{"airbyte_secret":true}}}]}}}`, "b.c", "x")
	f.Add(storeSpec, "window", strings.Repeat("9", 100_000))
	f.Add(storeSpec, strings.Repeat("a.", 50_000), strings.Repeat("[", 100_000))
	f.Fuzz(func(t *testing.T, spec, name, text string) {
		s, err := setup.FromSpec("Store", "", json.RawMessage(spec))
		if err != nil {
			return
		}
		given := setup.Values{Fields: map[string]string{name: text}, Secrets: secrets(map[string]string{name: text})}
		var out *setup.Submission
		workbound.Check(t, "a setting", len(name)+len(text), 200, func() { out, err = s.Check(given) })
		if err == nil && (out.Replication != nil && !json.Valid(out.Replication) || out.StoredAuth.IsSet() &&
			!json.Valid([]byte(out.StoredAuth.Reveal()))) {
			t.Errorf("sends what is no JSON: %s", out.Replication)
		}
	})
}
