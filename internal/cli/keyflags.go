package cli

import (
	"fmt"

	"github.com/alecthomas/kong"
)

// serverFlags are flags that narrow the whole server and are easily taken for those of one
// key, with what narrows a key.
var serverFlags = map[string]string{
	"connectors":       "--only-connectors",
	"tools":            "--only-tools",
	"exclude-tools":    "--except-tools",
	"read-only":        "--no-writes",
	"effects":          "--no-writes, or effects of the key in the file",
	"surface":          "surface of the key in the file",
	"write-rules":      "--no-writes or --except-tools",
	"tenant-rate":      "--rate",
	"tenant-burst":     "burst of the key in the file",
	"tenant-in-flight": "--in-flight",
	"tenant-sessions":  "--key-sessions",
	"workspace":        "the first argument",
}

// AfterApply is called by kong once the command line is parsed. It refuses flags that would
// leave the key wider than its maker believes; in the environment and the config file they
// are for the server.
func (c *keysCreateCmd) AfterApply(kctx *kong.Context) error {
	for _, el := range kctx.Path {
		if el.Flag == nil || el.Resolved {
			continue
		}
		if own, ok := serverFlags[el.Flag.Name]; ok {
			return fmt.Errorf("--%s is of the server and would not be in the key: use %s", el.Flag.Name, own)
		}
	}
	return nil
}
