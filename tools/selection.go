package tools

import (
	"slices"
	"strconv"
)

// selection is what makes the difference between one set of tools and another.
type selection struct {
	types    []connectorType // sorted
	policy   Policy
	listing  Listing
	operator bool
}

// selectionOf is a session's, without connectors.
func selectionOf(s Session) selection {
	chosen := selection{policy: s.Policy, listing: s.Listing, operator: s.Operator}
	chosen.listing.grows = !s.Policy.namesSome()
	return chosen
}

// connectorType is a type of connector of which a workspace has one or several.
type connectorType struct {
	slug    string
	several bool
}

// admits reports whether a tool belongs to the selection.
func (s selection) admits(t *Tool) bool {
	return s.policy.Refuses(t) == "" && (s.operator || !t.Operators) && (s.listing.Surface.searches() || !t.searches())
}

// searches reports whether a surface may need the tools that find others.
func (s Surface) searches() bool { return s == Auto || s == Search }

// key is equal for selections of the same tools.
func (s selection) key() string {
	b := appendCallerKey(nil, s.policy, s.listing, s.operator)
	for _, t := range s.types {
		b = append(strconv.AppendBool(strconv.AppendQuote(b, t.slug), t.several), ' ')
	}
	return string(b)
}

// appendCallerKey writes what of a caller makes the difference between one set of tools
// and another in a workspace, but for the connectors that a policy names.
func appendCallerKey(b []byte, p Policy, l Listing, operator bool) []byte {
	b = strconv.AppendBool(b, operator)
	for level := &p; level != nil; level = level.Within {
		b = strconv.AppendBool(append(b, ';'), level.ReadOnly)
		b = appendNames(appendNames(b, level.Tools), level.Exclude)
		b = appendNames(b, level.Effects)
	}
	b = strconv.AppendQuote(append(b, ';'), string(l.Surface))
	b = strconv.AppendInt(b, int64(l.MaxTools), 10)
	b = strconv.AppendInt(append(b, ' '), int64(l.MaxTokens), 10)
	if l.Surface == Auto { // else the host makes no difference
		b = strconv.AppendQuote(append(b, ' '), l.Host.Key())
	}
	b = strconv.AppendBool(append(b, ' '), l.unlisted)
	b = strconv.AppendBool(append(b, ' '), l.grows)
	return appendNames(append(b, ' '), l.Pins)
}

// appendConnectors writes the connectors that a policy names.
func appendConnectors(b []byte, p Policy) []byte {
	for level := &p; level != nil; level = level.Within {
		b = appendNames(b, level.Connectors)
	}
	return b
}

// appendNames writes names so that no two lists are written alike.
func appendNames[T ~string](b []byte, names []T) []byte {
	for _, name := range names {
		b = append(strconv.AppendQuote(b, string(name)), ' ')
	}
	return append(b, ',')
}

// withoutIdle leaves out a tool that calls others where there is none that it could.
func withoutIdle(list []*Tool) []*Tool {
	writes := slices.ContainsFunc(list, func(t *Tool) bool { return t.Effect != Read && t.Role != Calling })
	return slices.DeleteFunc(list, func(t *Tool) bool { return t.Role == Calling && t.Effect != Read && !writes })
}
