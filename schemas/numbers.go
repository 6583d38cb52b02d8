package schemas

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

const (
	// maxDigits bounds the length of numbers. What works with them takes time that
	// grows with the square of it, so the length is looked at first.
	maxDigits = rawjson.MaxDigits
	// maxExponent bounds the exponents of numbers. The validator writes numbers
	// out in full, so a few bytes such as 1e1000000 would cost it a million digits.
	maxExponent = 400
)

// isNumber reports whether a text is a number in JSON's grammar.
func isNumber(text string) bool {
	rest := strings.TrimPrefix(text, "-")
	whole := leadingDigits(rest)
	if whole == "" || whole[0] == '0' && len(whole) > 1 {
		return false
	}
	rest = rest[len(whole):]
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		digits := leadingDigits(fraction)
		if digits == "" {
			return false
		}
		rest = fraction[len(digits):]
	}
	if rest == "" {
		return true
	}
	return isExponent(rest)
}

// isExponent reports whether a text is e or E, an optional sign, and digits.
func isExponent(text string) bool {
	if text[0] != 'e' && text[0] != 'E' {
		return false
	}
	digits := text[1:]
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		digits = digits[1:]
	}
	return digits != "" && leadingDigits(digits) == digits
}

func leadingDigits(text string) string {
	return text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
}

// immodest says why a number is out of bounds, "" if it is not.
func immodest(n json.Number) string {
	switch {
	case len(n) > maxDigits:
		return fmt.Sprintf("holds a number of more than %d digits", maxDigits)
	case !isModest(n):
		return fmt.Sprintf("holds a number beyond 1e%d", maxExponent)
	default:
		return ""
	}
}

// isModest reports whether a number's length and exponent are within bounds.
func isModest(n json.Number) bool {
	if len(n) > maxDigits {
		return false
	}
	_, exponent, found := strings.Cut(strings.ToLower(n.String()), "e")
	if !found {
		return true
	}
	e, err := strconv.Atoi(exponent)
	return err == nil && -maxExponent <= e && e <= maxExponent
}

// ExactNumber is the exact value of a JSON number whose length and exponent are within
// bounds; false for any other text.
func ExactNumber(number json.Number) (*big.Rat, bool) {
	if !isModest(number) || !isNumber(string(number)) {
		return nil, false
	}
	return new(big.Rat).SetString(string(number))
}

// wholeDigits writes a whole number without fraction and exponent: 5.0 and 5e0 are 5.
// It is false for any other text.
func wholeDigits(number string) (string, bool) {
	if number == "" || len(number) > maxDigits {
		return "", false
	}
	if !strings.ContainsAny(number, ".eE") {
		return number, isNumber(number)
	}
	r, ok := ExactNumber(json.Number(number))
	if !ok || !r.IsInt() {
		return "", false
	}
	return r.Num().String(), true
}

// plainDigits are the digits of a number that a text may stand for: a whole one, or a
// fraction that says all it means. 5.0 may have been a 5.
func plainDigits(number string) (string, bool) {
	if len(number) > maxDigits || strings.ContainsAny(number, "eE") {
		return "", false
	}
	_, fraction, found := strings.Cut(number, ".")
	if found && strings.Trim(fraction, "0") == "" {
		return "", false
	}
	return number, isNumber(number)
}
