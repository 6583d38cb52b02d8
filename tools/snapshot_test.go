package tools_test

import (
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
)

// TestSnapshotsAreReplaced when the list of connectors is another, and only then.
func TestSnapshotsAreReplaced(t *testing.T) {
	t.Parallel()
	connectors := lister{"main": {shopOne, desk}, "other": {shopOne, desk}}
	d := tools.NewDirectory(catalog(), connectors, nil)
	snapshot := func(workspace string) *tools.Snapshot {
		t.Helper()
		w, err := d.Snapshot(t.Context(), workspace)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	first := snapshot("main")
	if first != snapshot("main") || first == snapshot("other") {
		t.Error("the same list must give the same snapshot, and another workspace its own")
	}
	connectors["main"] = []airbyte.Connector{shopOne, shopTwo}
	second := snapshot("main")
	if second == first {
		t.Fatal("another list gives the snapshot of the one before")
	}
	if _, err := first.Locate(tools.Session{}, "help-desk"); err != nil {
		t.Errorf("the snapshot of before has changed: %v", err)
	}
	if _, err := second.Locate(tools.Session{}, "help-desk"); tools.Kind(err) != tools.KindNoConnector {
		t.Errorf("got %v, want that there is no help desk any more", err)
	}
	if i, err := second.Locate(tools.Session{}, "shop-two"); err != nil || i.ID != "c-2" {
		t.Errorf("shop-two is %s, %v; want c-2: two shops have aliases", i.ID, err)
	}
}

// TestSelectionsDiffer: what one caller may use is not remembered for another one.
func TestSelectionsDiffer(t *testing.T) {
	t.Parallel()
	d := tools.NewDirectory(catalog(), lister{"main": {shopOne, desk}}, nil)
	all := tools.Session{Workspace: "main", Listing: tools.Listing{Surface: tools.Auto}}
	sessions := []tools.Session{all}
	for _, change := range []func(*tools.Session){
		func(s *tools.Session) { s.Policy.ReadOnly = true },
		func(s *tools.Session) { s.Policy.Connectors = []string{"shop"} },
		func(s *tools.Session) { s.Policy.Connectors = []string{"help-desk"} },
		func(s *tools.Session) { s.Policy.Tools = []string{"shop_orders_*"} },
		func(s *tools.Session) { s.Policy.Exclude = []string{"shop_orders_*"} },
		func(s *tools.Session) { s.Policy.Tools = []string{"shop_*", "desk_*"} },
		func(s *tools.Session) { s.Policy.Tools = []string{`shop_*" "desk_*`} },
		func(s *tools.Session) { s.Policy.Effects = []tools.Effect{tools.Read, tools.Delete} },
		func(s *tools.Session) {
			s.Policy = s.Policy.Narrow(tools.Policy{Connectors: []string{"shop"}, ReadOnly: true})
		},
		func(s *tools.Session) { s.Listing.Surface = tools.Search },
		func(s *tools.Session) { s.Listing.MaxTools = 1 },
		func(s *tools.Session) { s.Listing.MaxTokens = 1 },
		func(s *tools.Session) { s.Listing.Pins = []string{"shop_orders_list"} },
	} {
		s := all
		change(&s)
		sessions = append(sessions, s)
	}
	seen := map[*tools.Set]int{}
	for i, s := range sessions {
		set, err := d.Select(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := d.Select(t.Context(), s); again != set {
			t.Errorf("session %d gets another set the second time", i)
		}
		if before, ok := seen[set]; ok {
			t.Errorf("sessions %d and %d share a set", before, i)
		}
		seen[set] = i
	}
}
