package schemas

import (
	"cmp"
	"strings"

	"github.com/invopop/jsonschema"
)

// published is a schema without what some model APIs refuse, and answer with an error
// for the whole request: formats of texts other than date-time, enumerations of
// anything but texts, and bounds that do not belong to what they bound. Arguments are still held to all of it; the words of a parameter
// tell it.
func published(s *jsonschema.Schema) *jsonschema.Schema {
	if s == nil || s == jsonschema.FalseSchema || s == jsonschema.TrueSchema {
		return s
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
