package importer

import (
	"cmp"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// auth translates the security schemes, by name.
func (r *reader) auth() []schemas.AuthOption {
	schemes := r.object(r.object(r.root, "components"), "securitySchemes")
	if schemes == nil || len(schemes.pairs) == 0 {
		return []schemas.AuthOption{r.authOption("bearer", bearer, nil)}
	}
	var options []schemas.AuthOption
	for _, p := range schemes.pairs {
		scheme := r.deref(p.value)
		if kind := r.schemeType(p.name, scheme); kind != "" {
			options = append(options, r.authOption(p.name, kind, scheme))
		}
	}
	slices.SortFunc(options, func(a, b schemas.AuthOption) int { return cmp.Compare(a.Name, b.Name) })
	return options
}

// The kinds of authentication of the catalog.
const (
	bearer = "bearer"
	basic  = "basic"
	apiKey = "api_key"
	oauth2 = "oauth2"
)

// schemeType is the catalog's name for the kind of a scheme; "" for one that is
// reported as unknown.
func (r *reader) schemeType(name string, scheme *node) string {
	declared := r.text(scheme, "type")
	switch {
	case declared == "oauth2":
		return oauth2
	case declared == "apiKey":
		return apiKey
	case declared == "http" && strings.EqualFold(r.text(scheme, "scheme"), "bearer"):
		return bearer
	case declared == "http" && strings.EqualFold(r.text(scheme, "scheme"), "basic"):
		return basic
	case scheme != nil:
		r.add(scheme.line, "security scheme %s: want type oauth2, apiKey, or http with the scheme bearer or basic", name)
	}
	return ""
}

// usualFields are asked for where a scheme does not say what it asks for.
var usualFields = map[string][]schemas.Setting{
	bearer: {{Name: "token", Required: true}},
	basic:  {{Name: "password", Required: true}, {Name: "username", Required: true}},
	apiKey: {{Name: "api_key", Required: true}},
	oauth2: {{Name: "access_token"}, {Name: "client_id"}, {Name: "client_secret"}, {Name: "refresh_token"}},
}

func (r *reader) authOption(name, kind string, scheme *node) schemas.AuthOption {
	option := schemas.AuthOption{Name: name, Type: kind}
	asked := r.object(scheme, "x-airbyte-auth-config")
	if props := r.object(asked, "properties"); props != nil {
		option.Fields = r.settings(props, r.names(asked, "required"))
	} else {
		option.Fields = slices.Clone(usualFields[kind])
	}
	for i := range option.Fields {
		field := &option.Fields[i]
		field.Type = cmp.Or(field.Type, "string")
		field.Secret = r.secret(field.Name, asked.get("properties", field.Name))
		option.Hosted.Credentials = append(option.Hosted.Credentials, field.Name)
	}
	option.Scopes = r.scopes(scheme)
	r.hosted(&option.Hosted, asked)
	return option
}

// secret tells whether a field has to be kept secret: by what the file says, or, as
// older files do not, by its name.
func (r *reader) secret(name string, field *node) bool {
	if field.get("airbyte_secret") != nil {
		return r.flag(field, "airbyte_secret")
	}
	return !openName.MatchString(name)
}

// openName matches client ids, account ids, user names and e-mail addresses.
var openName = lazyregexp.New(`(?:^|[_-])(?i:s?id|user|user_?name|name|e?mail|login)$|[a-z](?:Id|Sid|Name|Email)$`)

// flows are the grants of OAuth 2; the first that a scheme has counts.
var flows = []string{"authorizationCode", "clientCredentials", "password", "implicit"}

func (r *reader) scopes(scheme *node) []string {
	declared := r.object(scheme, "flows")
	for _, name := range flows {
		flow := r.object(declared, name)
		if flow == nil {
			continue
		}
		var scopes []string
		if all := r.object(flow, "scopes"); all != nil {
			for _, p := range all.pairs {
				scopes = append(scopes, p.name)
			}
		}
		slices.Sort(scopes)
		return scopes
	}
	return nil
}

// hosted adds where the fields and some constants go in the stored configuration
// of a source.
func (r *reader) hosted(h *schemas.HostedCredential, asked *node) {
	if paths := r.object(asked, "replication_auth_key_mapping"); paths != nil {
		for _, p := range paths.pairs {
			h.SourceConfig = append(h.SourceConfig, schemas.ConfigPath{Path: p.name, Field: p.value.scalar()})
			if r.spend(1) && !slices.Contains(h.Credentials, p.value.scalar()) {
				r.add(p.line, "replication_auth_key_mapping: %q is no field%s", p.value.scalar(),
					r.near(p.value.scalar(), h.Credentials))
			}
		}
	}
	if constants := r.object(asked, "replication_auth_key_constants"); constants != nil {
		for _, p := range constants.pairs {
			assign := schemas.ConfigAssign{Path: p.name}
			if assign.Relative = relativeTime(p.value.scalar()); assign.Relative == nil {
				assign.Value = r.raw(p.value)
			}
			h.Constants = append(h.Constants, assign)
		}
	}
	slices.SortFunc(h.SourceConfig, func(a, b schemas.ConfigPath) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(h.Constants, func(a, b schemas.ConfigAssign) int { return cmp.Compare(a.Path, b.Path) })
}
