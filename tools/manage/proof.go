package manage

import (
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// prove tries a new connector's credentials at the vendor.
func (m *Manager) prove(ctx context.Context, s tools.Session, done *Connected, note, tell func(string)) {
	action, execution, err := m.checkExecution(done.Type)
	if err != nil || action == "" {
		done.Next = "No action of this type needs so little that it could prove the credentials; call one of its read tools"
		return
	}
	tell(fmt.Sprintf("Proving the credentials with %s, one record (one billed Airbyte operation)", action))
	if _, err := m.runner.Probe(ctx, s, done.ID, execution); err != nil {
		note(fmt.Sprintf("%s failed: %v", action, err))
		done.Next = "The connector exists, but its credentials do not work yet. Delete it and connect again with the right ones"
		return
	}
	done.Proven = true
	note(action + " works: the vendor takes the credentials")
}

// checkExecution is the cheapest execution that proves a type's credentials, "" if
// there is none.
func (m *Manager) checkExecution(slug string) (string, calls.Execution, error) {
	if slug == "" {
		return "", calls.Execution{}, nil
	}
	conn, err := m.catalog.Connector(slug)
	if err != nil {
		return "", calls.Execution{}, err
	}
	e, a, params, ok := setup.CheckAction(conn)
	if !ok {
		return "", calls.Execution{}, nil
	}
	return conn.ToolName(e.Name, a.Name), calls.Execution{Entity: e.Name, Action: a.Name, Params: params}, nil
}

// Prove executes the cheapest read of a connector: one billed operation. The text says
// what was tried; the error is the vendor's or Airbyte's refusal.
func (m *Manager) Prove(ctx context.Context, s tools.Session, ref string) (tried string, err error) {
	i, err := m.locate(ctx, s, ref)
	if err != nil {
		return "", err
	}
	tried, execution, err := m.checkExecution(i.Slug)
	if err != nil || tried == "" {
		return "", err
	}
	_, err = m.runner.Probe(ctx, s, i.ID, execution)
	return tried, err
}

// Describe asks the API what a connector can do at this moment. It is one Airbyte
// operation.
func (m *Manager) Describe(ctx context.Context, s tools.Session, ref string) (tools.Instance, json.RawMessage, error) {
	i, err := m.locate(ctx, s, ref)
	if err != nil {
		return i, nil, err
	}
	answer, err := m.runner.Probe(ctx, s, i.ID, calls.Execution{Action: "describe"})
	if err != nil {
		return i, nil, err
	}
	return i, answer.Data, nil
}
