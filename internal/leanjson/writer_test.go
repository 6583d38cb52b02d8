package leanjson_test

import "airbyte-mcp-server/internal/rawjson"

// maxLevels is how deep a value is looked into. What is nested deeper is copied.
const maxLevels = 100

// written is Lean as a writer of its own does it, byte by byte.
func written(raw []byte) (lean []byte, left bool) {
	w := writer{raw: raw}
	if w.value(0); !w.left {
		return raw, false
	}
	return append(w.out, raw[w.written:]...), true
}

// writer reads a value and copies what is kept of it, in runs that are as long as can be.
type writer struct {
	raw     []byte
	at      int
	out     []byte
	written int // up to where raw has been copied or left out
	left    bool
}

// value reads one value, and reports whether it says nothing.
func (w *writer) value(level int) (empty bool) {
	switch c := w.peek(); {
	case c == '"':
		start := w.at
		w.at = min(rawjson.StringEnd(w.raw, start)+1, len(w.raw))
		return w.at-start == 2
	case (c == '{' || c == '[') && level < maxLevels:
		return w.container(c, level)
	case c == '{' || c == '[':
		return w.whole()
	default:
		for w.at < len(w.raw) && isInWord(w.raw[w.at]) {
			w.at++
		}
		return c == 'n'
	}
}

// isInWord reports whether a byte may be part of a number, true, false or null.
func isInWord(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\t', '\r', '\n':
		return false
	default:
		return true
	}
}

// container reads an object or a list.
func (w *writer) container(open byte, level int) (empty bool) {
	w.at++
	kept := 0
	for c := w.peek(); c != 0 && c != open+2; c = w.peek() { // ] and } are two behind [ and {
		if c == ',' {
			w.at++
			continue
		}
		if open == '[' {
			w.value(level + 1)
			kept++
			continue
		}
		if !w.member(level, kept > 0) {
			kept++
		}
	}
	w.at++
	return kept == 0
}

// member reads a name and its value. One that says nothing is left out, with the comma
// that parts it from what was kept before; without anything before, with the comma behind.
func (w *writer) member(level int, follows bool) (empty bool) {
	start, out, written := w.at, len(w.out), w.written
	w.at = min(rawjson.StringEnd(w.raw, start)+1, len(w.raw))
	w.peek()
	w.at++ // the colon
	if !w.value(level + 1) {
		return false
	}
	w.out, w.written, w.left = w.out[:out], written, true // whatever was left out within
	if follows {
		start = w.before(start)
	}
	if w.out == nil {
		w.out = make([]byte, 0, len(w.raw))
	}
	if start > w.written { // else what stands before was left out as well
		w.out = append(w.out, w.raw[w.written:start]...)
	}
	if !follows && w.peek() == ',' {
		w.at++
	}
	w.written = w.at
	return true
}

// before is the place of the comma before a member, or, where that was left out with a
// member before, of the member.
func (w *writer) before(start int) int {
	for i := start - 1; i >= w.written; i-- {
		if w.raw[i] == ',' {
			return i
		}
	}
	return start
}

// whole reads a container without looking into it.
func (w *writer) whole() (empty bool) {
	start := w.at
	w.at += rawjson.ValueEnd(w.raw[w.at:])
	return w.at-start == 2
}

// peek is the next byte that is no white space, 0 at the end.
func (w *writer) peek() byte {
	for ; w.at < len(w.raw); w.at++ {
		if c := w.raw[w.at]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}
