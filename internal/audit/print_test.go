package audit_test

import (
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/audit"
)

func TestPrint(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	full := audit.Report{
		Files: 2, Lines: 7, Starts: 1, Omitted: 3, Problems: []audit.Finding{{Kind: "changed", File: "a", Line: 4, Text: "why"}},
		Open: []audit.OpenIntent{
			{File: "b", Line: 5, Time: at, Tool: "t", Action: "create", Entity: "orders", ConnectorID: "c-1", Workspace: "main"},
			{File: "b", Line: 6, Time: at, Tool: "t", Action: "create", Entity: "connectors", Workspace: "main"},
		},
		Notes: []audit.Finding{{Kind: "torn", File: "b", Line: 7, Text: "end"}},
	}
	for _, test := range []struct {
		report audit.Report
		want   string
	}{
		{audit.Report{}, "0 files, 0 lines, 0 process starts: 0 problems, 0 open intents\n"},
		{full, "a:4: changed: why\n… and 3 problems more\n" +
			"b:5: open: 2026-01-02T03:04:05Z t (create orders) on connector \"c-1\" in workspace \"main\" has no result: " +
			"it may have happened\n" +
			"b:6: open: 2026-01-02T03:04:05Z t (create connectors) on connector (none yet) in workspace \"main\" has no result: " +
			"it may have happened\nb:7: note: torn: end\n2 files, 7 lines, 1 process start: 4 problems, 2 open intents\n"},
	} {
		var out strings.Builder
		if err := test.report.Print(&out); err != nil || out.String() != test.want {
			t.Errorf("got %v and\n%s\nwant\n%s", err, out.String(), test.want)
		}
	}
}
