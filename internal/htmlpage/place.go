package htmlpage

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// place is where in a page a value is written.
type place struct {
	fault     error
	attribute string // "" between tags
	before    string // what of the attribute's value has been written
}

var (
	errUnquoted = errors.New("a value may stand between tags or in an attribute with double quotes")
	errScript   = errors.New("a value may not stand in a script or a style")
)

// placeOf looks at what has been written of a page. No value that was written brings a
// quote, "<" or ">" into it.
func placeOf(written []byte) place {
	open := bytes.LastIndexByte(written, '<')
	tag := string(written[open+1:])
	if open < 0 || strings.Contains(tag, ">") {
		if name := strings.ToLower(tag); strings.HasPrefix(name, "script") || strings.HasPrefix(name, "style") {
			return place{fault: errScript}
		}
		return place{}
	}
	if strings.Count(tag, `"`)%2 == 0 {
		return place{fault: errUnquoted}
	}
	quote := strings.LastIndexByte(tag, '"')
	name, ok := strings.CutSuffix(tag[:quote], "=")
	if !ok {
		return place{fault: errUnquoted}
	}
	name = strings.ToLower(name[strings.LastIndexAny(name, " \n\t\"")+1:])
	if strings.HasPrefix(name, "on") || name == "style" || name == "srcdoc" || name == "srcset" {
		return place{fault: errScript}
	}
	return place{attribute: name, before: tag[quote+1:]}
}

// escape writes a text for the place.
func (p place) escape(text string) (string, error) {
	if p.fault != nil {
		return "", p.fault
	}
	switch p.attribute {
	case "href", "action", "src", "formaction", "cite", "poster", "data":
		text = p.address(text)
	}
	return markup().Replace(text), nil
}

// address is a text as an address or a part of one.
func (p place) address(text string) string {
	switch {
	case strings.ContainsAny(p.before, "?#"):
		return percentEncoded(text, false)
	case p.before == "" && !isHarmless(text):
		return "#"
	}
	return percentEncoded(text, true)
}

// isHarmless reports whether an address leads to the web or within it.
func isHarmless(address string) bool {
	scheme, _, found := strings.Cut(address, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return true
	}
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "mailto")
}

// percentEncoded encodes what an address may not have. What has a meaning in one stays
// if the text is a whole address.
func percentEncoded(text string, whole bool) string {
	var out strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case isUnreserved(c), whole && strings.IndexByte("!#$&*+,/:;=?@[]", c) >= 0, whole && c == '%' && isEncoded(text[i:]):
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "%%%02x", c)
		}
	}
	return out.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// isEncoded reports whether a text begins with an encoded byte, such as %20.
func isEncoded(text string) bool {
	const digits = "0123456789abcdefABCDEF"
	return len(text) >= 3 && strings.IndexByte(digits, text[1]) >= 0 && strings.IndexByte(digits, text[2]) >= 0
}

// markup escapes what has a meaning in HTML.
func markup() *strings.Replacer {
	return strings.NewReplacer("\x00", "\ufffd", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")
}
