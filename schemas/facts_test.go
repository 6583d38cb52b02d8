package schemas_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// object is decoded JSON.
type object = map[string]any

// factsFolder is where the bare facts of the connectors are, outside the project.
func factsFolder(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("AIRBYTE_MCP_SHARED_DIR")
	if shared == "" {
		t.Skip("AIRBYTE_MCP_SHARED_DIR is not set: the catalog is not compared with the facts")
	}
	return filepath.Join(shared, "facts")
}

func readJSON(t *testing.T, path string) object {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var value object
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return value
}

// TestCatalogMatchesFacts compares every fact of every file: what the facts have and
// the catalog has not, or otherwise, is a difference.
func TestCatalogMatchesFacts(t *testing.T) {
	folder := factsFolder(t)
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		want := asCatalog(readJSON(t, filepath.Join(folder, "connectors", conn.Name+".json")))
		leaveOut(want, leftOut[conn.Name])
		got := withoutWords(readJSON(t, filepath.Join("catalog", conn.Name+".json")))
		differences := slices.DeleteFunc(compare(nil, "", got, want), added.MatchString)
		for _, d := range differences[:min(len(differences), 20)] {
			t.Error(d)
		}
	})
}

// leftOut are parameters of the specifications that cannot work (the vendor or the executor
// refuses them or never sees them), and promises of null that no request can hold.
var leftOut = map[string]map[string]bool{
	"google-ads":   {"pageSize": true},
	"google-drive": {"files_export.download.range_header": true},
	"linear": {
		"projects.create.state": true, "projects.update.state": true,
		"issues.update.assigneeId": false, "issues.update.projectId": false,
		"projects.update.leadId": false, "projects.update.startDate": false, "projects.update.targetDate": false,
	},
	"stripe": {"products.list.ids": true},
}

// leaveOut takes parameters, named alone or by entity and action, out of facts: the whole
// parameter where it is true, else its null.
func leaveOut(facts object, names map[string]bool) {
	for _, e := range facts["entities"].([]any) {
		for _, a := range e.(object)["actions"].([]any) {
			action := a.(object)
			params, _ := action["params"].([]any)
			action["params"] = slices.DeleteFunc(params, func(p any) bool {
				param := p.(object)
				full := fmt.Sprintf("%s.%s.%s", e.(object)["name"], action["action"], param["name"])
				if whole, named := names[full]; named && !whole {
					delete(param, "nullable")
				}
				return names[full] || names[param["name"].(string)]
			})
			paging, _ := action["pagination"].(object)
			if limit, _ := paging["limit_param"].(string); names[limit] {
				delete(paging, "limit_param")
			}
		}
	}
}

// added are the facts that the catalog has beyond those of the connectors' specifications:
// what an action is called in a menu and does by its meaning, forms of texts and numbers, and
// where a credential is made.
var added = regexp.MustCompile(strings.Join([]string{
	`/shaped_by`, `/result/hides_errors: got true`, `/send_default: got true`, `/(items/)?pattern: got .*, want <nil>$`,
	`/actions\[\d+\]\(\w+\)/(title|effect|destroys): got .*, want <nil>$`,
	`/made_at: got .*, want <nil>$`, `/format: got .*, want <nil>$`, `/format: got date-time-offset, want date-time`,
}, "|"))

// TestCatalogMatchesTotals counts what the program reads, and compares it with the
// totals that the facts state.
func TestCatalogMatchesTotals(t *testing.T) {
	index := readJSON(t, filepath.Join(factsFolder(t), "index.json"))
	stated := map[string]object{}
	for _, row := range index["connectors"].([]any) {
		stated[row.(object)["name"].(string)] = row.(object)
	}
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		got := object{
			"name": conn.Name, "display_name": conn.Title, "definition_id": conn.DefinitionID, "version": conn.Version,
		}
		for name, n := range totals(conn) {
			got[name] = float64(n)
		}
		for _, d := range compare(nil, "", got, stated[conn.Name]) {
			t.Error(d)
		}
	})
}

func totals(conn *schemas.Connector) map[string]int {
	n := map[string]int{"entities": 0, "actions": 0, "search_entities": 0, "stored_entities": 0}
	for _, e := range conn.Entities {
		n["actions"] += len(e.Actions)
		if len(e.Actions) > 0 {
			n["entities"]++
		}
		if e.Searchable() {
			n["search_entities"]++
		}
		if e.ContextStore != nil && e.ContextStore.Stored {
			n["stored_entities"]++
		}
	}
	return n
}

// compare lists where two values differ. Null, false and what is empty count as
// absent, but for the keys whose absence means something else.
func compare(differences []string, path string, got, want any) []string {
	switch want := want.(type) {
	case object:
		has, ok := got.(object)
		if !ok && got != nil {
			return append(differences, fmt.Sprintf("%s: got %v, want an object", path, got))
		}
		keys := maps.Clone(want)
		maps.Copy(keys, has)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if meaningful(key, has[key]) || meaningful(key, want[key]) {
				differences = compare(differences, path+"/"+key, has[key], want[key])
			}
		}
		return differences
	case []any:
		got, _ := got.([]any)
		if len(got) != len(want) {
			return append(differences, fmt.Sprintf("%s: got %d, want %d: %v, %v", path, len(got), len(want), got, want))
		}
		for i := range want {
			differences = compare(differences, fmt.Sprintf("%s[%d]%s", path, i, nameOf(want[i])), got[i], want[i])
		}
		return differences
	}
	if fmt.Sprintf("%T%v", got, got) != fmt.Sprintf("%T%v", want, want) {
		return append(differences, fmt.Sprintf("%s: got %v, want %v", path, got, want))
	}
	return differences
}

func nameOf(value any) string {
	o, _ := value.(object)
	for _, key := range []string{"name", "action", "param"} {
		if name, ok := o[key].(string); ok {
			return "(" + name + ")"
		}
	}
	return ""
}

func meaningful(key string, value any) bool {
	if key == "default" || key == "additional_properties" {
		return value != nil
	}
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case object:
		return len(v) > 0
	}
	return true
}
