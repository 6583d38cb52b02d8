package jsonvalue

import (
	"math/big"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// maxExponent bounds the exponents of numbers, which arithmetic writes out in full.
const maxExponent = 400

// Rational is the exact value of a number; false for any other text, and for a number that
// would take long to work with.
func Rational(text string) (*big.Rat, bool) {
	if len(text) > rawjson.MaxDigits {
		return nil, false
	}
	if at := strings.LastIndexAny(text, "eEpP"); at >= 0 {
		if n, err := strconv.Atoi(text[at+1:]); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}
