package config

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
)

// toolsetMark begins the name of a toolset where globs are expected.
const toolsetMark = "@"

// resolveToolsets puts the globs of toolsets in the places of their names.
func (s *Settings) resolveToolsets() error {
	var problems []error
	for name, list := range map[string]*[]string{"tools": &s.Tools, "exclude-tools": &s.ExcludeTools, "pin": &s.Pin} {
		resolved, err := s.Toolset(*list)
		problems = append(problems, s.at(name, err))
		*list = resolved
	}
	return errors.Join(problems...)
}

// Toolset returns a list of globs, nil for an empty one, with @NAME replaced by the toolset of that name.
func (s *Settings) Toolset(list []string) ([]string, error) {
	var globs []string
	for _, item := range list {
		name, named := strings.CutPrefix(item, toolsetMark)
		if !named {
			globs = append(globs, item)
			continue
		}
		set, ok := s.Toolsets[name]
		if !ok {
			names := slices.Sorted(maps.Keys(s.Toolsets))
			return nil, fmt.Errorf("unknown toolset %q%s: toolsets are named in the config file", item, nearest.Hint(name, names))
		}
		for glob := range strings.SplitSeq(set, ",") {
			if glob = strings.TrimSpace(glob); glob != "" {
				globs = append(globs, glob)
			}
		}
	}
	return globs, nil
}

// checkGlob refuses a pattern that can match nothing because it is malformed.
func checkGlob(glob string) error {
	if _, err := path.Match(glob, ""); err != nil {
		return fmt.Errorf("%q: want the name of a tool, in which * and ? match anything, or @NAME for a toolset", glob)
	}
	return nil
}

func checkEffect(name string) error {
	if !slices.Contains([]string{"read", "write", "delete"}, strings.ToLower(name)) {
		return fmt.Errorf("%q: want read, write (creates and updates) or delete", name)
	}
	return nil
}
