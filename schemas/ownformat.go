package schemas

import (
	"encoding/base64"
	"errors"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/internal/lazyregexp"
)

// ownFormats are the formats that mean something here beside those of JSON Schema.
func ownFormats() []*validator.Format {
	list := []*validator.Format{
		{Name: formatBytes, Validate: onText(isBase64)},
		{Name: formatOffset, Validate: onText(isOffsetTime)},
	}
	for _, name := range []string{
		formatUnixSeconds, formatUnixMillis, formatJSON, formatDocument, formatPageSize, formatCursor, formatIdentifier,
	} {
		list = append(list, &validator.Format{Name: name, Validate: func(any) error { return nil }})
	}
	return list
}

// isOwnFormat reports whether a format is the catalog's own rather than the vendor's.
func isOwnFormat(name string) bool {
	switch name {
	case formatOffset, formatUnixSeconds, formatUnixMillis, formatJSON, formatDocument:
		return true
	default:
		return false
	}
}

var errFormat = errors.New("is of another format")

func onText(holds func(string) bool) func(any) error {
	return func(v any) error {
		if text, ok := v.(string); ok && !holds(text) {
			return errFormat
		}
		return nil
	}
}

// isBase64 accepts both alphabets, with and without padding and line breaks.
func isBase64(text string) bool {
	text = strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(text)
	_, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	return err == nil
}

var offsetTime = lazyregexp.New(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{4}$`)

func isOffsetTime(text string) bool {
	_, _, ok := isoTime(text)
	return ok && offsetTime.MatchString(text)
}

// formatOf is the format of a parameter, by which what it is written as can be told.
// The action may be nil.
func (a *Action) formatOf(p *Parameter) string {
	paged := a != nil && a.Pagination != nil && p.Name != ""
	switch {
	case p.Format == "int32" || p.Format == "int64":
		if paged && a.Pagination.LimitParam == p.Name {
			return formatPageSize
		}
		return ""
	case p.Format != "":
		return p.Format
	case paged && a.Pagination.LimitParam == p.Name && p.Type == "integer":
		return formatPageSize
	case p.Type != "string":
		return ""
	case paged && a.Pagination.uses(p.Name):
		return formatCursor
	case isIdentifier(p.Name):
		return formatIdentifier
	default:
		return ""
	}
}

var identifierName = lazyregexp.New(`(^|_|-)(id|ids|gid|guid|uuid)$|[a-z](Id|Ids|ID|IDs|Gid|Guid|Uuid)$`)

// isIdentifier reports whether a parameter is the id of a record, as its name says.
func isIdentifier(name string) bool { return identifierName.MatchString(name) }
