package manage_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// TestTypes lists each type once, those with tools first, by name, and narrows them by a
// part of the name or title in any case.
func TestTypes(t *testing.T) {
	t.Parallel()
	m, w := newManager(t, calls.Options{})
	all, err := m.Types(t.Context(), inEverything, "")
	if err != nil {
		t.Fatal(err)
	}
	names, err := schemas.Embedded().Names()
	if err != nil {
		t.Fatal(err)
	}
	seen, before := map[string]bool{}, manage.ConnectorType{Cataloged: true}
	for _, one := range all {
		if seen[one.DefinitionID] {
			t.Errorf("%s is listed twice", one.Name)
		}
		seen[one.DefinitionID] = true
		if one.Cataloged && !before.Cataloged || one.Cataloged == before.Cataloged && one.Name < before.Name {
			t.Errorf("%s comes behind %s", one.Name, before.Name)
		}
		if one.Cataloged != slices.Contains(names, one.Name) {
			t.Errorf("%s is said to have tools: %t", one.Name, one.Cataloged)
		}
		before = one
	}
	for text, want := range map[string]string{"HUB": "hubspot", "google": "google-drive", "Zendesk Supp": "zendesk-support"} {
		some, err := m.Types(t.Context(), inEverything, text)
		if err != nil || len(some) == 0 || len(some) >= len(all) {
			t.Fatalf("%q: got %d of %d types, %v", text, len(some), len(all), err)
		}
		if !slices.ContainsFunc(some, func(one manage.ConnectorType) bool { return one.Name == want }) {
			t.Errorf("%q does not find %s", text, want)
		}
		for _, one := range some {
			if !strings.Contains(strings.ToLower(one.Name+"\n"+one.Title), strings.ToLower(text)) {
				t.Errorf("%q finds %s (%s)", text, one.Name, one.Title)
			}
		}
	}
	if none, err := m.Types(t.Context(), inEverything, "unheard of"); err != nil || len(none) != 0 || len(w.sent()) != 0 {
		t.Errorf("got %v, %v and sent %q, want nothing", none, err, w.sent())
	}
}

// TestSetupOfAType is found by slug, title and definition id, and by no near name.
func TestSetupOfAType(t *testing.T) {
	t.Parallel()
	m, _ := newManager(t, calls.Options{})
	conn, err := schemas.Embedded().Connector("github")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"github", "GitHub", "GITHUB", conn.DefinitionID} {
		asked, err := m.Setup(t.Context(), inEverything, name)
		if err != nil || asked.Connector != "github" || asked.DefinitionID != conn.DefinitionID || len(asked.Methods) == 0 {
			t.Errorf("%s: got %+v, %v", name, asked, err)
		}
	}
	_, err = m.Setup(t.Context(), inEverything, "githup")
	var unknown *manage.UnknownTypeError
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "did you mean github") || tools.Kind(err) != tools.KindNoConnector {
		t.Errorf("got %v, want an unknown type with a hint", err)
	}
	if words := unknown.Words("connect_connector", ""); !strings.Contains(words, "Nothing was sent; list_connector_types has the types.") {
		t.Errorf("a model is told %q", words)
	}
	offline := manage.New(schemas.Embedded(), nil, manage.Options{})
	t.Cleanup(offline.Close)
	if _, err := offline.Setup(t.Context(), inEverything, "unheard-of"); !errors.As(err, &unknown) {
		t.Errorf("without an account: got %v, want an unknown type", err)
	}
}
