package toolsearch

import (
	"slices"
	"strings"

	"github.com/kljensen/snowball/english"
)

// things are nouns that mean something else than the verb, or the other noun, with
// which Snowball makes them one: a recording is no record, an applicant no application.
var things = []string{
	"applicant", "billing", "building", "feed", "greeting", "heading", "listing", "mailing", "marketing", "meeting", "posting", "pricing",
	"rating", "recording", "routing", "setting", "shipping", "string", "training",
}

// stem takes plural and verb endings off a lower-case word, so that invoice, invoices
// and invoiced are one. Snowball leaves the plurals of abbreviations, such as PRs.
func stem(word string) string {
	one := singular(word)
	if slices.Contains(things, one) || one != word && !strings.ContainsAny(one, "aeiouy") {
		return one
	}
	return english.Stem(word, false)
}

func singular(word string) string {
	switch {
	case len(word) < 3 || !strings.HasSuffix(word, "s"), word == "sms", word == "mms":
		return word
	case strings.HasSuffix(word, "ss"), strings.HasSuffix(word, "us"), strings.HasSuffix(word, "is"):
		return word
	case strings.HasSuffix(word, "ies"):
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "shes"):
		return word[:len(word)-2]
	default:
		return word[:len(word)-1]
	}
}
