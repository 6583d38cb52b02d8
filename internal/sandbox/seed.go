package sandbox

import (
	"math/rand/v2"

	"github.com/brianvoe/gofakeit/v7"
)

// seed is a point in the tree of everything random: the same path of names from
// the same root always leads to the same values, in whatever order they are asked
// for.
type seed uint64

// of is the seed reached by following the names.
func (s seed) of(names ...string) seed {
	const prime = 1099511628211
	h := uint64(s) ^ 14695981039346656037
	for _, name := range names {
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * prime
		}
		h = (h ^ 0xff) * prime
	}
	return seed(mix(h))
}

// at is the seed of the nth of several.
func (s seed) at(n int) seed { return seed(mix(uint64(s) + uint64(n)*0x9e3779b97f4a7c15 + 1)) }

// mix spreads the bits (the finalizer of splitmix64).
func mix(h uint64) uint64 {
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9
	h = (h ^ (h >> 27)) * 0x94d049bb133111eb
	return h ^ (h >> 31)
}

// below is a number in [0, n).
func (s seed) below(n int) int { return int(uint64(s) % uint64(n)) }

// between is a number in [low, high].
func (s seed) between(low, high int) int { return low + s.below(high-low+1) }

// chance is true in the given share of cases, in percent.
func (s seed) chance(percent int) bool { return s.of("chance").below(100) < percent }

// fraction is a number in [0, 1).
func (s seed) fraction() float64 { return float64(uint64(s)>>11) / (1 << 53) }

func (s seed) faker() *gofakeit.Faker {
	return gofakeit.NewFaker(rand.NewPCG(uint64(s), 0x5bd1e995), false)
}

// digits is a string of n random characters of the alphabet.
func (s seed) digits(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[s.at(i).below(len(alphabet))]
	}
	return string(out)
}

const (
	decimals   = "0123456789"
	hexDigits  = "0123456789abcdef"
	upperAlnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	anyAlnum   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// pick chooses one of the values.
func pick[T any](s seed, values []T) T { return values[s.below(len(values))] }

// uuid is a random UUID in the usual form.
func (s seed) uuid() string {
	h := s.digits(hexDigits, 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-" + "89ab"[s.below(4):][:1] + h[17:20] + "-" + h[20:]
}
