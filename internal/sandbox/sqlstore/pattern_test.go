package sqlstore

import (
	"strings"
	"testing"
)

// TestPatternsWithoutLetterCase, of which null is never known and the length bounded.
func TestPatternsWithoutLetterCase(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("a", 1000)
	for statement, want := range map[string]string{
		"SELECT NULL ILIKE 'a' AS x":                            "null",
		"SELECT 'a' ILIKE NULL AS x":                            "null",
		"SELECT 'ÄB' ILIKE 'äb' AS x":                           "1",
		"SELECT 'ab' ILIKE 'a_' AS x":                           "1",
		"SELECT 'ab' ILIKE 'b' AS x":                            "0",
		"SELECT '" + longest + "' ILIKE '" + longest + "' AS x": "1",
		"SELECT '<&>' AS x":                                     `"<&>"`,
	} {
		got, err := answer(t, statement)
		if err != nil || !strings.Contains(got, `:`+want+"}") {
			t.Errorf("%.60s: got %s (%v), want %s", statement, got, err, want)
		}
	}
	_, err := answer(t, "SELECT 'a' ILIKE '"+longest+"a'")
	if err == nil || !strings.Contains(err.Error(), "ILIKE pattern too complex") {
		t.Errorf("got %v, want that the pattern is too complex", err)
	}
}
