package sandbox

import (
	"airbyte-mcp-server/schemas"
)

// storeState is how far the Context Store of a connector has come.
type storeState string

const (
	storeReady    storeState = "ready"
	storeBuilding storeState = "building"
)

// askStore answers a request to the Context Store.
func (c *call) askStore(ask func(*storeRequest) (map[string]any, error)) (*outcome, error) {
	if err := c.checkStore(); err != nil {
		return nil, err
	}
	result, err := ask(&storeRequest{
		connector: c.id, entity: c.entity, params: c.Params, choices: c.switches, rows: c.storeRows, show: c.transform,
	})
	if err != nil {
		return nil, err
	}
	return &outcome{result: result}, nil
}

// checkStore refuses reads of a Context Store that is still being built.
func (c *call) checkStore() error {
	if c.store != storeReady {
		return badRequest("Context Store is not ready for entity '%s' (status: %s). Use list or get until it is ready.", c.Entity, c.store).from(fromStore)
	}
	return nil
}

// storeRows are the replica of an entity, in the fields of the store.
func (c *call) storeRows(e *schemas.Entity) []map[string]any {
	c.v.mu.Lock()
	defer c.v.mu.Unlock()
	c.m = c.v.model(e.Name)
	fields := e.ContextStore.Fields
	records := c.v.records(c.m, nil)
	rows := make([]map[string]any, 0, len(records))
	for _, r := range records {
		if r.written && c.switches.is("context_store_lag", "endless") {
			continue
		}
		row := make(map[string]any, len(fields))
		for _, f := range fields {
			row[f.Name] = pathValue(r.fields, f.Name)
		}
		rows = append(rows, row)
	}
	return rows
}
