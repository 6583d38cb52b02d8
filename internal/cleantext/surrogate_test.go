package cleantext_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/cleantext"
)

func TestMend(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ raw, want string }{
		{`"cut \ud83d here"`, `"cut \ufffd here"`},
		{`"\uD83D\uDE00"`, `"\uD83D\uDE00"`},
		{`"\ud83d"`, `"\ufffd"`},
		{`"\ud83d`, `"\ufffd`},
		{`"\ude00\ud83d\ude00\ud83d\ud83d\ude00"`, `"\ufffd\ud83d\ude00\ufffd\ud83d\ude00"`},
		{`"\ud83dude00"`, `"\ufffdude00"`},
		{`"\ud83d\n"`, `"\ufffd\n"`},
		{`"\ud83d\u00e4"`, `"\ufffd\u00e4"`},
		{`"\\ud83d"`, `"\\ud83d"`},
		{`"\\\ud83d"`, `"\\\ufffd"`},
		{`{"\udfff":["\ud800"]}`, `{"\ufffd":["\ufffd"]}`},
		{`"\ud7ff\ue000"`, `"\ud7ff\ue000"`},
		{`"\ud8"`, `"\ud8"`},
		{`"plain"`, `"plain"`},
	} {
		got, found := cleantext.Mend([]byte(tt.raw))
		if string(got) != tt.want || found != (tt.raw != tt.want) {
			t.Errorf("%s: got %s %v, want %s", tt.raw, got, found, tt.want)
		}
		text, exact := cleantext.JSON([]byte(tt.raw))
		if !json.Valid([]byte(tt.raw)) {
			continue
		}
		for _, form := range [][]byte{text, exact} {
			if again, found := cleantext.Mend(form); found || !json.Valid(form) {
				t.Errorf("%s: the form %s has a half, %s", tt.raw, form, again)
			}
		}
	}
}

func BenchmarkMend(b *testing.B) {
	raw := []byte(`["` + strings.Repeat(`plain text, \u00e4 and \ud83d\ude00 `, 30_000) + `"]`)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		cleantext.Mend(raw)
	}
}
