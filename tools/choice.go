package tools

import (
	"context"
	"path"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/nearest"
)

// CheckChoice refuses a name or glob in a session's choice of tools that fits no tool,
// neither of the catalog nor of the server: a misspelt one would silently offer less,
// or leave in what was meant to be left out. The error is an *UnknownToolError.
func (d *Directory) CheckChoice(s Session) error {
	globs := slices.Clone(s.Listing.Pins)
	for _, level := range s.Policy.levels() {
		globs = append(append(globs, level.Tools...), level.Exclude...)
	}
	for _, glob := range globs {
		fits, err := d.fitsAny(glob, Policy{})
		if err != nil {
			return err
		}
		if !fits {
			names, err := d.allNames()
			if err != nil {
				return err
			}
			return &UnknownToolError{glob, "; it fits no tool" + nearest.Hint(glob, names)}
		}
	}
	return nil
}

// Narrow returns a session that has only what q allows as well. Names in q that mean
// nothing are an *UnknownToolError or an *airbyte.LocateError. What the session does not
// have cannot be asked for: that is a *RefusedError.
func (d *Directory) Narrow(ctx context.Context, s Session, q Policy) (Session, error) {
	if err := d.CheckChoice(Session{Policy: q}); err != nil {
		return s, err
	}
	for _, e := range q.Effects {
		if !s.Policy.Allows(e) {
			return s, &RefusedError{"the effect " + string(e), "the server does not offer it, and a choice can only narrow"}
		}
	}
	for _, glob := range q.Tools {
		ok, err := d.fitsAny(glob, s.Policy)
		if err != nil {
			return s, err
		}
		if !ok {
			return s, &RefusedError{glob, "the server does not offer such tools, and a choice can only narrow"}
		}
	}
	if err := d.checkConnectors(ctx, s, q.Connectors); err != nil {
		return s, err
	}
	s.Policy = s.Policy.Narrow(q)
	return s, nil
}

// checkConnectors refuses references to connectors that a session does not admit. When
// the workspace's own cannot be listed, the types of the catalog are all that is known.
func (d *Directory) checkConnectors(ctx context.Context, s Session, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	w, listErr := d.Snapshot(ctx, s.Workspace)
	if listErr != nil {
		w = &Snapshot{}
	}
	slugs, err := d.catalog.Names()
	if err != nil {
		return err
	}
	for _, ref := range refs {
		meant := slices.DeleteFunc(slices.Clone(w.instances), func(i Instance) bool { return !i.is(ref) || !s.sees(i) })
		if slug := strings.ToLower(ref); slices.Contains(slugs, slug) {
			meant = append(meant, Instance{Slug: slug})
		}
		switch {
		case len(meant) == 0 && listErr == nil:
			return w.meansNothing(s, ref)
		case len(meant) > 0 && !slices.ContainsFunc(meant, s.Policy.Admits):
			return &RefusedError{cleantext.Quote(ref), "the server is limited to other connectors, and a choice can only narrow"}
		}
	}
	return nil
}

// fitsAny reports whether a glob fits a tool that a policy admits. Of the catalog it reads what it must: the
// connectors whose tools can begin like the glob, until one fits.
func (d *Directory) fitsAny(glob string, p Policy) (bool, error) {
	fits := func(t *Tool) bool {
		ok, err := path.Match(glob, t.Name)
		return ok && err == nil && p.Refuses(t) == ""
	}
	if slices.ContainsFunc(d.own, fits) {
		return true, nil
	}
	heads, err := d.catalog.Heads()
	if err != nil {
		return false, err
	}
	beginning, _, _ := strings.Cut(glob, "*")
	if i := strings.IndexAny(beginning, `?[\`); i >= 0 {
		beginning = beginning[:i]
	}
	for _, h := range heads {
		prefix := h.Prefix + "_"
		if !strings.HasPrefix(beginning, prefix) && !strings.HasPrefix(prefix, beginning) {
			continue
		}
		list, err := d.toolsOf(connectorType{h.Name, false})
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(list, fits) {
			return true, nil
		}
	}
	return false, nil
}

// allNames are the names of all tools of the catalog and of the server.
func (d *Directory) allNames() ([]string, error) {
	set, err := d.CatalogSet(Session{Operator: true, Listing: Listing{Surface: Auto}})
	if err != nil {
		return nil, err
	}
	return set.names(), nil
}
