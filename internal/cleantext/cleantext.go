// Package cleantext removes hidden characters from texts of strangers: control characters,
// terminal sequences, invisible letters and marks that reorder text. A person does not see
// them, but a model or a terminal would obey. The joiners and selectors of scripts and
// emoji stay.
package cleantext

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text removes hidden characters. Cleaning twice is cleaning once.
func Text(s string) string {
	if !Suspicious([]byte(s)) {
		return s
	}
	runes := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	var before rune  // the last kept one
	noEndBefore := 0 // no terminal sequence with a text ends before this index
	for i := 0; i < len(runes); {
		noEnd := max(0, noEndBefore-i)
		n, keep := judge(runes[i:], before, &noEnd)
		noEndBefore = i + noEnd
		if keep {
			for _, r := range runes[i : i+n] {
				b.WriteRune(r)
				before = r
			}
		}
		i += n
	}
	clean := b.String()
	if clean == s {
		return s
	}
	return Text(clean) // a removal may have joined the halves of another sequence
}

// judge returns the number of characters at the front of a text that belong together, and
// whether they stay.
//
// The first *noEnd characters hold no end of a terminal sequence with a text. A search
// without success raises *noEnd, so that the next one does not scan the same characters:
// otherwise many openings without an end would take quadratic time.
func judge(rest []rune, before rune, noEnd *int) (n int, keep bool) {
	r := rest[0]
	switch {
	case r == 0x1B || r == 0x9B || r == 0x9D:
		return sequenceLength(rest, noEnd), false
	case unicode.IsControl(r):
		return 1, r == '\n' || r == '\t' || r == '\r'
	case r == blackFlag:
		return flagLength(rest), true
	case r == zeroWidthJoiner || r == zeroWidthNonJoiner:
		return 1, joins(before, rest[1:], r)
	case isVariationSelector(r):
		return 1, varies(before, r)
	default:
		return 1, !isHidden(r)
	}
}

const (
	zeroWidthNonJoiner = 0x200C
	zeroWidthJoiner    = 0x200D
	blackFlag          = 0x1F3F4
	tagEnd             = 0xE007F
	maxSequence        = 4096 // characters in which a terminal sequence must end
)

// hidden are the characters without a picture of their own, as the first and last of each
// group. Characters with an effect on their neighbours are left to judge.
var hidden = [][2]rune{
	{0x00AD, 0x00AD},   // soft hyphen
	{0x034F, 0x034F},   // grapheme joiner
	{0x061C, 0x061C},   // Arabic letter mark
	{0x115F, 0x1160},   // Hangul fillers
	{0x17B4, 0x17B5},   // Khmer inherent vowels
	{0x180B, 0x180F},   // Mongolian selectors
	{0x200B, 0x200B},   // zero width space
	{0x200E, 0x200F},   // direction marks
	{0x2028, 0x202E},   // separators, embeddings and overrides
	{0x2060, 0x206F},   // word joiner, operators, isolates, obsolete formats
	{0x3164, 0x3164},   // Hangul filler
	{0xFEFF, 0xFEFF},   // byte order mark
	{0xFFA0, 0xFFA0},   // Hangul filler, half width
	{0xFFF0, 0xFFFB},   // annotations
	{0x1BCA0, 0x1BCA3}, // shorthand formats
	{0x1D173, 0x1D17A}, // musical formats
	{0xE0000, 0xE00FF}, // tags
	{0xE01F0, 0xE0FFF}, // reserved for more of the kind
}

func isHidden(r rune) bool {
	return slices.ContainsFunc(hidden, func(group [2]rune) bool { return group[0] <= r && r <= group[1] })
}

// sequenceLength is the length of a terminal's control sequence: ESC [ … letter, ESC ] …
// BEL or ESC \, and the two-character ones.
func sequenceLength(rest []rune, noEnd *int) int {
	kind, at := rest[0], 1
	if kind == 0x1B && len(rest) > 1 {
		kind, at = rest[1], 2
	}
	switch kind {
	case '[', 0x9B:
		for at < len(rest) && rest[at] >= 0x20 && rest[at] < 0x40 {
			at++
		}
		if at < len(rest) && rest[at] >= 0x40 && rest[at] <= 0x7E {
			at++
		}
		return at
	case ']', 'P', 'X', '^', '_', 0x9D:
		return textSequenceEnd(rest, at, noEnd)
	}
	if at == 2 && (kind < 0x20 || kind > 0x7E) {
		return 1
	}
	return at
}

// textSequenceEnd finds the end of a sequence with a text, such as a window title. Without
// an end only its opening counts: honest text after it must not vanish.
func textSequenceEnd(rest []rune, at int, noEnd *int) int {
	for i := max(at, *noEnd); i < min(len(rest), maxSequence); i++ {
		switch {
		case rest[i] == 0x07 || rest[i] == 0x9C:
			return i + 1
		case rest[i] == 0x1B && i+1 < len(rest) && rest[i+1] == '\\':
			return i + 2
		}
	}
	*noEnd = max(*noEnd, min(len(rest), maxSequence))
	return at
}

// flagLength is the length of a flag emoji: a black flag, the tags of a region such as
// gbsct, and an end tag.
func flagLength(rest []rune) int {
	const longest = 6
	for i := 1; i < len(rest) && i <= longest+1; i++ {
		if rest[i] == tagEnd && i > 1 {
			return i + 1
		}
		if !isRegionTag(rest[i]) {
			return 1
		}
	}
	return 1
}

func isRegionTag(r rune) bool { return r >= 0xE0030 && r <= 0xE0039 || r >= 0xE0061 && r <= 0xE007A }

// joins reports whether a joiner stands between two emoji, or between letters of a script
// with joiners.
func joins(before rune, after []rune, joiner rune) bool {
	if len(after) == 0 || before == 0 {
		return false
	}
	if joinsLetters(before) && joinsLetters(after[0]) {
		return true
	}
	return joiner == zeroWidthJoiner && isEmoji(before) && isEmoji(after[0])
}

func joinsLetters(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali,
		unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
		unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Balinese, unicode.Javanese) ||
		unicode.Is(unicode.Mn, r) && r >= 0x0600 && r < 0x1000
}

func isEmoji(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x2BFF || r == 0xFE0F
}

func isVariationSelector(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// varies reports whether a variation selector follows a character with variants: an emoji,
// a keycap's digit or an ideograph.
func varies(before, selector rune) bool {
	switch {
	case selector >= 0xE0100, selector < 0xFE0E:
		return unicode.Is(unicode.Han, before) || selector < 0xFE0E && isMathOrMyanmar(before)
	default:
		return before != 0xFE0F && isEmoji(before) || before == '#' || before == '*' || before >= '0' && before <= '9' ||
			before == 0xA9 || before == 0xAE || before == 0x203C || before == 0x2049 || before == 0x2122 || before == 0x2139 ||
			before == 0x3030 || before == 0x303D || before == 0x3297 || before == 0x3299
	}
}

func isMathOrMyanmar(r rune) bool {
	return unicode.Is(unicode.Sm, r) || unicode.Is(unicode.Myanmar, r)
}

// Suspicious reports whether UTF-8 may hold a hidden character. It is a quick scan: false
// is certain, true is not.
func Suspicious(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if i = printableEnd(b, i); i == len(b) {
			return false
		}
		switch c := b[i]; {
		case c >= 0x20 && c < 0x7F, c == '\n', c == '\t', c == '\r':
		case c < 0x80:
			return true
		case c == 0xC2 && i+1 < len(b) && (b[i+1] < 0xA0 || b[i+1] == 0xAD),
			c == 0xCD && i+1 < len(b) && b[i+1] == 0x8F,
			c == 0xD8 && i+1 < len(b) && b[i+1] == 0x9C,
			c == 0xE1, c == 0xEF, c == 0xF3,
			c == 0xE2 && i+1 < len(b) && (b[i+1] == 0x80 || b[i+1] == 0x81),
			c == 0xE3 && bytes.HasPrefix(b[i:], []byte("\u3164")),
			c == 0xF0 && i+1 < len(b) && (b[i+1] == 0x9B || b[i+1] == 0x9D):
			r, size := utf8.DecodeRune(b[i:])
			if isHidden(r) || unicode.IsControl(r) || isVariationSelector(r) || r == zeroWidthJoiner || r == zeroWidthNonJoiner {
				return true
			}
			i += size - 1
		}
	}
	return false
}

// printableEnd is a place at or behind start up to which all is printable ASCII. It looks at
// eight bytes at a time.
func printableEnd(b []byte, start int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := start
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		dels := w ^ (ones * 0x7F)
		if (w|(w-ones*0x20)&^w|(dels-ones)&^dels)&highs != 0 {
			return i
		}
	}
	return i
}
