package rawjson

import "strconv"

// HasHugeNumber reports whether a number outside of strings is beyond a 64-bit float, which
// JSON readers make of it. The bytes are valid JSON.
func HasHugeNumber(raw []byte) bool {
	const shortest = len("1e309")
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			i = StringEnd(raw, i)
		case c == '-' || '0' <= c && c <= '9':
			begin := i
			for i < len(raw) && isNumeric(raw[i]) {
				i++
			}
			if i-begin >= shortest && isHuge(raw[begin:i]) {
				return true
			}
			i--
		}
	}
	return false
}

// isHuge reports whether a number is beyond a 64-bit float. Without an exponent that takes
// more digits than most numbers have.
func isHuge(number []byte) bool {
	const digits = 308
	exponent := len(number) > digits
	for _, c := range number {
		exponent = exponent || c|0x20 == 'e'
	}
	if !exponent {
		return false
	}
	_, err := strconv.ParseFloat(string(number), 64)
	return err != nil
}
