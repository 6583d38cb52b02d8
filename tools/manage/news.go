package manage

import (
	"context"
	"fmt"

	"airbyte-mcp-server/internal/hosts"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// news tells a model of the tools of a connector that was just made: hosts keep the list
// of tools that they got before.
type news struct {
	Number int      `json:"number"`
	Names  []string `json:"names"` // the first of them
	Next   string   `json:"next"`
}

// mostNames bounds the names of new tools in an answer.
const mostNames = 12

// newsOf are the tools of a type of connector that a session now has; nil where there are
// none, or nobody can say. Asking for them costs no operation, and lets the server notice
// that they have changed.
func (m *Manager) newsOf(ctx context.Context, s tools.Session, slug string) *news {
	set, err := m.Directory().Select(ctx, s)
	if err != nil {
		return nil
	}
	found := &news{}
	for _, t := range set.Tools {
		if t.Connector != slug {
			continue
		}
		if found.Number++; len(found.Names) < mostNames {
			found.Names = append(found.Names, t.Name)
		}
	}
	if found.Number == 0 {
		return nil
	}
	found.Next = whereToolsAre(set, s.Listing.Host)
	return found
}

// whereToolsAre says how a model gets at tools that were not there when its host listed.
func whereToolsAre(set *tools.Set, host hosts.Host) string {
	const byOthers = "find_tools finds them, and call_read_tool and call_write_tool call them"
	switch {
	case set.Surface == tools.Search:
		return byOthers + "."
	case host.ListChanged:
		return fmt.Sprintf("%s lists them by itself; until it has, %s.", host.Title, byOthers)
	case host.IgnoresListChanged:
		return fmt.Sprintf("%s keeps its list of tools until it is restarted. Until then %s. Where you have none of those, "+
			"ask the user to restart it.", host.Title, byOthers)
	default:
		return "If they are not among your tools yet, " + byOthers + ". Where you have none of those, ask the user to restart " +
			"the host, or to reload this server there."
	}
}

// refresh has the connectors of a call's workspace listed again after a change, so that
// clients are told of it with the answer of the call.
func (m *Manager) refresh(ctx context.Context, c *calls.Call) {
	_, _ = m.Directory().Snapshot(ctx, c.Workspace) // the next call sees the change in any case
}
