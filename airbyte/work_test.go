package airbyte_test

import (
	"net/http"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/workbound"
)

// FuzzAnswer: whatever a vendor or the API answers, it is told apart for no more than its
// size is worth.
func FuzzAnswer(f *testing.F) {
	deep := func(open, inner, shut string) string {
		return strings.Repeat(open, 5000) + inner + strings.Repeat(shut, 5000)
	}
	for _, result := range []string{
		`{}`, `[{"id":1}]`, `{"data":null,"errors":[{"message":"x"}]}`, `{"success":false,"user_errors":[]}`,
		deep(`{"a":`, "null", "}"), deep(`{"data":`, "null", "}"), deep("[", "1", "]"),
		`{"errors":[` + strings.Repeat(`{"message":"x"},`, 20_000) + `{}]}`, `{` + strings.Repeat(`"userErrors":[{}],`, 20_000) + `"a":1}`,
		`"` + strings.Repeat(`\u0041`, 50_000) + `"`, strings.Repeat("9", 200_000), `"` + strings.Repeat("timed out ", 20_000) + `"`,
	} {
		f.Add(http.StatusOK, `{"status":"success","result":`+result+`}`)
		f.Add(http.StatusOK, `{"status":"error","result":`+result+`}`)
		f.Add(http.StatusBadRequest, `{"detail":`+result+`}`)
	}
	a := newAPI()
	client := a.serveInMemory(f)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 || status == http.StatusUnauthorized || status == http.StatusTooManyRequests || status >= 500 {
			return // those are repeated
		}
		a.execute = say(status, body)
		workbound.Check(t, "an answer", len(body), 600, func() {
			result, err := client.Execute(t.Context(), "w", "c-1", createIssue)
			if (result == nil) == (err == nil) {
				t.Errorf("%d %.80q: got %v and %v", status, body, result, err)
			}
		})
	})
}
