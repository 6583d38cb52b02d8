package airbyte

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/secret"
)

// NewConnector describes a connector to create, or to check before that. At least one of
// Type, DefinitionID and TemplateID is required.
type NewConnector struct {
	Workspace    string
	Type         string // slug or display name
	DefinitionID string
	TemplateID   string
	Name         string // of the instance; empty leaves it to the API

	Credentials secret.Text // JSON object with the keys of the direct interface
	// StoredAuth holds the same credentials in the form of the stored configuration, with
	// nested paths and constants. The seed dialect takes this form.
	StoredAuth  secret.Text
	Replication json.RawMessage // object or nil
	Environment json.RawMessage // object or nil
}

// ConnectorDetail is a connector with its configuration. Secrets in it are masked.
type ConnectorDetail struct {
	ID           string
	Name         string
	TemplateID   string
	TypeName     string
	DefinitionID string
	Config       json.RawMessage
	Entities     json.RawMessage
	CreatedAt    string
	UpdatedAt    string
}

// ConnectorChange describes a change of a connector. A nil field stays as it is.
type ConnectorChange struct {
	Name        *string
	Replication json.RawMessage // configuration, an object
	Entities    json.RawMessage // a list; an empty one lifts all limits
}

// newBody is the body of requests about a connector before its creation.
type newBody struct {
	Workspace   string          `json:"workspace_name"`
	Redirect    string          `json:"redirect_url,omitempty"`
	Type        string          `json:"connector_type,omitempty"`
	Definition  string          `json:"definition_id,omitempty"`
	Template    string          `json:"source_template_id,omitempty"`
	Name        string          `json:"name,omitempty"`
	Credentials json.RawMessage `json:"credentials,omitempty"`
	Replication json.RawMessage `json:"replication_config,omitempty"`
	Environment json.RawMessage `json:"environment,omitempty"`
}

// body is a connector in the current dialect, which takes one name of the type, and
// perhaps a template's id.
func (n *NewConnector) body() *newBody {
	b := &newBody{
		Workspace: n.Workspace, Type: n.Type, Definition: n.DefinitionID, Template: n.TemplateID, Name: n.Name,
		Credentials: json.RawMessage(n.Credentials.Reveal()), Replication: n.Replication, Environment: n.Environment,
	}
	if b.Definition != "" {
		b.Type = ""
	}
	if len(b.Credentials) == 0 && len(b.Replication) == 0 {
		b.Replication = json.RawMessage("{}") // one of the two must be there
	}
	return b
}

// fault is the reason against sending the description of a connector, "" without one.
func (n *NewConnector) fault() string {
	if n.Type == "" && n.DefinitionID == "" && n.TemplateID == "" {
		return "a connector needs a type, a definition id or a template id"
	}
	parts := []struct {
		name string
		raw  []byte
	}{
		{"the credentials", []byte(n.Credentials.Reveal())},
		{"the stored credentials", []byte(n.StoredAuth.Reveal())},
		{"the replication configuration", n.Replication},
		{"the environment", n.Environment},
	}
	for _, part := range parts {
		if _, err := objectOf(part.raw); err != nil {
			return part.name + " must be a JSON object"
		}
	}
	return ""
}

// newConnectorRequest makes a request about a connector before its creation, with a body
// in the API's dialect.
func (c *Client) newConnectorRequest(ctx context.Context, op operation, n *NewConnector) (*request, error) {
	r := n.describedRequest(op)
	r.timeout = c.cfg.ExecuteTimeout // the vendor may be asked
	if n.Workspace == "" {
		return nil, c.invalid(r, "no workspace is named")
	}
	if fault := n.fault(); fault != "" {
		return nil, c.invalid(r, "%s", fault)
	}
	d, failure := c.resolveDialect(ctx, r)
	if failure != nil {
		return nil, failure
	}
	if _, ok := op.routeIn(d); !ok {
		return r, nil // sendWithRetries refuses it
	}
	var body any = n.body()
	if d == DialectSeed {
		seed, err := c.seedBody(ctx, n)
		if err != nil {
			return nil, c.unsent(ctx, r, err)
		}
		body = seed
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, c.invalid(r, "the configuration is not valid JSON")
	}
	r.body = raw
	return r, nil
}

// CreateConnector creates a connector. It is sent once. The API does not try the vendor's
// credentials: that takes a check or a first read.
func (c *Client) CreateConnector(ctx context.Context, n NewConnector) (*ConnectorDetail, error) {
	r, err := c.newConnectorRequest(ctx, opCreate, &n)
	if err != nil {
		return nil, err
	}
	r.write = true
	defer c.lists.forget(n.Workspace) // in case of a failure too
	detail, err := c.connectorDetail(ctx, r)
	if err != nil {
		return nil, err
	}
	detail.Name = firstOf(detail.Name, n.Name) // the seed dialect may answer with the id alone
	return detail, nil
}

// Connector returns one connector in detail.
func (c *Client) Connector(ctx context.Context, id string) (*ConnectorDetail, error) {
	r := &request{op: opConnector, id: plainID(id), timeout: c.cfg.RequestTimeout}
	if !isID(id) {
		return nil, c.invalid(r, "%q is not a connector id", id)
	}
	return c.connectorDetail(ctx, r)
}

// connectorDetail sends a request with a connector for an answer.
func (c *Client) connectorDetail(ctx context.Context, r *request) (*ConnectorDetail, error) {
	var answer struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Template struct {
			templateItem
			Spec json.RawMessage `json:"user_config_spec"`
		} `json:"source_template"`
		Config    json.RawMessage `json:"replication_config"`
		Entities  json.RawMessage `json:"entities"`
		CreatedAt string          `json:"created_at"`
		UpdatedAt string          `json:"updated_at"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.ID == "" {
		return nil, c.completeError(r, a.badResponse("the API answered without a connector"))
	}
	t := answer.Template.toTemplate()
	return &ConnectorDetail{
		ID: plainID(answer.ID), Name: answer.Name, TemplateID: t.ID, TypeName: t.Name, DefinitionID: t.DefinitionID,
		Config:   newMasker(answer.Template.Spec, r.hidden).maskConfig(answer.Config),
		Entities: nullAsNil(answer.Entities), CreatedAt: answer.CreatedAt, UpdatedAt: answer.UpdatedAt,
	}, nil
}

// changeBody is the body of requests that change a connector.
type changeBody struct {
	Name        *string         `json:"name,omitempty"`
	Replication json.RawMessage `json:"replication_config,omitempty"`
	Entities    json.RawMessage `json:"entities,omitempty"`
}

// changeRequest makes the request for a change of a connector.
func (c *Client) changeRequest(op operation, id string, change ConnectorChange) (*request, error) {
	r := &request{
		op: op, id: plainID(id), write: op == opUpdate,
		hidden: secretsIn(change.Replication), timeout: c.cfg.ExecuteTimeout,
	}
	if !isID(id) {
		return nil, c.invalid(r, "%q is not a connector id", id)
	}
	if _, err := objectOf(change.Replication); err != nil {
		return nil, c.invalid(r, "the replication configuration must be a JSON object")
	}
	body, err := json.Marshal(changeBody(change))
	if err != nil {
		return nil, c.invalid(r, "the configuration is not valid JSON")
	}
	r.body = body
	return r, nil
}

// UpdateConnector changes a connector. It is sent once.
func (c *Client) UpdateConnector(ctx context.Context, id string, change ConnectorChange) (*ConnectorDetail, error) {
	r, err := c.changeRequest(opUpdate, id, change)
	if err != nil {
		return nil, err
	}
	if string(r.body) == "{}" {
		return nil, c.invalid(r, "nothing is to be changed")
	}
	defer c.lists.forgetConnector(plainID(id))
	return c.connectorDetail(ctx, r)
}

const (
	deletionWait       = 20 * time.Second // for a connector to leave its workspace's list
	firstDeletionPause = 250 * time.Millisecond
	maxDeletionPause   = 2 * time.Second
)

// DeleteConnector deletes a connector for good, with its credentials. It is sent once;
// then it waits until the connector is gone from the workspace's list. While the list
// still has it at the end of the wait, the outcome is unknown.
func (c *Client) DeleteConnector(ctx context.Context, workspace, id string) error {
	r := &request{op: opDelete, id: plainID(id), write: true, timeout: c.cfg.RequestTimeout}
	if !isID(id) {
		return c.invalid(r, "%q is not a connector id", id)
	}
	defer c.lists.forget(workspace)
	defer c.lists.forgetConnector(plainID(id))
	if _, err := c.sendWithRetries(ctx, r); err != nil {
		return err
	}
	return c.awaitGone(ctx, workspace, r)
}

// awaitGone waits until the connector deleted by r is gone from the list.
func (c *Client) awaitGone(ctx context.Context, workspace string, r *request) error {
	ctx, cancel := context.WithTimeout(ctx, deletionWait)
	defer cancel()
	gone := func(conn Connector) bool { return strings.EqualFold(conn.ID, r.id) }
	for pause := firstDeletionPause; ; pause = min(2*pause, maxDeletionPause) {
		list, err := c.fetchConnectors(ctx, workspace)
		if err == nil && !slices.ContainsFunc(list, gone) {
			return nil
		}
		if !sleepWithin(ctx, pause) {
			return c.completeError(r, c.deletionUnseen(ctx, err))
		}
	}
}

// deletionUnseen is the failure of a deletion without a visible effect on the list.
func (c *Client) deletionUnseen(ctx context.Context, err error) *Error {
	e := &Error{Code: CodeTimeout, Outcome: OutcomeUnknown, err: err,
		Message: "Airbyte has accepted the deletion, but the connector is still listed"}
	if err != nil {
		e.Message = fmt.Sprintf("Airbyte has accepted the deletion, but whether it is done cannot be seen: %v", err)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		e.Code = CodeCanceled
	}
	return e
}
