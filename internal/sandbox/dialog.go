package sandbox

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
)

// credentialDialog is a dialog in the browser in which a user enters credentials. Here the
// user needs one look at the form: the second poll finds it filled in.
type credentialDialog struct {
	definition, workspace, template string
	begun                           time.Time
	polls                           int
	source                          *string
}

// maxSessions bounds the dialogs of a kind that are remembered.
const maxSessions = 1000

// makeRoom forgets the oldest dialog if there are too many for one more.
func makeRoom[D any](dialogs map[string]D, begun func(D) time.Time) {
	if len(dialogs) < maxSessions {
		return
	}
	oldest := ""
	for id, d := range dialogs {
		if oldest == "" || begun(d).Before(begun(dialogs[oldest])) {
			oldest = id
		}
	}
	delete(dialogs, oldest)
}

func (s *Server) createSession(x *roundTrip) error {
	body, err := x.decodeBody()
	if err != nil {
		return err
	}
	var values [3]string
	for i, name := range []string{"source_definition_id", "workspace_id", "source_template_id"} {
		if values[i], err = requiredString(body, name); err != nil {
			return err
		}
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	makeRoom(s.world.dialogs, func(d *credentialDialog) time.Time { return d.begun })
	id := uuid.NewString()
	s.world.dialogs[id] = &credentialDialog{definition: values[0], workspace: values[1], template: values[2], begun: s.world.clock()}
	return x.reply(http.StatusOK, map[string]any{"session_id": id})
}

// sessionInPath finds the session; the caller holds mu.
func (x *roundTrip) sessionInPath() (*credentialDialog, error) {
	if found, ok := x.s.world.dialogs[x.values[0]]; ok {
		return found, nil
	}
	return nil, problem.New(http.StatusNotFound, "Session not found")
}

func (s *Server) getSession(x *roundTrip) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found, err := x.sessionInPath()
	if err != nil {
		return err
	}
	found.polls++
	return s.replySession(x, found)
}

func (s *Server) replySession(x *roundTrip, found *credentialDialog) error {
	out := map[string]any{"status": "pending", "error": nil, "auth_payload": nil, "source_id": found.source,
		"source_template_id": found.template}
	if found.polls > 1 {
		out["status"] = "completed"
		if kind := s.world.typeByDefinition(found.definition); kind != "" {
			spec, err := s.world.catalog.Connector(kind)
			if err != nil {
				return err
			}
			out["auth_payload"] = jsonvalue.Overlay(sampleSettings(spec), sampleCredentials(spec))
		}
	}
	return x.reply(http.StatusOK, out)
}

// patchSession notes the connector that was made from the session.
func (s *Server) patchSession(x *roundTrip) error {
	var body struct {
		Source *string `json:"source_id"`
	}
	if err := x.decodeInto(&body); err != nil {
		return err
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found, err := x.sessionInPath()
	if err != nil {
		return err
	}
	if body.Source != nil {
		found.source = body.Source
	}
	return s.replySession(x, found)
}
