package cleantext

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// Mend replaces half surrogate pairs in the strings of a JSON value by U+FFFD, and reports
// whether there are any: a vendor has cut a text between them, and strict readers refuse the
// whole value. A value without any is returned without a copy.
func Mend(raw []byte) ([]byte, bool) {
	if !bytes.Contains(raw, []byte(`\ud`)) && !bytes.Contains(raw, []byte(`\uD`)) {
		return raw, false
	}
	var mended []byte
	written := 0
	for i := 0; i < len(raw); {
		next := bytes.IndexByte(raw[i:], '\\')
		if next < 0 {
			break
		}
		i += next
		unit, isUnit := escapedUnit(raw[i:])
		switch {
		case !isUnit:
			i += 2
		case !utf16.IsSurrogate(unit):
			i += unitLength
		case isPair(unit, raw[i+unitLength:]):
			i += 2 * unitLength
		default:
			mended = append(append(mended, raw[written:i]...), `\ufffd`...)
			i += unitLength
			written = i
		}
	}
	if mended == nil {
		return raw, false
	}
	return append(mended, raw[written:]...), true
}

// unitLength is the length of an escape such as \u00e4.
const unitLength = 6

// escapedUnit decodes the \u escape at the front of a JSON string.
func escapedUnit(raw []byte) (rune, bool) {
	if len(raw) < unitLength || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:unitLength]), 16, 16)
	return rune(n), err == nil
}

// isPair reports whether a surrogate is the first half of a pair with the escape after it.
func isPair(first rune, rest []byte) bool {
	second, ok := escapedUnit(rest)
	return ok && rest[0] == '\\' && utf16.DecodeRune(first, second) != replacement
}

// replacement stands for a character that cannot be told.
const replacement = 0xFFFD
