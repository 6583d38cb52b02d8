package toolsearch

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// idShape is a form of ids.
type idShape struct {
	prefix     string
	characters string
	least      int
	mask       string
}

func (id ID) shape() idShape { return idShape{id.Prefix, id.Characters, id.Least, id.Mask} }

// idPrefix begins the values that are ids of a known form.
const idPrefix = "id "

// value is the kind of value that ids of the form are.
func (s idShape) value() string { return idPrefix + s.prefix + s.mask }

// fits reports whether a text has the form. Behind a prefix of letters alone there
// must be a digit, or a word could have the form.
func (s idShape) fits(text string) bool {
	if s.mask != "" {
		return strings.Map(digitsToZero, text) == s.mask
	}
	rest, ok := strings.CutPrefix(text, s.prefix)
	return ok && len(rest) >= s.least && only(rest, s.characters) && (!only(s.prefix, lower+upper) || strings.ContainsAny(rest, digits))
}

func digitsToZero(r rune) rune {
	if '0' <= r && r <= '9' {
		return '0'
	}
	return r
}

// idShapes are the forms of ids that the connectors have, the longest prefix first.
func (b *builder) idShapes() []idShape {
	var shapes []idShape
	for _, c := range b.connectors {
		for _, id := range c.IDs {
			shapes = append(shapes, id.shape())
		}
	}
	slices.SortStableFunc(shapes, func(a, b idShape) int { return cmp.Compare(len(b.prefix), len(a.prefix)) })
	return shapes
}

const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	word   = digits + lower + upper + "_"
)

const (
	codeFiles  = " .go .py .js .ts .rb .rs .java .yml .yaml .json .toml .c .h .cpp .sh .md "
	otherFiles = " .pdf .png .jpg .jpeg .gif .doc .docx .xls .xlsx .csv .ppt .pptx .txt .zip .mp4 .mov "
)

// only reports whether a text is made of some characters alone, and not empty.
func only(text, characters string) bool { return text != "" && strings.Trim(text, characters) == "" }

// valueOf tells what kind of value a piece of text is, or "" if it is a word.
func (x *Index) valueOf(text string) string {
	sign, rest := text[0], text[1:]
	extension := strings.ToLower(path.Ext(text))
	switch {
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"), strings.HasPrefix(text, "www."):
		return "url"
	case isEmail(text):
		return "email"
	case sign == '#' && rest != "" && only(rest[:1], lower):
		return "channel"
	case sign == '@' && rest != "" && only(rest[:1], lower):
		return "handle"
	case sign == '!' && only(rest, digits):
		return "request number"
	case sign == '+' && rest != "" && only(rest[:1], digits):
		return "phone"
	case hasWord(codeFiles, extension) && len(extension) < len(text):
		return "code"
	case hasWord(otherFiles, extension) && len(extension) < len(text):
		return "file"
	case isRepository(text):
		return "repository"
	}
	return x.idOrNumber(text)
}

func isEmail(text string) bool {
	name, domain, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(domain, ".")
}

func isRepository(text string) bool {
	owner, name, ok := strings.Cut(text, "/")
	const characters = lower + digits + "_.-"
	return ok && len(owner) > 1 && len(name) > 1 && only(owner, characters) && only(name, characters)
}

func (x *Index) idOrNumber(text string) string {
	for _, shape := range x.ids {
		if shape.fits(text) {
			return shape.value()
		}
	}
	if project, number, ok := strings.Cut(text, "-"); ok && len(project) > 1 && only(project[:1], upper) &&
		only(project, upper+digits) && only(number, digits) {
		return "issue key"
	}
	if amount := strings.Trim(text, "$€£"); amount != text && only(strings.TrimRight(amount, "kmKM"), digits+".,") {
		return "money"
	}
	switch {
	case !strings.ContainsAny(text, digits):
		return ""
	case only(text, digits+"-/.:") && strings.ContainsAny(text, "-/.:"), isTime(text):
		return "time"
	case only(strings.TrimPrefix(text, "#"), digits) && len(text) > 1, isID(text):
		return "id"
	case only(text, digits+".,"):
		return "number"
	}
	return ""
}

// isTime knows 9am and 30d.
func isTime(text string) bool {
	unit := strings.TrimLeft(text, digits+":")
	return unit != text && hasWord(" am pm d h hr hrs m min w x k % st nd rd th ", unit)
}

// isID knows what has several digits among letters, such as SUMMER24.
func isID(text string) bool {
	n := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n > 1 && only(text, word+"-")
}

// identifies reports whether a value names one thing, so that the question is
// rather after that than after many.
func identifies(value string) bool {
	switch value {
	case "id", "issue key", "request number":
		return true
	}
	return strings.HasPrefix(value, idPrefix)
}
