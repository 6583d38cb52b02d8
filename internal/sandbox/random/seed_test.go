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

// TestSeedsAreForEver holds values that records of earlier versions have.
func TestSeedsAreForEver(t *testing.T) {
	t.Parallel()
	s := Seed(5)
	if s.Of("a") != 9082919922296845125 || s.At(3) != 1039343067777871686 || s.UUID() != "c0960704-0be1-4497-9b0e-4809e5f44dd8" {
		t.Errorf("got %d, %d and %s", s.Of("a"), s.At(3), s.UUID())
	}
	if s.Digits(Decimals, 8) != "22368700" || s.Between(3, 9) != 8 {
		t.Errorf("got %s and %d", s.Digits(Decimals, 8), s.Between(3, 9))
	}
	if got := Seed(1 << 63).Fraction(); got != 0.5 {
		t.Errorf("the middle of all seeds is %v", got)
	}
	for n := range 500 {
		if Seed(n).Chance(0) || !Seed(n).Chance(100) {
			t.Fatalf("seed %d has another chance than 0 and 100 percent", n)
		}
	}
}
