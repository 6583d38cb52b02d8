package identity

import (
	"net/http"
	"slices"
	"strings"
)

// Scopes names the OAuth scopes that allow tools. The zero Scopes asks for
// airbyte:read, airbyte:write and airbyte:delete.
type Scopes struct {
	Off    bool   // a token needs no scope, and none limits it
	Read   string // allows the effect read
	Write  string // allows create, update and write
	Delete string // allows delete
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
	return slices.Compact([]string{s.Read, s.Write, s.Delete})
}

// Check refuses with 403 and the scope that is missing where a caller's effects do
// not allow a tool's effect.
func (s Scopes) Check(allowed Effects, effect string) error {
	if allowed.Allows(effect) {
		return nil
	}
	return s.missing(s.For(effect))
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
		return nil, s.missing(s.Read)
	}
	return allowed, nil
}

func (Scopes) missing(scope string) *Refusal {
	return &Refusal{
		Status: http.StatusForbidden, Code: InsufficientScope, Scope: scope,
		Description: "the token lacks a scope: ask the authorization server for " + scope,
	}
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
