package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
	"airbyte-mcp-server/schemas"
)

// template is an organization's configuration of a kind of connector, or a global
// one that all organizations can use.
type template struct {
	ID            string          `json:"id"`
	Type          string          `json:"kind"`
	Name          string          `json:"name"`
	Global        bool            `json:"global"`
	Partial       map[string]any  `json:"partial"`
	Customization json.RawMessage `json:"customization,omitempty"`
	Tags          []string        `json:"tags"`
	Mode          string          `json:"mode"`
	Created       time.Time       `json:"created"`
	Updated       time.Time       `json:"updated"`
}

// item is the template as lists show it.
func (w *world) item(t *template) map[string]any {
	organization := any(organizationID)
	if t.Global {
		organization = nil
	}
	return map[string]any{
		"id": t.ID, "name": t.Name, "icon": nil, "connector_name": t.Type, "organization_id": organization,
		"actor_definition_id": w.heads[t.Type].DefinitionID, "tags": t.Tags, "customization": t.Customization, "mode": t.Mode,
		"runtime_mode": "direct_and_context_store", "supports_context_store": true,
		"created_at": stamp(t.Created), "updated_at": stamp(t.Updated),
	}
}

// detail is the template as shown on its own; whole adds what only the get route
// has.
func (w *world) templateDetail(t *template, whole bool) (map[string]any, error) {
	spec, err := w.catalog.Connector(t.Type)
	if err != nil {
		return nil, err
	}
	out := map[string]any{
		"id": t.ID, "name": t.Name, "icon": nil, "source_definition_id": w.heads[t.Type].DefinitionID,
		"user_config_spec": specification(spec), "partial_default_config": t.Partial, "customization": t.Customization,
		"tags": t.Tags, "mode": t.Mode, "is_experimental": false,
		"created_at": stamp(t.Created), "updated_at": stamp(t.Updated),
	}
	if whole {
		out["connector_name"] = t.Type
		out["auth_tooltip"] = tooltip(spec)
	}
	return out, nil
}

// tooltip says in words which credentials a connector takes.
func tooltip(spec *schemas.Connector) any {
	if len(spec.Auth) == 0 {
		return nil
	}
	var schemes []string
	for _, option := range spec.Auth {
		var keys []string
		for _, f := range option.Fields {
			keys = append(keys, f.Name)
		}
		schemes = append(schemes, option.Name+" needs "+strings.Join(keys, " and "))
	}
	return strings.Join(schemes, "; ") + "."
}

func (w *world) addTemplate(kind string, global bool) {
	at := records.Present.Add(-records.History)
	scope := "organization"
	if global {
		scope = "global"
	}
	t := &template{
		ID: w.seed.Of("template", scope, kind).UUID(), Type: kind, Name: w.heads[kind].Title, Global: global,
		Partial: map[string]any{}, Tags: []string{}, Mode: "MULTI", Created: at, Updated: at,
	}
	w.templates = append(w.templates, t)
}

// templateOf is the template that connectors of a kind are made from: the
// organization's own, else the global one.
func (w *world) templateOf(kind string) *template {
	var global *template
	for _, t := range w.templates {
		if t.Type == kind && !t.Global {
			return t
		}
		if t.Type == kind {
			global = t
		}
	}
	return global
}

func (w *world) templateByID(id string) *template {
	for _, t := range w.templates {
		if strings.EqualFold(t.ID, id) {
			return t
		}
	}
	return nil
}

func (s *Server) listTemplates(x *roundTrip) error {
	global, err := queryBool(x.r.URL.Query(), "use_global")
	if err != nil {
		return err
	}
	return s.answerTemplates(x, func(t *template) bool {
		return t.Global == global || s.switches.Is("template_list_scope", "both")
	})
}

func (s *Server) listGlobalTemplates(x *roundTrip) error {
	return s.answerTemplates(x, func(t *template) bool { return t.Global })
}

func (s *Server) answerTemplates(x *roundTrip, match func(*template) bool) error {
	query := x.r.URL.Query()
	mode := query.Get("tags_mode")
	if mode != "" && mode != "all" && mode != "any" {
		return problem.InvalidField("query.tags_mode", "enum", "Input should be 'all' or 'any'", nil)
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	data := []any{}
	for _, t := range s.world.templates {
		if match(t) && tagged(t.Tags, query["tags"], mode) {
			data = append(data, s.world.item(t))
		}
	}
	return x.reply(http.StatusOK, map[string]any{"data": data})
}

// tagged reports whether tags fit those asked for: all of them, or any.
func tagged(have, wanted []string, mode string) bool {
	if len(wanted) == 0 {
		return true
	}
	missing := func(tag string) bool { return !slices.Contains(have, tag) }
	if mode == "any" {
		return slices.ContainsFunc(wanted, func(tag string) bool { return !missing(tag) })
	}
	return !slices.ContainsFunc(wanted, missing)
}

// uuidInPath checks the identifier in the path.
func (x *roundTrip) uuidInPath() (string, error) {
	id, err := uuid.Parse(x.values[0])
	if err != nil {
		return "", problem.InvalidUUID("path.id", err)
	}
	return id.String(), nil
}

func (s *Server) getTemplate(x *roundTrip) error {
	id, err := x.uuidInPath()
	if err != nil {
		return err
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	t := s.world.templateByID(id)
	if t == nil {
		return problem.New(http.StatusNotFound, "Source template not found")
	}
	detail, err := s.world.templateDetail(t, true)
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, detail)
}

// templateBody is what create, clone and update take.
type templateBody struct {
	Definition    *string         `json:"actor_definition_id"`
	Original      *string         `json:"original_source_template_id"`
	Name          *string         `json:"name"`
	Partial       map[string]any  `json:"partial_default_config"`
	Customization json.RawMessage `json:"customization"`
	Mode          *string         `json:"mode"`
}

var templateModes = []string{"DIRECT", "REPLICATION", "MULTI"}

func (x *roundTrip) templateBody() (*templateBody, error) {
	if _, err := x.decodeBody(); err != nil {
		return nil, err
	}
	body := &templateBody{}
	if err := jsonvalue.Decode(x.body, body); err != nil {
		return nil, problem.InvalidField("body", "type_error", "Input has a value of the wrong type", nil)
	}
	if body.Mode != nil && !slices.Contains(templateModes, *body.Mode) {
		return nil, problem.InvalidField("body.mode", "enum", "Input should be 'DIRECT', 'REPLICATION' or 'MULTI'", nil)
	}
	for name, id := range map[string]*string{"actor_definition_id": body.Definition, "original_source_template_id": body.Original} {
		if id == nil {
			continue
		}
		if _, err := uuid.Parse(*id); err != nil {
			return nil, problem.InvalidUUID("body."+name, err)
		}
	}
	return body, checkCustomization(body.Customization)
}

// streamSelections are the ways in which a customization picks streams.
var streamSelections = []string{"all", "suggested", "whitelist"}

func checkCustomization(raw json.RawMessage) error {
	var c struct {
		Mode *string `json:"stream_selection_mode"`
	}
	if jsonvalue.IsNull(raw) {
		return nil
	}
	if json.Unmarshal(raw, &c) != nil {
		return problem.InvalidField("body.customization", "dict_type", "Input should be a valid dictionary", nil)
	}
	if c.Mode != nil && !slices.Contains(streamSelections, *c.Mode) {
		return problem.InvalidField("body.customization.stream_selection_mode", "enum", "Input should be 'all', 'suggested' or 'whitelist'", nil)
	}
	return nil
}

func (s *Server) createTemplate(x *roundTrip) error {
	body, err := x.templateBody()
	if err != nil {
		return err
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.newTemplate(body)
	if err != nil {
		return err
	}
	w.templates = append(w.templates, t)
	detail, err := w.templateDetail(t, false)
	if err != nil {
		return err
	}
	w.changed()
	return x.reply(http.StatusOK, detail)
}

// newTemplate makes a template from a definition, or from another template.
func (w *world) newTemplate(body *templateBody) (*template, error) {
	now := w.clock().UTC()
	t := &template{ID: uuid.NewString(), Tags: []string{}, Mode: "REPLICATION", Partial: body.Partial, Customization: body.Customization,
		Created: now, Updated: now}
	switch {
	case body.Original != nil:
		original := w.templateByID(*body.Original)
		if original == nil {
			return nil, problem.New(http.StatusNotFound, "Source template not found")
		}
		t.Type, t.Mode, t.Partial, t.Name = original.Type, original.Mode, original.Partial, original.Name
	case body.Definition == nil:
		return nil, problem.MissingField("body.actor_definition_id")
	case body.Partial == nil:
		return nil, problem.MissingField("body.partial_default_config")
	default:
		if t.Type = w.typeByDefinition(*body.Definition); t.Type == "" {
			return nil, problem.BadRequest("invalid actor_definition_id")
		}
		t.Name = w.heads[t.Type].Title
	}
	body.apply(t)
	for _, other := range w.templates {
		if !other.Global && strings.EqualFold(other.Name, t.Name) {
			return nil, problem.BadRequest("Source template '%s' already exists", t.Name)
		}
	}
	return t, nil
}

func (b *templateBody) apply(t *template) {
	if b.Name != nil {
		t.Name = *b.Name
	}
	if b.Mode != nil {
		t.Mode = *b.Mode
	}
	if !jsonvalue.IsNull(b.Customization) {
		t.Customization = b.Customization
	}
}

func (s *Server) updateTemplate(x *roundTrip) error {
	body, err := x.templateBody()
	if err != nil {
		return err
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.ownTemplate(x)
	if err != nil {
		return err
	}
	body.apply(t)
	if body.Partial != nil {
		t.Partial = body.Partial
	}
	t.Updated = w.clock().UTC()
	detail, err := w.templateDetail(t, false)
	if err != nil {
		return err
	}
	w.changed()
	return x.reply(http.StatusOK, detail)
}

// ownTemplate is the template in the path, if it belongs to the organization.
func (w *world) ownTemplate(x *roundTrip) (*template, error) {
	id, err := x.uuidInPath()
	if err != nil {
		return nil, err
	}
	t := w.templateByID(id)
	if t == nil || t.Global {
		return nil, problem.New(http.StatusNotFound, "Source template not found")
	}
	return t, nil
}

func (s *Server) deleteTemplate(x *roundTrip) error {
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.ownTemplate(x)
	if err != nil {
		return err
	}
	w.templates = slices.DeleteFunc(w.templates, func(o *template) bool { return o == t })
	w.changed()
	return x.reply(http.StatusOK, map[string]any{"id": t.ID, "deleted_at": stamp(w.clock())})
}
