package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"unicode/utf8"

	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/internal/sandbox/records"
	"airbyte-mcp-server/schemas"
)

// maxIntent is the longest reason that a caller may state.
const maxIntent = 512

// parseExecute validates the body. Unknown keys are ignored.
func (x *roundTrip) parseExecute() (*records.Request, error) {
	body, err := x.decodeBody()
	if err != nil {
		return nil, err
	}
	req := &records.Request{SkipTruncation: true}
	if req.Entity, err = requiredString(body, "entity"); err != nil {
		return nil, err
	}
	if req.Action, err = requiredString(body, "action"); err != nil {
		return nil, err
	}
	if raw := body["params"]; !jsonvalue.IsNull(raw) && jsonvalue.Decode(raw, &req.Params) != nil {
		return nil, problem.InvalidField("body.params", "dict_type", "Input should be a valid dictionary", nil)
	}
	if req.SelectFields, err = optionalStrings(body, "select_fields"); err != nil {
		return nil, err
	}
	if req.ExcludeFields, err = optionalStrings(body, "exclude_fields"); err != nil {
		return nil, err
	}
	if raw := body["skip_truncation"]; !jsonvalue.IsNull(raw) && json.Unmarshal(raw, &req.SkipTruncation) != nil {
		return nil, problem.InvalidField("body.skip_truncation", "bool_type", "Input should be a valid boolean", nil)
	}
	return req, checkIntent(body["intent"])
}

func optionalStrings(body map[string]json.RawMessage, name string) ([]string, error) {
	var list []string
	if raw := body[name]; !jsonvalue.IsNull(raw) && json.Unmarshal(raw, &list) != nil {
		return nil, problem.InvalidField("body."+name, "list_type", "Input should be a valid list", nil)
	}
	return list, nil
}

func checkIntent(raw json.RawMessage) error {
	if jsonvalue.IsNull(raw) {
		return nil
	}
	var intent string
	if json.Unmarshal(raw, &intent) != nil {
		return problem.InvalidField("body.intent", "string_type", "Input should be a valid string", nil)
	}
	if utf8.RuneCountInString(intent) > maxIntent {
		return problem.InvalidField("body.intent", "string_too_long", "String should have at most 512 characters",
			map[string]any{"max_length": maxIntent})
	}
	return nil
}

// execute answers one action of a connector.
func (s *Server) execute(x *roundTrip) error {
	req, err := x.parseExecute()
	if err != nil {
		return err
	}
	c, err := x.connectorInPath()
	if err != nil {
		return err
	}
	v, err := c.load()
	if err != nil {
		return err
	}
	if err := s.checkUsable(c, v, req.Action); err != nil {
		return s.adjust(err)
	}
	out, err := (&records.Call{Request: req, ConnectorID: c.ID, StoreState: c.Store, Account: v, Choices: s.switches, SQL: s.sql}).Run()
	if err != nil {
		return s.adjust(err)
	}
	if req.Writes() {
		s.world.mu.Lock()
		s.world.changed()
		s.world.mu.Unlock()
	}
	return s.replyOutcome(x, req, c, out)
}

// checkUsable refuses connectors whose credentials are of no use.
func (s *Server) checkUsable(c *connector, v *records.Account, action string) error {
	switch {
	case s.switches.Is("inactive_workspace", "refused") && s.world.inactive(c.workspace):
		return problem.New(http.StatusForbidden, "Workspace is inactive")
	case c.Unmapped:
		return problem.BadRequest(unmappedConfig).From(problem.FromMapping)
	case rejected(c.Config) && !withoutVendor[action]:
		return v.Upstream(http.StatusUnauthorized, badCredentials)
	}
	return nil
}

// withoutVendor are the actions that never reach the vendor, and so do not see
// credentials that it refuses.
var withoutVendor = map[string]bool{records.ActionDescribe: true, contextstore.ActionSQL: true, schemas.ActionContextStoreSearch: true}

// unmappedConfig is the executor's word for stored credentials that it cannot use.
const unmappedConfig = "Unable to map source configuration to any supported auth scheme"

// adjust gives an error the status that the switches say.
func (s *Server) adjust(err error) error {
	if p, ok := errors.AsType[*problem.Error](err); ok && p.Source != problem.FromRequest {
		changed := *p
		changed.Status = s.switches.status(string(p.Source))
		return &changed
	}
	return err
}

// replyOutcome writes the answer of an action in the form of the route's dialect.
func (s *Server) replyOutcome(x *roundTrip, req *records.Request, c *connector, out *records.Outcome) error {
	if out.File != nil {
		x.replyFile(out.File)
		return nil
	}
	if out.Metadata == nil && s.switches.Is("empty_metadata", "{}") {
		out.Metadata = map[string]any{}
	}
	if req.Action == records.ActionDescribe && s.switches.Is("describe_shape", "bare") {
		return x.reply(http.StatusOK, out.Result)
	}
	if x.route.dialect == problem.SeedEra {
		return x.reply(http.StatusOK, legacyEnvelope{out.Result, legacyMetadata(out.Metadata)})
	}
	e := envelope{Status: "success", Result: out.Result, Metadata: out.Metadata, Execution: execution(c.ID, req.Entity+"."+req.Action)}
	switch s.switches.Get("warning_type") {
	case "text":
		e.Warning = "This connector is a sandbox."
	case "object":
		e.Warning = map[string]any{"message": "This connector is a sandbox."}
	}
	return x.replyEnvelope(e)
}

// envelope is the answer of an execute request.
type envelope struct {
	Status    string         `json:"status"`
	Result    any            `json:"result"`
	Metadata  map[string]any `json:"connector_metadata"`
	Execution executionInfo  `json:"execution_metadata"`
	Warning   any            `json:"warning,omitempty"`
}

type executionInfo struct {
	Instance string `json:"connector_instance_id"`
	Millis   int    `json:"execution_time_ms"`
}

// execution makes the metadata of an execution; the time is made up, but always
// the same for the same action.
func execution(connectorID, what string) executionInfo {
	return executionInfo{Instance: instancePrefix + connectorID, Millis: random.Seed(7).Of(what).Between(80, 720)}
}

// replyEnvelope writes an envelope. Results that are encoded already are copied as
// they are: the encoder would read through them again.
func (x *roundTrip) replyEnvelope(e envelope) error {
	result, ok := e.Result.(json.RawMessage)
	if !ok || e.Warning != nil {
		return x.reply(http.StatusOK, e)
	}
	metadata, err := jsonvalue.Encode(e.Metadata)
	if err != nil {
		return err
	}
	info, err := jsonvalue.Encode(e.Execution)
	if err != nil {
		return err
	}
	out := make([]byte, 0, len(result)+len(metadata)+len(info)+100)
	out = append(out, `{"status":"`+e.Status+`","result":`...)
	out = append(append(out, result...), `,"connector_metadata":`...)
	out = append(append(out, metadata...), `,"execution_metadata":`...)
	out = append(append(out, info...), '}')
	x.replyRaw(http.StatusOK, "application/json", out)
	return nil
}
