package schemas_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"airbyte-mcp-server/schemas"
)

// spellingsOf are the ways to write the value of a parameter, by rules of their own and
// not by the schemas under test. The action is nil for what is within a parameter.
func spellingsOf(a *schemas.Action, p *schemas.Parameter) []spelling {
	value := sampler{all: true}.value(p)
	list := respellings(p)
	switch {
	case p.Type == "integer" && len(p.Enum) > 0:
		for _, v := range p.Enum {
			list = append(list, spelling{"text for a number", asText(v), v}, spelling{"5.0", json.Number(asText(v) + ".0"), v})
		}
	case p.Type == "integer":
		digits := sampleNumber(p)
		list = append(list, spelling{"5.0", json.Number(digits + ".0"), value}, spelling{"5e0", json.Number(digits + "e0"), value},
			spelling{"text for a number", digits, value}, spelling{"text for a number", digits + ".0", value})
	case p.Type == "number" && len(p.Enum) == 0:
		list = append(list, spelling{"text for a number", sampleNumber(p), value})
	case p.Type == "boolean" && len(p.Enum) == 0:
		list = append(list, spelling{"text for a truth value", "true", true}, spelling{"text for a truth value", "TRUE", true})
	case p.Type == "array":
		list = append(list, listSpellings(p, value.([]any))...)
	case p.Type == "object":
		list = append(list, spelling{"JSON text", mustJSON(value), value})
		if p.Format == "document" {
			list = append(list, spelling{"document", "a\r\n\r\nb", object{"type": "doc", "version": json.Number("1"), "content": []any{
				paragraph("a"), paragraph("b"),
			}}})
		}
	case p.Format == "json":
		list = append(list, spelling{"object for JSON text", object{"a": []any{json.Number("1")}}, `{"a":[1]}`})
	case isFreeText(p):
		digits := strings.Repeat("7", min(max(5, int(orElse(p.MinLength, 0))), int(orElse(p.MaxLength, 5))))
		list = append(list, spelling{"number for a text", json.Number(digits), digits})
	}
	if most := pageMaximum(a, p); most != "" {
		list = append(list, spelling{"over the maximum", beyond(most, 1), most}, spelling{"over the maximum", beyond(most, 9).String(), most})
	}
	return list
}

func paragraph(text string) object {
	return object{"type": "paragraph", "content": []any{object{"type": "text", "text": text}}}
}

// respellings are other forms of the same value.
func respellings(p *schemas.Parameter) []spelling {
	var list []spelling
	for _, v := range p.Enum {
		text, ok := v.(string)
		if other := swapCase(text); ok && other != text && countFold(p.Enum, text) == 1 {
			list = append(list, spelling{"enum in another case", other, text})
		}
	}
	at := map[string]string{"unix-seconds": "1769871845", "unix-milliseconds": "1769871845000"}[p.Format]
	switch {
	case at != "" && p.Type == "integer":
		list = append(list, spelling{"ISO date", "2026-01-31T15:04:05Z", json.Number(at)})
	case at != "":
		list = append(list, spelling{"ISO date", "2026-01-31T16:04:05+01:00", at})
	case p.Format == "date-time-offset":
		list = append(list, spelling{"offset", "2026-01-31T15:04:05Z", "2026-01-31T15:04:05.000+0000"})
	}
	return list
}

// listSpellings are ways to write a list of one or two elements.
func listSpellings(p *schemas.Parameter, value []any) []spelling {
	list := []spelling{{"JSON text", mustJSON(value), value}}
	if p.Items.Type == "array" || p.Items.Format == "byte" || p.Items.Format == "json" {
		return list
	}
	list = append(list, spelling{"one value for a list", value[0], value})
	two := []any{value[0], nil}
	switch {
	case len(p.Items.Enum) > 1:
		two[1] = p.Items.Enum[1]
		if text, _ := two[0].(string); countFold(p.Items.Enum, text) == 1 && countFold(p.Items.Enum, asText(two[1])) == 1 {
			list = append(list, spelling{"enum in another case", swapCase(text) + "," + swapCase(asText(two[1])), two})
		}
	case len(p.Items.Enum) == 1 || p.Items.Pattern != "":
		return list
	case p.Items.Type == "integer", p.Items.Type == "number":
		two = []any{json.Number("5"), json.Number("6")}
	case isFreeText(p.Items):
		two = []any{"name_1", "b-2"}
		list = append(list, spelling{"one value for a list", "two words", []any{"two words"}},
			spelling{"number for a text", json.Number("7"), []any{"7"}})
	default:
		return list
	}
	return append(list, spelling{"commas for a list", asText(two[0]) + "," + asText(two[1]), two},
		spelling{"commas for a list", asText(two[0]) + ", " + asText(two[1]), two})
}

// unsetOf are the ways to write that an optional member has no value, and what looks like
// it and is a value.
func unsetOf(a *schemas.Action, p *schemas.Parameter) []spelling {
	list := []spelling{{"null", nil, absent{}}}
	if p.Nullable {
		list = []spelling{{"kept null", nil, nil}}
	}
	hasEmpty := slices.Contains(p.Enum, any(""))
	switch {
	case p.Format == "document": // an empty one clears a field
		return append(list, spelling{"document", "", object{"type": "doc", "version": json.Number("1"), "content": []any{}}})
	case p.Type != "string", len(p.Enum) > 0 && !hasEmpty:
		return append(list, spelling{"empty", "", absent{}})
	case len(p.Enum) == 0 && (p.Format != "" && p.Format != "byte" && p.Format != "uri" && p.Format != "email" || isCursor(a, p) || isID(p)):
		return append(list, spelling{"empty", "", absent{}})
	case p.MinLength != nil || p.Pattern != "" || p.Format != "":
		return list
	default:
		return append(list, spelling{"kept empty", "", ""})
	}
}

var idName = regexp.MustCompile(`(^|[_-])(id|ids|gid|guid|uuid)$|[a-z](Id|Ids|ID|IDs|Gid|Guid|Uuid)$`)

func isID(p *schemas.Parameter) bool { return p.Type == "string" && idName.MatchString(p.Name) }

func isCursor(a *schemas.Action, p *schemas.Parameter) bool {
	if a == nil || a.Pagination == nil {
		return false
	}
	names := append([]string{a.Pagination.CursorParam, a.Pagination.BackwardParam}, a.Pagination.OtherCursorParams...)
	return slices.Contains(names, p.Name)
}

// pageMaximum is the maximum of a number of records.
func pageMaximum(a *schemas.Action, p *schemas.Parameter) json.Number {
	if a == nil || a.Pagination == nil || a.Pagination.LimitParam != p.Name || p.Type != "integer" {
		return ""
	}
	return p.Maximum
}

func isFreeText(p *schemas.Parameter) bool {
	return p.Type == "string" && len(p.Enum) == 0 && p.Pattern == "" && (p.Format == "" || p.Format == "uri" || p.Format == "email")
}

func orElse(bound *uint64, usual uint64) uint64 {
	if bound == nil {
		return usual
	}
	return *bound
}

func countFold(values []any, text string) int {
	n := 0
	for _, v := range values {
		if known, ok := v.(string); ok && strings.EqualFold(known, text) {
			n++
		}
	}
	return n
}

func swapCase(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, text)
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return mustJSON(v)
	}
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // made by the sampler
	}
	return string(b)
}
