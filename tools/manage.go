package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"airbyte-mcp-server/schemas"
)

// manageTool completes a tool that belongs to no connector. Its parameters are
// constants, as is what could be wrong with them.
func manageTool(t *Tool, params ...*schemas.Parameter) *Tool {
	input, err := schemas.NewInput(params...)
	if err != nil {
		panic(err)
	}
	t.Input = input
	t.entry = sync.OnceValue(t.encode)
	return t
}

// listConnectors is the tool that tells a caller what its workspace has. It asks
// the API but executes nothing, so it is not billed.
func listConnectors() *Tool {
	return manageTool(&Tool{
		Name:        "list_connectors",
		Title:       "Airbyte: list connectors",
		Description: "List the connectors of the Airbyte workspace (id, name, type) and how many tools each has here. Costs no Airbyte operation.",
		Effect:      Read,
		role:        attending,
		run:         runListConnectors,
	})
}

// ConnectorSummary is one row of list_connectors.
type ConnectorSummary struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Type  string `json:"type"`
	Alias string `json:"alias,omitempty"` // where the workspace has several of the type
	Tools int    `json:"tools"`           // offered in this session; 0 where the catalog or the policy has none
	slug  string
}

func runListConnectors(ctx context.Context, c *call) (*Result, error) {
	rows, err := c.Connectors(ctx, c.Session)
	if err != nil {
		return nil, err
	}
	return ours(rows)
}

// ours is a result that is made here, not by an execution.
func ours(v any) (*Result, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding a result: %w", err)
	}
	return &Result{Data: data, Source: SourceLive, Bytes: len(data)}, nil
}

// plain is a result that is its own envelope.
func plain(v any) (*Result, error) {
	r, err := ours(v)
	if err == nil {
		r.Plain, r.Data = r.Data, nil
	}
	return r, err
}

// Connectors lists a session's connectors with the number of tools each offers.
func (b *Box) Connectors(ctx context.Context, s Session) ([]ConnectorSummary, error) {
	list, err := b.instances(ctx, s)
	if err != nil {
		return nil, err
	}
	set, err := b.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	offered := map[string]int{}
	for _, t := range set.Tools {
		offered[t.Connector]++
	}
	rows := make([]ConnectorSummary, 0, len(list))
	for _, i := range list {
		row := ConnectorSummary{ID: i.ID, Name: i.Name, Type: i.Type, Alias: i.alias, slug: i.slug}
		if i.slug != "" && s.Policy.admits(i) {
			row.Tools = offered[i.slug]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
