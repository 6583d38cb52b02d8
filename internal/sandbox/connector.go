package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
	"airbyte-mcp-server/schemas"
)

// connector is one tenant's access to a vendor.
type connector struct {
	ID          string                `json:"id"`
	Name        string                `json:"name"`
	Type        string                `json:"kind"` // name of the catalog file
	Template    string                `json:"template"`
	WorkspaceID string                `json:"workspace"`
	Config      map[string]any        `json:"config"` // as stored, with secrets
	Entities    json.RawMessage       `json:"entities,omitempty"`
	Seeded      bool                  `json:"seeded,omitempty"`
	Unmapped    bool                  `json:"unmapped,omitempty"` // the executor finds no credentials in the config
	Store       records.StoreState    `json:"store"`
	Created     time.Time             `json:"created"`
	Updated     time.Time             `json:"updated"`
	Deleted     *time.Time            `json:"deleted,omitempty"`
	Writes      []records.SavedRecord `json:"writes,omitempty"`

	workspace *workspace
	load      func() (*records.Account, error)
	loaded    *atomic.Bool // load was called
}

// requested is the body of a create or a check request.
type requested struct {
	WorkspaceName *string         `json:"workspace_name"`
	CustomerName  *string         `json:"customer_name"`
	ExternalUser  *string         `json:"external_user_id"`
	Type          *string         `json:"connector_type"`
	Definition    *string         `json:"definition_id"`
	Template      *string         `json:"source_template_id"`
	Name          *string         `json:"name"`
	Credentials   map[string]any  `json:"credentials"`
	Replication   map[string]any  `json:"replication_config"`
	Environment   map[string]any  `json:"environment"`
	OAuthSecret   *string         `json:"server_side_oauth_secret_id"`
	Entities      json.RawMessage `json:"entities"`
	TagsMode      *string         `json:"selected_connection_template_tags_mode"`

	AuthConfig map[string]any `json:"auth_config"` // what credentials were called for a while
}

// check validates what does not depend on stored things.
func (r *requested) check() error {
	if r.workspace() == "" {
		return problem.MissingField("body.workspace_name")
	}
	if r.Type == nil && r.Definition == nil && r.Template == nil {
		return problem.InvalidField("body", "value_error",
			"Value error, One of connector_type, definition_id, or source_template_id must be provided", nil)
	}
	for name, id := range map[string]*string{"definition_id": r.Definition, "source_template_id": r.Template} {
		if id == nil {
			continue
		}
		if _, err := uuid.Parse(*id); err != nil {
			return problem.InvalidUUID("body."+name, err)
		}
	}
	if r.Credentials == nil && r.Replication == nil && r.OAuthSecret == nil {
		return problem.InvalidField("body", "value_error",
			"Value error, At least one of replication_config, credentials, or server_side_oauth_secret_id must be provided", nil)
	}
	if err := checkTagsMode(connectionTagsMode, r.TagsMode); err != nil {
		return err
	}
	return checkEntities(r.Entities)
}

func (r *requested) workspace() string {
	for _, name := range []*string{r.WorkspaceName, r.CustomerName, r.ExternalUser} {
		if name != nil && *name != "" {
			return *name
		}
	}
	return ""
}

// checkEntities validates the list of entities that a connector is limited to.
func checkEntities(raw json.RawMessage) error {
	if jsonvalue.IsNull(raw) {
		return nil
	}
	var list []struct {
		Entity *string  `json:"entity"`
		Modes  []string `json:"modes"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return problem.InvalidField("body.entities", "list_type", "Input should be a valid list", nil)
	}
	for _, e := range list {
		if e.Entity == nil {
			return problem.MissingField("body.entities.entity")
		}
		for _, mode := range e.Modes {
			if mode != "read" && mode != "write" {
				return problem.InvalidField("body.entities.modes", "enum", "Input should be 'read' or 'write'", nil)
			}
		}
	}
	return nil
}

// checkTypes refuses several type identifiers where the sandbox is told so.
func (s *Server) checkTypes(r *requested) error {
	given := 0
	for _, id := range []*string{r.Type, r.Definition, r.Template} {
		if id != nil {
			given++
		}
	}
	if given > 1 && s.switches.Is("several_type_identifiers", "refused") {
		return problem.InvalidField("body", "value_error",
			"Value error, Only one of connector_type, definition_id, or source_template_id may be provided", nil)
	}
	return nil
}

// typeOf finds the kind of connector and the template; identifiers must agree. The
// caller holds mu.
func (w *world) typeOf(r *requested) (string, *template, error) {
	var kinds []string
	var t *template
	if r.Template != nil {
		if t = w.templateByID(*r.Template); t == nil {
			return "", nil, problem.New(http.StatusNotFound, "Source template not found")
		}
		kinds = append(kinds, t.Type)
	}
	if r.Definition != nil {
		kind := w.typeByDefinition(*r.Definition)
		if kind == "" {
			return "", nil, problem.New(http.StatusNotFound, "Connector definition '%s' not found", *r.Definition)
		}
		kinds = append(kinds, kind)
	}
	if r.Type != nil {
		kind := w.typeByName(*r.Type)
		if kind == "" {
			return "", nil, problem.New(http.StatusNotFound, "Connector type '%s' not found", *r.Type)
		}
		kinds = append(kinds, kind)
	}
	if len(slices.Compact(kinds)) > 1 {
		return "", nil, problem.BadRequest("connector_type, definition_id and source_template_id name different connectors")
	}
	if t == nil {
		t = w.templateOf(kinds[0])
	}
	return kinds[0], t, nil
}

// build makes the connector that a request describes, without storing it. The
// caller holds mu.
func (s *Server) build(r *requested, ws *workspace) (*connector, error) {
	w := s.world
	kind, t, err := w.typeOf(r)
	if err != nil {
		return nil, err
	}
	spec, err := w.catalog.Connector(kind)
	if err != nil {
		return nil, err
	}
	config := jsonvalue.Overlay(t.Partial, r.Environment)
	config = jsonvalue.Overlay(config, r.Replication)
	if r.Credentials != nil {
		placed, err := placeCredentials(spec, r.Credentials, s.switches.Is("credential_discriminators", "refused"))
		if err != nil {
			return nil, err
		}
		config = jsonvalue.Overlay(config, placed)
	}
	if r.OAuthSecret != nil {
		config = jsonvalue.Overlay(config, sampleCredentials(spec))
	}
	if err := s.checkConfig(spec, config); err != nil {
		return nil, err
	}
	c := s.newConnector(r, ws, t, kind, config)
	c.Unmapped = !mapped(spec, config)
	return c, nil
}

func (s *Server) newConnector(r *requested, ws *workspace, t *template, kind string, config map[string]any) *connector {
	now := s.world.clock().UTC()
	c := &connector{
		ID: uuid.NewString(), Type: kind, Template: t.ID, WorkspaceID: ws.ID, Config: config, Entities: r.Entities,
		Store: records.StoreReady, Created: now, Updated: now,
	}
	suffix := ws.Name
	if !s.switches.Is("default_connector_name", "type and workspace name") {
		suffix = ws.ID
	}
	c.Name = s.world.heads[kind].Title + " - " + suffix
	if r.Name != nil && *r.Name != "" {
		c.Name = *r.Name
	}
	return c
}

// checkConfig holds a configuration against the connector's settings.
func (s *Server) checkConfig(spec *schemas.Connector, config map[string]any) error {
	allowed := map[string]bool{"credentials": true, "start_date": true}
	for _, group := range [][]schemas.Setting{spec.Config.Environment, spec.Config.Replication} {
		for _, setting := range group {
			allowed[setting.Name] = true
			if _, given := config[setting.Name]; s.needs(spec, setting) && !given {
				return problem.New(http.StatusUnprocessableEntity, "required property '%s' not found", setting.Name)
			}
		}
	}
	for _, option := range spec.Auth {
		for _, p := range option.Hosted.SourceConfig {
			head, _, _ := strings.Cut(p.Path, ".")
			allowed[head] = true
		}
		for _, c := range option.Hosted.Constants {
			head, _, _ := strings.Cut(c.Path, ".")
			allowed[head] = true
		}
	}
	for _, key := range jsonvalue.SortedKeys(config) {
		if !allowed[key] {
			return problem.New(http.StatusUnprocessableEntity, "unknown property '%s' in config", key)
		}
	}
	return nil
}

// needs reports whether a connector cannot be made without a setting. Those of
// the replication that no action looks at matter to the Context Store alone.
func (s *Server) needs(spec *schemas.Connector, setting schemas.Setting) bool {
	if !setting.Required || !asked(setting) {
		return false
	}
	scopes := slices.ContainsFunc(spec.Config.Scoping, func(sc schemas.Scoping) bool { return sc.ConfigKey == setting.Name })
	environment := slices.ContainsFunc(spec.Config.Environment, func(e schemas.Setting) bool { return e.Name == setting.Name })
	return scopes || environment || s.switches.Is("required_settings", "all")
}

// asked reports whether a setting has to come from the user.
func asked(s schemas.Setting) bool {
	return s.Default == nil && s.SystemSet == nil && s.SetFrom == nil
}

// parseRequested reads the body and finds the workspace; it is created on demand
// only where the sandbox is told so.
func (x *roundTrip) parseRequested() (*requested, *workspace, error) {
	r := &requested{}
	if err := x.decodeInto(r); err != nil {
		return nil, nil, err
	}
	if r.Credentials == nil && x.s.switches.Is(olderRoutes, "served") {
		r.Credentials = r.AuthConfig
	}
	if err := x.s.checkTypes(r); err != nil {
		return nil, nil, err
	}
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	name := r.workspace()
	ws := x.s.world.findWorkspace(func(ws *workspace) bool { return ws.Name == name })
	if ws == nil && x.s.switches.Is("autocreate_on_connector_create", "on") {
		ws = x.s.world.openWorkspace(name)
	}
	if ws == nil {
		return nil, nil, problem.New(http.StatusNotFound, "Workspace not found")
	}
	return r, ws, x.mayUse(ws)
}

// createConnector stores a new connector. The vendor's credentials are not tried.
func (s *Server) createConnector(x *roundTrip) error {
	r, ws, err := x.parseRequested()
	if err != nil {
		return err
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	c, err := s.build(r, ws)
	if err != nil {
		return err
	}
	s.world.adopt(c)
	s.world.changed()
	return s.replyConnector(x, c)
}

// replyConnector shows a connector; the caller holds mu.
func (s *Server) replyConnector(x *roundTrip, c *connector) error {
	detail, err := s.detail(c)
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, detail)
}

// detail is a connector as shown on its own.
func (s *Server) detail(c *connector) (map[string]any, error) {
	spec, err := s.world.catalog.Connector(c.Type)
	if err != nil {
		return nil, err
	}
	t := s.world.templateByID(c.Template)
	if t == nil {
		t = s.world.templateOf(c.Type)
	}
	template, err := s.world.templateDetail(t, false)
	if err != nil {
		return nil, err
	}
	config := c.stored(spec)
	if s.switches.Is("secret_masking", "on") {
		config = masked(spec, config)
	}
	return map[string]any{
		"id": c.ID, "name": c.Name, "source_template": template, "replication_config": config,
		"entities": c.Entities, "created_at": stamp(c.Created), "updated_at": stamp(c.Updated),
	}, nil
}

// stored is the configuration with the credentials; those of seeded connectors, and
// the settings that they need, are made up.
func (c *connector) stored(spec *schemas.Connector) map[string]any {
	if c.Seeded {
		return jsonvalue.Overlay(jsonvalue.Overlay(sampleSettings(spec), c.Config), sampleCredentials(spec))
	}
	return c.Config
}

func (s *Server) getConnector(x *roundTrip) error {
	if _, err := x.uuidInPath(); err != nil {
		return err
	}
	c, err := x.connectorInPath()
	if err != nil {
		return err
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	return s.replyConnector(x, c)
}

// purge forgets connectors whose deletion ended before the given time.
func (w *world) purge(before time.Time) {
	w.connectors = slices.DeleteFunc(w.connectors, func(c *connector) bool { return c.Deleted != nil && c.Deleted.Before(before) })
}
