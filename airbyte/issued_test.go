package airbyte_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestErrorsHideEveryToken: an error quotes none of the tokens that the client was ever
// given, though the request that failed had another one.
func TestErrorsHideEveryToken(t *testing.T) {
	t.Parallel()
	a := newAPI()
	tokens := func(kind string) []string {
		return []string{kind + "-token-1-" + strings.Repeat("y", 30), kind + "-token-2-" + strings.Repeat("y", 30)}
	}
	application, scoped := tokens("application"), tokens("scoped")
	hand := func(form string, list []string) http.HandlerFunc {
		given := make(chan string, len(list))
		for _, token := range list {
			given <- token
		}
		return func(w http.ResponseWriter, r *http.Request) { say(200, fmt.Sprintf(form, <-given))(w, r) }
	}
	a.token = hand(`{"access_token":%q,"expires_in":900}`, application)
	c := inMain(a, t, withCanary)
	scopedTokens := hand(`{"token":%q}`, scoped)
	refused := false
	a.others["POST "+scopedPath] = func(w http.ResponseWriter, r *http.Request) {
		if !refused { // so that the application token is renewed
			refused = true
			say(401, `{"message":"expired"}`)(w, r)
			return
		}
		scopedTokens(w, r)
	}
	all := append(append([]string{canarySecret}, application...), scoped...)
	executes := 0
	a.execute = func(w http.ResponseWriter, r *http.Request) {
		if executes++; executes == 1 { // so that the scoped token is renewed
			say(401, `{"message":"expired"}`)(w, r)
			return
		}
		say(422, fmt.Sprintf(`{"message":%q}`, "seen: "+strings.Join(all, ", ")+"."))(w, r)
	}
	_, err := c.Execute(t.Context(), "main", "c-1", listIssues)
	if err == nil || !strings.Contains(err.Error(), "seen: REDACTED, REDACTED, REDACTED, REDACTED, REDACTED.") {
		t.Errorf("got %v, want five secrets hidden", err)
	}
}
