package random

import (
	"regexp"
	"testing"
)

func TestPathsOfNames(t *testing.T) {
	t.Parallel()
	root := Seed(1)
	if first, second := root.Of("a", "b"), root.Of("a").Of("b"); first == second || first != Seed(1).Of("a", "b") {
		t.Errorf("the path a, b leads to %d, then to %d", first, Seed(1).Of("a", "b"))
	}
	seen := map[Seed]string{}
	for name, s := range map[string]Seed{
		"root": root, "a": root.Of("a"), "a b": root.Of("a", "b"), "ab": root.Of("ab"), "b a": root.Of("b", "a"),
		"at 0": root.At(0), "at 1": root.At(1), "other": Seed(2).Of("a"),
	} {
		if other, taken := seen[s]; taken {
			t.Errorf("%s and %s lead to the same seed", name, other)
		}
		seen[s] = name
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	low, high, chosen := 99, 0, 0
	for n := range 2000 {
		s := Seed(7).At(n)
		v := s.Between(3, 6)
		low, high = min(low, v), max(high, v)
		if s.Chance(25) {
			chosen++
		}
		if f := s.Fraction(); f < 0 || f >= 1 {
			t.Fatalf("%v is no fraction", f)
		}
	}
	if low != 3 || high != 6 {
		t.Errorf("numbers between 3 and 6 reach from %d to %d", low, high)
	}
	if chosen < 400 || chosen > 600 {
		t.Errorf("%d of 2000 were chosen, want about 500", chosen)
	}
	if id := Seed(9).UUID(); !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("%s is no UUID", id)
	}
}
