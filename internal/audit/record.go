package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxLine bounds a line, in bytes, its end included.
const maxLine = 8 << 10

// errLong is a record that does not fit into a line. Whoever makes records bounds their
// fields so that there is none.
var errLong = errors.New("an audit record is longer than 8 KiB")

// maxChained is what the chain adds to a record at most.
const maxChained = 224

// encode is a record as JSON, in which every character shows as it is: control,
// bidirectional and other invisible ones are escaped.
func encode(record any) ([]byte, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encoding an audit record: %w", err)
	}
	text = escape(text)
	if len(text) > maxLine-maxChained {
		return nil, errLong
	}
	return text, nil
}

func escape(text []byte) []byte {
	plain := true
	for _, b := range text {
		plain = plain && b < utf8.RuneSelf && b != 0x7f
	}
	if plain {
		return text // json.Marshal has escaped what is below a space
	}
	escaped := make([]byte, 0, len(text)+64)
	for _, r := range string(text) {
		switch {
		case unicode.IsPrint(r):
			escaped = utf8.AppendRune(escaped, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, high, low)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		}
	}
	return escaped
}
