package tools_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// lister has the connectors of workspaces.
type lister map[string][]airbyte.Connector

func (l lister) Connectors(_ context.Context, workspace string) ([]airbyte.Connector, error) {
	list, ok := l[workspace]
	if !ok {
		return nil, &airbyte.Error{Op: "listing", Code: airbyte.CodeNotFound, Status: 404, Message: "Workspace not found"}
	}
	return list, nil
}

// Connectors of the tests' workspaces.
var (
	shopOne = airbyte.Connector{ID: "c-1", Name: "Shop - one", Type: "shop", TypeName: "Shop", DefinitionID: "id-shop"}
	shopTwo = airbyte.Connector{ID: "c-2", Name: "Shop - two", Type: "shop", TypeName: "Shop", DefinitionID: "id-shop"}
	desk    = airbyte.Connector{ID: "c-3", Name: "Desk - help", Type: "help-desk", TypeName: "Help Desk", DefinitionID: "id-desk"}
	foreign = airbyte.Connector{ID: "c-4", Name: "Unheard - of", Type: "unheard", TypeName: "Unheard", DefinitionID: "id-unheard"}
)

// TestSelect shows what sessions are offered.
func TestSelect(t *testing.T) {
	t.Parallel()
	b := tools.NewDirectory(catalog(), lister{
		"main": {shopOne, desk, foreign}, "twins": {shopOne, shopTwo}, "empty": nil,
		"nameless": {{ID: "c-9", DefinitionID: "ID-SHOP"}},
	}, nil)
	const (
		shopHas = 12
		deskHas = 1
	)
	tests := []struct {
		name, workspace string
		connectors      []string
		want            int
	}{
		{"all", "main", nil, shopHas + deskHas},
		{"none", "empty", nil, 0},
		{"twins give the tools once", "twins", nil, shopHas},
		{"by slug", "main", []string{"help-desk"}, deskHas},
		{"by slug, upper case", "main", []string{"SHOP"}, shopHas},
		{"by the instance's name", "main", []string{"desk - help"}, deskHas},
		{"by the instance's id", "main", []string{"c-1"}, shopHas},
		{"by title", "main", []string{"Help Desk"}, deskHas},
		{"by several names", "main", []string{"c-1", "shop", "help-desk"}, shopHas + deskHas},
		{"a connector of the catalog that the workspace lacks", "empty", []string{"shop"}, 0},
		{"by definition id alone", "nameless", nil, shopHas},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := b.Select(t.Context(), tools.Session{Workspace: tt.workspace, Policy: tools.Policy{Connectors: tt.connectors}})
			if err != nil {
				t.Fatal(err)
			}
			if got := namesOf(set); len(got) != tt.want {
				t.Errorf("got %d tools, want %d: %q", len(got), tt.want, got)
			}
		})
	}
}

// TestSelectSharesSets lets the server keep one encoded list for equal sessions.
func TestSelectSharesSets(t *testing.T) {
	t.Parallel()
	connectors := lister{"main": {shopOne}, "other": {shopTwo}, "third": {desk}}
	b := tools.NewDirectory(catalog(), connectors, nil)
	sets := map[string]*tools.Set{}
	for workspace := range connectors {
		set, err := b.Select(t.Context(), tools.Session{Workspace: workspace})
		if err != nil {
			t.Fatal(err)
		}
		sets[workspace] = set
	}
	if sets["main"] != sets["other"] || sets["main"] == sets["third"] {
		t.Error("workspaces with the same kinds of connectors must share their set, others must not")
	}
}

// TestSetsAtOnce asks for one selection from many goroutines.
func TestSetsAtOnce(t *testing.T) {
	t.Parallel()
	b := directory(catalog())
	sets := make(chan *tools.Set, 32)
	var group sync.WaitGroup
	for range cap(sets) {
		group.Go(func() {
			set, err := b.CatalogSet(tools.Session{})
			if err != nil {
				t.Error(err)
			}
			sets <- set
		})
	}
	group.Wait()
	close(sets)
	first := <-sets
	for set := range sets {
		if set != first {
			t.Error("equal selections have different sets")
		}
	}
}

func TestCatalogSetUnknown(t *testing.T) {
	t.Parallel()
	_, err := directory(catalog()).CatalogSet(tools.Session{Policy: tools.Policy{Connectors: []string{"shp"}}})
	if want := `"shp": no such connector in the catalog; did you mean shop?`; !errors.Is(err, schemas.ErrUnknownConnector) ||
		err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}
