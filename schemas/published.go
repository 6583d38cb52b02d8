package schemas

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// toldOf are the parameters that a model is told of.
func toldOf(params []*Parameter) []*Parameter {
	return slices.DeleteFunc(slices.Clone(params), func(p *Parameter) bool { return p.Unlisted })
}

// isFalse reports whether a default says what leaving out says.
func isFalse(value any) bool {
	raw, ok := value.(json.RawMessage)
	return ok && string(raw) == "false"
}

// unlistedOf are the schemas of the other parameters, by argument name.
func (c *Connector) unlistedOf(a *Action, params []*Parameter) json.RawMessage {
	others := slices.DeleteFunc(slices.Clone(params), func(p *Parameter) bool { return !p.Unlisted })
	if len(others) == 0 {
		return nil
	}
	raw, err := json.Marshal(published(c.rootSchema(a, others)).Properties)
	if err != nil {
		panic(err) // as for every schema
	}
	return raw
}

// published is a schema without what every model would pay for, and without what some
// model APIs refuse, and answer with an error for the whole request: formats of texts
// other than date-time, enumerations of anything but texts, and bounds that do not belong
// to what they bound. Arguments are still held to all of it; the words of a parameter tell
// it.
func published(s *jsonschema.Schema) *jsonschema.Schema {
	if s == nil || s == jsonschema.FalseSchema || s == jsonschema.TrueSchema {
		return s
	}
	if s.AdditionalProperties == jsonschema.FalseSchema {
		s.AdditionalProperties = nil // unknown members are refused all the same
	}
	if s.Format == formatPageSize { // its name says it, and more than the maximum is taken for the maximum
		s.Minimum, s.Maximum, s.Default = "", "", nil
	}
	if isFalse(s.Default) || s.Format == formatCursor || s.Description == fromNext {
		s.Minimum, s.Default = "", nil // nothing to begin with
	}
	if s.Format == formatDate && !strings.Contains(s.Description, "YYYY") && !strings.Contains(s.Description, "`20") {
		s.Description = strings.TrimSpace(s.Description + " `YYYY-MM-DD`.")
	}
	if s.Format != formatDateTime {
		s.Format = ""
	}
	if s.Type != "string" {
		s.Enum = nil
	}
	s.Minimum, s.ExclusiveMinimum = cmp.Or(s.Minimum, s.ExclusiveMinimum), ""
	s.Maximum, s.ExclusiveMaximum = cmp.Or(s.Maximum, s.ExclusiveMaximum), ""
	published(s.Items)
	published(s.AdditionalProperties)
	for _, choice := range s.AnyOf {
		published(choice)
	}
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			published(p.Value)
		}
	}
	return s
}
