package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// ConnectRequest is a connector to be created.
type ConnectRequest struct {
	Setup    *setup.Setup
	Values   setup.Values
	Unbilled bool // do not prove the credentials by an execution, which is billed
}

// Connected is a connector that was created, and what is known of its credentials.
type Connected struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Proven bool     `json:"credentials_work"` // an execution went well
	Checks []string `json:"checks"`           // what was tried, in words
	Next   string   `json:"next,omitempty"`   // what to do about what is wrong
}

// RejectedError reports credentials that Airbyte's check refused before anything was
// created.
type RejectedError struct{ Reason string }

func (e *RejectedError) Error() string {
	return "nothing was created: Airbyte's check refused the credentials: " + e.Reason
}

// Kind is that of credentials which are refused.
func (e *RejectedError) Kind() string { return KindRejected }

// KindRejected is the kind of credentials that a check has refused.
const KindRejected = "credentials_refused"

// Connect creates a connector: the values are checked here, then by Airbyte, then it
// is created, sent once, and an execution proves that the vendor takes the
// credentials. tell hears of each step as it happens.
func (m *Manager) Connect(ctx context.Context, s tools.Session, r ConnectRequest, tell func(string)) (done *Connected, err error) {
	tool := creation(r.Setup)
	err = m.runner.Account(s, tool, func(c *calls.Call) error {
		if err := c.MayConnect(); err != nil {
			return err
		}
		done, err = m.connect(ctx, c, r, tell)
		if done != nil {
			c.About(done.ID)
		}
		return err
	})
	return done, err
}

// creation stands for the creation of a connector in records.
func creation(asked *setup.Setup) *tools.Tool {
	return &tools.Tool{
		Name: "create_connector", Effect: tools.Create, Entity: "connectors", Action: schemas.ActionCreate, Connector: asked.Connector,
	}
}

func (m *Manager) connect(ctx context.Context, c *calls.Call, r ConnectRequest, tell func(string)) (*Connected, error) {
	submission, err := r.Setup.Check(r.Values)
	if err != nil {
		return nil, err
	}
	n := airbyte.NewConnector{
		Workspace: c.Workspace, DefinitionID: r.Setup.DefinitionID, Type: r.Setup.Connector, Name: r.Values.Name,
		Credentials: submission.Credentials, StoredAuth: submission.StoredAuth,
		Replication: submission.Replication, Environment: submission.Environment,
	}
	if n.DefinitionID != "" {
		n.Type = "" // one identifier; the id is the certain one
	}
	done := &Connected{Type: r.Setup.Connector}
	note := func(text string) { done.Checks = append(done.Checks, text); tell(text) }
	if another := m.AnotherOf(ctx, c.Session, r.Setup, r.Values.Name); another != "" {
		note(another)
	}
	tell("Asking Airbyte to check the configuration (not billed)")
	if err := m.checkNew(ctx, n, note); err != nil {
		return nil, err
	}
	if err := c.Intend(); err != nil {
		return nil, err
	}
	tell("Creating the connector")
	created, err := m.client.CreateConnector(ctx, n)
	if err != nil {
		return nil, err
	}
	done.ID, done.Name = created.ID, created.Name
	note(fmt.Sprintf("Created %s (id %s) in workspace %q", cleantext.Quote(created.Name), created.ID, c.Workspace))
	if r.Unbilled {
		done.Next = "The credentials have not been tried; call any of its read tools to see whether they work"
		return done, nil
	}
	m.prove(ctx, c.Session, done, note, tell)
	return done, nil
}

// checkNew has Airbyte check what would be created. That it cannot is no reason not
// to create.
func (m *Manager) checkNew(ctx context.Context, n airbyte.NewConnector, note func(string)) error {
	result, err := m.client.CheckNew(ctx, n)
	failure, _ := errors.AsType[*airbyte.Error](err)
	switch {
	case failure != nil && (failure.Code == airbyte.CodeUnsupported || failure.Retryable()):
		note("Airbyte's check could not be made: " + failure.Message)
		return nil
	case err != nil:
		return calls.Unsent(err)
	case result.Failed():
		return &RejectedError{cmp.Or(reasons(result), "it gave no reason")}
	}
	note("Airbyte's check: " + resultInWords(result))
	return nil
}

func resultInWords(r *airbyte.CheckResult) string {
	words := []string{strings.TrimSuffix(r.State()+": "+r.Message, ": ")}
	return strings.Join(append(words, entityReasons(r)...), "; ")
}

// reasons are the messages of a check.
func reasons(r *airbyte.CheckResult) string {
	if r.Message == "" {
		return strings.Join(entityReasons(r), "; ")
	}
	return strings.Join(append([]string{r.Message}, entityReasons(r)...), "; ")
}

func entityReasons(r *airbyte.CheckResult) []string {
	var words []string
	for _, e := range r.Entities {
		if e.Message != "" {
			words = append(words, e.Entity+": "+e.Message)
		}
	}
	return words
}
