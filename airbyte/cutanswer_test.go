package airbyte_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestCutAnswerIsNoMessage: what has arrived of an answer that was cut off says nothing to
// anybody.
func TestCutAnswerIsNoMessage(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"an object":      `{"errors":[],"message":"Invali`,
		"a list":         `["Invali`,
		"a text":         `"Invali`,
		"a plain text":   `Invali`,
		"in a message":   `{"message":"Invalid", "errors":[{"mess`,
		"a part of HTML": `<html><body>Invali`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = say(http.StatusUnprocessableEntity, body, "Content-Length", "1000")
			_, err := a.serve(t).Execute(t.Context(), "main", "c-1", listIssues)
			if err == nil || strings.Contains(err.Error(), "Invali") || !strings.Contains(err.Error(), "unprocessable entity (HTTP 422)") {
				t.Errorf("got %v, want the name of the status alone", err)
			}
		})
	}
}
