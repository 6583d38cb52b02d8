package credentials_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"airbyte-mcp-server/internal/cli/credentials"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/schemas/setup"
)

// step is a question that the terminal shows, and the keys that answer it.
type step struct{ shows, keys string }

// talk asks for what a type needs, and answers. It returns all that the terminal has shown.
func talk(t *testing.T, asked *setup.Setup, v *setup.Values, steps ...step) (string, error) {
	t.Helper()
	keyboard, file, err := pty.Open()
	if err != nil {
		t.Skipf("skipped: no pseudo-terminal: %v", err)
	}
	t.Cleanup(func() { file.Close(); keyboard.Close() })
	done := make(chan error, 1)
	go func() { done <- credentials.Ask(t.Context(), terminal.Open(file, file), asked, v) }()
	pieces := make(chan string)
	go screen(keyboard, pieces)
	shown, unread := "", ""
	deadline := time.After(time.Minute)
	for {
		select {
		case piece := <-pieces:
			shown, unread = shown+piece, unread+piece
			for len(steps) > 0 && strings.Contains(unread, steps[0].shows) {
				_, unread, _ = strings.Cut(unread, steps[0].shows)
				if _, err := keyboard.WriteString(steps[0].keys); err != nil {
					t.Fatal(err)
				}
				steps = steps[1:]
			}
		case err := <-done:
			if len(steps) > 0 {
				t.Errorf("%q was never asked; the terminal shows %q", steps[0].shows, shown)
			}
			return strings.ReplaceAll(shown, "\r", ""), err
		case <-deadline:
			t.Fatalf("no end; the terminal shows %q", shown)
		}
	}
}

// screen passes on what a terminal shows.
func screen(keyboard *os.File, pieces chan<- string) {
	for b := make([]byte, 4096); ; {
		n, err := keyboard.Read(b)
		if err != nil {
			return
		}
		pieces <- string(b[:n])
	}
}

const (
	askKey    = "API key (not shown): "
	askRegion = "Region (eu, us, 1; empty for none): "
)

// rest answers the questions about acme's settings.
func rest(region string) []step {
	return []step{{"Repositories (empty for none): ", "\n"}, {"Account (empty for none): ", "\n"}, {askRegion, region + "\n"},
		{"Signing secret (empty for none; not shown): ", "\r"}}
}

func TestAsking(t *testing.T) {
	t.Parallel()
	asked := acme()
	asked.DocsURL = "https://acme.example/docs"
	v := noValues()
	steps := append([]step{
		{"Which way to authenticate? [1-2] ", "0\n"}, {"Which way to authenticate? [1-2] ", "3\n"},
		{"Which way to authenticate? [1-2] ", "1\n"}, {askKey, "\r"}, {"API key is required", ""}, {askKey, "canary\r"},
		{"Account (empty for none): ", "7\n"},
	}, rest("eu")...)
	shown, err := talk(t, asked, v, steps...)
	if err != nil || v.Method != "key" || strings.Contains(shown, "canary") {
		t.Errorf("the method %q was chosen (%v); the terminal shows %q", v.Method, err, shown)
	}
	if want := "Acme  https://acme.example/docs\n  1  API key\n  2  Service account\n"; !strings.HasPrefix(shown, want) {
		t.Errorf("the terminal shows %q, want %q first", shown, want)
	}
	hold(t, v, map[string]string{"api_key": "canary", "account": "7", "region.name": "eu"})
}

func TestAskingAgainForWhatIsWrong(t *testing.T) {
	t.Parallel()
	v := noValues()
	v.Method = "KEY"
	v.Fields["account"] = "9" // given as an argument: not asked for
	steps := []step{{askKey, "canary\r"}, {"Repositories (empty for none): ", "\n"}, {askRegion, "mars\n"},
		{"Signing secret (empty for none; not shown): ", "\r"}, {askRegion, "us\n"}}
	shown, err := talk(t, acme(), v, steps...)
	region := v.Secrets["region.name"].Reveal()
	if err != nil || strings.Count(shown, "API key (") != 1 || strings.Contains(shown, "Account (") || region != "us" {
		t.Errorf("%v; the terminal shows %q", err, shown)
	}
	v = noValues()
	v.Method = "API key"
	steps = append([]step{{askKey, "canary\r"}, {"Account (", "\n"}}, rest("mars")...)
	steps = append(steps, step{askRegion, "venus\n"}, step{askRegion, "pluto\n"})
	if _, err := talk(t, acme(), v, steps...); err == nil || !strings.Contains(err.Error(), "region.name") {
		t.Errorf("got %v, want that the region is wrong", err)
	}
}

func TestAskingInVain(t *testing.T) {
	t.Parallel()
	again := step{"Which way to authenticate? [1-2] ", "none\n"}
	_, err := talk(t, acme(), noValues(), again, again, again)
	refused(t, err, "want a number from 1 to 2")
	v := noValues()
	v.Method = "key"
	empty := step{askKey, "\r"}
	if _, err := talk(t, acme(), v, empty, empty, empty); err == nil || err.Error() != "API key is required; nothing was done" {
		t.Errorf("got %v", err)
	}
	left := step{"Which way to authenticate? [1-2] ", "\x04"}
	if _, err := talk(t, acme(), noValues(), left); !errors.Is(err, terminal.ErrNoAnswer) {
		t.Errorf("got %v, want that nobody answered", err)
	}
	v = noValues()
	v.Method = "magic"
	if _, err := talk(t, acme(), v); err == nil || !strings.Contains(err.Error(), "allowed: key, service") {
		t.Errorf("got %v, want that the method is unknown", err)
	}
}

func TestTheOnlyMethodIsNotAskedFor(t *testing.T) {
	t.Parallel()
	only := &setup.Setup{Title: "Acme", Methods: []setup.Method{{Name: "key", Fields: []setup.Field{
		{Name: "size", Title: "Size", Type: "string", Required: true, Default: []byte("5"), Description: "How large it is."},
		{Name: "host", Title: "Host", Type: "string", Required: true, Example: "a.example"},
		{Name: "key", Title: "Key", Type: "string", Required: true, Secret: true, Example: "abc"},
		{Name: "name", Title: "Name", Type: "string", Required: true},
	}}}}
	v := noValues()
	shown, err := talk(t, only, v, step{"\nHow large it is.\r\nSize (empty for 5): ", "\n"}, step{"Host (e.g. a.example): ", "h\n"},
		step{"Key (not shown): ", "canary\r"}, step{"\nName: ", "n\n"})
	if err != nil || v.Method != "key" || !strings.HasPrefix(shown, "Acme\n\nHow large") {
		t.Errorf("%q, %v; the terminal shows %q", v.Method, err, shown)
	}
	hold(t, v, map[string]string{"host": "h", "key": "canary", "name": "n"})
	none := noValues()
	if _, err := talk(t, &setup.Setup{Title: "Open"}, none); err != nil || none.Method != "" {
		t.Errorf("a type that needs nothing: %q, %v", none.Method, err)
	}
}
