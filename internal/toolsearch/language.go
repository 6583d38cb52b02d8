package toolsearch

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// languagesFile has, for English words, the beginnings of words of other languages.
//
//go:embed languages.txt
var languagesFile string

// dictionary translates words of other languages.
type dictionary struct {
	stems  map[string][]string // English words by the beginning of a word in letters
	longer int                 // bytes of the longest beginning
	plain  *strings.Replacer   // writes letters with accents without
}

// accents are letters with accents, each with what it is without.
var accents = []string{
	"à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "å", "a", "ç", "c", "ć", "c", "è", "e", "é", "e", "ê", "e", "ë", "e", "ę", "e", "ą", "a",
	"ì", "i", "í", "i", "î", "i", "ï", "i", "ł", "l", "ñ", "n", "ń", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ø", "o", "ś", "s",
	"ù", "u", "ú", "u", "û", "u", "ü", "u", "ý", "y", "ź", "z", "ż", "z", "ß", "ss", "œ", "oe", "æ", "ae", "ё", "е",
}

func readDictionary() dictionary {
	d := dictionary{stems: map[string][]string{}, plain: strings.NewReplacer(accents...)}
	for line := range strings.Lines(languagesFile) {
		english, words, _ := strings.Cut(line, ":")
		for word := range strings.FieldsSeq(words) {
			d.stems[word] = append(d.stems[word], english)
			d.longer = max(d.longer, len(word))
		}
	}
	return d
}

// Bounds of what is taken for an inflection.
const (
	shortestStem  = 4 // letters of a beginning that may be followed by an ending
	longestEnding = 4
)

// word is what a word with letters means in English, nil if that is not known. The longest
// beginning decides.
func (d *dictionary) word(text string) []string {
	plain := d.plain.Replace(text)
	for end := len(plain); end > 0; end-- {
		if !utf8.RuneStart((plain + " ")[end]) {
			continue
		}
		meant, stem := d.stems[plain[:end]], utf8.RuneCountInString(plain[:end])
		ending := utf8.RuneCountInString(plain[end:])
		if meant != nil && (ending == 0 || ending <= longestEnding && stem >= shortestStem-scriptBonus(plain)) {
			return meant
		}
	}
	return nil
}

// scriptBonus shortens the beginnings that Cyrillic words may have: their endings are long
// and frequent.
func scriptBonus(text string) int {
	r, _ := utf8.DecodeRuneInString(text)
	if unicode.Is(unicode.Cyrillic, r) {
		return 1
	}
	return 0
}

// run is what a run of characters without spaces means: the longest known pieces from the
// left.
func (d *dictionary) run(text string) []string {
	var meant []string
	for i := 0; i < len(text); {
		n := 0
		for j := min(len(text), i+d.longer); j > i; j-- {
			if words := d.stems[text[i:j]]; words != nil {
				meant, n = append(meant, words...), j-i
				break
			}
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text[i:])
		}
		i += n
	}
	return meant
}

// isSpaceless reports whether a script writes words without spaces, or joins to them what
// other scripts write apart.
func isSpaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー'
}

// scripts cuts a word where Latin letters meet those of another script.
func scripts(word string) []string {
	var parts []string
	start, before := 0, 0
	for i, r := range word {
		kind := scriptOf(r)
		if before != 0 && kind != 0 && kind != before {
			parts = append(parts, word[start:i])
			start = i
		}
		if kind != 0 {
			before = kind
		}
	}
	return append(parts, word[start:])
}

// scriptOf numbers scripts as far as they are told apart, 0 for digits and marks.
func scriptOf(r rune) int {
	switch {
	case unicode.Is(unicode.Latin, r):
		return 1
	case isSpaceless(r):
		return 2
	case unicode.IsLetter(r):
		return 3
	}
	return 0
}

// translated puts English words in the place of those of other languages that the index
// does not know itself.
func (x *Index) translated(all []token) []token {
	var list []token
	for _, t := range all {
		words := x.meant(&t)
		if words == nil {
			list = append(list, t)
			continue
		}
		for i, word := range words {
			part := token{text: word, lower: word, quoted: t.quoted}
			if i == 0 {
				part.opens = t.opens
			}
			list = append(list, part)
		}
	}
	return list[:min(len(list), mostTokens)]
}

// meant is what a token of another language means, nil for any other token.
func (x *Index) meant(t *token) []string {
	if t.value != "" || t.quoted || isFiller(t.lower) || x.vocabulary.known[t.lower] || x.vocabulary.known[stem(t.lower)] {
		return nil
	}
	if first, _ := utf8.DecodeRuneInString(t.lower); isSpaceless(first) {
		return slices.Compact(x.languages.run(t.lower))
	}
	return x.languages.word(t.lower)
}
