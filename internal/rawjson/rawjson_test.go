package rawjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/rawjson"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"order", `{"b":1,"a":2}`, `b=1 a=2`},
		{"values as written", " {\"a\" : 1.50 , \"b\":{ \"x\":[1, 2] },\"c\":\"\\u00e9\"}\n", `a=1.50 b={ "x":[1, 2] } c="\u00e9"`},
		{"names decoded", `{"\u0061\n":null}`, "a\n=null"},
		{"case matters", `{"a":1,"A":2}`, `a=1 A=2`},
		{"empty", `{}`, ``},
		{"an inner name twice", `{"a":{"b":1,"b":2}}`, `a={"b":1,"b":2}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			members, err := rawjson.Members([]byte(tt.raw))
			var got []string
			for _, m := range members {
				got = append(got, m.Name+"="+string(m.Value))
			}
			if got := strings.Join(got, " "); err != nil || got != tt.want {
				t.Errorf("Members(%s) = %q, %v, want %q", tt.raw, got, err, tt.want)
			}
		})
	}
}

func TestMembersRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		``, ` `, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a":1]`, `{"a" 1}`, `{"a":1 "b":2}`, `{a:1}`, `{1:1}`,
		`{"a":01}`, `{"a":tru}`, `{"a":1}x`, `{"a":1}{}`, `{"a":1},`, "{\"a\":\"\n\"}", `nul`, `[1`, "\xef\xbb\xbf{}",
	} {
		if members, err := rawjson.Members([]byte(raw)); err == nil {
			t.Errorf("Members(%q) = %v, want an error", raw, members)
		}
	}
	for _, raw := range []string{`[]`, `null`, `1`, `"x"`, ` true `, `[{"a":1}]`} {
		if _, err := rawjson.Members([]byte(raw)); !errors.Is(err, rawjson.ErrNotObject) {
			t.Errorf("Members(%q) gave %v, want ErrNotObject", raw, err)
		}
	}
	for _, raw := range []string{`{"a":1,"a":2}`, `{"a":1,"b":2,"\u0061":3}`} {
		_, err := rawjson.Members([]byte(raw))
		var twice *rawjson.DuplicateError
		if !errors.As(err, &twice) || twice.Name != "a" {
			t.Errorf("Members(%q) gave %v, want a twice", raw, err)
		}
	}
}

// TestMembersManyNames takes an object apart that was made to be slow.
func TestMembersManyNames(t *testing.T) {
	t.Parallel()
	var raw bytes.Buffer
	raw.WriteByte('{')
	const names = 200_000
	for i := range names {
		fmt.Fprintf(&raw, `"%d":1,`, i)
	}
	raw.WriteString(`"last":1}`)
	began := time.Now()
	members, err := rawjson.Members(raw.Bytes())
	if err != nil || len(members) != names+1 {
		t.Fatalf("got %d members, %v, want %d", len(members), err, names+1)
	}
	// Comparing all names with each other takes minutes.
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestDepth(t *testing.T) {
	t.Parallel()
	tests := []struct {
		raw  string
		want int
	}{
		{``, 0}, {`1`, 0}, {`{}`, 1}, {`[[]]`, 2}, {`[[],[[]],{}]`, 3}, {`{"a":[{"b":1}]}`, 3},
		{`"[[["`, 0}, {`["[\"[["]`, 1}, {`["\\",[1]]`, 2}, {`"\`, 0}, {`]]]][`, 0}, {strings.Repeat("[", 100_000), 100_000},
	}
	for _, tt := range tests {
		if got := rawjson.Depth([]byte(tt.raw)); got != tt.want {
			t.Errorf("Depth(%.30s) = %d, want %d", tt.raw, got, tt.want)
		}
	}
}

// FuzzMembers compares Members with encoding/json: the same texts are objects, and
// what is taken apart says the same when it is put together.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1,"b":[{}]}`, `{"a":1,"\u0061":2}`, `[1]`, `{"a":1}x`, "{\"\xff\":1,\"\xfe\":2}", `{"a":1`,
		` {"a" : "}" } `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		members, err := rawjson.Members(raw)
		var twice *rawjson.DuplicateError
		object := json.Valid(raw) && bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{"))
		switch {
		case err == nil && !object:
			t.Fatalf("Members(%q) = %v, but it is no object", raw, members)
		case err != nil && object && !errors.As(err, &twice):
			t.Fatalf("Members(%q) gave %v, but it is an object", raw, err)
		case err != nil:
			return
		}
		var names []string
		for _, m := range members {
			if !json.Valid(m.Value) || !bytes.Contains(raw, m.Value) {
				t.Errorf("Members(%q): the value %q of %q is not what was written", raw, m.Value, m.Name)
			}
			if slices.Contains(names, m.Name) {
				t.Errorf("Members(%q) has %q twice", raw, m.Name)
			}
			names = append(names, m.Name)
		}
		if depth := rawjson.Depth(raw); depth < 1 {
			t.Errorf("Depth(%q) = %d, but it is an object", raw, depth)
		}
	})
}

func TestIsCompact(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`{}`:                         true,
		`{"a b":"c \" d\\","e":[1]}`: true,
		`{"a": 1}`:                   false,
		`{"a":1 }`:                   false,
		`[1, 2]`:                     false,
		"[1]\n":                      false,
		`"\\" `:                      false,
		`"a`:                         true, // not valid; only the end matters
	} {
		if got := rawjson.IsCompact([]byte(raw)); got != want {
			t.Errorf("%s: got %v, want %v", raw, got, want)
		}
	}
}

func TestStringEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		raw         string
		start, want int
	}{
		{`""`, 0, 1}, {`"a"b"`, 0, 2}, {`"a\"b"`, 0, 5}, {`"\\"b"`, 0, 3}, {`"\\\"b"`, 0, 6}, {`"\"\""`, 0, 5},
		{`{"a":"b\\"}`, 5, 9}, {`"a`, 0, 2}, {`"a\"`, 0, 4}, {`"`, 0, 1}, {`["\\","\""]`, 6, 9},
	} {
		if got := rawjson.StringEnd([]byte(tt.raw), tt.start); got != tt.want {
			t.Errorf("StringEnd(%s, %d) = %d, want %d", tt.raw, tt.start, got, tt.want)
		}
	}
}

func TestJoinAndInts(t *testing.T) {
	t.Parallel()
	one, two := json.RawMessage(`{"a":1}`), json.RawMessage(`"b"`)
	for want, got := range map[string][]byte{
		`[]`:            rawjson.Join(nil),
		`[{"a":1}]`:     rawjson.Join([]json.RawMessage{one}),
		`[{"a":1},"b"]`: rawjson.Join([]json.RawMessage{one, two}),
	} {
		if string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for want, numbers := range map[string][]int{`[]`: nil, `[7]`: {7}, `[-1,0,12]`: {-1, 0, 12}} {
		if got := string(rawjson.Ints(numbers)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestQuote writes strings that decode to what they were, without a character too many.
func TestQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": `""`, "plain": `"plain"`, `{"a":"b\c"}`: `"{\"a\":\"b\\c\"}"`, "a\n\tb\r": `"a\n\tb\r"`,
		"\x00\x1f é<&>": `"\u0000\u001f é<&>"`, `""`: `"\"\""`,
	} {
		if got := string(rawjson.Quote(text)); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
}
