package doctor_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/doctor"
	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/schemas"
)

func TestConnectors(t *testing.T) {
	t.Parallel()
	examineEach(t, []illness{
		{"one of several", func(*rig) {}, finding{0, "connectors", doctor.OK,
			[]string{"in the workspace, 1 served, as connectors is", "check passes for 1",
				"GitHub - default (github, 65 tools): check succeeded"}, nil}},
		{"all", func(r *rig) { delete(r.env, "AIRBYTE_MCP_CONNECTORS") }, finding{0, "connectors", doctor.Warn,
			[]string{"check passes for 6", "HubSpot - default"}, []string{"complete the settings of what cannot be checked"}}},
		{"none", func(r *rig) {
			r.env["AIRBYTE_WORKSPACE"] = "empty"
		}, finding{0, "connectors", doctor.Warn, []string{"none that may be served"}, []string{"airbyte-mcp-server connect TYPE"}}},
		{"two of a type", func(r *rig) {
			r.env["AIRBYTE_WORKSPACE"] = "acme-corp"
		}, finding{0, "connectors", doctor.Warn, nil, []string{"2 connectors are of type github: calls must name one", "github-archive"}}},
		{"type unknown to the catalog", func(r *rig) {
			delete(r.env, "AIRBYTE_MCP_CONNECTORS")
			r.env["AIRBYTE_WORKSPACE"] = "everything"
			r.emulator = startEmulator(r.T, sandbox.Options{Catalog: strangeCatalog(r.T)})
			r.host(r.emulator.URL)
		}, finding{0, "connectors", doctor.Warn,
			[]string{"Acme Tracker - everything", "its type is not in the catalog, so it has no tools"}, []string{"catalog sync NAME"}}},
		{"list fails", func(r *rig) {
			r.fault("route=connectors,status=500")
		}, finding{17, "connectors", doctor.Problem, []string{"HTTP 500"}, []string{"try again later"}}},
		{"misspelt choice", func(r *rig) {
			r.env["AIRBYTE_MCP_CONNECTORS"] = "githubb"
		}, finding{17, "connectors", doctor.Problem,
			[]string{`"githubb" in --connectors is neither`, "environment AIRBYTE_MCP_CONNECTORS", "the workspace has: "},
			[]string{"name a type such as github"}}},
		{"older dialect", func(r *rig) {
			r.turn("dialect", "seed")
		}, finding{0, "connectors", doctor.OK, []string{"the API cannot check them in this dialect", "not checked: the API's dialect cannot"},
			nil}},
	})
}

func TestChecksOfConnectors(t *testing.T) {
	t.Parallel()
	examineEach(t, []illness{
		{"vendor refuses the credentials", func(r *rig) {
			r.create("invalid-vendor-token-2203")
		}, finding{17, "connectors", doctor.Problem,
			[]string{"check failed: GitHub refused the credentials; Bad credentials", "check passes for 1"}, []string{"connect again what failed"}}},
		{"no service", func(r *rig) {
			r.fault("route=check,status=503")
		}, finding{17, "connectors", doctor.Problem, []string{"the check could not be made", "check passes for 0 of 1"},
			[]string{"run doctor again later"}}},
		{"no service for one of several", func(r *rig) {
			delete(r.env, "AIRBYTE_MCP_CONNECTORS")
			r.fault("route=check,connector=github,status=503")
		}, finding{0, "connectors", doctor.Warn, []string{"the check could not be made", "of 7"}, []string{"run doctor again later"}}},
		{"no verdict", func(r *rig) {
			r.turn("check_polling", "pending")
		}, finding{17, "connectors", doctor.Problem, []string{"check not conclusive (pending)", "check passes for 0 of 1"},
			[]string{"no verdict", "--execute"}}},
		{"no verdict, but a read", func(r *rig) {
			r.turn("check_polling", "pending")
			r.subject.Execute = true
		}, finding{0, "connectors", doctor.Warn, []string{"check not conclusive (pending)"}, []string{"no verdict"}}},
		{"no answer", func(r *rig) {
			delete(r.env, "AIRBYTE_MCP_CONNECTORS")
			r.fault("route=check,hang")
		}, finding{17, "connectors", doctor.Problem, []string{"the check could not be made", "check passes for 0 of 7"},
			[]string{"run doctor again later"}}},
		{"no permission", func(r *rig) {
			r.fault("route=check,status=403")
		}, finding{17, "connectors", doctor.Problem, []string{"check refused: "}, nil}},
		{"no settings", func(r *rig) {
			r.fault("route=check,status=422")
		}, finding{17, "connectors", doctor.Problem, []string{"Airbyte cannot check it: "},
			[]string{"complete the settings of what cannot be checked"}}},
		{"deleted but still listed", func(r *rig) {
			r.turn("delete_delay", "1h")
			id := r.create("deleted-vendor-token-1")
			r.send(http.MethodDelete, r.emulator.URL+"/api/v1/integrations/connectors/"+id, r.token(), nil, &struct{}{})
		}, finding{17, "connectors", doctor.Problem, []string{"Airbyte does not know it any more"}, []string{"run doctor again in a minute"}}},
	})
}

func TestStores(t *testing.T) {
	t.Parallel()
	examineEach(t, []illness{
		{"ready", func(*rig) {}, finding{0, "context store", doctor.OK, []string{"ready for 1 of 1 connectors that have one"}, nil}},
		{"loading", func(r *rig) {
			r.env["AIRBYTE_WORKSPACE"] = "acme-corp"
		}, finding{0, "context store", doctor.Warn, []string{"ready for 1 of 2", "github-archive: building, 0 of "},
			[]string{"use the list and get tools"}}},
		{"unknown", func(r *rig) {
			r.fault("route=credentials,status=500")
		}, finding{18, "context store", doctor.Problem, []string{"HTTP 500"}, []string{"try again later"}}},
		{"older dialect", func(r *rig) {
			r.turn("dialect", "seed")
		}, finding{0, "context store", doctor.Skipped, []string{"does not tell their state"}, nil}},
	})
}

func TestExecute(t *testing.T) {
	t.Parallel()
	execute := func(rules ...string) func(*rig) {
		return func(r *rig) {
			r.subject.Execute = true
			r.fault(rules...)
		}
	}
	examineEach(t, []illness{
		{"not asked for", func(*rig) {}, finding{0, "check execute", doctor.Skipped, []string{"--execute would send one billed operation"}, nil}},
		{"not asked for, of several", func(r *rig) {
			delete(r.env, "AIRBYTE_MCP_CONNECTORS")
		}, finding{0, "check execute", doctor.Skipped, []string{"billed operations, a read of one record for each connector"}, nil}},
		{"nothing to try", func(r *rig) {
			r.env["AIRBYTE_WORKSPACE"] = "empty"
		}, finding{0, "check execute", doctor.Skipped, []string{"no connector has an action for it"}, nil}},
		{"works", execute(), finding{0, "check execute", doctor.OK, []string{"1 of 1 went well", " works"}, nil}},
		{"one of two can be tried", func(r *rig) {
			r.subject.Execute = true
			r.env["AIRBYTE_MCP_CONNECTORS"], r.env["AIRBYTE_WORKSPACE"] = "github,Acme Tracker - everything", "everything"
			r.emulator = startEmulator(r.T, sandbox.Options{Catalog: strangeCatalog(r.T)})
			r.host(r.emulator.URL)
		}, finding{0, "check execute", doctor.OK, []string{"1 of 1 went well"}, nil}},
		{"allowance used up", execute("route=execute,quota"), finding{19, "check execute", doctor.Problem,
			[]string{"0 of 1 went well", " failed: ", "used up its agent operations"}, []string{"until its next period"}}},
		{"fails at the vendor", execute("route=execute,inband"), finding{19, "check execute", doctor.Problem,
			[]string{"0 of 1 went well"}, []string{"the connector ran and failed"}}},
	})
}

// TestNothingIsBilledUnasked counts what reaches the API.
func TestNothingIsBilledUnasked(t *testing.T) {
	t.Parallel()
	for _, execute := range []bool{false, true} {
		r := newRig(t)
		r.subject.Execute = execute
		r.examine()
		executed := 0
		for _, e := range r.emulator.Requests().Executes {
			executed += e.Count
		}
		for route := range r.emulator.Requests().Routes {
			isHarmless := strings.HasPrefix(route, "GET ") || strings.HasSuffix(route, "/check") || strings.HasSuffix(route, "/applications/token")
			if !isHarmless && !strings.HasSuffix(route, "/execute") {
				t.Errorf("%s was sent", route)
			}
		}
		want := map[bool]int{true: 1}[execute]
		if executed != want || len(r.told) != want {
			t.Errorf("execute %v: %d requests were sent, want %d; it was told %q before", execute, executed, want, r.told)
		}
	}
}

// create makes a connector of type github and returns its id.
func (r *rig) create(token string) string {
	r.Helper()
	var made struct{ ID string }
	body := `{"workspace_name":"default","connector_type":"github","name":"second","credentials":{"token":"` + token + `"},` +
		`"replication_config":{"repositories":["acme/widgets"]}}`
	r.send(http.MethodPost, r.emulator.URL+"/api/v1/integrations/connectors", r.token(), []byte(body), &made)
	return made.ID
}

// strangeCatalog has a type of connector more than the program.
func strangeCatalog(t *testing.T) *schemas.Catalog {
	t.Helper()
	folder := t.TempDir()
	linear, err := schemas.Embedded().Connector("linear")
	if err != nil {
		t.Fatal(err)
	}
	data, err := schemas.Format(linear)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	var file map[string]json.RawMessage
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"name": `"acme-tracker"`, "title": `"Acme Tracker"`, "definition_id": `"00000000-0000-4000-8000-00000000abcd"`,
	} {
		text = strings.Replace(text, string(file[key]), value, 1)
	}
	if err := os.WriteFile(filepath.Join(folder, "acme-tracker.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return schemas.WithFolder(folder)
}
