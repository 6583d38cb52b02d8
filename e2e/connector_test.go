package e2e_test

import "testing"

func connectorCases() []doctorCase {
	return []doctorCase{
		{"empty workspace", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_WORKSPACE", "empty")
		}, 0, "connectors", "warn", []string{"none that may be served", "airbyte-mcp-server connect TYPE"}},
		{"two connectors of a type", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_WORKSPACE", "acme-corp")
		}, 0, "connectors", "warn", []string{"2 connectors are of type github: calls must name one", "github-archive"}},
		{"type not in the catalog", func(t *testing.T, in *installation) {
			strange := newInstallation(t, "--catalog", strangeCatalog(t))
			in.url, in.env = strange.url, strange.env
			in.args = []string{"doctor", "--json", "--workspace", "everything"}
		}, 0, "connectors", "warn", []string{"Acme Tracker - everything", "not in the catalog", "catalog sync"}},
		{"connectors cannot be listed", func(t *testing.T, in *installation) {
			in.fault(t, "route=connectors,status=500")
		}, 17, "connectors", "problem", []string{"HTTP 500", "try again later"}},
		{"throttled", func(t *testing.T, in *installation) {
			in.fault(t, "route=connectors,status=429,retry_after=90")
		}, 17, "connectors", "problem", []string{"HTTP 429", "wait 1m30s"}},
		{"unknown connector in --connectors", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_CONNECTORS", "githubb")
			in.args = []string{"doctor", "--json"}
		}, 17, "connectors", "problem", []string{
			`"githubb"`, "environment AIRBYTE_MCP_CONNECTORS", "GitHub - default", "name a type such as github",
		}},
		{"served connector deleted", func(t *testing.T, in *installation) {
			in.setSwitch(t, "delete_delay", "0s")
			id := in.create(t, "invalid-vendor-token-2203")
			in.delete(t, id)
			in.args = []string{"doctor", "--json", "--connectors", id}
		}, 17, "connectors", "problem", []string{"neither a type of the catalog nor a connector of the workspace", "may have been deleted"}},
		{"connector deleted but still listed", func(t *testing.T, in *installation) {
			in.setSwitch(t, "delete_delay", "1h")
			in.delete(t, in.create(t, "invalid-vendor-token-2203"))
		}, 17, "connectors", "problem", []string{"does not know it any more", "being deleted"}},
		{"vendor refuses the credentials", func(t *testing.T, in *installation) {
			in.create(t, "invalid-vendor-token-2203")
		}, 17, "connectors", "problem", []string{"check failed: GitHub refused the credentials; Bad credentials", "connect again what failed"}},
		{"credentials where nobody looks", func(t *testing.T, in *installation) {
			in.createUnmapped(t)
		}, 17, "connectors", "problem", []string{"Unable to map source configuration", "connect again what failed"}},
		{"check unavailable", func(t *testing.T, in *installation) {
			in.fault(t, "route=check,status=503")
		}, 17, "connectors", "problem", []string{"the check could not be made", "run doctor again later"}},
	}
}

func contextStoreCases() []doctorCase {
	return []doctorCase{
		{"Context Store loading", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_WORKSPACE", "acme-corp")
		}, 0, "context store", "warn", []string{"github-archive: building, 0 of", "ready for 1 of 2", "use the list and get tools"}},
		{"Context Stores unknown", func(t *testing.T, in *installation) {
			in.fault(t, "route=credentials,status=500")
		}, 18, "context store", "problem", []string{"HTTP 500", "try again later"}},
	}
}

func executionCases() []doctorCase {
	execute := func(in *installation) { in.args = append(in.args, "--execute") }
	return []doctorCase{
		{"nothing, proven", func(_ *testing.T, in *installation) {
			execute(in)
		}, 0, "check execute", "ok", []string{"1 of 1 went well", "works"}},
		{"execute not asked for", func(*testing.T, *installation) {
		}, 0, "check execute", "skipped", []string{"--execute would send one billed operation"}},
		{"vendor refuses the execution", func(t *testing.T, in *installation) {
			in.create(t, "invalid-vendor-token-2203")
			execute(in)
		}, 17, "check execute", "problem", []string{"1 of 2 went well", "the vendor refused the connector's stored credentials"}},
		{"execution finds no credentials", func(t *testing.T, in *installation) {
			in.setSwitch(t, "dialect", "both")
			in.createUnmapped(t)
			in.set("AIRBYTE_MCP_API_DIALECT", "seed") // in which nothing is checked before
			execute(in)
		}, 19, "check execute", "problem", []string{"Unable to map source configuration", "create the connector anew"}},
		{"allowance used up", func(t *testing.T, in *installation) {
			in.fault(t, "route=execute,quota")
			execute(in)
		}, 19, "check execute", "problem", []string{"0 of 1 went well", "used up its agent operations"}},
		{"execution fails in the envelope", func(t *testing.T, in *installation) {
			in.fault(t, "route=execute,inband")
			execute(in)
		}, 19, "check execute", "problem", []string{"0 of 1 went well", "the connector ran and failed"}},
		{"execution breaks off", func(t *testing.T, in *installation) {
			in.fault(t, "route=execute,reset")
			execute(in)
		}, 19, "check execute", "problem", []string{"broke before the answer was complete"}},
	}
}
