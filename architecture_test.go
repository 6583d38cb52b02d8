package main_test

import (
	"slices"
	"strings"
	"testing"
)

const (
	module   = "airbyte-mcp-server"
	emulator = "internal/sandbox"
)

// arrows are the packages that each package of the project may import, besides
// other modules. A new package needs a line here, and one in docs/architecture.md.
var arrows = map[string][]string{
	".": {"internal/cli", fromEverywhere},
	"airbyte": {
		"internal/backoff", "internal/budget", "internal/cleantext", "internal/nearest", "internal/netname",
		"internal/rawjson", "internal/secret",
	},
	"schemas":          {"internal/nearest", "internal/rawjson"},
	"schemas/setup":    {"internal/nearest", "internal/rawjson", "internal/secret", "schemas"},
	"schemas/importer": {"internal/nearest", "internal/yamlfile", "schemas"},
	"tools": {
		"airbyte", "internal/cleantext", "internal/hosts", "internal/nearest", "internal/paging", "internal/rawjson",
		"internal/toolsearch", "schemas",
	},
	"tools/calls": {
		"airbyte", "internal/budget", "internal/cleantext", "internal/downloads", "internal/flight", "internal/leanjson",
		"internal/paging", "internal/rawjson", "internal/results", "internal/seal", "schemas", "tools",
	},
	"tools/manage": {
		"airbyte", "internal/cleantext", "internal/hosts", "internal/nearest", "internal/rawjson", "schemas",
		"schemas/setup", "tools", "tools/calls",
	},
	"server": {
		"airbyte", "internal/budget", "internal/cleantext", "internal/hosts", "internal/identity",
		"internal/netname", "internal/peers", "internal/rawjson", "internal/seal", "internal/state",
		"internal/stack", "internal/telemetry", "tools", "tools/calls",
	},
	"internal/atomicfile":      {},
	"internal/budget":          {},
	"internal/audit":           {},
	"internal/identity":        {"internal/backoff", "internal/netname", "internal/secret"},
	"internal/peers":           {"internal/budget", "internal/seal"},
	"internal/state":           {"internal/backoff", "internal/seal"},
	"internal/telemetry":       {"internal/backoff"},
	"deploy":                   {},
	"packaging":                {"internal/lazyregexp"},
	"e2e":                      {},
	"internal/cleantext":       {"internal/rawjson"},
	"internal/cli/credentials": {"internal/cli/terminal", "internal/secret", "schemas", "schemas/setup"},
	"internal/cli/manual":      {"internal/nearest"},
	"internal/cli/terminal":    {},
	"internal/cli": {
		"airbyte", "internal/atomicfile", "internal/audit", "internal/budget", "internal/cleantext",
		"internal/cli/credentials", "internal/cli/manual", "internal/cli/terminal",
		"internal/config", "internal/connectpage", "internal/demo", "internal/doctor", "internal/downloads",
		"internal/hostfile", "internal/hosts", "internal/identity", "internal/stdiohost",
		"internal/identity/keys", "internal/nearest", "internal/netname", "internal/peers", "internal/results", "internal/sandbox",
		"internal/seal", "internal/secret", "internal/state", "internal/telemetry", "schemas", "schemas/importer", "schemas/setup", "server",
		"tools", "tools/calls", "tools/manage",
	},
	"internal/confedit":    {"internal/yamlfile"},
	"internal/config":      {"internal/nearest", "internal/netname", "internal/secret", "internal/yamlfile"},
	"internal/connectpage": {"internal/cleantext", "internal/htmlpage", "internal/netname", "internal/secret", "schemas", "schemas/setup"},
	"internal/doctor":      {"airbyte", "internal/config", "internal/hostfile", "schemas", "schemas/setup", "tools", "tools/manage"},
	"internal/demo":        {"internal/stdiohost"},
	"internal/downloads":   {},
	"internal/flight":      {"internal/stack"},
	"internal/nearest":     {},
	"internal/netname":     {},
	"internal/leanjson":    {"internal/rawjson"},
	"internal/paging":      {"internal/rawjson", "schemas"},
	"internal/rawjson":     {},
	"internal/results":     {"internal/rawjson"},
	"internal/sandbox": {
		"internal/htmlpage",
		"internal/atomicfile", "internal/nearest", "internal/sandbox/contextstore", "internal/sandbox/jsonvalue", "internal/sandbox/naming",
		"internal/sandbox/problem", "internal/sandbox/random", "internal/sandbox/records", "internal/sandbox/sqlstore", "schemas",
	},
	"internal/sandbox/contextstore": {
		"internal/sandbox/jsonvalue", "internal/sandbox/naming", "internal/sandbox/problem", "internal/sandbox/random",
		"internal/sandbox/sqlstore", "schemas",
	},
	"internal/sandbox/jsonvalue": {"internal/rawjson"},
	"internal/sandbox/naming":    {"internal/sandbox/random"},
	"internal/sandbox/problem":   {},
	"internal/sandbox/random":    {},
	"internal/sandbox/records": {
		"internal/sandbox/contextstore", "internal/sandbox/jsonvalue", "internal/sandbox/naming", "internal/sandbox/problem",
		"internal/sandbox/random", "internal/sandbox/sqlstore", "schemas",
	},
	"internal/sandbox/sqlstore": {},

	"internal/seal":          {},
	"internal/yamlfile":      {"internal/rawjson"},
	"internal/identity/keys": {"internal/atomicfile", "internal/identity", "internal/secret", "internal/yamlfile"},
	"internal/backoff":       {},
	"internal/toolsearch":    {"internal/nearest"},
	"internal/hostfile":      {"internal/atomicfile", "internal/confedit", "internal/lazyregexp", "internal/nearest", "internal/yamlfile"},
	"internal/hosts":         {},
	"internal/htmlpage":      {},
	"internal/lazyregexp":    {},
	"internal/stdiohost":     {},
	"internal/secret":        {},
	"internal/stack":         {},
	"internal/workbound":     {},
}

// fromEverywhere stands in for a package of the standard library: any package may import it.
const fromEverywhere = "internal/lazyregexp"

// TestArrows holds the imports between the project's packages.
func TestArrows(t *testing.T) {
	for _, s := range project(t) {
		allowed, known := arrows[s.folder]
		if !known {
			t.Errorf("%s: the package %s has no arrows; say in this test what it may import", s.name, s.folder)
			continue
		}
		// A mistake that the emulator's tests shared with the client would cancel itself out.
		inEmulator := s.folder == emulator || strings.HasPrefix(s.folder, emulator+"/")
		if s.isTest && !inEmulator {
			continue
		}
		for _, imported := range s.imports() {
			target, ours := strings.CutPrefix(imported, module+"/")
			isPart := s.isTest && inEmulator && (target == emulator || strings.HasPrefix(target, emulator+"/"))
			if ours && target != fromEverywhere && !slices.Contains(allowed, target) && target != s.folder && !isPart {
				t.Errorf("%s imports %s; allowed: %s", s.name, target, strings.Join(allowed, ", "))
			}
		}
	}
}

// onlyTests are the folders without code of the program: for tests alone, or for releases.
var onlyTests = []string{"deploy", "e2e", "internal/workbound", "packaging"}

// TestArrowsAreAcyclic reads the arrows themselves, and what is in none of them.
func TestArrowsAreAcyclic(t *testing.T) {
	t.Parallel()
	done := map[string]bool{}
	var visit func(string, []string)
	visit = func(name string, from []string) {
		if slices.Contains(from, name) {
			t.Fatalf("the arrows go round in a circle: %s", strings.Join(append(from, name), " -> "))
		}
		if done[name] {
			return
		}
		for _, target := range arrows[name] {
			visit(target, append(slices.Clone(from), name))
		}
		done[name] = true
	}
	visit(".", nil)
	for name := range arrows {
		if !done[name] && !slices.Contains(onlyTests, name) {
			t.Errorf("%s is out of reach of main", name)
		}
	}
}

// TestNoMethodsByName keeps out what calls methods by names that the compiler does not know:
// the linker then keeps all methods of all types, 10 MB of the program. See third_party too.
func TestNoMethodsByName(t *testing.T) {
	for _, s := range project(t) {
		for _, imported := range s.imports() {
			byName := []string{"text/template", "html/template", "google.golang.org/grpc", "github.com/brianvoe/gofakeit/v7"}
			if !s.isTest && !slices.Contains(onlyTests, s.folder) && slices.Contains(byName, imported) {
				t.Errorf("%s imports %s; internal/htmlpage fills in pages", s.name, imported)
			}
		}
	}
}

// TestOneRoomForMCP keeps the MCP library out of everything but the server.
func TestOneRoomForMCP(t *testing.T) {
	for _, s := range project(t) {
		for _, imported := range s.imports() {
			if strings.HasPrefix(imported, "github.com/mark3labs/mcp-go") && s.folder != "server" && !s.isTest {
				t.Errorf("%s imports %s; only server may", s.name, imported)
			}
		}
	}
}
