package doctor

import (
	"slices"
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	t.Parallel()
	r := &Report{Verdict: "Not well.", Layers: []Layer{
		{Name: layerBinary, Status: OK, Text: "fine", Details: []string{"hidden"}},
		{Name: layerToken, Status: Problem, Text: "bad\x1b[2J\nsecret \u202eword", Advice: "do this\nthen that", Details: []string{"shown"}},
		{Name: layerConnectors, Status: Warn, Text: "odd"},
		{Name: layerStore, Status: Skipped, Text: skippedWord + "needs token"},
	}}
	for _, c := range []struct {
		name             string
		symbols, verbose bool
		want             string
	}{
		{"words", false, false, `ok       binary         fine
problem  token          bad[2J secret word
                        - shown
                        -> do this
                        -> then that
warn     connectors     odd
skipped  context store  needs token

Not well.
`},
		{"symbols", true, true, `✓  binary         fine
                  · hidden
✗  token          bad[2J secret word
                  · shown
                  → do this
                  → then that
!  connectors     odd
-  context store  skipped: needs token

Not well.
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			if err := Printed(r, &got, c.symbols, c.verbose); err != nil {
				t.Fatal(err)
			}
			if got.String() != c.want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), c.want)
			}
		})
	}
}

func TestPrintWrapsBetweenWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 40)
	r := &Report{Layers: []Layer{{Name: layerToken, Status: Problem, Text: long, Advice: long, Details: []string{long, strings.Repeat("x",
		70)}}}}
	var got strings.Builder
	if err := Printed(r, &got, false, false); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(got.String()) {
		if len(strings.TrimSuffix(line, "\n")) > screenWidth {
			t.Errorf("too long: %s", line)
		}
	}
	if n := strings.Count(got.String(), "word"); n != 120 {
		t.Errorf("got %d words, want 120", n)
	}
}

// TestPrintBoundsDetails shows ten details, and says how many more there are.
func TestPrintBoundsDetails(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{10: "", 11: "and 1 more; --verbose shows all", 25: "and 15 more; --verbose shows all"} {
		r := &Report{Layers: []Layer{{Name: layerToken, Status: Problem, Text: "bad", Details: slices.Repeat([]string{"detail"}, n)}}}
		var got strings.Builder
		if err := Printed(r, &got, false, false); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got.String(), want) || strings.Contains(got.String(), "more") != (want != "") ||
			strings.Count(got.String(), "- detail") != 10 {
			t.Errorf("%d details are shown as\n%s", n, got.String())
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	want := "10 binary, 11 configuration, 12 network or clock, 13 token, 14 organization, 15 workspace, 16 dialect, " +
		"17 connectors, 18 context store, 19 check execute, 20 MCP self-test"
	if got := ExitCodes(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
