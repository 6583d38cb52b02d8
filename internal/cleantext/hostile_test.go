package cleantext_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/cleantext"
)

// TestHostileTextInTime cleans a megabyte of what makes a cleaner look far ahead, or
// begin again.
func TestHostileTextInTime(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"sequences without an end": "\x1b]", "of one character": "\u009d",
		"flags without an end": "\U0001F3F4\U000E0067\U000E0062\U000E0073",
		"joiners":              "\U0001F468\u200d", "joiners before selectors": "\U0001F468\u200d\ufe0f", "selectors": "1\ufe0f\ufe0f",
		"escapes": "\x1b", "long sequences": "\x1b[" + strings.Repeat("0;", 2000),
		"an end far away": "\x1b]" + strings.Repeat("x", 4090), "hidden letters": "a\u200b", "tags": "\U000E0041",
	} {
		text := strings.Repeat(part, 1<<20/len(part))
		// Four times the text takes about four times as long; sixteen would be quadratic. On
		// a busy machine a measurement may fail by chance, several do not.
		small, large := quickest(text[:len(text)/4]), quickest(text)
		for again := 0; again < 4 && large > 10*small && large > 200*time.Millisecond; again++ {
			small, large = quickest(text[:len(text)/4]), quickest(text)
		}
		if large > 10*small && large > 200*time.Millisecond {
			t.Errorf("%s: a quarter took %s, all of it %s", name, small, large)
		}
		clean := cleantext.Text(text)
		if again := cleantext.Text(clean); again != clean {
			t.Errorf("%s: cleaning twice gives something else", name)
		}
	}
}

// quickest is the least time of a few that cleaning a text takes: machines are noisy.
func quickest(text string) time.Duration {
	least := time.Hour
	for range 3 {
		began := time.Now()
		cleantext.Text(text)
		least = min(least, time.Since(began))
	}
	return least
}

// TestCleaningConverges: texts of a few characters that judge each other are clean after
// one cleaning, and their JSON stays JSON.
func TestCleaningConverges(t *testing.T) {
	t.Parallel()
	alphabet := []string{"a", "1", "\u200d", "\u200c", "\ufe0f", "\ufe0e", "\ufe00", "\U0001F468", "\U0001F3F4", "\U000E0067", "\U000E007F",
		"\x1b", "[", "]", "\\", "\a", "\u0915", "\u4e00", "\U000E0100", "\u202e", "\u009c", "\""}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		var b strings.Builder
		for range 1 + random.IntN(12) {
			b.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		text := b.String()
		clean := cleantext.Text(text)
		if again := cleantext.Text(clean); again != clean {
			t.Fatalf("%q gives %q, then %q", text, clean, again)
		}
		raw, err := json.Marshal([]string{text})
		if err != nil {
			t.Fatal(err)
		}
		shown, exact := cleantext.JSON(raw)
		var fromShown, fromExact []string
		if json.Unmarshal(shown, &fromShown) != nil || json.Unmarshal(exact, &fromExact) != nil || fromShown[0] != clean ||
			fromExact[0] != text {
			t.Fatalf("%q gives %s and %s", raw, shown, exact)
		}
		if cleantext.Suspicious(exact) && strings.ContainsAny(string(exact), "\u202e\x1b") {
			t.Fatalf("%q keeps hidden characters in %q", raw, exact)
		}
	}
}
