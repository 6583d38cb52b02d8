// Package naming takes names apart, tells from a name what sort of thing it stands for,
// and has the names, people and texts of the made-up world.
package naming

import (
	"strings"
	"unicode"
)

// Words splits a name at underscores, other punctuation and changes to upper
// case: "createdAt" and "created_at" both give created, at.
func Words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && startsWord(runes, i):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// startsWord reports whether the capital at i begins a word; in a run of
// capitals, such as HTMLUrl, only the last one does.
func startsWord(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	if !unicode.IsUpper(runes[i-1]) {
		return true
	}
	return i+1 < len(runes) && unicode.IsLower(runes[i+1])
}

// Snake is the name in snake case, the form in which the vocabulary is keyed.
func Snake(name string) string { return strings.Join(Words(name), "_") }

// Fold makes names of one meaning equal across naming styles: createdAt,
// created_at and CREATED-AT all give createdat.
func Fold(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Singular makes issues from issue, companies from company; it is good enough
// for names of entities.
func Singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(name, "sses"), strings.HasSuffix(name, "xes"), strings.HasSuffix(name, "ches"):
		return name[:len(name)-2]
	case strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss") && !strings.HasSuffix(name, "us"):
		return name[:len(name)-1]
	}
	return name
}

// suffixes calls yield with the name and then with every shorter ending of it, a
// word at a time: billing_address_city, address_city, city.
func suffixes(name string, yield func(string) bool) {
	for {
		if !yield(name) {
			return
		}
		_, rest, ok := strings.Cut(name, "_")
		if !ok {
			return
		}
		name = rest
	}
}

// BySuffix looks a snake-case name up in a vocabulary, the longest ending first.
func BySuffix[T any](vocabulary map[string]T, name string) (T, bool) {
	var found T
	ok := false
	suffixes(name, func(ending string) bool {
		found, ok = vocabulary[ending]
		return !ok
	})
	return found, ok
}
