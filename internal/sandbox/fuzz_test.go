package sandbox

import (
	"encoding/json"
	"testing"
)

func FuzzParseFault(f *testing.F) {
	for _, text := range []string{"status=503", "route=execute,nth=2,hang", "huge=1GB", "rate=0.1,delay=3ms", "=", ",,"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := parseFault(text)
		if err == nil && rule.effect == "" {
			t.Errorf("rule %q has no effect", text)
		}
	})
}

func FuzzExecute(f *testing.F) {
	c := newClient(f)
	path := connectorsPath + "/" + c.id("GitHub - default") + "/execute"
	for _, body := range []string{
		`{"entity":"issues","action":"list","params":{"per_page":1,"after":"x"}}`,
		`{"entity":"issues","action":"context_store_search","params":{"query":{"filter":{"any":{"title":{"eq":{"a":1}}}}},"fields":[["a","b"]]}}`,
		`{"entity":"issues","action":"api_search","params":{"query":"is:open created:>2026 \"a b\" -x:y"}}`,
		`{"entity":"issues","action":"create","params":{"title":{},"labels":[null,{}],"assignees":[[]]}}`,
		`{"entity":"issues","action":"update","params":{"issue_number":1e3,"state":"closed"},"select_fields":["a.b"]}`,
		`[`, `null`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c.t = t
		a := c.send("POST", path, body, nil)
		if a.status >= 500 || !json.Valid(a.body) {
			t.Errorf("%s gives %d %.200s", body, a.status, a.body)
		}
	})
}
