package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"unicode/utf8"

	"airbyte-mcp-server/internal/sandbox/sqlstore"
	"airbyte-mcp-server/schemas"
)

// executeRequest is the body of an execute request.
type executeRequest struct {
	Entity         string
	Action         string
	Params         map[string]any
	SelectFields   []string
	ExcludeFields  []string
	SkipTruncation bool
}

// maxIntent is the longest reason that a caller may state.
const maxIntent = 512

// parseExecute validates the body. Unknown keys are ignored.
func (x *exchange) parseExecute() (*executeRequest, error) {
	body, err := x.decodeBody()
	if err != nil {
		return nil, err
	}
	req := &executeRequest{SkipTruncation: true}
	if req.Entity, err = requiredString(body, "entity"); err != nil {
		return nil, err
	}
	if req.Action, err = requiredString(body, "action"); err != nil {
		return nil, err
	}
	if raw := body["params"]; !isNull(raw) && decode(raw, &req.Params) != nil {
		return nil, invalidField("body.params", "dict_type", "Input should be a valid dictionary", nil)
	}
	if req.SelectFields, err = optionalStrings(body, "select_fields"); err != nil {
		return nil, err
	}
	if req.ExcludeFields, err = optionalStrings(body, "exclude_fields"); err != nil {
		return nil, err
	}
	if raw := body["skip_truncation"]; !isNull(raw) && json.Unmarshal(raw, &req.SkipTruncation) != nil {
		return nil, invalidField("body.skip_truncation", "bool_type", "Input should be a valid boolean", nil)
	}
	return req, checkIntent(body["intent"])
}

func optionalStrings(body map[string]json.RawMessage, name string) ([]string, error) {
	var list []string
	if raw := body[name]; !isNull(raw) && json.Unmarshal(raw, &list) != nil {
		return nil, invalidField("body."+name, "list_type", "Input should be a valid list", nil)
	}
	return list, nil
}

func checkIntent(raw json.RawMessage) error {
	if isNull(raw) {
		return nil
	}
	var intent string
	if json.Unmarshal(raw, &intent) != nil {
		return invalidField("body.intent", "string_type", "Input should be a valid string", nil)
	}
	if utf8.RuneCountInString(intent) > maxIntent {
		return invalidField("body.intent", "string_too_long", "String should have at most 512 characters", map[string]any{"max_length": maxIntent})
	}
	return nil
}

// call is one execute request on its way through a vendor's records.
type call struct {
	*executeRequest
	id     string // of the connector
	store  storeState
	v      *vendor
	entity *schemas.Entity
	action *schemas.Action // nil for searches of the Context Store
	m      *model

	switches choices
	sql      *sqlstore.Engine
}

// outcome is what an action answers.
type outcome struct {
	result   any // a json.RawMessage, or something to encode
	metadata map[string]any
	file     *file // instead of both, for downloads
}

// execute answers one action of a connector.
func (s *Server) execute(x *exchange) error {
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
	out, err := (&call{executeRequest: req, id: c.ID, store: c.Store, v: v, switches: s.switches, sql: s.sql}).run()
	if err != nil {
		return s.adjust(err)
	}
	if req.writes() {
		s.world.mu.Lock()
		s.world.changed()
		s.world.mu.Unlock()
	}
	return s.replyOutcome(x, req, c, out)
}

// checkUsable refuses connectors whose credentials are of no use.
func (s *Server) checkUsable(c *connector, v *vendor, action string) error {
	switch {
	case s.switches.is("inactive_workspace", "refused") && s.world.inactive(c.workspace):
		return newProblem(http.StatusForbidden, "Workspace is inactive")
	case c.Unmapped:
		return badRequest(unmappedConfig).from(fromMapping)
	case rejected(c.Config) && !withoutVendor[action]:
		return v.upstream(http.StatusUnauthorized, badCredentials)
	}
	return nil
}

// withoutVendor are the actions that never reach the vendor, and so do not see
// credentials that it refuses.
var withoutVendor = map[string]bool{actionDescribe: true, actionSQL: true, schemas.ActionContextStoreSearch: true}

// unmappedConfig is the executor's word for stored credentials that it cannot use.
const unmappedConfig = "Unable to map source configuration to any supported auth scheme"

// adjust gives an error the status that the switches say.
func (s *Server) adjust(err error) error {
	if p, ok := errors.AsType[*problem](err); ok && p.source != fromRequest {
		changed := *p
		changed.status = s.switches.status(string(p.source))
		return &changed
	}
	return err
}

// writes reports whether the action may change records.
func (r *executeRequest) writes() bool { return isWrite(r.Action) }

func isWrite(action string) bool {
	return action == schemas.ActionCreate || action == schemas.ActionUpdate || action == schemas.ActionDelete
}

// replyOutcome writes the answer of an action in the form of the route's dialect.
func (s *Server) replyOutcome(x *exchange, req *executeRequest, c *connector, out *outcome) error {
	if out.file != nil {
		x.replyFile(out.file)
		return nil
	}
	if out.metadata == nil && s.switches.is("empty_metadata", "{}") {
		out.metadata = map[string]any{}
	}
	if req.Action == actionDescribe && s.switches.is("describe_shape", "bare") {
		return x.reply(http.StatusOK, out.result)
	}
	if x.route.dialect == seedEra {
		return x.reply(http.StatusOK, legacyEnvelope{out.result, legacyMetadata(out.metadata)})
	}
	e := envelope{Status: "success", Result: out.result, Metadata: out.metadata, Execution: execution(c.ID, req.Entity+"."+req.Action)}
	switch s.switches.get("warning_type") {
	case "text":
		e.Warning = "This connector is a sandbox."
	case "object":
		e.Warning = map[string]any{"message": "This connector is a sandbox."}
	}
	return x.replyEnvelope(e)
}

// run finds the action and performs it.
func (c *call) run() (*outcome, error) {
	if c.Action == actionDescribe {
		return c.describe(), nil
	}
	c.entity = c.v.spec.Entity(c.Entity)
	if c.entity == nil {
		return nil, refuseParam("Entity '%s' not found in connector. Available entities: %s", c.Entity, pyList(entityNames(c.v.spec)))
	}
	c.resolveSearch()
	if c.Action == schemas.ActionContextStoreSearch && c.entity.Searchable() {
		return c.askStore((*storeRequest).search)
	}
	if c.Action == actionSQL && c.entity.Searchable() {
		return c.askStore(func(r *storeRequest) (map[string]any, error) { return r.querySQL(c.sql, c.v.spec.Entities) })
	}
	c.action = c.entity.Action(c.Action)
	if c.action == nil || c.Action == schemas.ActionContextStoreSearch {
		return nil, refuseParam("Action '%s' not supported for entity '%s'. Supported actions: %s", c.Action, c.Entity, pyList(actionNames(c.entity)))
	}
	c.translatePaging()
	if err := c.checkParams(); err != nil {
		return nil, err
	}
	c.v.mu.Lock()
	defer c.v.mu.Unlock()
	c.m = c.v.model(c.Entity)
	return c.perform()
}

// byShape lets the parameters of a search tell which one is meant.
const byShape = "by shape of query"

// resolveSearch tells the two meanings of the search action apart.
func (c *call) resolveSearch() {
	if c.Action != "search" {
		return
	}
	_, object := c.Params["query"].(map[string]any)
	meaning := c.switches.get("search_action")
	c.Action = schemas.ActionAPISearch
	if meaning == schemas.ActionContextStoreSearch || meaning == byShape && (object || c.Params["semantic"] != nil) {
		c.Action = schemas.ActionContextStoreSearch
	}
}

func (c *call) perform() (*outcome, error) {
	switch c.Action {
	case schemas.ActionList, schemas.ActionAPISearch:
		return c.performList()
	case schemas.ActionGet:
		return c.performGet()
	case schemas.ActionCreate:
		return c.create()
	case schemas.ActionUpdate:
		return c.update()
	case schemas.ActionDelete:
		return c.remove()
	case schemas.ActionDownload:
		return c.performDownload()
	}
	return nil, badRequest("Action '%s' is not available here", c.Action)
}

func entityNames(spec *schemas.Connector) []string {
	names := make([]string, len(spec.Entities))
	for i, e := range spec.Entities {
		names[i] = e.Name
	}
	return names
}

// actionOrder is that of the texts that list actions.
var actionOrder = []string{
	schemas.ActionList, schemas.ActionGet, schemas.ActionCreate, schemas.ActionUpdate, schemas.ActionDelete,
	schemas.ActionAPISearch, schemas.ActionDownload,
}

func actionNames(e *schemas.Entity) []string {
	var names []string
	for _, name := range actionOrder {
		if e.Action(name) != nil {
			names = append(names, name)
		}
	}
	if e.Searchable() {
		names = append(names, schemas.ActionContextStoreSearch, actionSQL)
	}
	return slices.Clip(names)
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
	return executionInfo{Instance: instancePrefix + connectorID, Millis: seed(7).of(what).between(80, 720)}
}

// replyEnvelope writes an envelope. Results that are encoded already are copied as
// they are: the encoder would read through them again.
func (x *exchange) replyEnvelope(e envelope) error {
	result, ok := e.Result.(json.RawMessage)
	if !ok || e.Warning != nil {
		return x.reply(http.StatusOK, e)
	}
	metadata, err := encode(e.Metadata)
	if err != nil {
		return err
	}
	info, err := encode(e.Execution)
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
