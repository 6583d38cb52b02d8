package tools

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

// ConnectorType is a type of connector that can be connected.
type ConnectorType struct {
	Name         string `json:"name"`  // slug
	Title        string `json:"title"` // display name
	DefinitionID string `json:"definition_id"`
	Cataloged    bool   `json:"has_tools"`                    // the catalog knows its actions
	Template     string `json:"source_template_id,omitempty"` // through which it is connected, where the API names one
	Own          bool   `json:"organization_template,omitempty"`
}

// Types lists the types whose name or title contains a text, or all: those of the
// workspace's templates and those of Airbyte's definitions. Those that the catalog
// knows come first.
func (b *Box) Types(ctx context.Context, s Session, text string) ([]ConnectorType, error) {
	templates, err := b.client.Templates(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	definitions, err := b.client.Definitions(ctx, "")
	if err != nil {
		return nil, err
	}
	var types []ConnectorType
	known := map[string]bool{}
	add := func(t ConnectorType) error {
		slug, err := b.catalog.Match(t.DefinitionID, t.Name, t.Title)
		if err != nil {
			return err
		}
		if slug != "" {
			t.Name, t.Cataloged = slug, true
		}
		if !known[t.DefinitionID] && (fold(t.Name, text) || fold(t.Title, text)) {
			known[t.DefinitionID] = true
			types = append(types, t)
		}
		return nil
	}
	for _, t := range templates { // the organization's own come first
		err = errors.Join(err, add(ConnectorType{Name: t.Slug, Title: t.Name, DefinitionID: t.DefinitionID, Template: t.ID, Own: t.OrganizationID != ""}))
	}
	for _, d := range definitions {
		err = errors.Join(err, add(ConnectorType{Name: slugOf(d.Name), Title: d.Name, DefinitionID: d.ID}))
	}
	slices.SortStableFunc(types, func(a, b ConnectorType) int {
		if a.Cataloged != b.Cataloged {
			return map[bool]int{true: -1, false: 1}[a.Cataloged]
		}
		return strings.Compare(a.Name, b.Name)
	})
	return types, err
}

func fold(name, part string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(part))
}

func slugOf(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "-") }

// UnknownTypeError reports a type of connector that neither the catalog nor the API
// knows.
type UnknownTypeError struct {
	Name string
	Hint string
}

func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("unknown connector type %q%s", e.Name, e.Hint)
}

// Setup tells what must be given to connect a type, named by slug, title or
// definition id. For types of the catalog nothing is asked of the API.
func (b *Box) Setup(ctx context.Context, s Session, name string) (*setup.Setup, error) {
	slug, err := b.catalog.Match(name, strings.ToLower(name), name)
	if err != nil {
		return nil, err
	}
	if slug != "" {
		conn, err := b.catalog.Connector(slug)
		if err != nil {
			return nil, err
		}
		return setup.Of(conn), nil
	}
	if b.client == nil {
		return nil, b.unknownType(name)
	}
	return b.setupOfTemplate(ctx, s, name)
}

// setupOfTemplate reads what a type asks for that the catalog lacks.
func (b *Box) setupOfTemplate(ctx context.Context, s Session, name string) (*setup.Setup, error) {
	templates, err := b.client.Templates(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	for _, t := range templates {
		if t.DefinitionID == name || t.ID == name || strings.EqualFold(t.Slug, name) || strings.EqualFold(t.Name, name) {
			detail, err := b.client.Template(ctx, s.Workspace, t.ID)
			if err != nil {
				return nil, err
			}
			return setup.FromSpec(t.Name, t.DefinitionID, detail.UserConfigSpec)
		}
	}
	return nil, b.unknownType(name)
}

func (b *Box) unknownType(name string) error {
	names, err := b.catalog.Names()
	if err != nil {
		return err
	}
	return &UnknownTypeError{name, nearest.Hint(name, names)}
}

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
	return "nothing was created: the check of the credentials failed: " + e.Reason
}

// Connect creates a connector: the values are checked here, then by Airbyte, then it
// is created, sent once, and an execution proves that the vendor takes the
// credentials. tell hears of each step as it happens.
func (b *Box) Connect(ctx context.Context, s Session, r ConnectRequest, tell func(string)) (done *Connected, err error) {
	c := &call{Box: b, Session: s, Dialog: Silent{}, tool: connectTool(), trace: &Trace{}}
	began := time.Now()
	defer func() {
		if done != nil {
			c.trace.ConnectorID = done.ID
		}
		if b.opts.Audit != nil {
			b.opts.Audit(c.record(began, b.hash(nil), err))
		}
	}()
	if !s.Policy.allows(Create) || !s.Grants.Allow(Create) {
		return nil, &RefusedError{c.tool.Name, "the server is read-only"}
	}
	// Whoever gives the credentials has confirmed by that.
	if b.opts.Rules.mode("airbyte", "connectors", schemas.ActionCreate) == Deny {
		return nil, &RefusedError{c.tool.Name, "the write policy denies it"}
	}
	if err := c.accountable(); err != nil {
		return nil, err
	}
	return b.connect(ctx, s, r, tell)
}

// connectTool is how the audit calls the creation of a connector.
func connectTool() *Tool {
	return &Tool{Name: "create_connector", Effect: Create, Entity: "connectors", Action: schemas.ActionCreate}
}

func (b *Box) connect(ctx context.Context, s Session, r ConnectRequest, tell func(string)) (*Connected, error) {
	submission, err := r.Setup.Check(r.Values)
	if err != nil {
		return nil, err
	}
	n := airbyte.NewConnector{
		Workspace: s.Workspace, DefinitionID: r.Setup.DefinitionID, Type: r.Setup.Connector, Name: r.Values.Name,
		Credentials: submission.Credentials, StoredAuth: submission.StoredAuth,
		Replication: submission.Replication, Environment: submission.Environment,
	}
	if n.DefinitionID != "" {
		n.Type = "" // one identifier; the id is the certain one
	}
	done := &Connected{Type: r.Setup.Connector}
	note := func(text string) { done.Checks = append(done.Checks, text); tell(text) }
	tell("Asking Airbyte to check the configuration (not billed)")
	if err := b.checkNew(ctx, n, note); err != nil {
		return nil, err
	}
	tell("Creating the connector")
	created, err := b.client.CreateConnector(ctx, n)
	if err != nil {
		return nil, err
	}
	done.ID, done.Name = created.ID, created.Name
	note(fmt.Sprintf("Created %q (id %s) in workspace %q", created.Name, created.ID, s.Workspace))
	if r.Unbilled {
		done.Next = "The credentials have not been tried; call any of its read tools to see whether they work"
		return done, nil
	}
	b.prove(ctx, s, done, note, tell)
	return done, nil
}

// checkNew has Airbyte check what would be created. That it cannot is no reason not
// to create.
func (b *Box) checkNew(ctx context.Context, n airbyte.NewConnector, note func(string)) error {
	result, err := b.client.CheckNew(ctx, n)
	failure, _ := errors.AsType[*airbyte.Error](err)
	switch {
	case failure != nil && (failure.Code == airbyte.CodeUnsupported || failure.Retryable()):
		note("Airbyte's check could not be made: " + failure.Message)
		return nil
	case err != nil:
		return unsent(err)
	case result.Failed():
		return &RejectedError{resultInWords(result)}
	}
	note("Airbyte's check: " + resultInWords(result))
	return nil
}

func resultInWords(r *airbyte.CheckResult) string {
	words := []string{strings.TrimSuffix(r.Status+": "+r.Message, ": ")}
	for _, e := range r.Entities {
		if e.Message != "" {
			words = append(words, e.Entity+": "+e.Message)
		}
	}
	return strings.Join(words, "; ")
}

// prove tries a new connector's credentials at the vendor.
func (b *Box) prove(ctx context.Context, s Session, done *Connected, note, tell func(string)) {
	action, execution, err := b.checkExecution(done.Type)
	if err != nil || action == "" {
		done.Next = "No action of this type needs so little that it could prove the credentials; call one of its read tools"
		return
	}
	tell(fmt.Sprintf("Proving the credentials with %s, one record (one billed Airbyte operation)", action))
	if _, err := b.client.Execute(ctx, s.Workspace, done.ID, execution); err != nil {
		note(fmt.Sprintf("%s failed: %v", action, err))
		done.Next = "The connector exists, but its credentials do not work yet. Delete it and connect again with the right ones"
		return
	}
	done.Proven = true
	note(action + " works: the vendor takes the credentials")
}

// checkExecution is the cheapest execution that proves a type's credentials, "" if
// there is none.
func (b *Box) checkExecution(slug string) (string, airbyte.Execution, error) {
	if slug == "" {
		return "", airbyte.Execution{}, nil
	}
	conn, err := b.catalog.Connector(slug)
	if err != nil {
		return "", airbyte.Execution{}, err
	}
	e, a, params, ok := setup.CheckAction(conn)
	if !ok {
		return "", airbyte.Execution{}, nil
	}
	return conn.ToolName(e.Name, a.Name), airbyte.Execution{Entity: e.Name, Action: a.Name, Params: params}, nil
}

// Prove executes the cheapest read of a connector: one billed operation. The text says
// what was tried; the error is the vendor's or Airbyte's refusal.
func (b *Box) Prove(ctx context.Context, s Session, ref string) (tried string, err error) {
	i, err := b.instance(ctx, s, ref)
	if err != nil {
		return "", err
	}
	tried, execution, err := b.checkExecution(i.slug)
	if err != nil || tried == "" {
		return "", err
	}
	_, err = b.client.Execute(ctx, s.Workspace, i.ID, execution)
	return tried, err
}

// Locate finds the connector that a reference means, within the session's policy: an
// id, an alias, an instance name or a type.
func (b *Box) Locate(ctx context.Context, s Session, ref string) (airbyte.Connector, error) {
	i, err := b.instance(ctx, s, ref)
	return i.Connector, err
}
