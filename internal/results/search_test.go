package results_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/results"
)

const odd = `[{"id":1,"a.b":"x","a":{"b":"y","c":"z"},"price":1.50,"ok":true,"none":null,` +
	`"name with \"quotes\":":"ÄRGER \u00e9\\"},{"id":2,"list":["Deep",["er"]]}]`

// TestFieldsWithDots keeps members whose names have dots, as well as paths.
func TestFieldsWithDots(t *testing.T) {
	t.Parallel()
	w, err := results.Read([]byte(odd), results.View{Fields: []string{"a.b"}, Limit: 1})
	if want := `[{"a.b":"x","a":{"b":"y"}}]`; err != nil || string(w.Value) != want {
		t.Errorf("got %s, %v, want %s", w.Value, err, want)
	}
}

// TestSearch finds values of every type as they are written, in any case, and no names.
func TestSearch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"1.50": 1, "TRUE": 1, "ärger É\\": 1, "dEEp": 1, "er": 2, "y": 1, "null": 0, "quotes": 0, "none": 0, "list": 0, ",": 0, "{": 0,
	} {
		w, err := results.Read([]byte(odd), results.View{Search: text})
		if err != nil || w.Total != want {
			t.Errorf("%q: found %d, %v, want %d", text, w.Total, err, want)
		}
	}
}

// TestSearchInDepth: looking at each level anew takes hours.
func TestSearchInDepth(t *testing.T) {
	t.Parallel()
	const depth = 5000
	deep := strings.Repeat("[", depth) + `"needle"` + strings.Repeat("]", depth)
	data := "[" + strings.Repeat(deep+",", 300) + deep + "]"
	if !json.Valid([]byte(data)) {
		t.Fatal("not valid")
	}
	began := time.Now()
	w, err := results.Read([]byte(data), results.View{Search: "needle", Limit: 1})
	if err != nil || w.Total != 301 {
		t.Errorf("found %d, %v, want 301", w.Total, err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}
