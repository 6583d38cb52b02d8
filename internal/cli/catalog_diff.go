package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

type catalogDiffCmd struct {
	A        string `arg:"" name:"a" completion-predictor:"type" help:"Connector name, or path of a catalog file."`
	B        string `arg:"" name:"b" completion-predictor:"type" help:"Connector name, or path of a catalog file."`
	ExitCode bool   `name:"exit-code" help:"Exit with 1 if there is a difference."`
}

// Run compares two connectors by their tools.
func (c *catalogDiffCmd) Run(a *app) error {
	before, err := a.connectorOrFile(c.A)
	if err != nil {
		return err
	}
	after, err := a.connectorOrFile(c.B)
	if err != nil {
		return err
	}
	lines, err := differences(before, after)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		_, err = fmt.Fprintln(a.Stdout, "no difference")
		return err
	}
	if _, err = fmt.Fprintln(a.Stdout, strings.Join(lines, "\n")); err == nil && c.ExitCode {
		return errReported
	}
	return err
}

// errNothingToCompare is about a catalog file that is not there.
var errNothingToCompare = errors.New("nothing to compare")

func (a *app) connectorOrFile(ref string) (*schemas.Connector, error) {
	if !strings.HasSuffix(ref, ".json") {
		return a.catalog().Connector(ref)
	}
	if _, err := os.Stat(ref); err != nil {
		return nil, fmt.Errorf("%w: %w", errNothingToCompare, err)
	}
	name := strings.TrimSuffix(filepath.Base(ref), ".json")
	return schemas.Open(os.DirFS(filepath.Dir(ref))).Connector(name)
}

// differences has a text per tool that was added (+), removed (-) or changed (~), in the order
// of their names. Those of a changed tool go on with a line per change.
func differences(before, after *schemas.Connector) ([]string, error) {
	old, err := tools.Of(before)
	if err != nil {
		return nil, err
	}
	current, err := tools.Of(after)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, t := range current.Tools {
		was := old.Get(t.Name)
		if was == nil {
			texts = append(texts, "+ "+t.Name)
		} else if kind, parameters := tools.Difference(was, t); kind != "" {
			head := "~ " + t.Name + " (" + strings.Join(slices.Concat([]string{kind}, parameters), " ") + ")"
			texts = append(texts, strings.Join(append([]string{head}, tools.Changes(was, t)...), "\n    "))
		}
	}
	for _, t := range old.Tools {
		if current.Get(t.Name) == nil {
			texts = append(texts, "- "+t.Name)
		}
	}
	slices.SortFunc(texts, func(a, b string) int { return cmp.Compare(a[2:], b[2:]) })
	return texts, nil
}
