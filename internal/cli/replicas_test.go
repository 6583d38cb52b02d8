package cli

import (
	"strings"
	"testing"
)

// TestNoRedisPasswordInArguments: other users of the machine can see arguments.
func TestNoRedisPasswordInArguments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		url    string
		args   []string
		refuse string
	}{
		{"redis://:hunter2@localhost:6379/0", []string{"serve", "--state", "redis://:hunter2@localhost:6379/0"}, "AIRBYTE_MCP_STATE"},
		{"redis://:hunter2@localhost:6379/0", []string{"serve", "--state=redis://:hunter2@localhost:6379/0"}, "AIRBYTE_MCP_STATE"},
		{"redis://:hunter%32pass@localhost/0", []string{"serve", "--state", "redis://:hunter%32pass@localhost/0"}, "AIRBYTE_MCP_STATE"},
		{"rediss://ann:p%40ss@localhost/0", []string{"serve", "--state=rediss://ann:p%40ss@localhost/0"}, "AIRBYTE_MCP_STATE"},
		{"redis://:hunter2@localhost:6379/0", []string{"serve", "--state", "hunter2"}, "AIRBYTE_MCP_STATE"},
		{"redis://:hunter2@localhost:6379/0", []string{"serve", "--http", ":8080"}, ""}, // it is from the environment
		{"redis://:hunter%32pass@localhost/0", []string{"serve"}, ""},
		{"redis://:@localhost/0", []string{"serve", "--state", "redis://:@localhost/0"}, ""},
		{"redis://ann@localhost/0", []string{"serve", "--state", "redis://ann@localhost/0"}, ""},
		{"redis://localhost", []string{"serve", "--state", "redis://localhost"}, ""},
		{"", []string{"serve"}, ""},
		{"http://localhost", []string{"serve"}, "want a URL like redis://"},
		{"redis://:hunter2@", []string{"serve"}, "want a URL like redis://"},
	} {
		err := (&app{Process: Process{Args: tt.args}}).checkRedisURL(tt.url)
		if tt.refuse == "" {
			if err != nil {
				t.Errorf("%s with %q: %v", tt.url, tt.args, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.refuse) || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s with %q: got %v, want %q in it", tt.url, tt.args, err, tt.refuse)
		}
	}
}
