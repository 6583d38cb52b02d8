package rawjson

import "unicode/utf8"

// EachMember visits the members of a valid object in order, with their names as they are
// written, until it is told that they are enough. It reports false of other values.
func EachMember(valid []byte, found func(name, value []byte) bool) bool {
	valid = trim(valid)
	if len(valid) == 0 || valid[0] != '{' {
		return false
	}
	var b blocks
	for i := behindSpace(valid, 1); valid[i] != '}'; {
		end := b.textEnd(valid, i)
		name := valid[i:end]
		start := behindSpace(valid, behindSpace(valid, end)+1) // the colon
		end = b.valueEnd(valid, start)
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

// textEnd is the index behind the string that begins at start.
func (b *blocks) textEnd(valid []byte, start int) int {
	for i := start + 1; ; i += 2 {
		if i = b.next(valid, i); valid[i] == '"' {
			return i + 1
		}
	}
}

// valueEnd is the index behind the value that begins at start, within an object or a list.
func (b *blocks) valueEnd(valid []byte, start int) int {
	level := 0
	for i := start; ; i++ {
		switch valid[i] {
		case '"':
			i = b.textEnd(valid, i) - 1
		case '{', '[':
			level++
			continue
		case '}', ']':
			level--
		default:
			for c := valid[i+1]; c > ' ' && c != ',' && c != '}' && c != ']' && c != '"' && c != '{' && c != '['; c = valid[i+1] {
				i++
			}
			if level > 0 {
				continue
			}
		}
		if level == 0 {
			return i + 1
		}
	}
}
