package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/problem"
)

// scopedRequest is the body of requests for scoped and widget tokens.
type scopedRequest struct {
	Workspace      *string  `json:"workspace_name"`
	Origin         *string  `json:"allowed_origin"`
	Region         *string  `json:"region_id"`
	Tags           []string `json:"selected_source_template_tags"`
	TagsMode       *string  `json:"selected_source_template_tags_mode"`
	Connection     []string `json:"selected_connection_template_tags"`
	ConnectionMode *string  `json:"selected_connection_template_tags_mode"`
}

func (x *roundTrip) scopedRequest() (*scopedRequest, error) {
	body := &scopedRequest{}
	if err := x.decodeInto(body); err != nil {
		return nil, err
	}
	if body.Workspace == nil {
		return nil, problem.MissingField("body.workspace_name")
	}
	if *body.Workspace == "" {
		return nil, problem.InvalidField("body.workspace_name", "string_too_short", "String should have at least 1 character",
			map[string]any{"min_length": 1})
	}
	if body.Region != nil {
		if _, err := uuid.Parse(*body.Region); err != nil {
			return nil, problem.InvalidUUID("body.region_id", err)
		}
	}
	return body, checkTagsMode("body.selected_source_template_tags_mode", body.TagsMode)
}

// checkTagsMode validates how several tags are meant.
func checkTagsMode(field string, mode *string) error {
	if mode == nil || *mode == "any" || *mode == "all" {
		return nil
	}
	return problem.InvalidField(field, "enum", "Input should be 'any' or 'all'", nil)
}

// connectionTagsMode is the mode of tags that several bodies have.
const connectionTagsMode = "body.selected_connection_template_tags_mode"

// issueScopedToken makes a token for one workspace, and the workspace if it does
// not exist.
func (s *Server) issueScopedToken(x *roundTrip) error {
	body, err := x.scopedRequest()
	if err != nil {
		return err
	}
	ws := s.world.openWorkspace(*body.Workspace)
	s.ledger.token(tokenScoped)
	token := s.mint.issue(claims{Kind: tokenScoped, Organization: organizationID, Workspace: ws.ID}, s.switches.duration("scoped_token_life"))
	return x.reply(http.StatusOK, map[string]any{s.switches.Get("scoped_token_key"): token})
}

// scopedTokenInfo tells which workspace a scoped token is for.
func (s *Server) scopedTokenInfo(x *roundTrip) error {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	ws := s.world.workspaceByID(x.caller.Workspace)
	if ws == nil {
		return problem.New(http.StatusUnauthorized, "Invalid authentication credentials")
	}
	return x.reply(http.StatusOK, map[string]any{"organization_id": organizationID, "workspace_id": ws.ID, "workspace_name": ws.Name})
}

// issueWidgetToken makes the token with which a web page opens the dialog for
// credentials: base64 of a JSON object.
func (s *Server) issueWidgetToken(x *roundTrip) error {
	body, err := x.scopedRequest()
	if err != nil {
		return err
	}
	if body.Origin == nil {
		return problem.MissingField("body.allowed_origin")
	}
	if err := checkTagsMode(connectionTagsMode, body.ConnectionMode); err != nil {
		return err
	}
	ws := s.world.openWorkspace(*body.Workspace)
	token := s.mint.issue(claims{Kind: tokenWidget, Organization: organizationID, Workspace: ws.ID}, s.switches.duration("widget_token_life"))
	query := url.Values{"workspaceId": {ws.ID}, "allowedOrigin": {*body.Origin}}
	raw, err := json.Marshal(map[string]string{"token": token, "widgetUrl": x.origin() + widgetPath + "?" + query.Encode()})
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, map[string]any{"token": base64.StdEncoding.EncodeToString(raw)})
}
