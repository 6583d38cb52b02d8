package cli_test

import (
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestFailuresOfTheSystem: a missing file and a taken or dead address are named without the
// names of system calls.
func TestFailuresOfTheSystem(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // after the parallel subtests
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := free.Addr().String()
	free.Close()
	busy := taken.Addr().String()
	listens := "another program listens at " + busy
	if runtime.GOOS == "windows" {
		listens = busy + ": " // and the words of the system
	}
	none := filepath.Join(t.TempDir(), "none")
	for name, tt := range map[string]ending{
		"diff":         {nil, []string{"catalog", "diff", "github", none + ".json"}, 4, "nothing to compare: " + none + ".json: "},
		"check":        {nil, []string{"catalog", "check", none}, 1, ": " + none + ": "},
		"import":       {nil, []string{"catalog", "import", none, none + "2"}, 1, "\n" + none + "2: "},
		"config file":  {nil, []string{"config", "show", "--config", none}, 2, "): " + none + ": "},
		"keys file":    {nil, []string{"keys", "list", "--keys-file", none}, 1, ": " + none + ": "},
		"healthcheck":  {nil, []string{"healthcheck", "http://" + dead}, 1, "asking http://" + dead + "/healthz: "},
		"serve":        {nil, []string{"serve", "--sandbox", "--http", busy}, 1, listens},
		"sandbox":      {nil, []string{"sandbox", "--addr", busy}, 1, listens},
		"bad address":  {nil, []string{"serve", "--sandbox", "--http", "nonsense"}, 1, `"nonsense": want HOST:PORT such as 127.0.0.1:8080`},
		"bad address2": {nil, []string{"sandbox", "--addr", "nonsense"}, 1, `"nonsense": want HOST:PORT such as 127.0.0.1:8899`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.check(t)
			_, _, stderr := run(t, nil, "", tt.args...)
			for _, call := range []string{"open ", "stat ", "listen tcp", "dial tcp", "bind:", "connect:", `Get "`, "missing port"} {
				if strings.Contains(stderr, call) {
					t.Errorf("%q has %q", stderr, call)
				}
			}
		})
	}
}
