package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
)

// maxTypos is how many letters a near miss may differ by.
const maxTypos = 2

// unknownKey names the keys that may have been meant, or else all of them.
func unknownKey(name string, keys map[string]key) error {
	switch name {
	case "config":
		return errors.New("config cannot stand in the config file: use --config or AIRBYTE_MCP_CONFIG")
	case "env-file":
		return errors.New("env-file cannot stand in the config file: use --env-file or AIRBYTE_MCP_ENV_FILE")
	}
	var near []string
	for _, candidate := range slices.Sorted(maps.Keys(keys)) {
		if isNear(name, candidate, keys[candidate].vars) {
			near = append(near, candidate)
		}
	}
	if len(near) > 0 {
		return fmt.Errorf("unknown key %q: did you mean %s?", name, strings.Join(near, " or "))
	}
	return fmt.Errorf("unknown key %q: the keys are %s", name, strings.Join(slices.Sorted(maps.Keys(keys)), ", "))
}

// isNear reports whether name is candidate in another spelling, one of its
// environment names, its beginning, or a few typos away.
func isNear(name, candidate string, vars []string) bool {
	n, c := fold(name), fold(candidate)
	if slices.ContainsFunc(vars, func(v string) bool { return fold(v) == n }) {
		return true
	}
	return n != "" && (strings.HasPrefix(c, n) || nearest.Distance(n, c) <= maxTypos)
}

// fold drops what read_only, readOnly and read-only differ in.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}
