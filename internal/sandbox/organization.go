package sandbox

import (
	"net/http"
	"strings"

	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
)

// organizationName is that of the only organization with a subscription.
const organizationName = "Sandbox"

func (s *Server) listOrganizations(x *roundTrip) error {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	row := map[string]any{"id": organizationID, "organization_name": organizationName, "first_workspace_id": nil}
	if list := s.world.matching("", ""); len(list) > 0 {
		row["first_workspace_id"] = list[0].ID
	}
	if s.switches.Is("organizations_key", "data") {
		return x.reply(http.StatusOK, map[string]any{"data": []any{row}})
	}
	return x.reply(http.StatusOK, map[string]any{"organizations": []any{row}, "is_instance_admin": false})
}

// showEnrollment tells that the organization may use the API.
func (s *Server) showEnrollment(x *roundTrip) error {
	return x.reply(http.StatusOK, map[string]any{
		"is_new_user": false, "is_enrolled": true, "provisioning_state": "COMPLETED", "is_instance_admin": false,
		"organization_id": organizationID, "organization_name": organizationName,
	})
}

// listCredentials answers the connectors of all workspaces with the state of their
// Context Stores.
func (s *Server) listCredentials(x *roundTrip) error {
	if !strings.EqualFold(x.values[0], organizationID) {
		return problem.New(http.StatusForbidden, "Organization not found or not accessible")
	}
	query := x.r.URL.Query()
	limit, err := queryInt(query, "limit", 50, 1, 1000)
	if err != nil {
		return err
	}
	offset, err := queryInt(query, "offset", 0, 0, 1<<31-1)
	if err != nil {
		return err
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	var live []*connector
	for _, c := range s.world.connectors {
		if c.Deleted == nil {
			live = append(live, c)
		}
	}
	data := []any{}
	for _, c := range live[min(offset, len(live)):min(offset+limit, len(live))] {
		row, err := s.world.credentialRow(c)
		if err != nil {
			return err
		}
		data = append(data, row)
	}
	return x.reply(http.StatusOK, map[string]any{"data": data, "total": len(live)})
}

func (w *world) credentialRow(c *connector) (map[string]any, error) {
	spec, err := w.catalog.Connector(c.Type)
	if err != nil {
		return nil, err
	}
	stored := 0
	for _, e := range spec.Entities {
		if e.Searchable() {
			stored++
		}
	}
	row := map[string]any{
		"id": c.ID, "name": c.Name, "workspace_id": c.WorkspaceID, "connector_name": c.Type,
		"context_store_status": string(c.Store), "context_store_entity_count": stored,
	}
	if stored == 0 {
		row["context_store_status"] = nil
	}
	return row, nil
}

// inspectConnector tells what a connector can do and how far its Context Store is.
func (s *Server) inspectConnector(x *roundTrip) error {
	if _, err := x.uuidInPath(); err != nil {
		return err
	}
	c, err := x.connectorInPath()
	if err != nil {
		return err
	}
	spec, err := s.world.catalog.Connector(c.Type)
	if err != nil {
		return err
	}
	definition := s.world.heads[c.Type].DefinitionID
	supported, configured := []any{}, []any{}
	for _, e := range spec.Entities {
		if !e.Searchable() {
			continue
		}
		supported = append(supported, map[string]any{"entity": e.Name, "suggested": e.ContextStore.Suggested})
		configured = append(configured, map[string]any{
			"entity": e.Name, "status": string(c.Store), "ready_for_search": c.Store == records.StoreReady, "supported": true,
			"entity_count": s.world.origin.Scale.Full, "updated_at": stamp(c.Updated), "semantic_search_status": contextstore.SemanticStatus(e),
		})
	}
	return x.reply(http.StatusOK, map[string]any{
		"connector_id": c.ID, "name": c.Name, "workspace_id": c.WorkspaceID, "organization_id": organizationID,
		"source_definition_id": definition, "source_definition_name": spec.Title, "source_config_template_id": c.Template,
		"docs_skill_id": skillPrefix + c.ID, "warnings": []any{},
		"context_store_readiness": map[string]any{
			"connector_id": c.ID, "source_definition_id": definition,
			"supported_context_store_entities": supported, "configured_cache_entities": configured,
		},
	})
}
