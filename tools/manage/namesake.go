package manage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
)

// AnotherOf says that a workspace has connectors of a type already, so that calls will have
// to name one, and proposes a name where none is chosen, or one that is taken. It is "" for
// the first connector of a type, and where the connectors cannot be listed.
func (m *Manager) AnotherOf(ctx context.Context, s tools.Session, asked *setup.Setup, name string) string {
	w, err := m.Directory().Snapshot(ctx, s.Workspace)
	if err != nil {
		return ""
	}
	var names []string
	for _, i := range w.Visible(s) {
		if asked.Connector != "" && i.Slug == asked.Connector || i.DefinitionID != "" && i.DefinitionID == asked.DefinitionID {
			names = append(names, i.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = cleantext.Quote(n)
	}
	text := fmt.Sprintf("Workspace %q has %s of %s already (%s): with one more, calls must say which by `connector`",
		s.Workspace, counted(len(names), "connector"), asked.Title, strings.Join(quoted[:min(len(quoted), mostNamed)], ", "))
	if name == "" || slices.ContainsFunc(names, func(taken string) bool { return strings.EqualFold(taken, name) }) {
		text += fmt.Sprintf("; give it a name of its own, such as %q", freeName(asked.Title, names))
	}
	return text
}

// mostNamed is how many names one line has room for.
const mostNamed = 5

// freeName is a name that none of several connectors has.
func freeName(title string, taken []string) string {
	for n := len(taken) + 1; ; n++ {
		name := fmt.Sprintf("%s - %d", title, n)
		if !slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, name) }) {
			return name
		}
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
