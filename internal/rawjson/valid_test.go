package rawjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

// validities are texts about which readers of JSON differ easily.
func validities() []string {
	return []string{
		``, ` `, `null`, ` true `, `false`, `nul`, `nulll`, `true,`, `0`, `-0`, `-`, `01`, `1.`, `.5`, `1.5e`, `1e+`,
		`1E-7`, `1e5.`, `+1`, `--1`,
		`""`, `"`, `"a`, `"\`, `"\"`, `"\u12"`, `"\u12G4"`, `"\u12aF"`, `"\x"`, "\"\n\"", "\"\x1f\"", "\"\x7f\"",
		"\"\xff\"", `"é😀"`, `"12345678"`, `"1234567\"8"`,
		"\"1234567\x01\"", `[]`, `[ ]`, `[`, `]`, `[,]`, `[1,]`, `[1 2]`, `[1,2]`, `[[],[{}]]`, `[1}`, `{}`, `{ }`,
		`{`, `}`, `{"a"}`, `{"a":}`, `{"a":1,}`,
		`{"a":1,"b":[true,null]}`, `{a:1}`, `{"a" : 1 , "a" : 2}`, `{"a":1]`, `{}{}`, `1 1`, "\ufeff1", `{"a":1}x`,
		`[1]]`, `{"":{"":{}}}`,
		strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
		strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000),
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	for _, text := range validities() {
		if got, want := rawjson.Valid([]byte(text)), json.Valid([]byte(text)); got != want {
			t.Errorf("Valid(%.60q) = %t, want %t", text, got, want)
		}
	}
}

func FuzzValid(f *testing.F) {
	for _, text := range validities() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, want := rawjson.Valid(raw), json.Valid(raw); got != want {
			t.Errorf("Valid(%.100q) = %t, want %t", raw, got, want)
		}
	})
}

// TestPlainEnd finds each byte at each place, and none too early.
func TestPlainEnd(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for place := range 20 {
			text := []byte(strings.Repeat("a", 20))
			text[place] = byte(c)
			want := len(text)
			if c < 0x20 || c == '"' || c == '\\' {
				want = place
			}
			for start := range place + 1 {
				if got := rawjson.PlainEnd(text, start); got != want {
					t.Errorf("PlainEnd(%q, %d) = %d, want %d", text, start, got, want)
				}
				if got := rawjson.PlainEnd(string(text), start); got != want {
					t.Errorf("PlainEnd(%q, %d) of a string = %d, want %d", text, start, got, want)
				}
			}
		}
	}
}

func BenchmarkValid(b *testing.B) {
	record := `{"number":1,"title":"Issue","body":"` + strings.Repeat("x", 300) + `","labels":{"nodes":[]},"milestone":null},`
	raw := []byte("[" + strings.TrimSuffix(strings.Repeat(record, 2500), ",") + "]")
	for name, valid := range map[string]func([]byte) bool{"rawjson": rawjson.Valid, "json": json.Valid} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				valid(raw)
			}
		})
	}
}
