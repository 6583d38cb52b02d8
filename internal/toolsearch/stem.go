package toolsearch

import (
	"slices"
	"strings"
)

// things are words in -ing and -ed that name a thing of their own: a recording is
// no record, a posting no post.
var things = []string{
	"billing", "building", "feed", "greeting", "heading", "listing", "mailing", "marketing", "meeting", "posting", "pricing",
	"rating", "recording", "routing", "setting", "shipping", "string", "training",
}

// stem takes plural and verb endings off a lower-case word, and a final e, so that
// invoice, invoices and invoiced are one.
func stem(word string) string {
	word = singular(word)
	if slices.Contains(things, word) {
		return word
	}
	for _, ending := range []string{"ing", "ed"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) > 2 && strings.ContainsAny(rest, "aeiouy") {
			word = undouble(rest)
			break
		}
	}
	for _, ending := range []string{"ation", "ment"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) > 3 {
			return undouble(rest)
		}
	}
	if len(word) > 3 {
		word = strings.TrimSuffix(word, "e")
	}
	if rest, ok := strings.CutSuffix(word, "y"); ok && len(rest) > 2 {
		word = rest + "i"
	}
	return word
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

// undouble takes back the consonant that an ending has doubled, as in shipped.
func undouble(word string) string {
	n := len(word)
	if n > 5 && strings.HasSuffix(word, "ell") {
		return word[:n-1]
	}
	if n > 3 && word[n-1] == word[n-2] && !strings.ContainsRune("lsz", rune(word[n-1])) {
		return word[:n-1]
	}
	return word
}
