package secret_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/secret"
)

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	const value = "hush-hush-1234"
	type holder struct{ hidden secret.Text }
	text := secret.New(value)
	for _, v := range []any{text, &text, holder{text}, &holder{text}, []secret.Text{text}, map[string]holder{"a": {text}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, value) || strings.Contains(got, fmt.Sprintf("%x", value)) {
				t.Errorf("%s of %T prints the secret: %s", verb, v, got)
			}
		}
		b, err := json.Marshal(v)
		if err != nil || strings.Contains(string(b), value) {
			t.Errorf("JSON of %T: got %s, %v", v, b, err)
		}
	}
	if got := text.Reveal(); got != value {
		t.Errorf("revealed %q, want %q", got, value)
	}
}

func TestReadingASecret(t *testing.T) {
	t.Parallel()
	var read struct{ Token secret.Text }
	if err := json.Unmarshal([]byte(`{"token":"abc"}`), &read); err != nil || read.Token.Reveal() != "abc" {
		t.Errorf("got %q, %v", read.Token.Reveal(), err)
	}
	if secret.New("").IsSet() || (secret.Text{}).IsSet() || (secret.Text{}).String() != "" {
		t.Error("an empty secret counts as one")
	}
}
