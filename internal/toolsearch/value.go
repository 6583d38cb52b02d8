package toolsearch

import (
	"path"
	"strings"
)

// ids are the beginnings of ids that tell what they are of. An id goes on with at
// least as many of the characters.
var ids = []struct {
	begins string
	least  int
	of     string // characters
	value  string
}{
	{"cus_", 2, word, "customer id"}, {"sub_", 2, word, "subscription id"}, {"in_", 2, word, "invoice id"}, {"ch_", 2, word, "charge id"},
	{"py_", 2, word, "charge id"}, {"pi_", 2, word, "payment id"}, {"re_", 2, word, "refund id"}, {"po_", 2, word, "payout id"},
	{"dp_", 2, word, "dispute id"}, {"prod_", 2, word, "product id"}, {"txn_", 2, word, "ledger id"},
	{"SM", 6, hex, "message sid"}, {"MM", 6, hex, "message sid"}, {"CA", 6, hex, "call sid"}, {"RE", 6, hex, "recording sid"},
	{"rec", 10, letters, "record id"}, {"app", 14, letters, "base id"}, {"tbl", 14, letters, "table id"}, {"pm_", 2, word, "payment method id"},
	{"price_", 4, word, "price id"}, {"B0", 8, digits + upper, "asin"},
	{"001", 12, word, "account id"}, {"003", 12, word, "contact id"}, {"006", 12, word, "opportunity id"}, {"00Q", 12, word, "lead id"},
	{"500", 12, word, "case id"},
}

const (
	digits  = "0123456789"
	lower   = "abcdefghijklmnopqrstuvwxyz"
	upper   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letters = digits + lower + upper
	word    = digits + lower + upper + "_"
	hex     = digits + "abcdefABCDEF"
)

const (
	codeFiles  = " .go .py .js .ts .rb .rs .java .yml .yaml .json .toml .c .h .cpp .sh .md "
	otherFiles = " .pdf .png .jpg .jpeg .gif .doc .docx .xls .xlsx .csv .ppt .pptx .txt .zip .mp4 .mov "
)

// only reports whether a text is made of some characters alone, and not empty.
func only(text, characters string) bool { return text != "" && strings.Trim(text, characters) == "" }

// valueOf tells what kind of value a piece of text is, or "" if it is a word.
func valueOf(text string) string {
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
	case in(codeFiles, extension) && len(extension) < len(text):
		return "code"
	case in(otherFiles, extension) && len(extension) < len(text):
		return "file"
	case isRepository(text):
		return "repository"
	}
	return idOrNumber(text)
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

func idOrNumber(text string) string {
	for _, id := range ids {
		rest, ok := strings.CutPrefix(text, id.begins)
		if ok && len(rest) >= id.least && only(rest, id.of) && (id.of != letters || strings.ContainsAny(rest, digits)) {
			return id.value
		}
	}
	if project, number, ok := strings.Cut(text, "-"); ok && len(project) > 1 && only(project[:1], upper) && only(project, upper+digits) && only(number, digits) {
		return "issue key"
	}
	if amount := strings.Trim(text, "$€£"); amount != text && only(strings.TrimRight(amount, "kmKM"), digits+".,") {
		return "money"
	}
	switch {
	case isMarketplaceOrder(text):
		return "marketplace order id"
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

// isMarketplaceOrder knows Amazon's numbers of orders, such as 902-3159896-1390916.
func isMarketplaceOrder(text string) bool {
	parts := strings.Split(text, "-")
	return len(parts) == 3 && len(parts[0]) == 3 && len(parts[1]) == 7 && len(parts[2]) == 7 && only(strings.Join(parts, ""), digits)
}

// isTime knows 9am and 30d.
func isTime(text string) bool {
	unit := strings.TrimLeft(text, digits+":")
	return unit != text && in(" am pm d h hr hrs m min w x k % st nd rd th ", unit)
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
	case "id", "issue key", "request number", "asin":
		return true
	}
	return strings.HasSuffix(value, " id") || strings.HasSuffix(value, " sid")
}
