package rawjson

// MaxDigits bounds the length of a number from outside. Arithmetic on a number takes time in
// proportion to the square of its length.
const MaxDigits = 1000

// HasLongNumber reports whether a number outside of strings is longer than MaxDigits. It
// reads the bytes once, valid JSON or not.
func HasLongNumber(raw []byte) bool {
	length := 0
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case isNumeric(c):
			if length++; length > MaxDigits {
				return true
			}
			continue
		case c == '"':
			i = StringEnd(raw, i)
		}
		length = 0
	}
	return false
}
