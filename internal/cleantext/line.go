package cleantext

import (
	"strings"
	"unicode"
)

// MaxQuoted bounds a quoted name, in characters.
const MaxQuoted = 100

// Line is a text without hidden characters, on one line: white space of any kind and length
// becomes one space.
func Line(s string) string {
	line := strings.Join(strings.FieldsFunc(s, isBlank), " ")
	for { // a removal may have left a space at an end, or two side by side
		clean := strings.Join(strings.FieldsFunc(Text(line), isBlank), " ")
		if clean == line {
			return line
		}
		line = clean
	}
}

// isBlank reports whether a character is seen as a gap, or begins another line.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Z, r) || r == 0x2800 // the Braille pattern without dots
}

// Quote shows a stranger's name where somebody decides by it: on one line, without hidden
// characters, at most MaxQuoted characters long, and between quotation marks that nothing
// in it can close.
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(Clip(Line(s), MaxQuoted)) + `"`
}

// Clip is at most the first characters of a text, with a sign that more follow.
func Clip(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}
