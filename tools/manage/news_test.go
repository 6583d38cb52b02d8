package manage

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/hosts"
	"airbyte-mcp-server/tools"
)

// What a model is told of new tools fits what its host does when its list has changed.
func TestWhereToolsAre(t *testing.T) {
	t.Parallel()
	direct, search := &tools.Set{Surface: tools.Direct}, &tools.Set{Surface: tools.Search}
	for name, tt := range map[string]struct {
		set   *tools.Set
		host  hosts.Host
		has   string
		lacks string
	}{
		"one that lists again":  {direct, hosts.Newest("Cursor"), "Cursor lists them by itself", "restart"},
		"one that does not":     {direct, hosts.Newest("Codex"), "Codex keeps its list of tools until it is restarted", "by itself"},
		"an unknown one":        {direct, hosts.Host{}, "If they are not among your tools yet", "by itself"},
		"too many to be listed": {search, hosts.Newest("Codex"), "find_tools finds them", "restart"},
	} {
		got := whereToolsAre(tt.set, tt.host)
		if !strings.Contains(got, tt.has) || strings.Contains(got, tt.lacks) || !strings.Contains(got, "call_read_tool") {
			t.Errorf("%s is told %q", name, got)
		}
	}
}
