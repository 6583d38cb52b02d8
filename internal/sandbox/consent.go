package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
)

// consent is an OAuth dialog that has begun.
type consent struct {
	kind      string
	workspace *workspace
	redirect  string
	request   *requested
	expires   time.Time
}

const consentLife = 30 * time.Minute

// initiateOAuth begins the dialog in which a user lets the connector in.
func (s *Server) initiateOAuth(x *roundTrip) error {
	var body struct {
		requested
		Redirect *string `json:"redirect_url"`
	}
	if err := x.decodeInto(&body); err != nil {
		return err
	}
	if body.workspace() == "" {
		return problem.MissingField("body.workspace_name")
	}
	if body.Redirect == nil {
		return problem.MissingField("body.redirect_url")
	}
	if body.Type == nil && body.Definition == nil {
		return problem.InvalidField("body", "value_error", "Value error, One of connector_type or definition_id must be provided", nil)
	}
	name := body.workspace()
	ws := s.world.findWorkspace(func(ws *workspace) bool { return ws.Name == name })
	if ws == nil {
		return problem.New(http.StatusNotFound, "Workspace not found")
	}
	if err := x.mayUse(ws); err != nil {
		return err
	}
	state, err := s.world.beginConsent(&body.requested, ws, *body.Redirect)
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, map[string]any{"consent_url": x.origin() + "/__sandbox/consent?state=" + state})
}

func (w *world) beginConsent(r *requested, ws *workspace, redirect string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	kind, t, err := w.typeOf(r)
	if err != nil {
		return "", err
	}
	if t == nil || t.Global {
		return "", problem.BadRequest("No organization-specific source template configured for this connector type.")
	}
	now := w.clock()
	maps.DeleteFunc(w.consents, func(_ string, c *consent) bool { return c.expires.Before(now) })
	makeRoom(w.consents, func(c *consent) time.Time { return c.expires })
	state := uuid.NewString()
	w.consents[state] = &consent{kind: kind, workspace: ws, redirect: redirect, request: r, expires: now.Add(consentLife)}
	return state, nil
}

// finishConsent stands for the vendor's page: the user agrees at once, or refuses
// with deny=1, and the browser goes back.
func (s *Server) finishConsent(x *roundTrip) error {
	query := x.r.URL.Query()
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	c, ok := s.world.consents[query.Get("state")]
	if !ok || c.expires.Before(s.world.clock()) {
		return problem.New(http.StatusNotFound, "no such consent, or it has expired")
	}
	delete(s.world.consents, query.Get("state"))
	result := url.Values{"error": {"access_denied"}, "error_description": {"The user refused access."}}
	if query.Get("deny") == "" {
		oauth := "granted"
		c.request.OAuthSecret = &oauth
		connector, err := s.build(c.request, c.workspace)
		if err != nil {
			return err
		}
		s.world.adopt(connector)
		s.world.changed()
		result = url.Values{"connector_id": {connector.ID}}
	}
	x.w.Header().Set("Location", withQuery(c.redirect, result))
	x.replyRaw(http.StatusFound, "text/plain", nil)
	return nil
}

func withQuery(address string, values url.Values) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + values.Encode()
}

// override is an OAuth application that the organization uses instead of the
// common one.
type override struct {
	id               string
	created, updated time.Time
}

// putOverride stores an OAuth application; its secret is never shown. This is the
// one route that refuses unknown keys.
func (s *Server) putOverride(x *roundTrip) error {
	body, err := x.decodeBody()
	if err != nil {
		return err
	}
	for key := range body {
		if key != "connector_definition_id" && key != "connector_type" && key != "configuration" {
			return problem.InvalidField("body."+key, "extra_forbidden", "Extra inputs are not permitted", nil)
		}
	}
	var configuration map[string]any
	if jsonvalue.IsNull(body["configuration"]) {
		return problem.MissingField("body.configuration")
	}
	if json.Unmarshal(body["configuration"], &configuration) != nil {
		return problem.InvalidField("body.configuration", "dict_type", "Input should be a valid dictionary", nil)
	}
	kind, err := s.overrideKind(body)
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, s.world.storeOverride(kind))
}

// overrideKind finds the kind of connector that exactly one of two keys names.
func (s *Server) overrideKind(body map[string]json.RawMessage) (string, error) {
	byID, byType := body["connector_definition_id"], body["connector_type"]
	if jsonvalue.IsNull(byID) == jsonvalue.IsNull(byType) {
		return "", problem.InvalidField("body", "value_error",
			"Value error, Exactly one of connector_definition_id or connector_type must be provided", nil)
	}
	name, find := "connector_type", s.world.typeByName
	if !jsonvalue.IsNull(byID) {
		name, find = "connector_definition_id", s.world.typeByDefinition
	}
	text, err := requiredString(body, name)
	if err != nil {
		return "", err
	}
	if kind := find(text); kind != "" {
		return kind, nil
	}
	return "", problem.New(http.StatusNotFound, "Connector type '%s' not found", text)
}

func (w *world) storeOverride(kind string) map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock().UTC()
	o, ok := w.overrides[kind]
	if !ok {
		o = &override{id: uuid.NewString(), created: now}
		w.overrides[kind] = o
	}
	o.updated = now
	return map[string]any{
		"id": o.id, "scope_type": "organization", "scope_id": organizationID, "connector_type": "source",
		"connector_definition_id": w.heads[kind].DefinitionID, "created_at": stamp(o.created), "updated_at": stamp(o.updated),
	}
}

// deleteOverride forgets an OAuth application; there may have been none.
func (s *Server) deleteOverride(x *roundTrip) error {
	kind := s.world.typeByName(x.values[0])
	if kind == "" {
		return problem.New(http.StatusNotFound, "Connector type '%s' not found", x.values[0])
	}
	s.world.mu.Lock()
	delete(s.world.overrides, kind)
	s.world.mu.Unlock()
	x.note(http.StatusNoContent)
	x.answered = true
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}
