package cleantext

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"airbyte-mcp-server/internal/rawjson"
)

// JSON returns a valid JSON value in two forms: text, for readers, without the hidden
// characters of its strings, and exact, for programs, with the hidden characters as
// escapes. In both, half surrogate pairs are replaced. A value without any of them is
// returned without a copy.
func JSON(raw []byte) (text, exact []byte) {
	raw, _ = Mend(raw)
	if !mayHide(raw) {
		return raw, raw
	}
	var cleaned, escaped bytes.Buffer
	cleaned.Grow(len(raw))
	escaped.Grow(len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '"' {
			end := bytes.IndexByte(raw[i:], '"')
			if end < 0 {
				end = len(raw) - i
			}
			cleaned.Write(raw[i : i+end])
			escaped.Write(raw[i : i+end])
			i += end
			continue
		}
		end := min(rawjson.StringEnd(raw, i)+1, len(raw))
		writeString(&cleaned, &escaped, raw[i:end])
		i = end
	}
	return cleaned.Bytes(), escaped.Bytes()
}

// mayHide reports whether a value may hold hidden characters, plain or as escapes.
func mayHide(raw []byte) bool {
	return bytes.Contains(raw, []byte(`\u`)) || bytes.Contains(raw, []byte(`\b`)) || bytes.Contains(raw, []byte(`\f`)) || Suspicious(raw)
}

// writeString writes one string of JSON, quotes included, in both forms.
func writeString(cleaned, escaped *bytes.Buffer, raw []byte) {
	var s string
	if !mayHide(raw) || json.Unmarshal(raw, &s) != nil {
		cleaned.Write(raw)
		escaped.Write(raw)
		return
	}
	if clean := Text(s); clean != s {
		cleaned.Write(rawjson.Quote(clean))
	} else {
		cleaned.Write(raw)
	}
	escaped.Write(escapeHidden(raw))
}

// escapeHidden writes hidden characters as \u escapes. All other bytes stay.
func escapeHidden(raw []byte) []byte {
	if !Suspicious(raw) {
		return raw
	}
	b := make([]byte, 0, len(raw)+32)
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if Suspicious(raw[i : i+size]) {
			b = appendEscape(b, r)
		} else {
			b = append(b, raw[i:i+size]...)
		}
		i += size
	}
	return b
}

func appendEscape(b []byte, r rune) []byte {
	units := []rune{r}
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		units = []rune{high, low}
	}
	for _, u := range units {
		hex := strconv.FormatInt(int64(u), 16)
		b = append(b, `\u0000`[:6-len(hex)]...)
		b = append(b, hex...)
	}
	return b
}
