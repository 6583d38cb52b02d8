package identity_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode"

	"airbyte-mcp-server/internal/identity"
)

// mapped is an introspection that maps what the test says about the token.
func mapped(t testing.TB, from *introspector, mapping identity.Mapping) (*identity.Introspection, error) {
	t.Helper()
	mapping.Scopes.Off = true
	endpoint := from.endpoint()
	endpoint.Mapping = mapping
	return identity.NewIntrospection(endpoint)
}

// templates are what comes of them: 403 for a refusal, else the workspace or the error
// of the template itself.
var templates = map[string]string{
	"{claims.org_id}":              "Acme",
	"tenant-{claims.org_id}":       "tenant-Acme",
	"{claims.org_id} & co":         "Acme & co",
	"{claims.number}":              "12345678901234567",
	"{claims.a.b.c}":               "deep",
	"{claims.org_id}/{claims.x-y}": "Acme/dash",
	"fixed":                        "fixed",
	"{claims.full}":                strings.Repeat("é", 64),
	"{claims.org_id}-{claims.x-y}": "Acme-dash",
	"{claims.list}":                "403",
	"{claims.yes}":                 "403",
	"{claims.float}":               "403",
	"{claims.empty}":               "403",
	"x{claims.empty}":              "403",
	"{claims.edge}":                "403",
	"x{claims.edge}x":              "403",
	"{claims.brace}":               "403",
	"{claims.control}":             "403",
	"{claims.bidi}":                "403",
	"{claims.nbsp}":                "403",
	"{claims.long}":                "403",
	"x{claims.full}":               "403",
	"{claims.null}":                "403",
	"{claims.missing}":             "403",
	"{claims.a}":                   "403",
	"{claims.org_id.x}":            "403",
	"{claims.ORG_ID}":              "403",
	"":                             "it is empty",
	"{claims.}":                    "want placeholders",
	"{claims}":                     "want placeholders",
	"{org_id}":                     "want placeholders",
	"{claims.org_id":               "want placeholders",
	"claims.org_id}":               "want placeholders",
	"{{claims.org_id}}":            "want placeholders",
	"{claims.a..b}":                "want placeholders",
	"{claims.a b}":                 "want placeholders",
	" {claims.org_id}":             "white space",
	"{claims.org_id}\n":            "white space",
	"a\x00{claims.org_id}":         "cannot be seen",
	"{claims.org_id}{claims.x-y}":  "two placeholders touch",
	strings.Repeat("w", 129):       "longer than 128",
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	claims := map[string]any{
		"org_id": "Acme", "number": 12345678901234567, "a": map[string]any{"b": map[string]any{"c": "deep"}}, "a.b": "dotted",
		"https://acme.com/org": "spaced", "x-y": "dash", "list": []string{"a"}, "yes": true, "float": 1.5, "empty": "",
		"edge": " a", "brace": "{claims.org_id}", "control": "a\nb", "bidi": "a\u202eb", "nbsp": "a\u00a0b", "long": strings.Repeat("é", 65),
		"full": strings.Repeat("é", 64), "null": nil,
	}
	for template, want := range templates {
		from := newIntrospector()
		from.say("token", active(claims))
		source, err := mapped(t, from, identity.Mapping{Workspace: template})
		if err != nil {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q: got the error %v, want %q", template, err, want)
			}
			continue
		}
		got, err := source.Identify(t.Context(), "token")
		switch {
		case err != nil && want == "403":
			if refusal := refused(t, err); refusal.Status != http.StatusForbidden ||
				!strings.Contains(refusal.Description, "leads to no workspace: ") {
				t.Errorf("%q: got %v", template, refusal)
			}
		case got.Workspace != want:
			t.Errorf("%q: got %q, %v, want %q", template, got.Workspace, err, want)
		}
	}
}

// TestNoTwoCallersShareAName shifts what belongs to one claim to the next.
func TestNoTwoCallersShareAName(t *testing.T) {
	t.Parallel()
	from := newIntrospector()
	source, err := mapped(t, from, identity.Mapping{Workspace: "{claims.a}--{claims.b}"})
	if err != nil {
		t.Fatal(err)
	}
	from.say("good", active(map[string]any{"a": "x", "b": "y"}))
	letIn(t, source, "good")
	for name, claims := range map[string]map[string]any{"one": {"a": "x-", "b": "y"}, "two": {"a": "x", "b": "-y"},
		"three": {"a": "x--y", "b": "z"}} {
		from.say(name, active(claims))
		refuse(t, source, name, http.StatusForbidden)
	}
}

// FuzzTemplate fills any template with any value: what comes out is a name.
func FuzzTemplate(f *testing.F) {
	f.Add("tenant-{claims.v}", "acme", "x")
	f.Add("{claims.v}/{claims.w}", "a/b", "c")
	f.Add("{claims.v.w}", " ", "{")
	f.Fuzz(func(t *testing.T, template, v, w string) {
		from := newIntrospector()
		from.say("token", active(map[string]any{"v": v, "w": w}))
		source, err := mapped(t, from, identity.Mapping{Workspace: template})
		if err != nil {
			return
		}
		got, err := source.Identify(t.Context(), "token")
		if err != nil {
			refused(t, err)
			return
		}
		name := got.Workspace
		hidden := strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
		if name == "" || len(name) > 128 || strings.TrimSpace(name) != name || hidden || strings.ContainsAny(name, "{}") {
			t.Errorf("%q with %q and %q makes %q", template, v, w, name)
		}
	})
}
