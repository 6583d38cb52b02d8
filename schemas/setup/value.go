package setup

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
)

// read reads a value from text. The second result says what is wrong with it, in
// words that do not quote it.
func (f *Field) read(text string) (any, string) {
	switch {
	case !utf8.ValidString(text):
		return nil, "must be text in UTF-8"
	case isMask(text):
		return nil, "is a placeholder for a hidden value; give the value itself"
	case secret.IsPlaceholder(text):
		return nil, secret.PlaceholderHint
	}
	switch f.Type {
	case "integer", "number":
		return f.readNumber(text)
	case "boolean":
		return readBoolean(text)
	case "array":
		return f.readList(text)
	case "object":
		if _, err := rawjson.Members([]byte(text)); err != nil {
			return nil, "must be a JSON object"
		}
		if rawjson.HasLongNumber([]byte(text)) {
			return nil, fmt.Sprintf("holds a number of more than %d digits", rawjson.MaxDigits)
		}
		return json.RawMessage(text), ""
	default:
		return f.readText(text)
	}
}

// isMask reports whether a text is what is shown in place of a secret.
func isMask(text string) bool {
	return strings.EqualFold(text, "REDACTED") || strings.EqualFold(text, "[REDACTED]") ||
		strings.Trim(text, "*") == "" || strings.Trim(text, "•") == ""
}

func (f *Field) readNumber(text string) (any, string) {
	number := json.Number(text)
	value, ok := schemas.ExactNumber(number)
	switch {
	case !ok || f.Type == "integer" && !value.IsInt():
		return nil, "must be " + article(f.Type)
	case f.Type == "integer":
		number = json.Number(value.Num().String())
	}
	if least, ok := schemas.ExactNumber(f.Minimum); ok && value.Cmp(least) < 0 {
		return nil, "must be at least " + string(f.Minimum)
	}
	if most, ok := schemas.ExactNumber(f.Maximum); ok && value.Cmp(most) > 0 {
		return nil, "must be at most " + string(f.Maximum)
	}
	if _, known := f.choose(text); !known {
		return nil, "must be one of " + schemas.QuoteAll(f.Enum)
	}
	return number, ""
}

func article(kind string) string {
	if kind == "integer" {
		return "a whole number"
	}
	return "a number"
}

func readBoolean(text string) (any, string) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, ""
	case "false", "no", "off", "0":
		return false, ""
	}
	return nil, "must be true or false"
}

// readList reads a JSON array, or elements between commas or on lines.
func (f *Field) readList(text string) (any, string) {
	element := *f
	element.Type = f.Items
	parts, problem := f.split(text)
	if problem != "" {
		return nil, problem
	}
	list := make([]any, 0, len(parts))
	for i, part := range parts {
		value, problem := element.read(part)
		if problem != "" {
			return nil, fmt.Sprintf("element %d: %s", i+1, problem)
		}
		list = append(list, value)
	}
	if len(list) == 0 && f.Required {
		return nil, "must have at least one element"
	}
	return list, ""
}

// split takes a list apart.
func (f *Field) split(text string) (parts []string, problem string) {
	if !strings.HasPrefix(text, "[") {
		if f.Items == "object" || f.Items == "array" {
			return nil, "must be a JSON array"
		}
		parts = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ""
	}
	var raw []json.RawMessage
	if json.Unmarshal([]byte(text), &raw) != nil {
		return nil, "must be a JSON array, or a list with commas"
	}
	for i, value := range raw {
		part, compound := string(value), value[0] == '{' || value[0] == '['
		switch {
		case value[0] == '"' && json.Unmarshal(value, &part) != nil:
			return nil, fmt.Sprintf("element %d: must be text", i+1)
		case part == "null", strings.TrimSpace(part) == "", compound && f.Items != "object" && f.Items != "array":
			return nil, fmt.Sprintf("element %d: must be of type %s", i+1, f.Items)
		}
		parts = append(parts, strings.TrimSpace(part))
	}
	return parts, ""
}

// readText reads a string, and gives it the form that the vendor wants.
func (f *Field) readText(text string) (any, string) {
	if problem := brokenLines(text); problem != "" {
		return nil, problem
	}
	text, problem := tidy(f.form, text)
	if problem != "" {
		return nil, problem
	}
	text, ok := formatted(f.Format, text)
	if !ok {
		return nil, "must be " + formatHint(f.Format)
	}
	text, ok = f.choose(text)
	if !ok {
		return nil, "must be one of " + schemas.QuoteAll(f.Enum)
	}
	if f.Pattern != "" {
		// A pattern that Go cannot read is left to the API.
		if re, err := regexp.Compile(f.Pattern); err == nil && !re.MatchString(text) {
			return nil, f.patternHint()
		}
	}
	return text, ""
}

func (f *Field) patternHint() string {
	if f.Example == "" {
		return "must match the pattern " + f.Pattern
	}
	return "must match the pattern " + f.Pattern + ", such as " + f.Example
}

// choose finds the allowed value that a text spells; case counts only where it
// tells two values apart. A default is allowed even where the list forgets it.
func (f *Field) choose(text string) (string, bool) {
	if len(f.Enum) == 0 || string(f.Default) == strconv.Quote(text) || string(f.Default) == text {
		return text, true
	}
	var like []string
	for _, v := range f.Enum {
		switch word := fmt.Sprint(v); {
		case word == text:
			return text, true
		case strings.EqualFold(word, text):
			like = append(like, word)
		}
	}
	if len(like) != 1 {
		return text, false
	}
	return like[0], true
}

// brokenLines refuses what a clumsy copy brings along: line breaks and control
// characters, which only a PEM block or JSON may have.
func brokenLines(text string) string {
	if !unprintable(text) {
		return ""
	}
	pem := strings.HasPrefix(text, "-----BEGIN ") && strings.HasSuffix(text, "-----")
	inner := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) })
	if !inner && (pem || strings.ContainsAny(text[:1], "{[") && json.Valid([]byte(text))) {
		return ""
	}
	return "must be one line: it has line breaks or control characters inside"
}

func unprintable(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }

var uuidForm = lazyregexp.New(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// formatted checks a text against a format and returns it as the API wants it.
func formatted(format, text string) (string, bool) {
	switch format {
	case "date-time":
		return instant(text)
	case "date":
		return day(text)
	case "uri", "url":
		u, err := url.Parse(text)
		return text, err == nil && u.Scheme != "" && u.Host != ""
	case "email":
		address, err := mail.ParseAddress(text)
		return text, err == nil && address.Address == text
	case "uuid":
		return strings.ToLower(text), uuidForm.MatchString(text)
	}
	return text, true
}

// instant reads ISO 8601; a date is its first moment, and a time without a zone
// is UTC.
func instant(text string) (string, bool) {
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Format(time.RFC3339Nano), true
		}
	}
	return text, false
}

// day reads a date, or a moment that begins one.
func day(text string) (string, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil && t.Equal(t.UTC().Truncate(24*time.Hour)) {
		text = t.UTC().Format(time.DateOnly)
	}
	_, err := time.Parse(time.DateOnly, text)
	return text, err == nil
}

func formatHint(format string) string {
	switch format {
	case "uri", "url":
		return "a URL like https://example.com"
	case "email":
		return "an email address"
	case "uuid":
		return "a UUID like 00000000-0000-0000-0000-000000000000"
	}
	return schemas.FormatHint(format)
}
