// Package leanjson writes JSON for readers who pay for every byte: without members that
// say nothing, and lists of records as rows under their columns.
package leanjson

import (
	"bytes"

	"airbyte-mcp-server/internal/rawjson"
)

// maxLevels is how deep a value is looked into. What is nested deeper is copied.
const maxLevels = 100

// Lean leaves the members of objects out that are null or empty: "", [] and {}, and what
// becomes empty by that. Elements of lists stay, since their places count. It reports
// whether anything was left out; a value of which nothing was is returned as it is. The
// value must be valid.
func Lean(raw []byte) (lean []byte, left bool) {
	if !mayBeEmpty(raw) {
		return raw, false
	}
	w := writer{raw: raw, out: make([]byte, 0, len(raw))}
	w.value(0)
	if !w.left {
		return raw, false
	}
	return w.out, true
}

// mayBeEmpty reports whether a value may have a member to leave out: most of what has none
// is told at the speed of a search.
func mayBeEmpty(raw []byte) bool {
	for _, nothing := range []string{"null", `""`, "[]", "{}"} {
		if bytes.Contains(raw, []byte(nothing)) {
			return true
		}
	}
	return bytes.ContainsAny(raw, " \t\n\r") && (bytes.Contains(raw, []byte("[ ")) || bytes.Contains(raw, []byte("{ ")))
}

// writer copies a value from raw to out.
type writer struct {
	raw  []byte
	at   int
	out  []byte
	left bool
}

// value copies one value, and reports whether it says nothing.
func (w *writer) value(level int) (empty bool) {
	w.space()
	if w.at >= len(w.raw) {
		return true
	}
	switch c := w.raw[w.at]; {
	case c == '"':
		start := w.at
		w.at = min(rawjson.StringEnd(w.raw, start)+1, len(w.raw))
		w.out = append(w.out, w.raw[start:w.at]...)
		return w.at-start == 2
	case (c == '{' || c == '[') && level < maxLevels:
		return w.container(c, level)
	case c == '{' || c == '[':
		return w.whole()
	default:
		start := w.at
		for w.at < len(w.raw) && !bytes.ContainsRune([]byte(",]} \t\r\n"), rune(w.raw[w.at])) {
			w.at++
		}
		w.out = append(w.out, w.raw[start:w.at]...)
		return w.raw[start] == 'n'
	}
}

// container copies an object or a list.
func (w *writer) container(open byte, level int) (empty bool) {
	w.out = append(w.out, open)
	w.at++
	begun := len(w.out)
	for w.space(); w.at < len(w.raw) && w.raw[w.at] != open+2; w.space() { // ] and } are two behind [ and {
		before := len(w.out)
		if before > begun {
			w.out = append(w.out, ',')
		}
		if open == '[' {
			w.value(level + 1)
		} else if w.member(level) {
			w.out, w.left = w.out[:before], true
		}
		w.space()
		if w.at < len(w.raw) && w.raw[w.at] == ',' {
			w.at++
		}
	}
	w.at++
	w.out = append(w.out, open+2)
	return len(w.out) == begun+1
}

// member copies a name and its value, and reports whether the value says nothing.
func (w *writer) member(level int) (empty bool) {
	start := w.at
	w.at = min(rawjson.StringEnd(w.raw, start)+1, len(w.raw))
	w.out = append(append(w.out, w.raw[start:w.at]...), ':')
	w.space()
	w.at++ // the colon
	return w.value(level + 1)
}

// whole copies a container without looking into it.
func (w *writer) whole() (empty bool) {
	start, depth := w.at, 0
	for ; w.at < len(w.raw); w.at++ {
		switch w.raw[w.at] {
		case '"':
			w.at = min(rawjson.StringEnd(w.raw, w.at), len(w.raw)-1)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	w.at = min(w.at+1, len(w.raw))
	w.out = append(w.out, w.raw[start:w.at]...)
	return w.at-start == 2
}

func (w *writer) space() {
	for w.at < len(w.raw) && (w.raw[w.at] == ' ' || w.raw[w.at] == '\n' || w.raw[w.at] == '\t' || w.raw[w.at] == '\r') {
		w.at++
	}
}
