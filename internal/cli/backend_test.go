package cli

import (
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/config"
)

// TestTokenScope has what is set, else that of the workspace where several are served.
func TestTokenScope(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		set, keys string
		want      airbyte.TokenScope
	}{
		{"auto", "", airbyte.ScopeApplication}, {"auto", "keys.yaml", airbyte.ScopeWorkspace},
		{"workspace", "", airbyte.ScopeWorkspace}, {"application", "keys.yaml", airbyte.ScopeApplication},
	} {
		s := &config.Settings{}
		s.TokenScope, s.KeysFile = tt.set, tt.keys
		if got := (&app{settings: s}).tokenScope(); got != tt.want {
			t.Errorf("%s with keys %q: got %q, want %q", tt.set, tt.keys, got, tt.want)
		}
	}
}
