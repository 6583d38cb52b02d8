package tools

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
)

// Policy narrows what a session may use. The zero Policy allows everything. What it
// excludes is neither listed nor found, and refused when it is called all the same.
type Policy struct {
	ReadOnly   bool
	Connectors []string // slugs, instance names or instance ids; empty for all
	Tools      []string // globs over names; empty for all
	Exclude    []string // globs over names of tools that are left out
	Effects    []Effect // Read, Write for all changes but deletions, Delete; empty for all
	Within     *Policy  // a broader one that holds as well
}

// Narrow returns the policy that allows what both allow.
func (p Policy) Narrow(q Policy) Policy {
	own := p
	own.Within = nil
	if reflect.DeepEqual(q, Policy{}) || reflect.DeepEqual(q, own) {
		return p
	}
	q.Within = &p
	return q
}

// Allows reports whether the policy admits an effect.
func (p Policy) Allows(e Effect) bool {
	return (e == Read || !p.ReadOnly) &&
		(len(p.Effects) == 0 || slices.Contains(p.Effects, e.class())) &&
		(p.Within == nil || p.Within.Allows(e))
}

// Reads reports whether the policy admits nothing but reads.
func (p Policy) Reads() bool { return !p.Allows(Write) && !p.Allows(Delete) }

// class is the effect as policies name it: they do not tell one change from another
// unless it deletes.
func (e Effect) class() Effect {
	switch e {
	case Read, Delete:
		return e
	default:
		return Write
	}
}

// Admits reports whether the policy lets an instance be used.
func (p Policy) Admits(i Instance) bool {
	return (len(p.Connectors) == 0 || slices.ContainsFunc(p.Connectors, i.is)) &&
		(p.Within == nil || p.Within.Admits(i))
}

// Refuses says why the policy leaves a tool out, "" if it does not.
func (p Policy) Refuses(t *Tool) string {
	own := ""
	switch {
	case t.Effect != Read && p.ReadOnly:
		own = "the server is read-only"
	case t.Role == Ordinary && len(p.Effects) > 0 && !slices.Contains(p.Effects, t.Effect.class()):
		own = fmt.Sprintf("the server offers tools of the effects %s only", joined(p.Effects))
	case matchesAny(p.Exclude, t.Name), len(p.Tools) > 0 && t.Role == Ordinary && !matchesAny(p.Tools, t.Name):
		own = "the server is set up without it"
	}
	if own == "" && p.Within != nil {
		return p.Within.Refuses(t)
	}
	return own
}

// Permits refuses a tool that a session may not run, by a *RefusedError.
func (s *Session) Permits(t *Tool) error {
	if reason := s.Policy.Refuses(t); reason != "" {
		return &RefusedError{t.Name, reason}
	}
	if !s.Grants.Allow(t.Effect) {
		return &RefusedError{t.Name, fmt.Sprintf("the credential is not good for the effect %s", t.Effect)}
	}
	return nil
}

// NamesTools reports whether the policy looks at the names of tools.
func (p Policy) NamesTools() bool {
	return len(p.Tools)+len(p.Exclude) > 0 || p.Within != nil && p.Within.NamesTools()
}

// namesSome reports whether the policy admits some connectors or tools by their names, so
// that what is connected later is not among them.
func (p Policy) namesSome() bool {
	return len(p.Connectors)+len(p.Tools) > 0 || p.Within != nil && p.Within.namesSome()
}

// levels are the policy and the broader ones that hold as well.
func (p Policy) levels() []Policy {
	all := []Policy{p}
	for p.Within != nil {
		p = *p.Within
		all = append(all, p)
	}
	return all
}

// matchesAny reports whether a name matches one of the globs.
func matchesAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		ok, err := path.Match(glob, name)
		return ok && err == nil
	})
}

func joined(effects []Effect) string {
	words := make([]string, len(effects))
	for i, e := range effects {
		words[i] = string(e)
	}
	return strings.Join(words, ", ")
}

// ParseEffects reads what Policy.Effects holds.
func ParseEffects(names []string) ([]Effect, error) {
	var effects []Effect
	for _, name := range names {
		e := Effect(strings.ToLower(name))
		if e != Read && e != Write && e != Delete {
			return nil, fmt.Errorf("effect %q: want read, write (creates and updates) or delete", name)
		}
		effects = append(effects, e)
	}
	slices.Sort(effects)
	return slices.Compact(effects), nil
}
