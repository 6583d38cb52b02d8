package records

import (
	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/schemas"
)

// StoreState is how far the Context Store of a connector has come.
type StoreState string

// How far a Context Store has come.
const (
	StoreReady    StoreState = "ready"
	StoreBuilding StoreState = "building"
)

// askStore answers a request to the Context Store.
func (c *Call) askStore(ask func(*contextstore.Request) (map[string]any, error)) (*Outcome, error) {
	if err := c.checkStore(); err != nil {
		return nil, err
	}
	result, err := ask(&contextstore.Request{
		Connector: c.ConnectorID, Entity: c.entity, Params: c.Params, Choices: c.Choices, Rows: c.storeRows, Show: c.transform,
	})
	if err != nil {
		return nil, err
	}
	return &Outcome{Result: result}, nil
}

// checkStore refuses reads of a Context Store that is still being built.
func (c *Call) checkStore() error {
	if c.StoreState != StoreReady {
		return problem.BadRequest("Context Store is not ready for entity '%s' (status: %s). Use list or get until it is ready.", c.Entity,
			c.StoreState).From(problem.FromStore)
	}
	return nil
}

// storeRows are the replica of an entity, in the fields of the store.
func (c *Call) storeRows(e *schemas.Entity) []map[string]any {
	c.Account.mu.Lock()
	defer c.Account.mu.Unlock()
	c.m = c.Account.model(e.Name)
	fields := e.ContextStore.Fields
	records := c.Account.records(c.m, nil)
	rows := make([]map[string]any, 0, len(records))
	for _, r := range records {
		if r.written && c.Choices.Is("context_store_lag", "endless") {
			continue
		}
		row := make(map[string]any, len(fields))
		for _, f := range fields {
			row[f.Name] = jsonvalue.PathValue(r.fields, f.Name)
		}
		rows = append(rows, row)
	}
	return rows
}
