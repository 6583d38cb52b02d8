package cli

import "testing"

// TestServesAtOnce: the other commands are left out only where nobody can ask for them.
func TestServesAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"serve"}, "serve"}, {[]string{"serve", "--http", ":8080"}, "serve"}, {nil, ""}, {[]string{"tools"}, ""},
		{[]string{"serve", "--help"}, ""}, {[]string{"serve", "-h"}, ""}, {[]string{"--log-level", "error", "serve"}, ""},
	} {
		if got := servesAtOnce(c.args); got != c.want {
			t.Errorf("%q gives %q", c.args, got)
		}
	}
}
