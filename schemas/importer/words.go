package importer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"airbyte-mcp-server/internal/lazyregexp"
)

// maxWords bounds a description, in bytes: it is paid for with every request.
const maxWords = 1000

// toolReference is what the catalog's words refer to tools by. Words of a vendor
// that look so mean something else.
var toolReference = lazyregexp.New(`\{([a-z0-9_]+\.[a-z_]+)\}`)

// costlyText is the length of text, in bytes, that costs as much as a part.
const costlyText = 500

// words is the description that a node holds.
func (r *reader) words(n *node) string {
	written := n.scalar()
	if !r.spend(len(written) / costlyText) {
		return ""
	}
	return words(written)
}

// words puts a description on one line, cut where it gets too long.
func words(description string) string {
	flat := strings.Join(strings.Fields(description), " ")
	flat = toolReference.ReplaceAllString(flat, "<$1>")
	if len(flat) <= maxWords {
		return flat
	}
	cut := flat[:maxWords]
	if end := strings.LastIndex(cut, ". "); end > maxWords/2 {
		return cut[:end+1]
	}
	for !utf8.ValidString(cut) {
		cut = cut[:len(cut)-1]
	}
	return cut + "…"
}

// sentence is words that end like a sentence.
func sentence(description string) string {
	flat := words(description)
	last, _ := utf8.DecodeLastRuneInString(flat)
	if flat != "" && (unicode.IsLetter(last) || unicode.IsDigit(last) || strings.ContainsRune("`'\")]>", last)) {
		return flat + "."
	}
	return flat
}

// maxOpening bounds the summary of a connector, in bytes, unless one sentence is
// longer.
const maxOpening = 160

var sentenceEnd = lazyregexp.New(`[.!?] \p{Lu}`)

// opening is the first sentences of a longer description.
func opening(description string) string {
	flat := sentence(description)
	if len(flat) <= maxOpening {
		return flat
	}
	end := len(flat)
	for _, at := range sentenceEnd.FindAllStringIndex(flat, -1) {
		if end == len(flat) || at[0] < maxOpening {
			end = at[0] + 1
		}
	}
	return flat[:end]
}

// spoken is a name as words, such as "Order lines." for order_lines.
func spoken(name string) string {
	flat := strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(name))
	if flat == "" {
		return ""
	}
	return strings.ToUpper(flat[:1]) + flat[1:] + "."
}
