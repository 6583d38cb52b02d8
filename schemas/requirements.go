package schemas

import (
	"fmt"
	"strings"
)

// rule finds what is wrong between arguments. It is asked even if single arguments
// do not fit, so that a caller learns of everything at once.
type rule func(args map[string]any) []Fault

// ruleOf is the rule that an action's requirements state.
func (a *Action) ruleOf(r *Requirements) rule {
	var rules []rule
	if len(r.AnyOf) > 0 {
		rules = append(rules, a.choiceOf(r))
	}
	for _, part := range r.AllOf {
		rules = append(rules, a.ruleOf(part))
	}
	for _, c := range r.When {
		rules = append(rules, a.conditional(c))
	}
	return func(args map[string]any) []Fault {
		var faults []Fault
		for _, check := range rules {
			faults = append(faults, check(args)...)
		}
		return faults
	}
}

// choiceOf demands a complete group of arguments; of exclusive groups, no argument
// of any other group beside it.
func (a *Action) choiceOf(r *Requirements) rule {
	groups := make([]group, len(r.AnyOf))
	for i, names := range r.AnyOf {
		for _, name := range names {
			groups[i] = append(groups[i], a.place(name))
		}
	}
	words := wordChoice(groups, r.Exclusive)
	return func(args map[string]any) []Fault {
		complete, touched := 0, 0
		for _, g := range groups {
			given := g.given(args)
			if given == len(g) {
				complete++
			}
			if given > 0 {
				touched++
			}
		}
		if complete == 0 || r.Exclusive && touched > 1 {
			return []Fault{{Problem: words}}
		}
		return nil
	}
}

// conditional demands arguments where another one has a certain value.
func (a *Action) conditional(c Condition) rule {
	when := a.place(c.Param)
	var required group
	for _, name := range c.Require {
		required = append(required, a.place(name))
	}
	equals := QuoteAll([]any{c.Equals})
	words := fmt.Sprintf("is required when `%s` is %s", when, equals)
	return func(args map[string]any) []Fault {
		if QuoteAll([]any{when.value(args)}) != equals {
			return nil
		}
		var faults []Fault
		for _, p := range required {
			if p.value(args) == nil {
				faults = append(faults, Fault{p.String(), words})
			}
		}
		return faults
	}
}

// place is where an argument is: its name, and the steps into it.
type place []string

// place finds a parameter that a requirement names: a whole parameter, dots and
// all, or a dotted path into one.
func (a *Action) place(name string) place {
	for _, p := range a.Params {
		if p.Name == name {
			return place{ArgumentName(name)}
		}
	}
	steps := strings.Split(name, ".")
	steps[0] = ArgumentName(steps[0])
	return steps
}

func (p place) String() string { return strings.Join(p, ".") }

// value is the argument at the place, nil if it was not given, or is null.
func (p place) value(args map[string]any) any {
	var value any = args
	for _, step := range p {
		object, _ := value.(map[string]any)
		value = object[step]
	}
	return value
}

// group is arguments that belong together.
type group []place

func (g group) given(args map[string]any) int {
	count := 0
	for _, p := range g {
		if p.value(args) != nil {
			count++
		}
	}
	return count
}

func (g group) String() string {
	words := make([]string, len(g))
	for i, p := range g {
		words[i] = "`" + p.String() + "`"
	}
	return strings.Join(words, " with ")
}

func wordChoice(groups []group, exclusive bool) string {
	words := make([]string, len(groups))
	for i, g := range groups {
		words[i] = g.String()
	}
	number := "at least one"
	switch {
	case len(groups) == 1:
		return "needs " + words[0]
	case exclusive:
		number = "exactly one"
	}
	return fmt.Sprintf("needs %s of %s", number, strings.Join(words, ", "))
}
