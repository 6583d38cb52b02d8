package connectpage

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"airbyte-mcp-server/internal/lazyregexp"
)

// RefusedError says that what was entered was refused before anything was created. The
// page words it for a person.
type RefusedError struct{ Said string } // by whoever refused it

func (e *RefusedError) Error() string { return "nothing was created: " + e.Said }

// isAboutCredentials matches words of refusals that are about who asks, and not about a
// setting or the network.
var isAboutCredentials = lazyregexp.New(`(?i)credential|token|auth|api.?key|secret|password|permission|scope|denied|forbidden|\b40[13]\b`)

// worded says a refusal in one sentence, and below it what was said.
func (e *entry) worded(f *Form, err error) error {
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok {
		return err
	}
	words := "The check at " + f.Setup.Title + " failed. Nothing was created."
	if isAboutCredentials.MatchString(refused.Said) {
		words = f.Setup.Title + " refused " + f.given(e.choice) + ". Nothing was created."
	}
	return errors.New(words + "\nThe check said: " + refused.Said)
}

// given names what a person gives for a choice: "this bot token".
func (f *Form) given(c choice) string {
	if noun := f.secretOf(c); noun != "" {
		return "this " + noun
	}
	return "these credentials"
}

// secretOf is what the only secret of a choice is called within a sentence; "" where there
// are several, or none.
func (f *Form) secretOf(c choice) string {
	noun := ""
	for _, in := range f.credentials(c) {
		if !in.field.Secret {
			continue
		}
		if noun != "" {
			return ""
		}
		noun = within(in.field.Title)
	}
	return noun
}

// within is a title within a sentence: "Bot token" begins with a small letter there, "API
// key" does not.
func within(title string) string {
	first, size := utf8.DecodeRuneInString(title)
	second, _ := utf8.DecodeRuneInString(title[size:])
	if !unicode.IsLower(second) {
		return title
	}
	return string(unicode.ToLower(first)) + title[size:]
}

// sentence begins a text with a capital letter and ends it with a stop.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
