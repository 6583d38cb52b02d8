// Package random makes values that look random and follow from a seed and a path of
// names alone.
package random

// Seed is a point in the tree of everything random: the same path of names from
// the same root always leads to the same values, in whatever order they are asked
// for.
type Seed uint64

// Of is the seed reached by following the names.
func (s Seed) Of(names ...string) Seed {
	const prime = 1099511628211
	h := uint64(s) ^ 14695981039346656037
	for _, name := range names {
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * prime
		}
		h = (h ^ 0xff) * prime
	}
	return Seed(mix(h))
}

// At is the seed of the nth of several.
func (s Seed) At(n int) Seed { return Seed(mix(uint64(s) + uint64(n)*0x9e3779b97f4a7c15 + 1)) }

// mix spreads the bits (the finalizer of splitmix64).
func mix(h uint64) uint64 {
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9
	h = (h ^ (h >> 27)) * 0x94d049bb133111eb
	return h ^ (h >> 31)
}

// Below is a number in [0, n).
func (s Seed) Below(n int) int { return int(uint64(s) % uint64(n)) }

// Between is a number in [low, high].
func (s Seed) Between(low, high int) int { return low + s.Below(high-low+1) }

// Chance is true in the given share of cases, in percent.
func (s Seed) Chance(percent int) bool { return s.Of("chance").Below(100) < percent }

// Fraction is a number in [0, 1).
func (s Seed) Fraction() float64 { return float64(uint64(s)>>11) / (1 << 53) }

// Digits is a string of n random characters of the alphabet.
func (s Seed) Digits(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[s.At(i).Below(len(alphabet))]
	}
	return string(out)
}

// Alphabets of identifiers.
const (
	Decimals   = "0123456789"
	HexDigits  = "0123456789abcdef"
	upperAlnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	anyAlnum   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Pick chooses one of the values.
func Pick[T any](s Seed, values []T) T { return values[s.Below(len(values))] }

// UUID is a random UUID in the usual form.
func (s Seed) UUID() string {
	h := s.Digits(HexDigits, 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-" + "89ab"[s.Below(4):][:1] + h[17:20] + "-" + h[20:]
}
