package tools

import (
	"context"
	"slices"
	"strings"
)

// Completable is a kind of name that Complete knows.
type Completable string

// Kinds of names.
const (
	CompleteConnector Completable = "connector" // slugs of the session's connectors
	CompleteType      Completable = "type"      // slugs of the types that could be connected
	CompleteEntity    Completable = "entity"    // of the connector that is known, or of all
	CompleteAction    Completable = "action"    // of the connector and entity that are known, or of all
	CompleteTool      Completable = "tool"      // likewise
)

// Known is what a caller has filled in already.
type Known struct{ Connector, Entity, Action string }

// Complete returns the names of a kind that have the text in them, those that begin
// with it first.
func (d *Directory) Complete(ctx context.Context, s Session, kind Completable, text string, known Known) ([]string, error) {
	names, err := d.completions(ctx, s, kind, known)
	if err != nil {
		return nil, err
	}
	text = strings.ToLower(text)
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return !strings.Contains(name, text) })
	slices.SortStableFunc(names, func(x, y string) int {
		switch begins := strings.HasPrefix(x, text); {
		case begins == strings.HasPrefix(y, text):
			return 0
		case begins:
			return -1
		default:
			return 1
		}
	})
	return names, nil
}

func (d *Directory) completions(ctx context.Context, s Session, kind Completable, known Known) ([]string, error) {
	if kind == CompleteType {
		all, err := d.catalog.Names()
		return slices.DeleteFunc(all, func(slug string) bool { return !s.Policy.Admits(Instance{Slug: slug}) }), err
	}
	set, err := d.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range set.Tools {
		if name := t.named(kind); name != "" && known.fits(t) {
			names = append(names, name)
		}
	}
	return names, nil
}

// named is what a tool contributes to a kind of names.
func (t *Tool) named(kind Completable) string {
	switch kind {
	case CompleteConnector:
		return t.Connector
	case CompleteEntity:
		return t.Entity
	case CompleteAction:
		return t.Action
	case CompleteTool:
		return t.Name
	default:
		return ""
	}
}

func (k Known) fits(t *Tool) bool {
	return (k.Connector == "" || k.Connector == t.Connector) &&
		(k.Entity == "" || k.Entity == t.Entity) && (k.Action == "" || k.Action == t.Action)
}
