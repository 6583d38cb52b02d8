package results

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// step is one part of a path: a member, an element or, for "*", every element.
type step struct {
	name  string
	index int
	kind  stepKind
}

type stepKind int

const (
	byName stepKind = iota
	byIndex
	every
)

// PathError reports a path that cannot be read or leads nowhere.
type PathError struct {
	Path   string
	Reason string
}

func (e *PathError) Error() string { return fmt.Sprintf("path %q: %s", e.Path, e.Reason) }

// parsePath reads a path in the manner of JSONPath: $.items[0].name, items[-1],
// ["odd key"].id, [*].user.login. The $ and the first dot may be left out.
func parsePath(path string) ([]step, error) {
	rest := strings.TrimPrefix(strings.TrimSpace(path), "$")
	var steps []step
	for first := true; rest != ""; first = false {
		var s step
		var err error
		switch {
		case rest[0] == '[':
			s, rest, err = bracket(rest)
		case rest[0] == '.' || first:
			rest = strings.TrimPrefix(rest, ".")
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			s, rest = step{name: rest[:end]}, rest[end:]
			if s.name == "*" {
				s.kind = every
			}
			if s.name == "" {
				err = fmt.Errorf("a name is missing before %q", rest)
			}
		default:
			err = fmt.Errorf("want . or [ before %q", rest)
		}
		if err != nil {
			return nil, &PathError{path, err.Error()}
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// bracket reads [n], [*], ["name"] or ['name'].
func bracket(text string) (s step, rest string, err error) {
	if len(text) > 1 && (text[1] == '"' || text[1] == '\'') {
		quote := text[1:2]
		name, after, ok := strings.Cut(text[2:], quote+"]")
		if !ok {
			return s, "", fmt.Errorf("no closing %s] after %q", quote, text)
		}
		return step{name: name}, after, nil
	}
	inner, rest, ok := strings.Cut(text[1:], "]")
	if !ok {
		return s, "", fmt.Errorf("no closing ] after %q", text)
	}
	if inner == "*" {
		return step{kind: every}, rest, nil
	}
	n, err := strconv.Atoi(inner)
	if err != nil {
		return s, "", fmt.Errorf("want a number, * or a name in quotes between [ and ], not %q", inner)
	}
	return step{index: n, kind: byIndex}, rest, nil
}

// follow goes the steps from a value.
func follow(value gjson.Result, steps []step) (gjson.Result, error) {
	for i, s := range steps {
		if s.kind == every {
			return followAll(value, steps[i+1:])
		}
		next, err := s.from(value)
		if err != nil {
			return next, err
		}
		value = next
	}
	return value, nil
}

// from goes one step.
func (s step) from(value gjson.Result) (found gjson.Result, err error) {
	switch {
	case s.kind == byIndex && value.IsArray():
		list := value.Array()
		at := s.index
		if at < 0 {
			at += len(list)
		}
		if at < 0 || at >= len(list) {
			return found, fmt.Errorf("there is no element %d: the list has %d", s.index, len(list))
		}
		return list[at], nil
	case s.kind == byName && value.IsObject():
		var names []string
		value.ForEach(func(key, member gjson.Result) bool {
			names = append(names, key.Str)
			if key.Str == s.name {
				found = member
			}
			return !found.Exists()
		})
		if !found.Exists() {
			return found, fmt.Errorf("there is no member %q; there are %s", s.name, listed(names))
		}
		return found, nil
	case s.kind == byName && value.IsArray():
		if n, err := strconv.Atoi(s.name); err == nil {
			return step{index: n, kind: byIndex}.from(value)
		}
		return found, fmt.Errorf("%q is asked of a list: name an element first, as in [0].%s, or all of them, as in [*].%s",
			s.name, s.name, s.name)
	default:
		return found, fmt.Errorf("the path goes on, but there is only a %s", kindOf(value))
	}
}

// followAll goes the steps from every element or member; those from which they
// cannot be gone are left out.
func followAll(value gjson.Result, steps []step) (gjson.Result, error) {
	if !value.IsArray() && !value.IsObject() {
		return value, fmt.Errorf("* is asked of a %s", kindOf(value))
	}
	list := []byte{'['}
	value.ForEach(func(_, element gjson.Result) bool {
		if found, err := follow(element, steps); err == nil {
			if len(list) > 1 {
				list = append(list, ',')
			}
			list = append(list, found.Raw...)
		}
		return true
	})
	return gjson.ParseBytes(append(list, ']')), nil
}

const maxListed = 40

// listed names members, but not hundreds.
func listed(names []string) string {
	more := ""
	if len(names) > maxListed {
		more = fmt.Sprintf(" and %d more", len(names)-maxListed)
		names = names[:maxListed]
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ") + more
}

// kindOf names a value's type as JSON Schema does.
func kindOf(value gjson.Result) string {
	switch {
	case value.IsArray():
		return "array"
	case value.IsObject():
		return "object"
	}
	switch value.Type {
	case gjson.String:
		return "string"
	case gjson.Number:
		return "number"
	case gjson.True, gjson.False:
		return "boolean"
	default:
		return "null"
	}
}
