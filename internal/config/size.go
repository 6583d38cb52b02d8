package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, never negative. As text it is a whole number with a
// unit: B, kB, MB, GB (powers of 1000), KiB, MiB, GiB (powers of 1024), in any
// case; without a unit it is bytes.
type Size int64

// unit is a suffix and its bytes.
type unit struct {
	name  string
	bytes Size
}

// units returns the units from large to small, B last.
func units() []unit {
	return []unit{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}, {"B", 1}}
}

// ParseSize reads a Size.
func ParseSize(text string) (Size, error) {
	digits, per := strings.TrimSpace(text), Size(1)
	for _, u := range units() {
		if cut := len(digits) - len(u.name); cut > 0 && strings.EqualFold(digits[cut:], u.name) {
			digits, per = strings.TrimSpace(digits[:cut]), u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || Size(n) > math.MaxInt64/per {
		return 0, fmt.Errorf("want a size like 32MiB, 500kB or 1048576 but got %q", text)
	}
	return Size(n) * per, nil
}

// String writes the size with the largest unit that fits exactly; bytes have none.
func (s Size) String() string {
	for _, u := range units() {
		if s != 0 && u.bytes > 1 && s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseSize.
func (s *Size) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSize(string(text))
	return err
}

// leastMemory is the smallest memory budget in which a server can work.
const leastMemory = 32 << 20

func checkMemory(budget Size) error {
	if budget != 0 && budget < leastMemory {
		return fmt.Errorf("want at least %s, or 0 for half of what the system allows", Size(leastMemory))
	}
	return nil
}
