package rawjson

// Flatten writes the lists and objects of a valid value that stand below so many levels as
// JSON text in a string, and reports whether there are any. A value without such parts is
// returned without a copy.
func Flatten(raw []byte, levels int) ([]byte, bool) {
	var flat []byte
	level, written := 0, 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = StringEnd(raw, i)
		case '}', ']':
			level--
		case '{', '[':
			if level < levels {
				level++
				continue
			}
			end := partEnd(raw, i)
			flat = append(append(flat, raw[written:i]...), Quote(string(raw[i:end]))...)
			written, i = end, end-1
		}
	}
	if flat == nil {
		return raw, false
	}
	return append(flat, raw[written:]...), true
}

// ValueEnd is the index behind the list or object that raw begins with.
func ValueEnd(raw []byte) int { return partEnd(raw, 0) }

// partEnd is the index behind the list or object that begins at start.
func partEnd(raw []byte, start int) int {
	level := 0
	for i := start; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = StringEnd(raw, i)
		case '{', '[':
			level++
		case '}', ']':
			if level--; level == 0 {
				return i + 1
			}
		}
	}
	return len(raw)
}
