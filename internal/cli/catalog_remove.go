package cli

import (
	"errors"
	"fmt"
	"os"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/schemas"
)

type catalogRemoveCmd struct {
	Connector string `arg:"" completion-predictor:"type" help:"Name of a connector that has a file in your catalog folder."`
}

// Run removes a file of the user's own; a built-in connector of that name is used again.
func (c *catalogRemoveCmd) Run(a *app) error {
	folder := a.catalogFolder()
	switch {
	case !catalogName.MatchString(c.Connector):
		quoted := cleantext.Clip(c.Connector, cleantext.MaxQuoted)
		return &usageError{err: fmt.Errorf("%q is no name of a connector: give the name that `catalog list` shows, no path", quoted)}
	case folder == "":
		return errNoFolder
	}
	path := a.overridePath(c.Connector)
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return a.notOverridden(c.Connector)
	}
	if err == nil && info.IsDir() {
		err = errors.New("it is a folder")
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	now := "no version of it is built in, so the catalog has it no more"
	if head, err := schemas.Embedded().Head(c.Connector); err == nil {
		now = "the built-in " + versionWords(head.Version) + " is used again"
	}
	_, err = fmt.Fprintf(a.Stdout, "removed %s; %s\n", path, now)
	return err
}

// notOverridden says that there is nothing to remove.
func (a *app) notOverridden(name string) error {
	if _, err := schemas.Embedded().Head(name); err == nil {
		return fmt.Errorf("%s has no file in %s: %w", name, a.catalogFolder(), errBuiltIn)
	}
	own, err := schemas.Open(os.DirFS(a.catalogFolder())).Names()
	if err != nil {
		own = nil // there is no folder
	}
	all, _ := a.catalog().Names()
	hint := nearest.Hint(name, own)
	if hint == "" {
		hint = nearest.Hint(name, all)
	}
	return fmt.Errorf("%q has no file in %s: %w%s", name, a.catalogFolder(), schemas.ErrUnknownConnector, hint)
}

// errBuiltIn is told where somebody wants to remove what is part of the program. It counts as
// not found.
var errBuiltIn = &unknownOverrideError{"it is built in, which cannot be removed; `--connectors` says which are served"}

type unknownOverrideError struct{ words string }

func (e *unknownOverrideError) Error() string { return e.words }
func (*unknownOverrideError) Unwrap() error   { return schemas.ErrUnknownConnector }
