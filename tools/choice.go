package tools

import (
	"context"
	"path"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
)

// CheckChoice refuses a name or glob in a session's choice of tools that fits no tool,
// neither of the catalog nor of the server: a misspelt one would silently offer less,
// or leave in what was meant to be left out. The error is an *UnknownToolError.
func (b *Box) CheckChoice(s Session) error {
	globs := slices.Clone(s.Listing.Pins)
	for _, level := range s.Policy.levels() {
		globs = append(append(globs, level.Tools...), level.Exclude...)
	}
	for _, glob := range globs {
		fits, err := b.fitsAny(glob, Policy{})
		if err != nil {
			return err
		}
		if !fits {
			names, err := b.allNames()
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
func (b *Box) Narrow(ctx context.Context, s Session, q Policy) (Session, error) {
	if err := b.CheckChoice(Session{Policy: q}); err != nil {
		return s, err
	}
	for _, e := range q.Effects {
		if !s.Policy.allows(e) {
			return s, &RefusedError{"the effect " + string(e), "the server does not offer it, and a choice can only narrow"}
		}
	}
	for _, glob := range q.Tools {
		ok, err := b.fitsAny(glob, s.Policy)
		if err != nil {
			return s, err
		}
		if !ok {
			return s, &RefusedError{glob, "the server does not offer such tools, and a choice can only narrow"}
		}
	}
	if err := b.checkConnectors(ctx, s, q.Connectors); err != nil {
		return s, err
	}
	s.Policy = s.Policy.Narrow(q)
	return s, nil
}

// checkConnectors refuses references to connectors that a session does not admit. When
// the workspace's own cannot be listed, the types of the catalog are all that is known.
func (b *Box) checkConnectors(ctx context.Context, s Session, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	list, err := b.instances(ctx, s)
	known := err == nil
	slugs, err := b.catalog.Names()
	if err != nil {
		return err
	}
	for _, ref := range refs {
		meant := slices.DeleteFunc(slices.Clone(list), func(i instance) bool { return !i.is(ref) })
		if slug := strings.ToLower(ref); slices.Contains(slugs, slug) {
			meant = append(meant, instance{slug: slug})
		}
		switch {
		case len(meant) == 0 && known:
			return meansNothing(s, ref, list, slugs)
		case len(meant) > 0 && !slices.ContainsFunc(meant, s.Policy.admits):
			return &RefusedError{ref, "the server is limited to other connectors, and a choice can only narrow"}
		}
	}
	return nil
}

// fitsAny reports whether a glob fits a tool that a policy admits. Of the catalog it reads what it must: the
// connectors whose tools can begin like the glob, until one fits.
func (b *Box) fitsAny(glob string, p Policy) (bool, error) {
	fits := func(t *Tool) bool {
		ok, err := path.Match(glob, t.Name)
		return ok && err == nil && p.refuses(t) == ""
	}
	if slices.ContainsFunc(b.manage, fits) {
		return true, nil
	}
	heads, err := b.catalog.Heads()
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
		kit, err := b.kit(connectorType{h.Name, false})
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(kit, fits) {
			return true, nil
		}
	}
	return false, nil
}

// allNames are the names of all tools of the catalog and of the server.
func (b *Box) allNames() ([]string, error) {
	set, err := b.CatalogSet(Session{Operator: true, Listing: Listing{Surface: Auto}})
	if err != nil {
		return nil, err
	}
	return set.names(), nil
}
