package results_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"airbyte-mcp-server/internal/results"
)

const issues = `[
 {"id":9007199254740993,"title":"Crash","user":{"login":"ann","id":1},"labels":[{"name":"bug"},{"name":"ui"}],"odd.key":1},
 {"id":2,"title":"Typo \"x\"","user":{"login":"bob","id":2},"labels":[],"body":"caf\u00e9"}]`

// TestRead shows what comes of each way to look at a result.
func TestRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		view results.View
		want string
	}{
		{"a record", results.View{Path: "[1].title"}, `{"kind":"string","value":"Typo \"x\"","total":8,"count":8}`},
		{"as JSONPath", results.View{Path: "$[0].user.login"}, `{"kind":"string","value":"ann","total":3,"count":3}`},
		{"from the end", results.View{Path: "[-1].id"}, `{"kind":"number","value":2}`},
		{"digits stay", results.View{Path: "[0].id"}, `{"kind":"number","value":9007199254740993}`},
		{"an odd name", results.View{Path: `[0]["odd.key"]`}, `{"kind":"number","value":1}`},
		{"of all records", results.View{Path: "[*].user.login"}, `{"kind":"array","value":["ann","bob"],"total":2,"count":2}`},
		{"nested all", results.View{Path: "[*].labels[*].name"}, `{"kind":"array","value":[["bug","ui"],[]],"total":2,"count":2}`},
		{"fields", results.View{Fields: []string{"id", "user.login"}},
			`{"kind":"array","value":[{"id":9007199254740993,"user":{"login":"ann"}},{"id":2,"user":{"login":"bob"}}],"total":2,"count":2}`},
		{"fields through lists", results.View{Fields: []string{"labels.name"}, Limit: 1},
			`{"kind":"array","value":[{"labels":[{"name":"bug"},{"name":"ui"}]}],"total":2,"count":1,"next_offset":1}`},
		{"whole beats part", results.View{Path: "[0]", Fields: []string{"user", "user.login"}},
			`{"kind":"object","value":{"user":{"login":"ann","id":1}}}`},
		{"offset", results.View{Fields: []string{"id"}, Offset: 1}, `{"kind":"array","value":[{"id":2}],"total":2,"offset":1,"count":1}`},
		{"past the end", results.View{Offset: 7}, `{"kind":"array","value":[],"total":2,"offset":7}`},
		{"search", results.View{Fields: []string{"id"}, Search: "CRASH"},
			`{"kind":"array","value":[{"id":9007199254740993}],"total":1,"count":1}`},
		{"search behind escapes", results.View{Fields: []string{"id"}, Search: "Café"},
			`{"kind":"array","value":[{"id":2}],"total":1,"count":1}`},
		{"search finds no names", results.View{Search: "login"}, `{"kind":"array","value":[],"total":0}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, err := results.Read([]byte(issues), tt.view)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != strings.ReplaceAll(tt.want, `,"total":0`, ``) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"[0].nope":     `there is no member "nope"; there are id, title, user, labels, odd.key`,
		"[7]":          "there is no element 7: the list has 2",
		"title":        `"title" is asked of a list`,
		"[0].id.x":     "the path goes on, but there is only a number",
		"[0":           "no closing ]",
		"[x]":          "want a number, * or a name in quotes",
		`["x]`:         `no closing "]`,
		"[0]..id":      "a name is missing",
		"[0]id":        "want . or [",
		"[0].title[*]": "* is asked of a string",
	} {
		_, err := results.Read([]byte(issues), results.View{Path: path})
		var pathErr *results.PathError
		if !errors.As(err, &pathErr) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

// TestEveryRecordIsReachable walks a list and a long text in small windows: nothing
// is lost, doubled or cut.
func TestEveryRecordIsReachable(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 500 {
		records = append(records, fmt.Sprintf(`{"id":%d,"text":%q}`, i, strings.Repeat("ü", i%97)))
	}
	data := []byte("[" + strings.Join(records, ",") + "]")
	var got []string
	for offset, next := 0, 1; next > 0; offset = next {
		w, err := results.Read(data, results.View{Offset: offset, MaxBytes: 900})
		if err != nil || len(w.Value) > 900 {
			t.Fatalf("window at %d: %d bytes, %v", offset, len(w.Value), err)
		}
		var part []json.RawMessage
		if err := json.Unmarshal(w.Value, &part); err != nil {
			t.Fatal(err)
		}
		for _, p := range part {
			got = append(got, string(p))
		}
		next = w.Next
	}
	if strings.Join(got, ",") != strings.Join(records, ",") {
		t.Errorf("got %d records, want the %d that there are", len(got), len(records))
	}

	text := strings.Repeat("añ\"\n€😀", 300)
	raw, err := json.Marshal([]string{text})
	if err != nil {
		t.Fatal(err)
	}
	var whole strings.Builder
	for offset, next := 0, 1; next > 0; offset = next {
		w, err := results.Read(raw, results.View{Path: "[0]", Offset: offset, MaxBytes: 100})
		var part string
		if err != nil || json.Unmarshal(w.Value, &part) != nil || !utf8.ValidString(part) || len(w.Value) > 100 {
			t.Fatalf("window at %d: %s, %v", offset, w.Value, err)
		}
		whole.WriteString(part)
		next = w.Next
	}
	if whole.String() != text {
		t.Error("the text in windows is not the text")
	}
}

// TestOutline has a record that can never fit: its parts are named, each of which
// can be asked for, and the list goes on behind it.
func TestOutline(t *testing.T) {
	t.Parallel()
	data := []byte(`[{"id":1,"a b":"` + strings.Repeat("x", 300) + `"},{"id":2}]`)
	w, err := results.Read(data, results.View{MaxBytes: 100})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(w); string(got) != `{"kind":"array","total":2,"count":1,"next_offset":1,"outline":[{"path":"[0].id",`+
		`"kind":"number","bytes":1},{"path":"[0][\"a b\"]","kind":"string","bytes":302}]}` {
		t.Errorf("got %s", got)
	}
	part, err := results.Read(data, results.View{Path: w.Outline[1].Path, MaxBytes: 100})
	if err != nil || part.Count != 98 || part.Next != 98 {
		t.Errorf("got %+v, %v", part, err)
	}
	rest, err := results.Read(data, results.View{Offset: w.Next, MaxBytes: 100})
	if err != nil || string(rest.Value) != `[{"id":2}]` {
		t.Errorf("got %+v, %v", rest, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(issues), "[0].user", "id", "x", 1, 100)
	f.Add([]byte(`"text"`), "$", "", "", 2, 3)
	f.Fuzz(func(t *testing.T, data []byte, path, field, search string, offset, maxBytes int) {
		if !json.Valid(data) || len(data) > 1<<16 {
			return
		}
		w, err := results.Read(data, results.View{Path: path, Fields: []string{field}, Search: search, Offset: max(0, offset),
			MaxBytes: maxBytes})
		if err == nil && w.Value != nil && !json.Valid(w.Value) {
			t.Errorf("%s is not JSON", w.Value)
		}
	})
}
