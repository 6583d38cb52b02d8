package sandbox

import (
	"encoding/json"
	"net/http"

	"airbyte-mcp-server/internal/sandbox/problem"
)

// setFaults replaces the fault rules.
func (s *Server) setFaults(x *roundTrip) error {
	var body struct {
		Rules []string `json:"rules"`
	}
	if err := json.Unmarshal(x.body, &body); err != nil {
		return problem.New(http.StatusBadRequest, "the body must be {\"rules\": [...]}: %v", err)
	}
	if err := s.faults.replace(body.Rules); err != nil {
		return problem.New(http.StatusBadRequest, "%v", err)
	}
	return x.reply(http.StatusOK, map[string]any{"rules": body.Rules})
}

func (s *Server) clearFaults(x *roundTrip) error {
	if err := s.faults.replace(nil); err != nil {
		return err
	}
	return x.reply(http.StatusOK, map[string]any{"rules": []string{}})
}

func (s *Server) expireTokens(x *roundTrip) error {
	s.mint.revokeAll()
	return x.reply(http.StatusOK, map[string]any{"expired": true})
}

func (s *Server) showConfig(x *roundTrip) error {
	return x.reply(http.StatusOK, map[string]any{
		"switches": s.switches.list(), "seed": s.options.Seed, "dataset": s.options.Dataset, "token_life": s.options.TokenLife.String(),
	})
}

// changeConfig sets switches while the sandbox runs.
func (s *Server) changeConfig(x *roundTrip) error {
	var body struct {
		Switches map[string]string `json:"switches"`
	}
	if err := json.Unmarshal(x.body, &body); err != nil {
		return problem.New(http.StatusBadRequest, "the body must be {\"switches\": {...}}: %v", err)
	}
	if err := s.switches.change(body.Switches); err != nil {
		return problem.New(http.StatusBadRequest, "%v", err)
	}
	return s.showConfig(x)
}
