package jsonvalue_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

func TestRational(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"12": "12/1", "-0.5": "-1/2", "1e3": "1000/1", "1e-400": "", "1e401": "", "1e1000000000": "", "x": "", "": "",
		"1e": "", "0x10": "16/1", strings.Repeat("9", 1001): "",
	} {
		got, ok := jsonvalue.Rational(text)
		switch {
		case text == "1e-400":
			if !ok {
				t.Error("the smallest number is refused")
			}
		case ok != (want != ""), ok && got.String() != want:
			t.Errorf("%.20s: got %v %v, want %q", text, got, ok, want)
		}
	}
}
