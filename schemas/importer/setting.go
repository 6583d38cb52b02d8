package importer

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// config translates what is asked for beside credentials.
func (r *reader) config(info *node, auth []schemas.AuthOption) schemas.Config {
	made := schemas.Config{Environment: r.environment(info, auth), Scoping: r.scoping(info)}
	replication := r.object(info, "x-airbyte-replication-config")
	if props := r.object(replication, "properties"); props != nil {
		made.Replication = r.settings(props, r.names(replication, "required"))
	}
	made.Constants = r.constants(replication, made.Replication)
	return made
}

// settings translates the properties of a form, the required ones first.
func (r *reader) settings(props *node, required []string) []schemas.Setting {
	made := make([]schemas.Setting, 0, len(props.pairs))
	needed := map[string]bool{}
	for _, name := range required {
		needed[name] = true
	}
	for _, p := range props.pairs {
		if !r.spend(1) {
			break
		}
		s := schemas.Setting{
			Name:        p.name,
			Type:        cmp.Or(r.text(p.value, "type"), "string"),
			Description: words(cmp.Or(r.text(p.value, "description"), r.text(p.value, "title"))),
			Required:    needed[p.name],
			Format:      r.text(p.value, "format"),
			Pattern:     r.usable(r.text(p.value, "pattern")),
			Default:     r.raw(p.value.get("default")),
			Enum:        values(r.choices(p.value, "enum")),
		}
		if items := r.object(p.value, "items"); items != nil {
			s.Items = r.parameter("", items, nil)
		}
		made = append(made, s)
	}
	sortSettings(made)
	return made
}

func sortSettings(settings []schemas.Setting) {
	slices.SortFunc(settings, func(a, b schemas.Setting) int {
		return cmp.Or(last(!a.Required, !b.Required), cmp.Compare(a.Name, b.Name))
	})
}

// constants marks the settings that the platform fills in, and lists what it sets
// beside them.
func (r *reader) constants(replication *node, settings []schemas.Setting) []json.RawMessage {
	set := r.object(replication, "replication_config_constants")
	if set == nil {
		return nil
	}
	var others []json.RawMessage
	for _, p := range set.pairs {
		value := relativeTime(p.value.scalar())
		if value == nil {
			value = r.raw(p.value)
		}
		i := slices.IndexFunc(settings, func(s schemas.Setting) bool { return s.Name == p.name })
		if i >= 0 {
			settings[i].SystemSet = value
			continue
		}
		others = append(others, encode(struct {
			Name  string          `json:"name"`
			Value json.RawMessage `json:"value"`
		}{p.name, value}))
	}
	return others
}

// environment translates the variables of the vendor's address.
func (r *reader) environment(info *node, auth []schemas.AuthOption) []schemas.Setting {
	servers := r.items(r.root, "servers")
	if len(servers) == 0 {
		return nil
	}
	address, variables := r.text(servers[0], "url"), r.object(servers[0], "variables")
	if variables == nil {
		return nil
	}
	filled := r.filledVariables(info, auth)
	made := make([]schemas.Setting, 0, len(variables.pairs))
	for _, p := range variables.pairs {
		s := schemas.Setting{
			Name:        p.name,
			Type:        "string",
			Description: words(r.text(p.value, "description")),
			Enum:        values(r.choices(p.value, "enum")),
			Default:     r.raw(p.value.get("default")),
			SetFrom:     filled[p.name],
		}
		if s.Enum == nil && s.SetFrom == nil && standIn(address, p.name, r.text(p.value, "default")) {
			s.Default, s.Required = nil, true
		}
		made = append(made, s)
	}
	slices.SortFunc(made, func(a, b schemas.Setting) int { return cmp.Compare(a.Name, b.Name) })
	return made
}

var (
	sample  = lazyregexp.New(`(?i)[{}<>]|^$|your|example|sample|placeholder|^my[-_.]?`)
	ownName = lazyregexp.New(`(?i)^(sub_?domain|domain|site|shop|store|tenant|account|company|workspace|organization|` +
		`instance)(_name|_id)?$`)
)

// standIn reports whether a default is only there because OpenAPI wants one: a
// sample, or any name for what each customer has an own name of, at the beginning
// of an address.
func standIn(address, name, value string) bool {
	return sample.MatchString(value) || strings.EqualFold(name, value) ||
		ownName.MatchString(name) && strings.Contains(address, "//{"+name+"}.")
}

// filledVariables are the variables that nobody is asked for, with what fills them:
// the answer of the token endpoint, or a part of a credential.
func (r *reader) filledVariables(info *node, auth []schemas.AuthOption) map[string]json.RawMessage {
	filled := map[string]json.RawMessage{}
	if schemes := r.root.get("components", "securitySchemes"); schemes != nil {
		for _, p := range schemes.pairs {
			for _, name := range r.names(p.value, "x-airbyte-token-extract") {
				filled[name] = json.RawMessage(`"oauth_token_response"`)
			}
		}
	}
	for _, rule := range r.items(r.object(info, "x-airbyte-config-normalization"), "rules") {
		transform := r.object(rule, "transform")
		if transform.get("type").scalar() == "suffix" {
			filled[r.text(rule, "target")] = encode(map[string]string{
				"credential":   credentialAt(auth, r.text(rule, "source")),
				"suffix_after": r.text(transform, "delimiter"),
			})
		}
	}
	return filled
}

// credentialAt is the field that is stored at a path.
func credentialAt(auth []schemas.AuthOption, path string) string {
	for _, option := range auth {
		for _, stored := range option.Hosted.SourceConfig {
			if stored.Path == path {
				return stored.Field
			}
		}
	}
	return path
}

// scoping lists the parameters that fall back to a value of the configuration.
func (r *reader) scoping(info *node) []schemas.Scoping {
	var made []schemas.Scoping
	for _, n := range r.items(info, "x-airbyte-scoping") {
		param := r.required(n, "param")
		made = append(made, schemas.Scoping{Param: param, ConfigKey: cmp.Or(r.text(n, "config_key"), param)})
	}
	slices.SortFunc(made, func(a, b schemas.Scoping) int { return cmp.Compare(a.Param, b.Param) })
	return made
}
