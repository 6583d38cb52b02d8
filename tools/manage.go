package tools

import (
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/schemas"
)

// listConnectors is the tool that tells a caller what its workspace has. It asks
// the API but executes nothing, so it is not billed.
func listConnectors() *Tool {
	input, err := schemas.NewInput()
	if err != nil {
		panic(err) // a constant schema
	}
	return &Tool{
		Name:        "list_connectors",
		Title:       "Airbyte: list connectors",
		Description: "List the connectors of the Airbyte workspace (id, name, type) and how many tools each has here. Costs no Airbyte operation.",
		Effect:      Read,
		Input:       input,
		run:         runListConnectors,
	}
}

// ConnectorSummary is one row of list_connectors.
type ConnectorSummary struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Type  string `json:"type"`
	Tools int    `json:"tools"` // offered in this session; 0 where the catalog or the policy has none
}

func runListConnectors(ctx context.Context, b *Box, s Session, _ *Tool, _ schemas.Arguments) (*Result, error) {
	rows, err := b.Connectors(ctx, s)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("encoding the list of connectors: %w", err)
	}
	return &Result{Data: data, Source: SourceLive, Bytes: len(data)}, nil
}

// Connectors lists a session's connectors with the number of tools each offers.
func (b *Box) Connectors(ctx context.Context, s Session) ([]ConnectorSummary, error) {
	instances, err := b.client.Connectors(ctx, s.Workspace)
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
	rows := make([]ConnectorSummary, 0, len(instances))
	for _, conn := range instances {
		slug, err := b.slug(conn)
		if err != nil {
			return nil, err
		}
		row := ConnectorSummary{ID: conn.ID, Name: conn.Name, Type: conn.Type}
		if slug != "" && b.admits(s.Policy, slug, conn) {
			row.Tools = offered[slug]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
