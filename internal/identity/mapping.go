package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"time"
)

// Mapping makes an identity of the claims of a token that was checked.
//
// Templates are text with placeholders such as {claims.org_id} or {claims.org.id};
// the value of a claim has to be text or a whole number that can be the name of a
// workspace: at most 128 bytes, visible characters, no braces, no white space at its
// ends. Upper and lower case stay as they are.
type Mapping struct {
	Workspace  string            // template; required
	Principal  string            // template; "" for {claims.sub}
	Workspaces map[string]string // if not nil: which values of Workspace are let in, and as which workspace
	Scopes     Scopes
}

// mapper is a mapping whose templates are parsed.
type mapper struct {
	Mapping
	source    string // begins every principal
	workspace *template
	principal *template
}

// newMapper checks a mapping; kind and origin tell its principals from others'.
func newMapper(m Mapping, kind, origin string) (*mapper, error) {
	if m.Principal == "" {
		m.Principal = "{claims.sub}"
	}
	workspace, err := parseTemplate(m.Workspace, longestWorkspace)
	if err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	principal, err := parseTemplate(m.Principal, longestPrincipal)
	if err != nil {
		return nil, fmt.Errorf("principal: %w", err)
	}
	if len(principal.paths) == 0 {
		return nil, errors.New("principal: all callers would be one: use a placeholder like {claims.sub}")
	}
	m.Workspaces = maps.Clone(m.Workspaces)
	for value, name := range m.Workspaces {
		if err := checkName(name, longestWorkspace); err != nil {
			return nil, fmt.Errorf("workspaces: the workspace of %q: %w", value, err)
		}
	}
	sum := sha256.Sum256([]byte(origin))
	return &mapper{m, kind + ":" + hex.EncodeToString(sum[:8]) + ":", workspace, principal}, nil
}

// identity maps claims that end at a time, or never if that is zero.
func (m *mapper) identity(c claims, expires time.Time) (Identity, error) {
	effects, err := m.Scopes.effects(c)
	if err != nil {
		return Identity{}, err
	}
	workspace, err := m.workspace.fill(c)
	if err != nil {
		return Identity{}, forbidden("the token leads to no workspace: " + err.Error())
	}
	principal, err := m.principal.fill(c)
	if err != nil {
		return Identity{}, forbidden("the token names no caller: " + err.Error())
	}
	if workspace, err = listedWorkspace(m.Workspaces, workspace); err != nil {
		return Identity{}, err
	}
	return Identity{Principal: m.source + principal, Workspace: workspace, Effects: effects, Expires: expires}, nil
}

// listedWorkspace looks a workspace up in the operator's list, if there is one.
func listedWorkspace(list map[string]string, value string) (string, error) {
	if list == nil {
		return value, nil
	}
	name, ok := list[value]
	if !ok {
		return "", forbidden("the caller's workspace is not on the list of this server: ask its operator to add it")
	}
	return name, nil
}
