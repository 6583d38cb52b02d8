package naming

import (
	_ "embed"
	"math/rand/v2"
	"strings"
	"sync"

	"airbyte-mcp-server/internal/sandbox/random"
)

// peopleTXT has the names, titles and places of brianvoe/gofakeit (MIT) that people are made
// of: "# KIND", and one entry on each line. The whole library is 1.5 MB of the program, and
// makes the linker keep methods that nothing calls; a test compares both.
//
//go:embed people.txt
var peopleTXT string

// wordlists has the entries of each kind.
var wordlists = sync.OnceValue(func() map[string][]string {
	lists := map[string][]string{}
	for part := range strings.SplitSeq(peopleTXT, "# ") {
		if kind, entries, ok := strings.Cut(strings.TrimSuffix(part, "\n"), "\n"); ok {
			lists[kind] = strings.Split(entries, "\n")
		}
	}
	return lists
})

// chance makes the random choices for one person, in gofakeit's order.
type chance struct{ random *rand.Rand }

func chanceOf(s random.Seed) chance {
	return chance{rand.New(rand.NewPCG(uint64(s), 0x5bd1e995))} //nolint:gosec // made-up people, the same in every run
}

// one is an entry of a kind.
func (c chance) one(kind string) string {
	list := wordlists()[kind]
	return list[c.random.IntN(len(list))]
}

// digits is a number of n digits that does not begin with 0.
func (c chance) digits(n int) string {
	number := make([]byte, n)
	for i := range number {
		number[i] = '0' + byte(c.random.IntN(10))
	}
	if number[0] == '0' {
		number[0] = '1' + byte(c.random.IntN(8))
	}
	return string(number)
}

// street is a street with a number.
func (c chance) street() string {
	hasPrefix := c.random.IntN(2) == 0
	number := c.digits(5 - c.random.IntN(3))
	prefix := ""
	if hasPrefix {
		prefix = c.one("street prefixes") + " "
	}
	return number + " " + prefix + c.one("street names") + c.one("street suffixes")
}

// zip is a postal code.
func (c chance) zip() string {
	c.random.Uint64() // the library chooses among one form
	return c.digits(5)
}
