package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
)

// placeholder is {claims.NAME}, where dots lead into nested claims.
var placeholder = lazyregexp.New(`\{claims\.([A-Za-z0-9_:/-]+(?:\.[A-Za-z0-9_:/-]+)*)\}`)

// template makes a name of claims: text with placeholders.
type template struct {
	texts   []string   // around the placeholders: one more than these
	paths   [][]string // of the claims
	between string     // the characters that separate two claims
	longest int        // bytes
}

// parseTemplate checks a template before there is a token to fill it.
func parseTemplate(text string, longest int) (*template, error) {
	t := &template{longest: longest}
	rest := text
	for at := placeholder.FindStringSubmatchIndex(rest); at != nil; at = placeholder.FindStringSubmatchIndex(rest) {
		t.texts = append(t.texts, rest[:at[0]])
		t.paths = append(t.paths, strings.Split(rest[at[2]:at[3]], "."))
		rest = rest[at[1]:]
	}
	t.texts = append(t.texts, rest)
	if err := t.check(text); err != nil {
		return nil, fmt.Errorf("the template %q: %w", text, err)
	}
	return t, nil
}

func (t *template) check(text string) error {
	around := strings.Join(t.texts, "")
	switch {
	case strings.ContainsAny(around, "{}"):
		return errors.New("want placeholders like {claims.org_id}")
	case text == "":
		return errors.New("it is empty: write a name or a placeholder like {claims.org_id}")
	case strings.TrimSpace(text) != text:
		return errors.New("it begins or ends with white space: remove that")
	case strings.ContainsFunc(around, isUnprintable):
		return errors.New("it contains characters that cannot be seen: remove them")
	case len(around) > t.longest:
		return fmt.Errorf("it is longer than %d bytes: shorten it", t.longest)
	}
	for _, separator := range t.texts[1:max(1, len(t.texts)-1)] {
		if separator == "" {
			return errors.New("two placeholders touch: put a character between them, or two callers could share a name")
		}
		t.between += separator
	}
	return nil
}

// fill makes the name. An error says which claim is at fault, without its value.
func (t *template) fill(c claims) (string, error) {
	var name strings.Builder
	name.WriteString(t.texts[0])
	for i, path := range t.paths {
		value, err := t.value(c, path)
		if err != nil {
			return "", fmt.Errorf("the claim %s: %w", strings.Join(path, "."), err)
		}
		name.WriteString(value)
		name.WriteString(t.texts[i+1])
	}
	return name.String(), checkName(name.String(), t.longest)
}

func (t *template) value(c claims, path []string) (string, error) {
	var text string
	switch value := c.at(path).(type) {
	case nil:
		return "", errors.New("the token does not have it")
	case string:
		text = value
	case json.Number:
		text = value.String()
		if strings.ContainsAny(text, ".eE") { // one number could be written as several names
			return "", errors.New("it is no whole number")
		}
	default:
		return "", errors.New("it is neither text nor a number")
	}
	if err := checkName(text, t.longest); err != nil {
		return "", err
	}
	// With "{a}-{b}", x-y and z would make the name of x and y-z.
	if t.between != "" && strings.ContainsAny(text, t.between) {
		return "", fmt.Errorf("it contains a character that separates claims here (%q)", t.between)
	}
	return text, nil
}
