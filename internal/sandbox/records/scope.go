package records

import (
	"slices"
	"strings"
)

// scope names the part of a vendor account in which records live: the values of
// the parameters that a list needs, such as owner and repo. Names are canonical
// (see scopeParam), values are written as text.
type scope []binding

type binding struct{ name, value string }

// with is the scope with one more binding, kept in order of names.
func (s scope) with(name, value string) scope {
	out := make(scope, 0, len(s)+1)
	for _, b := range s {
		if b.name != name {
			out = append(out, b)
		}
	}
	out = append(out, binding{name, value})
	slices.SortFunc(out, func(a, b binding) int { return strings.Compare(a.name, b.name) })
	return out
}

func (s scope) get(name string) (string, bool) {
	for _, b := range s {
		if b.name == name {
			return b.value, true
		}
	}
	return "", false
}

// key identifies the scope.
func (s scope) key() string {
	var b strings.Builder
	for _, x := range s {
		b.WriteString(x.name)
		b.WriteByte('=')
		b.WriteString(x.value)
		b.WriteByte('\n')
	}
	return b.String()
}

// only keeps the bindings of the given parameters.
func (s scope) only(params []scopeParam) scope {
	var out scope
	for _, b := range s {
		if slices.ContainsFunc(params, func(p scopeParam) bool { return p.canonical == b.name }) {
			out = append(out, b)
		}
	}
	return out
}

// path is the values that stand in the web addresses of records: those that come
// from the connector's configuration, such as owner and repo.
func (s scope) path() []string {
	var out []string
	for _, b := range s {
		if strings.HasPrefix(b.name, configPrefix) {
			out = append(out, b.value)
		}
	}
	return out
}
