package setup

import (
	"errors"
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// InferMethod finds the one method whose required fields are all among the names,
// which may be those of the direct interface or of the stored configuration. Names
// of settings and unknown ones do not count. The error lists the methods and their
// keys if none fits, and those that fit if several do.
func (s *Setup) InferMethod(names []string) (string, error) {
	m, err := s.infer(names)
	if err != nil || m == nil {
		return "", err
	}
	return m.Name, nil
}

// infer is InferMethod; it returns no method for a type that has none, or that
// needs none when no credential is named.
func (s *Setup) infer(names []string) (*Method, error) {
	names = s.credentialNames(names)
	if len(s.Methods) == 0 || s.optional && len(names) == 0 {
		return nil, nil
	}
	if len(s.Methods) == 1 {
		return &s.Methods[0], nil
	}
	fitting := s.methodsThat(func(m *Method) bool { return m.complete(names) && m.knows(names) })
	if len(fitting) > 1 {
		// A key may be a field of one method and the stored name of another's.
		if direct := slices.DeleteFunc(slices.Clone(fitting), func(m *Method) bool { return !m.spells(names) }); len(direct) > 0 {
			fitting = direct
		}
	}
	if len(fitting) == 0 && s.closest(names) == nil {
		fitting = s.methodsThat(func(m *Method) bool { return m.complete(names) })
	}
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		return nil, errors.New("no method has all its keys; give those of one: " + listMethods(s.methodsThat(func(*Method) bool { return true })))
	default:
		return nil, errors.New("several methods fit the keys; name one, or give the keys of one only: " + listMethods(fitting))
	}
}

// closest is the only method that knows all of the names, though it may need more;
// nil if there is none.
func (s *Setup) closest(names []string) *Method {
	names = s.credentialNames(names)
	if len(names) == 0 {
		return nil
	}
	knowing := s.methodsThat(func(m *Method) bool { return m.knows(names) })
	if len(knowing) != 1 {
		return nil
	}
	return knowing[0]
}

// method finds a method by its name or title.
func (s *Setup) method(name string) *Method {
	for i, m := range s.Methods {
		if m.Name == name {
			return &s.Methods[i]
		}
	}
	like := s.methodsThat(func(m *Method) bool { return strings.EqualFold(m.Name, name) || strings.EqualFold(m.Title, name) })
	if len(like) != 1 {
		return nil
	}
	return like[0]
}

// credentialNames keeps the names that a method knows.
func (s *Setup) credentialNames(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !s.knowsCredential(name) })
}

func (s *Setup) knowsCredential(name string) bool {
	return slices.ContainsFunc(s.Methods, func(m Method) bool { return m.field(name) != nil })
}

// isSecret reports whether a method has a secret of that name.
func (s *Setup) isSecret(name string) bool {
	return slices.ContainsFunc(s.Methods, func(m Method) bool { f := m.field(name); return f != nil && f.Secret })
}

func (s *Setup) methodsThat(fit func(*Method) bool) []*Method {
	var list []*Method
	for i := range s.Methods {
		if fit(&s.Methods[i]) {
			list = append(list, &s.Methods[i])
		}
	}
	return list
}

// complete reports whether all required fields are named.
func (m *Method) complete(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(m.Fields, func(f Field) bool {
		return f.Required && !slices.ContainsFunc(names, func(name string) bool {
			named := m.field(name)
			return named != nil && named.Name == f.Name
		})
	})
}

// knows reports whether each name is one of the method's.
func (m *Method) knows(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return m.field(name) == nil })
}

// spells reports whether each name is that of a field itself.
func (m *Method) spells(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return fieldNamed(m.Fields, name) == nil })
}

// isDiscriminator reports whether a name is a constant of the stored configuration
// by which older callers chose the method.
func (s *Setup) isDiscriminator(name string) bool {
	if name == "auth_type" || name == "credentials_title" {
		return true
	}
	return slices.ContainsFunc(s.Methods, func(m Method) bool {
		return slices.ContainsFunc(m.constants, func(c schemas.ConfigAssign) bool { return c.Path == name || leaf(c.Path) == name })
	})
}

func (s *Setup) methodNames() []string {
	names := make([]string, len(s.Methods))
	for i, m := range s.Methods {
		names[i] = m.Name
	}
	return names
}

// listMethods words methods as "OAuth (githubOAuth): access_token; …".
func listMethods(methods []*Method) string {
	words := make([]string, len(methods))
	for i, m := range methods {
		words[i] = m.Title + " (" + m.Name + "): " + m.keys()
	}
	return strings.Join(words, "; ")
}

// keys lists what a method takes.
func (m *Method) keys() string {
	var required, optional []string
	for _, f := range m.Fields {
		if f.Required {
			required = append(required, f.Name)
		} else {
			optional = append(optional, f.Name)
		}
	}
	words := strings.Join(required, ", ")
	if len(optional) > 0 {
		words = strings.TrimPrefix(words+", optionally ", ", ") + strings.Join(optional, ", ")
	}
	return words
}
