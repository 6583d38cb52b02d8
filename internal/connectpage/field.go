package connectpage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/schemas/setup"
)

// fieldView is one field of the form.
type fieldView struct {
	ID, Key, Label string
	About, Hint    string
	Kind           string // type of the input element, else "select" or "textarea"
	Mode           string // which keyboard a telephone shows
	Pattern        string
	Placeholder    string
	Value          string // never of a secret
	Options        []optionView
	Problem        string
	DescribedBy    string
	Required       bool
	Secret         bool
	Again          bool // to be entered again
	Given          bool // it was entered
	Twice          bool // its label stands above it already

	name string // of the setup.Field
}

type optionView struct {
	Value, Text string
	Chosen      bool
}

func fieldViews(list []input, e *entry) []fieldView {
	views := make([]fieldView, len(list))
	for i, in := range list {
		views[i] = newFieldView(in, e.texts[in.key])
		views[i].Given = e.given[in.key]
	}
	// What must be filled in comes first.
	slices.SortStableFunc(views, func(a, b fieldView) int { return rank(a) - rank(b) })
	return views
}

func rank(v fieldView) int {
	if v.Required {
		return 0
	}
	return 1
}

func newFieldView(in input, text string) fieldView {
	f := in.field
	v := fieldView{
		ID: in.id, Key: in.key, Label: f.Title, About: f.Description, Required: f.Required, Secret: f.Secret,
		Placeholder: f.Example, name: f.Name,
	}
	if v.Label == "" {
		v.Label = f.Name
	}
	v.dress(f)
	switch {
	case v.Kind == "select":
		v.Options = options(f, text)
	case !v.Secret:
		v.Value = text
	}
	return v
}

// dress chooses the element for a field, and says how to write the value.
func (v *fieldView) dress(f setup.Field) {
	v.Kind = "text"
	switch {
	case f.Secret && hasLines(f):
		v.Kind = "textarea"
	case f.Secret:
		v.Kind = "password"
	case f.Type == "boolean", len(f.Enum) > 0 && f.Type != "array":
		v.Kind, v.Placeholder = "select", ""
	case f.Type == "array":
		v.Kind, v.Hint = "textarea", "Several are written one per line, or with commas between them."
		if f.Items == "object" || f.Items == "array" {
			v.Hint = "A JSON array."
		}
	case f.Type == "object":
		v.Kind, v.Hint = "textarea", "A JSON object."
	case f.Type == "integer":
		v.Mode, v.Hint = "numeric", span("A whole number", f)
	case f.Type == "number":
		v.Mode, v.Hint = "decimal", span("A number", f)
	default:
		v.dressText(f)
	}
}

func (v *fieldView) dressText(f setup.Field) {
	v.Pattern = f.Pattern
	switch f.Format {
	case "date":
		v.Kind, v.Placeholder = "date", ""
	case "date-time":
		v.Hint = "A date such as 2026-01-31, or with a time: 2026-01-31T15:04:05Z."
	case "email":
		v.Kind = "email"
	case "uri", "url":
		v.Kind, v.Mode = "url", "url"
	}
}

// hasLines reports whether a secret may have several lines, which a password input
// would run together.
func hasLines(f setup.Field) bool {
	if f.Type == "object" || f.Format == "json" || f.Format == "pem" {
		return true
	}
	name := strings.ToLower(f.Name)
	return slices.ContainsFunc([]string{"private_key", "service_account", "certificate", "_json"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

// span words the bounds of a number.
func span(kind string, f setup.Field) string {
	switch {
	case f.Minimum != "" && f.Maximum != "":
		return fmt.Sprintf("%s from %s to %s.", kind, f.Minimum, f.Maximum)
	case f.Minimum != "":
		return fmt.Sprintf("%s of at least %s.", kind, f.Minimum)
	case f.Maximum != "":
		return fmt.Sprintf("%s of at most %s.", kind, f.Maximum)
	default:
		return kind + "."
	}
}

// options lists what can be chosen, first of all nothing.
func options(f setup.Field, text string) []optionView {
	first := "Not set"
	if f.Required {
		first = "Choose…"
	}
	list := []optionView{{"", first, text == ""}}
	if f.Type == "boolean" {
		return append(list, optionView{"true", "Yes", text == "true"}, optionView{"false", "No", text == "false"})
	}
	values := f.Enum
	if text == plainText(f.Default) && text != "" && !slices.ContainsFunc(values, func(v any) bool { return enumText(v) == text }) {
		values = append([]any{text}, values...) // some lists forget their own default
	}
	for _, value := range values {
		word := enumText(value)
		list = append(list, optionView{word, word, word == text})
	}
	return list
}

func enumText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(b)
}

// word makes a sentence of what is wrong. What is said above the field already is
// not repeated.
func (v *fieldView) word(problem string) string {
	about := strings.TrimRight(v.About, ". ")
	if rest, ok := strings.CutSuffix(problem, ": "+about); ok && about != "" {
		problem = rest
	}
	return v.Label + " " + strings.TrimRight(problem, ". ") + "."
}

// describe lists the elements that explain the field to who cannot see them.
func (v *fieldView) describe(again bool) {
	v.Again = again && v.Given
	var ids []string
	for _, part := range []struct {
		there bool
		name  string
	}{{v.About != "", "about"}, {v.Hint != "", "hint"}, {v.Problem != "", "problem"}, {v.Again, "again"}} {
		if part.there {
			ids = append(ids, v.ID+"-"+part.name)
		}
	}
	v.DescribedBy = strings.Join(ids, " ")
}
