package schemas

import (
	"encoding/json"
	"slices"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	// fewValues is how many elements and members are left to the validator without a look.
	fewValues = 256
	// mostUnfit is how many of the others may be wrong before the rest is left unread. The
	// validator makes an error of a few hundred bytes of each.
	mostUnfit = 1000
	// mostBecame is how many values of one call are taken for values of another type.
	mostBecame = 10_000
)

// fitLimit bounds what the arguments of one call make the validator say. What is wrong in
// too many places is cut behind them; such a call is refused in any case.
type fitLimit struct {
	seen   int
	unfit  int
	became int // values that were taken for others
	found  *FaultList
	pulse  *pulse

	bare        map[*validator.Schema][]string // see bareTypes
	looksInside bool                           // there is a check of what arguments of no schema hold
}

// isCut reports whether further elements are left unread.
func (l *fitLimit) isCut() bool { return l.unfit > mostUnfit || l.pulse.isOver() }

// bareTypes are the types of scalar values that fit a schema whatever they say.
func (l *fitLimit) bareTypes(s *validator.Schema) []string {
	types, known := l.bare[s]
	if known {
		return types
	}
	for _, a := range alternatives(s) {
		if isBareType(a) {
			types = append(types, a.Types.ToStrings()...)
		}
	}
	if l.bare == nil {
		l.bare = map[*validator.Schema][]string{}
	}
	l.bare[s] = types
	return types
}

// look looks at an element that has been read. It reports whether the element is known to
// fit, and whether it is left out, since it does not fit as too many before it did not. before
// is how many values were seen when the element began: what is within a large one has been
// looked at.
func (l *fitLimit) look(s *validator.Schema, value any, before int) (fits, isLeftOut bool) {
	inner := l.seen - before
	if l.seen++; l.seen <= fewValues || inner > fewValues/4 {
		return false, false
	}
	if l.fits(s, value) {
		return true, false
	}
	if l.unfit++; !l.isCut() {
		return false, false
	}
	l.found.cut()
	return false, true
}

// skipsMember reports whether a member is left out that an object must not have, as too many
// before it.
func (l *fitLimit) skipsMember(s *validator.Schema, name string) bool {
	if l.pulse.isOver() {
		return true
	}
	if l.seen++; l.seen <= fewValues || !isClosed(s) || propertySchema(s, name) != nil {
		return false
	}
	if l.unfit++; !l.isCut() {
		return false
	}
	l.found.count()
	return true
}

// isClosed reports whether an object can have only the members that its schema names.
func isClosed(s *validator.Schema) bool {
	closed := false
	for _, a := range alternatives(s) {
		switch {
		case a.Types != nil && !slices.Contains(a.Types.ToStrings(), "object"):
		case a.AdditionalProperties == false:
			closed = true
		default:
			return false
		}
	}
	return closed
}

// fits reports whether a value fits. Most schemas ask for a type only.
func (l *fitLimit) fits(s *validator.Schema, value any) bool {
	kind := ""
	switch value.(type) {
	case string:
		kind = "string"
	case json.Number:
		kind = "number"
	case bool:
		kind = "boolean"
	}
	return slices.Contains(l.bareTypes(s), kind) || s.Validate(value) == nil
}

// isPlainList reports whether what fits in a list needs no further look at it.
func isPlainList(s *validator.Schema) bool {
	return !slices.ContainsFunc(alternatives(s), func(a *validator.Schema) bool {
		return a.UniqueItems || a.MinItems != nil || a.MaxItems != nil || a.Contains != nil || len(a.PrefixItems) > 0
	})
}

// isBareType reports whether a schema asks for a type and nothing else of a scalar value.
func isBareType(s *validator.Schema) bool {
	return s.Types != nil && s.Enum == nil && s.Const == nil && s.Format == nil && s.Pattern == nil &&
		s.MinLength == nil && s.MaxLength == nil && s.Minimum == nil && s.Maximum == nil &&
		s.ExclusiveMinimum == nil && s.ExclusiveMaximum == nil && s.MultipleOf == nil && s.Not == nil &&
		len(s.AllOf)+len(s.OneOf) == 0
}
