package identity

import (
	"net/http"
	"slices"
	"strings"
)

// AllScopes stands for all scopes of tools in the Challenge of Scopes.
const AllScopes = "all"

// Scopes names the OAuth scopes that allow tools. The zero Scopes asks for
// airbyte:read, airbyte:write and airbyte:delete.
type Scopes struct {
	Off    bool   // a token needs no scope, and none limits it
	Read   string // allows the effect read
	Write  string // allows create, update and write
	Delete string // allows delete

	// Challenge are the scopes to ask for first, of a caller that sends no credential or a
	// token without scopes; "all" stands for Read, Write and Delete. Nil for Read alone.
	Challenge []string
}

func (s Scopes) orDefault() Scopes {
	if s.Read == "" {
		s.Read = "airbyte:read"
	}
	if s.Write == "" {
		s.Write = "airbyte:write"
	}
	if s.Delete == "" {
		s.Delete = "airbyte:delete"
	}
	return s
}

// Names lists the scopes for the metadata of the resource; none if they are off.
func (s Scopes) Names() []string {
	if s.Off {
		return nil
	}
	s = s.orDefault()
	return distinct([]string{s.Read, s.Write, s.Delete})
}

// First are the scopes to ask for first.
func (s Scopes) First() []string {
	if len(s.Challenge) == 0 {
		return s.Names()[:min(1, len(s.Names()))]
	}
	var list []string
	for _, scope := range s.Challenge {
		if scope == AllScopes {
			list = append(list, s.Names()...)
		} else {
			list = append(list, scope)
		}
	}
	return distinct(list)
}

// Check refuses with 403 where a caller's effects do not allow a tool's effect. The
// challenge has the scope that is missing and those that the caller has: clients ask for
// exactly what a challenge names, and would lose the others.
func (s Scopes) Check(held Effects, effect string) error {
	if held.Allows(effect) {
		return nil
	}
	missing := s.For(effect)
	var ask []string
	for _, of := range []string{"read", "write", "delete"} {
		if scope := s.For(of); scope == missing || held.Allows(of) {
			ask = append(ask, scope)
		}
	}
	for _, scope := range s.First() { // such as offline_access, which would be lost too
		if !slices.Contains(s.Names(), scope) {
			ask = append(ask, scope)
		}
	}
	return lackOf(missing, distinct(ask))
}

// For is the scope that allows an effect. An effect that is not known counts as a write.
func (s Scopes) For(effect string) string {
	s = s.orDefault()
	switch effect {
	case "read":
		return s.Read
	case "delete":
		return s.Delete
	}
	return s.Write
}

// effects are what the scopes of a token allow; a token with none of ours is refused.
func (s Scopes) effects(c claims) (Effects, error) {
	if s.Off {
		return nil, nil
	}
	s = s.orDefault()
	has := append(c.words("scope"), c.words("scp")...)
	allowed := Effects{}
	for _, one := range []struct {
		scope   string
		effects []string
	}{{s.Read, []string{"read"}}, {s.Write, []string{"create", "update", "write"}}, {s.Delete, []string{"delete"}}} {
		if slices.Contains(has, one.scope) {
			allowed = append(allowed, one.effects...)
		}
	}
	if len(allowed) == 0 {
		return nil, lackOf(s.Read, s.First())
	}
	return allowed, nil
}

// lackOf refuses a token without a scope, and says for which to ask.
func lackOf(scope string, ask []string) *Refusal {
	words := strings.Join(ask, " ")
	return &Refusal{
		Status: http.StatusForbidden, Code: InsufficientScope, Scope: words,
		Description: "the token lacks a scope, " + scope + ": ask the authorization server for " + words,
	}
}

// distinct leaves the first of equal texts.
func distinct(list []string) []string {
	var left []string
	for _, text := range list {
		if !slices.Contains(left, text) {
			left = append(left, text)
		}
	}
	return left
}

// words reads a claim of words: a text with spaces between them, or an array.
func (c claims) words(name string) []string {
	switch value := c[name].(type) {
	case string:
		return strings.Fields(value)
	case []any:
		return texts(value)
	}
	return nil
}
