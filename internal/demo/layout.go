package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// layout writes JSON for people in few lines: members follow each other on a line as
// long as they fit, in their order. The value stands at a column of a line that is
// indented.
func layout(v gjson.Result, indent, column, width int) string {
	flat := flatten(v)
	if column+columns(flat)+len(",") <= width || !v.IsObject() && !v.IsArray() {
		return flat
	}
	opening, closing, inner := "{", "}", indent+1
	if v.IsArray() {
		opening, closing = "[", "]"
	}
	text, at := opening, column+1
	if column > indent { // behind a name: the members start on a line of their own
		inner++
		text, at = opening+"\n"+strings.Repeat(" ", inner), inner
	}
	first := true
	v.ForEach(func(key, value gjson.Result) bool {
		member := ""
		if v.IsObject() {
			member = key.Raw + ": "
		}
		flat := member + flatten(value)
		switch {
		case first:
		case at+columns(flat)+len(", ,") <= width && !isNested(value):
			text, at = text+", ", at+2
		default:
			text, at = text+",\n"+strings.Repeat(" ", inner), inner
		}
		first = false
		member += layout(value, inner, at+columns(member), width)
		text += member
		at += columns(member)
		if i := strings.LastIndexByte(member, '\n'); i >= 0 {
			at = width // nothing follows the end of what was broken
		}
		return true
	})
	return text + closing
}

// isNested reports whether a value has values with values in them.
func isNested(v gjson.Result) (nested bool) {
	v.ForEach(func(_, value gjson.Result) bool {
		nested = value.IsObject() || value.IsArray()
		return !nested
	})
	return nested || v.IsObject()
}

func columns(text string) int { return utf8.RuneCountInString(text) }

// flatten writes a value on one line.
func flatten(v gjson.Result) string {
	if !v.IsObject() && !v.IsArray() {
		return strings.TrimSpace(v.Raw)
	}
	var parts []string
	v.ForEach(func(key, value gjson.Result) bool {
		name := ""
		if v.IsObject() {
			name = key.Raw + ": "
		}
		parts = append(parts, name+flatten(value))
		return true
	})
	if v.IsArray() {
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// trim leaves the named members of an object, in this order, and says how many there
// are besides.
func trim(object gjson.Result, names []string) gjson.Result {
	var parts []string
	for _, name := range names {
		if value := object.Get(gjson.Escape(name)); value.Exists() {
			parts = append(parts, strconv.Quote(name)+":"+value.Raw)
		}
	}
	left := 0
	object.ForEach(func(key, _ gjson.Result) bool {
		if !slices.Contains(names, key.Str) {
			left++
		}
		return true
	})
	if left > 0 {
		parts = append(parts, fmt.Sprintf(`"…":"%d more"`, left))
	}
	return gjson.Parse("{" + strings.Join(parts, ",") + "}")
}

// fold breaks lines that are too wide at spaces; what follows is indented by two more.
// A word that is too wide for a line stays whole.
func fold(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.TrimLeft(line, " ")
		current := line[:len(line)-len(words)]
		indent, used := current+"  ", 0
		for word := range strings.SplitSeq(words, " ") {
			if used > 0 && columns(current+" "+word) > width {
				lines = append(lines, current)
				current, used = indent, 0
			}
			if used > 0 {
				current += " "
			}
			current += word
			used++
		}
		lines = append(lines, current)
	}
	return lines
}

// cut is the start of a text that fits beside a name: its first sentence, or less.
func cut(text string, width int) string {
	sentence, _, _ := strings.Cut(text, ". ")
	if sentence = strings.TrimSuffix(sentence, "."); columns(sentence) <= width {
		return sentence
	}
	return string([]rune(sentence)[:width-1]) + "…"
}
