package setup_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

// everyField is a form with a field of each kind.
func everyField() *setup.Setup {
	field := func(name, kind string) setup.Field {
		return setup.Field{Name: name, Type: kind, Placement: setup.PlaceReplication}
	}
	s := &setup.Setup{}
	for _, format := range []string{"date-time", "date", "uri", "email", "uuid"} {
		f := field(format, "string")
		f.Format = format
		s.Settings = append(s.Settings, f)
	}
	code, choice, whole, list := field("code", "string"), field("choice", "string"), field("integer", "integer"), field("list", "array")
	code.Pattern, code.Example = "^[A-Z]{3}$", "ABC"
	choice.Enum, choice.Default = []any{"NA", "EU"}, json.RawMessage(`"na-1"`)
	whole.Minimum, whole.Maximum = "1", "10"
	list.Items, list.Required, list.Default = "string", true, json.RawMessage(`["x"]`)
	numbers, objects := field("numbers", "array"), field("objects", "array")
	numbers.Items, objects.Items = "integer", "object"
	text := field("nested.text", "string")
	text.Placement = setup.PlaceEnvironment
	s.Settings = append(s.Settings, code, choice, whole, list, numbers, objects, text,
		field("number", "number"), field("boolean", "boolean"), field("object", "object"))
	return s
}

func TestSetupValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ field, text, want string }{
		{"date-time", "2026-01-31", `"2026-01-31T00:00:00Z"`},
		{"date-time", "2026-01-31T10:00:00+02:00", `"2026-01-31T08:00:00Z"`},
		{"date-time", "2026-01-31 10:00:00", `"2026-01-31T10:00:00Z"`},
		{"date-time", "2026-01-31T10:00:00.250Z", `"2026-01-31T10:00:00.25Z"`},
		{"date", " 2026-01-31 ", `"2026-01-31"`},
		{"date", "2026-01-31T00:00:00Z", `"2026-01-31"`},
		{"uri", "https://a.example/b?c=1&d=2", `"https://a.example/b?c=1&d=2"`},
		{"email", "a@b.example", `"a@b.example"`},
		{"uuid", "AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee", `"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"`},
		{"code", "ABC", `"ABC"`},
		{"choice", "eu", `"EU"`},
		{"choice", "na-1", `"na-1"`},
		{"integer", "1e1", `10`},
		{"number", "12345678901234567890.5", `12345678901234567890.5`},
		{"boolean", "Yes", `true`},
		{"boolean", "0", `false`},
		{"list", "a, b,\nc,", `["a","b","c"]`},
		{"list", `["a,b", 12345678901234567890]`, `["a,b","12345678901234567890"]`},
		{"numbers", "1, 2", `[1,2]`},
		{"objects", `[{"a": 1}]`, `[{"a":1}]`},
		{"object", `{"a": "<b>"}`, `{"a":"<b>"}`},
	} {
		out, err := everyField().Check(setup.Values{Fields: map[string]string{tt.field: tt.text}})
		if err != nil {
			t.Errorf("%s of %q: %v", tt.field, tt.text, err)
			continue
		}
		var got map[string]json.RawMessage
		if err := json.Unmarshal(out.Replication, &got); err != nil || string(got[tt.field]) != tt.want {
			t.Errorf("%s of %q: got %s, %v, want %s", tt.field, tt.text, got[tt.field], err, tt.want)
		}
	}
	out, err := everyField().Check(setup.Values{Fields: map[string]string{"nested.text": "x", "code": "  "}})
	if err != nil {
		t.Fatal(err)
	}
	wantSubmission(t, out, [5]string{"", "", "", `{"list":["x"]}`, `{"nested":{"text":"x"}}`})
}

func TestSetupValueFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ field, text, want string }{
		{"date-time", "31.1.2026", "a date and time like"},
		{"date", "2026-02-30", "a date like"},
		{"date", "2026-01-31T10:00:00Z", "a date like"},
		{"uri", "a.example", "a URL like"},
		{"email", "A <a@b.example>", "an email address"},
		{"uuid", "12", "a UUID like"},
		{"code", "abc", "^[A-Z]{3}$, such as ABC"},
		{"choice", "asia", `one of "NA", "EU"`},
		{"integer", "1.5", "a whole number"},
		{"integer", "0", "at least 1"},
		{"integer", "11", "at most 10"},
		{"integer", "1e999999999", "a whole number"},
		{"number", "0x10", "a number"},
		{"boolean", "maybe", "true or false"},
		{"list", `["a"`, "a JSON array"},
		{"list", `["a", null]`, "element 2: must be of type string"},
		{"list", `["a", ["b"]]`, "element 2: must be of type string"},
		{"list", `a, ***`, "element 2: is a placeholder"},
		{"list", `[]`, "at least one element"},
		{"numbers", "1, x", "element 2: must be a whole number"},
		{"objects", "a, b", "must be a JSON array"},
		{"objects", `[{"a": 1}, 2]`, "element 2: must be a JSON object"},
		{"object", `{"a": 1} {}`, "a JSON object"},
		{"object", `{"a": 1, "a": 2}`, "a JSON object"},
		{"object", `{"a": [` + strings.Repeat("7", 1001) + `]}`, "more than 1000 digits"},
		{"objects", `[{"a": ` + strings.Repeat("7", 1001) + `}]`, "more than 1000 digits"},
		{"integer", strings.Repeat("7", 1001), "a whole number"},
		{"number", "0." + strings.Repeat("7", 1001), "a number"},
		{"numbers", "1, " + strings.Repeat("7", 1001), "element 2: must be a whole number"},
		{"code", "REDACTED", "is a placeholder"},
		{"code", "**********", "is a placeholder"},
		{"code", "A\nB", "must be one line"},
		{"code", "A\xff", "UTF-8"},
	} {
		got := setupFaults(t, everyField(), setup.Values{Fields: map[string]string{tt.field: tt.text}})
		if len(got) != 1 || !strings.HasPrefix(got[0], "`"+tt.field+"` ") || !strings.Contains(got[0], tt.want) {
			t.Errorf("%s of %q: got %q, want %q", tt.field, tt.text, got, tt.want)
		}
	}
}

// TestSetupTidies cuts what people copy from the address bar down to the setting.
func TestSetupTidies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ field, text, want string }{
		{"zendesk-support.subdomain", "Acme", "acme"},
		{"zendesk-support.subdomain", "https://acme.zendesk.com/agent/dashboard", "acme"},
		{"zendesk-support.subdomain", "acme.zendesk.com", "acme"},
		{"zendesk-support.subdomain", "https://support.acme.example", ""},
		{"zendesk-support.subdomain", "https://acme.zendesk.com.evil.example", ""},
		{"zendesk-support.subdomain", "https://zendesk.com", ""},
		{"zendesk-support.subdomain", "https://www.zendesk.com", ""},
		{"zendesk-support.subdomain", "https://x@acme.zendesk.com", ""},
		{"zendesk-support.subdomain", "ftp://acme.zendesk.com", ""},
		{"zendesk-support.subdomain", "a b", ""},
		{"shopify.shop", "acme.myshopify.com", "acme"},
		{"freshdesk.subdomain", "https://acme.freshdesk.com/a/", "acme"},
		{"chargebee.site", "https://acme-test.chargebee.com", "acme-test"},
		{"jira.subdomain", "https://acme.atlassian.net/jira", "acme"},
		{"woocommerce.shop", "https://Shop.example.com/", "shop.example.com"},
		{"woocommerce.shop", "https://example.com/shop", ""},
		{"gitlab.api_url", "gitlab.example.com:8443", "gitlab.example.com:8443"},
		{"gitlab.api_url", "gitlab", ""},
		{"sentry.hostname", "a..b", ""},
		{"google-ads.customer_id", "123-456-7890,1112223333", "1234567890,1112223333"},
	} {
		name, field, _ := strings.Cut(tt.field, ".")
		s := setup.Of(connector(t, name))
		v := complete(s)
		v.Fields[field] = tt.text
		out, err := s.Check(v)
		if (err == nil) != (tt.want != "") {
			t.Errorf("%s of %q: %v, want %q", tt.field, tt.text, err, tt.want)
		}
		if err != nil {
			continue
		}
		var got map[string]any
		for _, place := range []json.RawMessage{out.Environment, out.Replication} {
			if err := json.Unmarshal(place, &got); place != nil && err != nil {
				t.Error(err)
			}
		}
		if got[field] != tt.want {
			t.Errorf("%s of %q: got %v, want %q", tt.field, tt.text, got[field], tt.want)
		}
	}
}

// complete gives a setup's first method and its settings.
func complete(s *setup.Setup) setup.Values {
	v := setup.Values{Method: s.Methods[0].Name, Fields: map[string]string{}, Secrets: map[string]secret.Text{}}
	for _, f := range s.Settings {
		v.Fields[f.Name] = sampleValue(f)
	}
	for _, f := range s.Methods[0].Fields {
		v.Secrets[f.Name] = secret.New(sampleValue(f))
	}
	return v
}

// TestSecretsOnSeveralLines accepts what has to have lines, and nothing else that
// has.
func TestSecretsOnSeveralLines(t *testing.T) {
	t.Parallel()
	s := setup.Of(connector(t, "linear"))
	for text, want := range map[string]bool{
		"  lin_api_1 \r\n": true,
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n": true,
		"{\n \"type\": \"service_account\"\n}":                           true,
		"lin_api_1\nlin_api_2":                                           false,
		"lin_api\x00_1":                                                  false,
		"{\n not JSON\n}":                                                false,
		"**********":                                                     false,
		"••••":                                                           false,
	} {
		out, err := s.Check(setup.Values{Secrets: secrets(map[string]string{"api_key": text})})
		if (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil {
			continue
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(out.Credentials.Reveal()), &got); err != nil || got["api_key"] != strings.TrimSpace(text) {
			t.Errorf("%q became %q, %v", text, got["api_key"], err)
		}
	}
}

// TestSetupFaultsHideValues puts a canary wherever a value can go, right or wrong.
func TestSetupFaultsHideValues(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		s := setup.Of(conn)
		const canary = "canary-5f0c"
		for _, text := range []string{canary, "x\n" + canary, canary + ",**********", "[" + canary, `{"` + canary} {
			v := setup.Values{
				Method: "", Name: canary + "\n",
				Fields:  map[string]string{canary: text, "my_" + text: "x", "auth_type": text},
				Secrets: map[string]secret.Text{"unknown": secret.New(text), "option_title": secret.New(text), text: secret.New(text)},
			}
			for _, f := range s.Settings {
				v.Fields[f.Name] = text
			}
			for _, method := range []string{"", canary, s.Methods[0].Name} {
				v.Method = method
				hidden(t, s, v, canary)
			}
			for _, m := range s.Methods {
				for _, f := range m.Fields {
					v.Secrets[f.Name], v.Fields[f.Name] = secret.New(text), text
				}
			}
			hidden(t, s, v, canary)
		}
	})
}

func hidden(t *testing.T, s *setup.Setup, v setup.Values, canary string) {
	t.Helper()
	out, err := s.Check(v)
	if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v %v", err, err, err, out), canary) {
		t.Errorf("got %v, want an error without the canary", err)
	}
}

func TestSubmissionPrintsNoSecret(t *testing.T) {
	t.Parallel()
	out, err := setup.Of(connector(t, "linear")).Check(setup.Values{Secrets: secrets(map[string]string{"api_key": "canary"})})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(out)
	if got := fmt.Sprintf("%v %+v %#v %s", out, out, out, b); err != nil || strings.Contains(got, "canary") {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestSetupFaultsAreBounded(t *testing.T) {
	t.Parallel()
	fields := map[string]string{}
	for i := range 1000 {
		fields[fmt.Sprintf("field_%d", i)] = "x"
	}
	got := setupFaults(t, setup.Of(connector(t, "linear")), setup.Values{Fields: fields})
	if len(got) != 51 || got[50] != "and 951 more faults" {
		t.Errorf("got %d faults, the last %q", len(got), got[len(got)-1])
	}
}

// TestInferMethod covers keys that several methods share.
func TestInferMethod(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ connector, names, want string }{
		{"gitlab", "access_token", "gitlabPAT"},
		{"gitlab", "access_token client_id client_secret refresh_token", "gitlabOAuth"},
		{"facebook-marketing", "access_token", "facebookOAuth"},
		{"facebook-marketing", "account_key", "facebookServiceAuth"},
		{"hubspot", "access_token", "hubspotPrivateApp"},
		{"hubspot", "access_token refresh_token", "oauth2"},
		{"hubspot", "client_id client_secret", ""},
		{"hubspot", "access_token client_id client_secret", ""}, // OAuth without its refresh token
		{"slack", "api_token", "bearerAuth"},
		{"gong", "access_key", ""},
		{"zendesk-support", "email api_token subdomain", "zendeskAPIToken"},
		{"github", "credentials.personal_access_token", "githubPAT"},
		{"stripe", "", "bearerAuth"},
	} {
		got, err := setup.Of(connector(t, tt.connector)).InferMethod(strings.Fields(tt.names))
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s with %s: got %q, %v, want %q", tt.connector, tt.names, got, err, tt.want)
		}
	}
	got := setupFaults(t, setup.Of(connector(t, "gong")), setup.Values{Secrets: secrets(map[string]string{"access_key": "x"})})
	if len(got) != 1 || !strings.HasPrefix(got[0], "`access_key_secret` is required") {
		t.Errorf("half of a method: got %q", got)
	}
}

// TestSetupWithOneNameForTwoThings takes what came among the secrets for the
// secret and the rest for the setting.
func TestSetupWithOneNameForTwoThings(t *testing.T) {
	t.Parallel()
	s := &setup.Setup{
		Methods: []setup.Method{{Name: "key", Title: "Key", Fields: []setup.Field{
			{Name: "key", Type: "string", Secret: true, Required: true}, {Name: "user", Type: "string"},
		}}},
		Settings: []setup.Field{{Name: "key", Type: "string", Placement: setup.PlaceEnvironment}},
	}
	out, err := s.Check(setup.Values{
		Name: "Mine", Fields: map[string]string{"key": "open", "user": "me"}, Secrets: secrets(map[string]string{"key": "hidden"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	auth := `{"key":"hidden","user":"me"}`
	wantSubmission(t, out, [5]string{"key", auth, auth, "", `{"key":"open"}`})
	for _, name := range []string{"two\nlines", strings.Repeat("x", 256)} {
		got := setupFaults(t, s, setup.Values{Name: name, Secrets: secrets(map[string]string{"key": "hidden"})})
		if len(got) != 1 || !strings.HasPrefix(got[0], "`name` must ") {
			t.Errorf("the name %q: got %q", name, got)
		}
	}
}
