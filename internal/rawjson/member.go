package rawjson

import "unicode/utf8"

// EachMember visits the members of a valid object in order, with their names as they are
// written, until it is told that they are enough. It reports false of other values.
func EachMember(valid []byte, found func(name, value []byte) bool) bool {
	valid = trim(valid)
	if len(valid) == 0 || valid[0] != '{' {
		return false
	}
	for i := behindSpace(valid, 1); valid[i] != '}'; {
		end := StringEnd(valid, i) + 1
		name := valid[i:end]
		start := behindSpace(valid, behindSpace(valid, end)+1) // the colon
		end = valueEnd(valid, start)
		if !found(name, valid[start:end:end]) {
			return true
		}
		if i = behindSpace(valid, end); valid[i] == ',' {
			i = behindSpace(valid, i+1)
		}
	}
	return true
}

// IsPlainName reports whether a name, between its quotes, says what it spells.
func IsPlainName(name []byte) bool {
	inner := name[1 : len(name)-1]
	return isPlain(inner) && utf8.Valid(inner)
}

// behindSpace is the index of the first byte at or behind start that is no white space.
func behindSpace(valid []byte, start int) int {
	for valid[start] <= ' ' {
		start++
	}
	return start
}

// valueEnd is the index behind the value that begins at start, within an object or a list.
func valueEnd(valid []byte, start int) int {
	switch valid[start] {
	case '"':
		return StringEnd(valid, start) + 1
	case '{', '[':
		return partEnd(valid, start)
	}
	for end := start; ; end++ {
		if c := valid[end]; c <= ' ' || c == ',' || c == '}' || c == ']' {
			return end
		}
	}
}
