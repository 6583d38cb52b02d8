package server

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/tools"
)

// toolLists keeps the JSON of each set of tools that was listed. Sets are shared
// by all callers with the same selection, so there are few.
type toolLists struct {
	mu    sync.Mutex
	bySet map[*tools.Set][]byte
}

// list is the JSON of the tools that a caller is offered. A host asks once and
// keeps what it got, so a list is given even when the API cannot be asked: the
// tools that help to find out why.
func (s *Server) list(ctx context.Context, caller tools.Session) []byte {
	set, err := s.opts.Box.Select(ctx, caller)
	if err != nil {
		s.log.Error().Err(err).Str("workspace", caller.Workspace).Msg("cannot tell which connectors the workspace has; offering the management tools only")
		set = s.opts.Box.Management(caller)
	}
	return s.lists.json(set)
}

func (l *toolLists) json(set *tools.Set) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.bySet[set]; ok {
		return b
	}
	var b []byte
	for i, t := range set.Tools {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, toolJSON(t)...)
	}
	if l.bySet == nil {
		l.bySet = map[*tools.Set][]byte{}
	}
	l.bySet[set] = b
	return b
}

// EntrySize is how many bytes a tool takes in tools/list.
func EntrySize(t *tools.Tool) int { return len(toolJSON(t)) }

// toolJSON is a tool's entry in tools/list.
func toolJSON(t *tools.Tool) []byte {
	readOnly, destructive, idempotent := t.Effect == tools.Read, t.Destructive(), t.Idempotent()
	openWorld := t.Connector != ""
	b, err := json.Marshal(mcp.Tool{
		Name:            t.Name,
		Title:           t.Title,
		Description:     t.Description,
		RawInputSchema:  t.Input.Schema(),
		RawOutputSchema: json.RawMessage(tools.OutputSchema),
		Annotations: mcp.ToolAnnotation{
			ReadOnlyHint: &readOnly, DestructiveHint: &destructive,
			IdempotentHint: &idempotent, OpenWorldHint: &openWorld,
		},
	})
	if err != nil {
		panic(err) // the schema was marshalled by the schemas package
	}
	return b
}
