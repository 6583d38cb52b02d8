package setup_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

var catalog = schemas.Embedded()

// everyConnector runs a test for each connector of the catalog.
func everyConnector(t *testing.T, test func(*testing.T, *schemas.Connector)) {
	t.Helper()
	t.Parallel()
	names, err := catalog.Names()
	if err != nil || len(names) == 0 {
		t.Fatalf("the catalog has %d connectors, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, connector(t, name))
		})
	}
}

func encode(t *testing.T, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func connector(t *testing.T, name string) *schemas.Connector {
	t.Helper()
	conn, err := catalog.Connector(name)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// secrets makes credentials of plain text.
func secrets(texts map[string]string) map[string]secret.Text {
	out := map[string]secret.Text{}
	for name, text := range texts {
		out[name] = secret.New(text)
	}
	return out
}

// setupFaults checks values that are wrong and returns the faults as words.
func setupFaults(t *testing.T, s *setup.Setup, v setup.Values) []string {
	t.Helper()
	out, err := s.Check(v)
	var invalid *schemas.InvalidError
	if !errors.As(err, &invalid) || out != nil {
		t.Fatalf("Check gave %v, %v, want an *InvalidError alone", out, err)
	}
	var words []string
	for _, f := range invalid.Faults {
		words = append(words, f.String())
	}
	return words
}

// same reports whether two JSON texts mean the same.
func same(t *testing.T, got, want string) bool {
	t.Helper()
	var g, w any
	if want == "" || got == "" {
		return got == want
	}
	if err := errors.Join(json.Unmarshal([]byte(got), &g), json.Unmarshal([]byte(want), &w)); err != nil {
		t.Errorf("comparing %s with %s: %v", got, want, err)
	}
	return encode(t, g) == encode(t, w)
}

// wantSubmission compares what is sent.
func wantSubmission(t *testing.T, got *setup.Submission, want [5]string) {
	t.Helper()
	parts := [5]string{got.Method, got.Credentials.Reveal(), got.StoredAuth.Reveal(), string(got.Replication), string(got.Environment)}
	if parts[0] != want[0] {
		t.Errorf("method %q, want %q", parts[0], want[0])
	}
	for i, name := range []string{"", "credentials", "stored credentials", "replication", "environment"} {
		if i > 0 && !same(t, parts[i], want[i]) {
			t.Errorf("%s: got %s, want %s", name, parts[i], want[i])
		}
	}
}

// TestSetupOfEveryConnector holds that each field says what it is and where to
// find it.
func TestSetupOfEveryConnector(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		s := setup.Of(conn)
		if s.Connector != conn.Name || s.Title != conn.Title || s.DefinitionID != conn.DefinitionID || len(s.Methods) == 0 {
			t.Errorf("got %q %q %q with %d methods", s.Connector, s.Title, s.DefinitionID, len(s.Methods))
		}
		titles := map[string]bool{}
		for _, m := range s.Methods {
			if m.Title == m.Name || titles[m.Title] || m.OAuth != (m.Type == "oauth2") {
				t.Errorf("method %s: title %q (taken: %t), OAuth %t, type %s", m.Name, m.Title, titles[m.Title], m.OAuth, m.Type)
			}
			titles[m.Title] = true
			if !slices.ContainsFunc(m.Fields, func(f setup.Field) bool { return f.Required && f.Secret }) {
				t.Errorf("method %s needs no secret", m.Name)
			}
			worded(t, m.Fields, setup.PlaceCredentials)
		}
		worded(t, s.Settings, setup.PlaceEnvironment, setup.PlaceReplication)
		asked(t, conn, s)
	})
}

func worded(t *testing.T, fields []setup.Field, places ...string) {
	t.Helper()
	for _, f := range fields {
		if f.Title == "" || f.Description == "" || strings.Contains(f.Title+f.Description, "{") || !strings.HasSuffix(f.Description, ".") {
			t.Errorf("%s: title %q, description %q", f.Name, f.Title, f.Description)
		}
		if f.Type == "" || !slices.Contains(places, f.Placement) || (f.Items == "") == (f.Type == "array") {
			t.Errorf("%s: type %q of %q at %q", f.Name, f.Type, f.Items, f.Placement)
		}
		if f.Secret && f.Placement != setup.PlaceCredentials || f.Secret && f.Example != "" {
			t.Errorf("%s: a secret at %s with the example %q", f.Name, f.Placement, f.Example)
		}
	}
}

// asked compares the settings that are asked for with the catalog.
func asked(t *testing.T, conn *schemas.Connector, s *setup.Setup) {
	t.Helper()
	for _, setting := range append(slices.Clone(conn.Config.Environment), conn.Config.Replication...) {
		got := slices.ContainsFunc(s.Settings, func(f setup.Field) bool { return f.Name == setting.Name })
		want := setting.SystemSet == nil && setting.SetFrom == nil && conn.Name+setting.Name != "harvestaccount_id"
		if got != want {
			t.Errorf("setting %s is asked for: %t, want %t", setting.Name, got, want)
		}
	}
}

// sampleValue is a text that a field takes.
func sampleValue(f setup.Field) string {
	switch {
	case len(f.Enum) > 0:
		return f.Enum[0].(string)
	case f.Example != "":
		return f.Example
	case f.Type == "boolean":
		return "true"
	case f.Type == "integer":
		return "7"
	}
	return "value-of-" + f.Name
}

// TestEveryMethodOfEveryConnector gives all that a method asks for, under both
// names of each key and with the method left to be told from them.
func TestEveryMethodOfEveryConnector(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		s := setup.Of(conn)
		settings := map[string]string{}
		for _, f := range s.Settings {
			settings[f.Name] = sampleValue(f)
		}
		for _, m := range s.Methods {
			direct, stored, required := map[string]string{}, map[string]string{}, []string{}
			for _, f := range m.Fields {
				direct[f.Name], stored[storedName(optionOf(conn, m), f.Name)] = sampleValue(f), sampleValue(f)
				if f.Required {
					required = append(required, f.Name)
				}
			}
			if name, err := s.InferMethod(required); name != m.Name {
				t.Errorf("InferMethod(%q) = %q, %v, want %s", required, name, err, m.Name)
			}
			for _, v := range []setup.Values{
				{Fields: settings, Secrets: secrets(direct)},
				{Fields: settings, Secrets: secrets(direct), Method: m.Title},
				{Fields: settings, Secrets: secrets(stored), Method: m.Name},
			} {
				sent(t, conn, m, s, v)
			}
		}
	})
}

func optionOf(conn *schemas.Connector, m setup.Method) schemas.AuthOption {
	return conn.Auth[slices.IndexFunc(conn.Auth, func(o schemas.AuthOption) bool { return o.Name == m.Name })]
}

// TestTokensComeFirst: people can make a token; few have an OAuth app of their own.
func TestTokensComeFirst(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		methods := setup.Of(conn).Methods
		if !slices.IsSortedFunc(methods, func(a, b setup.Method) int {
			return strings.Compare(strconv.FormatBool(a.OAuth), strconv.FormatBool(b.OAuth))
		}) {
			t.Error("an OAuth app comes before a token")
		}
	})
}

func storedName(option schemas.AuthOption, field string) string {
	for _, p := range option.Hosted.SourceConfig {
		if p.Field == field {
			return p.Path[strings.LastIndex(p.Path, ".")+1:]
		}
	}
	return field
}

// sent checks what is sent for complete values.
func sent(t *testing.T, conn *schemas.Connector, m setup.Method, s *setup.Setup, v setup.Values) {
	t.Helper()
	option := optionOf(conn, m)
	out, err := s.Check(v)
	if err != nil {
		t.Errorf("%s: %v", m.Name, err)
		return
	}
	var credentials, stored map[string]any
	if err := errors.Join(json.Unmarshal([]byte(out.Credentials.Reveal()), &credentials),
		json.Unmarshal([]byte(out.StoredAuth.Reveal()), &stored)); err != nil {
		t.Errorf("%s: %v", m.Name, err)
	}
	if out.Method != m.Name || len(credentials) != len(m.Fields) {
		t.Errorf("%s: got %s with %d credentials, want %d", m.Name, out.Method, len(credentials), len(m.Fields))
	}
	for _, p := range option.Hosted.SourceConfig {
		if got, want := at(stored, p.Path), credentials[p.Field]; got != want || want == nil {
			t.Errorf("%s: %s is %v, want %v", m.Name, p.Path, got, want)
		}
	}
	for _, c := range option.Hosted.Constants {
		if got := at(stored, c.Path); got == nil || c.Value != nil && encode(t, got) != string(c.Value) {
			t.Errorf("%s: the constant %s is %v, want %s", m.Name, c.Path, got, c.Value)
		}
	}
}

// at is the value at a dotted path.
func at(object map[string]any, path string) any {
	head, rest, deep := strings.Cut(path, ".")
	if inner, ok := object[head].(map[string]any); ok && deep {
		return at(inner, rest)
	}
	return object[head]
}
