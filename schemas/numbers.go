package schemas

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
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

// jsonNumber is the number grammar of JSON.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

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
	if !isModest(number) || !jsonNumber.MatchString(string(number)) {
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
		return number, jsonNumber.MatchString(number)
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
	return number, jsonNumber.MatchString(number)
}
