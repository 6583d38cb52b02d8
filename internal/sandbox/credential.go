package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/schemas"
)

// discriminators are keys by which older clients chose a scheme.
var discriminators = []string{"auth_type", "credentials_title"}

// placeCredentials finds the authentication scheme that credentials fit and puts
// them where the stored configuration has them. Callers may use the keys of the
// direct interface or those of the stored configuration.
func placeCredentials(spec *schemas.Connector, credentials map[string]any, strict bool) (map[string]any, error) {
	scheme := findScheme(spec, credentials)
	if scheme == nil || strict && hasAny(credentials, discriminators) {
		return nil, problem.BadRequest("Credentials do not match any auth scheme. Provided keys: %s. Available schemes: %s",
			problem.PyList(jsonvalue.SortedKeys(credentials)), schemeNames(spec))
	}
	config := map[string]any{}
	for _, p := range scheme.Hosted.SourceConfig {
		if value, ok := credentialFor(credentials, p); ok {
			jsonvalue.SetPath(config, p.Path, value)
		}
	}
	for _, c := range scheme.Hosted.Constants {
		if value, ok := constantValue(c); ok {
			jsonvalue.SetPath(config, c.Path, value)
		}
	}
	return config, nil
}

func hasAny(m map[string]any, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { _, ok := m[key]; return ok })
}

// findScheme is the scheme for which all required keys are present; the one with
// most matching keys if there are several, and none if that does not decide.
func findScheme(spec *schemas.Connector, credentials map[string]any) *schemas.AuthOption {
	var best *schemas.AuthOption
	most := 0
	for i, option := range spec.Auth {
		matching, complete := 0, true
		for _, f := range option.Fields {
			_, given := credentialFor(credentials, pathOf(option, f.Name))
			if given {
				matching++
			}
			complete = complete && (given || !f.Required)
		}
		switch {
		case complete && matching > most:
			best, most = &spec.Auth[i], matching
		case complete && matching == most:
			best = nil
		}
	}
	return best
}

// pathOf is where a scheme stores a field; fields without a place keep their name.
func pathOf(option schemas.AuthOption, field string) schemas.ConfigPath {
	for _, p := range option.Hosted.SourceConfig {
		if p.Field == field {
			return p
		}
	}
	return schemas.ConfigPath{Path: field, Field: field}
}

// credentialFor takes a credential under either of its names.
func credentialFor(credentials map[string]any, p schemas.ConfigPath) (any, bool) {
	if value, ok := credentials[p.Field]; ok && value != nil {
		return value, true
	}
	value, ok := credentials[p.Path[strings.LastIndexByte(p.Path, '.')+1:]]
	return value, ok && value != nil
}

func schemeNames(spec *schemas.Connector) string {
	var names []string
	for _, option := range spec.Auth {
		var keys []string
		for _, f := range option.Fields {
			if f.Required {
				keys = append(keys, f.Name)
			}
		}
		names = append(names, fmt.Sprintf("%s (%s)", option.Name, strings.Join(keys, ", ")))
	}
	return strings.Join(names, ", ")
}

// mapped reports whether a stored configuration can be mapped back to a scheme,
// which the executor needs.
func mapped(spec *schemas.Connector, config map[string]any) bool {
	if len(spec.Auth) == 0 {
		return true
	}
	return slices.ContainsFunc(spec.Auth, func(option schemas.AuthOption) bool {
		for _, f := range option.Fields {
			if f.Required && jsonvalue.PathValue(config, pathOf(option, f.Name).Path) == nil {
				return false
			}
		}
		return true
	})
}

// sampleCredentials are those of the seeded connectors.
func sampleCredentials(spec *schemas.Connector) map[string]any {
	if len(spec.Auth) == 0 {
		return map[string]any{}
	}
	option := spec.Auth[len(spec.Auth)-1]
	credentials := map[string]any{}
	for _, f := range option.Fields {
		credentials[f.Name] = "sandbox-" + strings.ReplaceAll(f.Name, "_", "-")
	}
	config, err := placeCredentials(spec, credentials, false)
	if err != nil {
		return map[string]any{}
	}
	return config
}

const mask = "**********"

// masked is a configuration with its secrets hidden.
func masked(spec *schemas.Connector, config map[string]any) map[string]any {
	out := jsonvalue.Overlay(nil, config)
	secret := map[string]bool{}
	for _, option := range spec.Auth {
		for _, f := range option.Fields {
			if f.Secret {
				secret[pathOf(option, f.Name).Path] = true
				secret[f.Name] = true
			}
		}
	}
	for _, s := range append(slices.Clone(spec.Config.Environment), spec.Config.Replication...) {
		secret[s.Name] = secret[s.Name] || s.Secret
	}
	maskPaths(out, "", secret)
	return out
}

func maskPaths(config map[string]any, prefix string, secret map[string]bool) {
	for key, value := range config {
		path := prefix + key
		if inner, ok := value.(map[string]any); ok {
			inner = jsonvalue.Overlay(nil, inner)
			maskPaths(inner, path+".", secret)
			config[key] = inner
		} else if secret[path] || secret[key] {
			config[key] = mask
		}
	}
}

// rejected reports whether the vendor refuses the stored credentials: those that
// contain the word invalid stand for wrong ones.
func rejected(config any) bool {
	switch v := config.(type) {
	case map[string]any:
		for key, inner := range v {
			if key != "repositories" && rejected(inner) {
				return true
			}
		}
	case string:
		return strings.Contains(strings.ToLower(v), "invalid")
	}
	return false
}
