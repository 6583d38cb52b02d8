package schemas

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Bounds, in bytes, of what a signature tells.
const (
	maxSignature = 150 // beyond the required arguments, which are all told
	maxFields    = 110 // of a search
	maxForm      = 48  // of one argument's values or members
	maxChoice    = 90  // of arguments of which some must be given
)

// Signature tells the arguments in a line from which most calls can be formed, such as
// "(owner, repo, states?: OPEN|CLOSED, since?: date-time, …)": those that are required, then,
// with a question mark, as many of the others as there is room for.
func (in *Input) Signature() string { return in.signature() }

// signatureOf is the signature of an action, or of a tool of no connector, then nil. Ours
// are the last of the parameters, as many as extra says.
func signatureOf(a *Action, params []*Parameter, extra int) string {
	s := signature{}
	if a != nil && a.Requirements != nil {
		s.choose(a.Requirements)
	}
	for _, p := range params {
		if p.Required && !s.told[p.Name] {
			s.parts = append(s.parts, a.argument(p))
		}
	}
	for _, p := range orderOptional(a, params, extra) {
		if !s.told[p.Name] {
			s.optional(a.argument(p))
		}
	}
	return s.text()
}

// signature is a line in the making.
type signature struct {
	parts []string
	most  int             // bytes, maxSignature if 0
	told  map[string]bool // parameters that stand in a choice
	cut   bool            // whether something was left out
}

func (s *signature) length() int { return len(strings.Join(s.parts, ", ")) }

// optional adds what may be left out, if there is room: with its form, or without.
func (s *signature) optional(words string) {
	bare, _, _ := strings.Cut(words, ":")
	for _, form := range []string{words, bare} {
		if s.length()+len(form) <= cmp.Or(s.most, maxSignature) {
			s.parts = append(s.parts, form)
			return
		}
	}
	s.cut = true
}

func (s *signature) text() string {
	if s.cut {
		s.parts = append(s.parts, "…")
	}
	return "(" + strings.Join(s.parts, ", ") + ")"
}

// choose tells arguments of which one, or one group, must be given, where that is short.
func (s *signature) choose(r *Requirements) {
	for _, part := range append([]*Requirements{r}, r.AllOf...) {
		var groups []string
		nested := false // members of objects are told with their object
		for _, names := range part.AnyOf {
			nested = nested || strings.Contains(strings.Join(names, " "), ".")
			groups = append(groups, strings.Join(argumentNames(names), "+"))
		}
		words := strings.Join(groups, " or ")
		if len(groups) == 0 || len(words) > maxChoice || nested {
			continue
		}
		s.parts = append(s.parts, words)
		if s.told == nil {
			s.told = map[string]bool{}
		}
		for _, name := range slices.Concat(part.AnyOf...) {
			s.told[name] = true
		}
	}
}

func argumentNames(params []string) []string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = ArgumentName(p)
	}
	return names
}

// orderOptional are the optional parameters in the order of their worth: those that a rule
// speaks of, the one that names a connector, the size of a page, the vendor's, then ours.
// What goes on with a list comes from its answer and is not told.
func orderOptional(a *Action, params []*Parameter, extra int) []*Parameter {
	worth := map[*Parameter]int{}
	var list []*Parameter
	for i, p := range params {
		if p.Required || p.Unlisted || a.formatOf(p) == formatCursor || a.pagesBy(p) {
			continue
		}
		switch ours := i >= len(params)-extra; {
		case a != nil && a.Requirements.mentions(p.Name):
			worth[p] = 0
		case ours && strings.HasSuffix(p.Name, "connector"):
			worth[p] = 1
		case a.formatOf(p) == formatPageSize:
			worth[p] = 2
		case ours:
			worth[p] = 4
		default:
			worth[p] = 3
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(p, q *Parameter) int { return cmp.Compare(worth[p], worth[q]) })
	return list
}

// pagesBy reports whether a parameter says which page is wanted.
func (a *Action) pagesBy(p *Parameter) bool {
	return a != nil && a.Pagination != nil && a.Pagination.uses(p.Name) && p.Name != a.Pagination.LimitParam
}

// mentions reports whether a rule speaks of a parameter.
func (r *Requirements) mentions(name string) bool {
	if r == nil {
		return false
	}
	is := func(at string) bool { return at == name || strings.HasPrefix(at, name+".") }
	return slices.ContainsFunc(slices.Concat(r.AnyOf...), is) ||
		slices.ContainsFunc(r.AllOf, func(part *Requirements) bool { return part.mentions(name) }) ||
		slices.ContainsFunc(r.When, func(c Condition) bool { return is(c.Param) || slices.ContainsFunc(c.Require, is) })
}

// argument is a parameter's name with what its value looks like, where the name does not
// say it.
func (a *Action) argument(p *Parameter) string {
	name := ArgumentName(p.Name)
	if !p.Required {
		name += "?"
	}
	if form := a.form(p); form != "" {
		name += ": " + form
	}
	return name
}

// form is what a value looks like, "" for one that is written as it is.
func (a *Action) form(p *Parameter) string {
	switch format := a.formatOf(p); {
	case len(p.Enum) > 0:
		return enumForm(p)
	case format == formatDateTime, format == formatDate:
		return format
	case format == formatUnixSeconds, format == formatUnixMillis:
		return "unix"
	case format == formatJSON:
		return "JSON text"
	case p.Type == "array" && p.Items != nil:
		if form := (*Action)(nil).form(p.Items); form != "" || p.Required {
			return "[" + form + "]"
		}
	case p.Type == "object":
		return objectForm(p)
	}
	return ""
}

// enumForm is the values, if they are few and short; of an argument that must be given,
// the first of them at least.
func enumForm(p *Parameter) string {
	var values []string
	length := 0
	for _, v := range withoutNull(p.Enum) {
		value := fmt.Sprint(v)
		if length += len(value) + 1; length > maxForm {
			if !p.Required {
				return ""
			}
			values = append(values, "…")
			break
		}
		values = append(values, value)
	}
	return strings.Join(values, "|")
}

// objectForm is the members of an object, as many as there is room for.
func objectForm(p *Parameter) string {
	if len(p.Properties) == 0 {
		return "{}"
	}
	s := signature{}
	for _, required := range []bool{true, false} {
		for _, q := range p.Properties {
			if q.Required == required {
				s.member(q)
			}
		}
	}
	text := s.text()
	return "{" + text[1:len(text)-1] + "}"
}

func (s *signature) member(q *Parameter) {
	name := q.Name
	if !q.Required {
		name += "?"
	}
	if s.length()+len(name) > maxForm && !q.Required {
		s.cut = true
	}
	if !s.cut {
		s.parts = append(s.parts, name)
	}
}

// SearchGrammar tells once what the signatures of searches leave out.
const SearchGrammar = `filter: list of {"field","op","value"} that must all hold, any_of: one of them; ` +
	"op: eq, neq, gt, gte, lt, lte, in (`a,b`), contains, like (%), fuzzy, empty, filled; sort: `field` or `-field`"

// signature is that of a search over the fields. The likeliest to be compared come first.
func (s *searchFields) signature(extra []*Parameter) string {
	args := signature{parts: []string{"filter: field op value", "any_of?", "sort?", "limit?", "fields?"}}
	for _, p := range toldOf(extra) {
		args.parts = append(args.parts, (*Action)(nil).argument(p))
	}
	first, _, _ := s.exampleCondition()
	fields := signature{parts: []string{first.short()}, most: maxFields}
	for i := range s.list {
		if f := &s.list[i]; f != first && f.kind() != "" {
			fields.optional(f.short())
		}
	}
	text := fields.text()
	return args.text() + " on: " + text[1:len(text)-1]
}

// short is a field's name, with its values where they are few and short.
func (f *searchField) short() string {
	if values := strings.Join(f.values, "|"); values != "" && len(values) <= maxForm {
		return f.name + ": " + values
	}
	return f.name
}
