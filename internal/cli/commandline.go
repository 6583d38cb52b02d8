package cli

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/nearest"
)

// spelt puts what people type by habit into the program's own words: nothing at all, help
// COMMAND, and --version.
func spelt(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return []string{"--help"} // the manual knows of what
	case len(args) == 1 && (args[0] == "--version" || args[0] == "-V"):
		return []string{"version"}
	default:
		return args
	}
}

// isSelfContained reports a command that settings are no matter to: it works with broken ones.
func isSelfContained(args []string) bool {
	return len(args) > 0 && slices.Contains([]string{"completion", "help", "version", "--version", "-V"}, args[0])
}

// commandOf names the command that was given, as far as it was understood.
func commandOf(kctx *kong.Context, err error) string {
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok {
		kctx = wrong.Context
	}
	if kctx == nil {
		return ""
	}
	var words []string
	for _, el := range kctx.Path {
		if el.Command != nil {
			words = append(words, el.Command.Name)
		}
	}
	return strings.Join(words, " ")
}

// misspelt is a fault of the command line. Of a flag that there is not, the nearest are
// named best first.
func misspelt(err error) error {
	wrong, ok := errors.AsType[*kong.ParseError](err)
	if !ok || wrong.Context == nil {
		return err
	}
	text, isFlag := strings.CutPrefix(err.Error(), "unknown flag --")
	if !isFlag {
		return err
	}
	name, _, _ := strings.Cut(text, ",")
	var known []string
	for _, f := range wrong.Context.Flags() {
		known = append(known, "--"+f.Name)
	}
	return errors.New("unknown flag --" + name + nearest.Hint("--"+name, known))
}

// isClosedOutput reports whether whoever reads standard output has seen enough, as head
// does.
func (p Process) isClosedOutput(err error) bool {
	failure, ok := errors.AsType[*fs.PathError](err)
	output, isFile := p.Stdout.(interface{ Name() string })
	return ok && isFile && failure.Op == "write" && failure.Path == output.Name() && isBrokenPipe(failure.Err)
}
