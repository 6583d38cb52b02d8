package keys_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/identity/keys"
	"airbyte-mcp-server/internal/workbound"
)

const (
	keyOne = "amk_one_0123456789abcdef0123456789abcdef0123456789abcdef0123"
	keyTwo = "amk_two_0123456789abcdef0123456789abcdef0123456789abcdef0123"
)

func hashOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func entry(key, rest string) string {
	return fmt.Sprintf("  - id: %s\n    hash: %s\n%s", strings.Split(key, "_")[1], hashOf(key), rest)
}

func writeKeys(t testing.TB, text string) keys.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return keys.File(path)
}

func parse(t testing.TB, text string) *keys.Set {
	t.Helper()
	set, err := keys.Parse("AIRBYTE_KEYS", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestKeyFields(t *testing.T) {
	t.Parallel()
	set := parse(t, "# the agents\nkeys:\n"+entry(keyOne, `    principal: acme-agent
    workspace: "Acme: Inc"
    connectors: [hubspot, gmail]
    tools:
      - hubspot_contacts_list
    exclude-tools: [gmail_messages_send]
    effects: [read, update]
    read-only: true
    surface: search
    limits: {calls-per-second: 2.5, burst: 10, in-flight: 4, sessions: 20}
    created: 2026-11-22T10:00:00Z
    expires: 2999-01-01
    revoked: false
`)+entry(keyTwo, "    workspace: 007\n"))
	want := identity.Identity{
		Principal: "key:acme-agent", Workspace: "Acme: Inc",
		Policy: identity.Policy{
			Connectors: []string{"hubspot", "gmail"}, Tools: []string{"hubspot_contacts_list"},
			ExcludeTools: []string{"gmail_messages_send"}, Effects: []string{"read", "update"}, ReadOnly: true, Surface: "search",
		},
		Limits:  identity.Limits{CallsPerSecond: 2.5, Burst: 10, InFlight: 4, Sessions: 20},
		Expires: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if got := letIn(t, set, keyOne); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	want = identity.Identity{Principal: "key:two", Workspace: "007"}
	if got := letIn(t, set, keyTwo); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if list := set.List(); len(list) != 2 || list[0].ID != "one" || list[1].ID != "two" {
		t.Errorf("got the list %+v", list)
	}
}

func TestKeysRefused(t *testing.T) {
	t.Parallel()
	const gone, old = "amk_gone_" + "x123456789", "amk_old_" + "x123456789"
	set := parse(t, "keys:\n"+entry(keyOne, "    workspace: a\n")+
		entry(gone, "    workspace: a\n    revoked: 2026-01-01T00:00:00Z\n")+entry(old, "    workspace: a\n    expires: 2026-01-01\n"))
	for key, want := range map[string]string{
		keyTwo:                              "unknown",
		keyOne[:len(keyOne)-1]:              "unknown",
		keyOne + "x":                        "unknown",
		strings.Replace(keyOne, "_", "", 2): "unknown",
		strings.ToUpper(keyOne):             "unknown",
		"amk__":                             "unknown",
		"amk_":                              "unknown",
		"amk_one_":                          "unknown",
		gone:                                "revoked",
		gone + "x":                          "unknown",
		old:                                 "expired",
	} {
		refusal := refuse(t, set, key, http.StatusUnauthorized)
		if refusal.Code != identity.InvalidToken || !strings.Contains(refusal.Description, want) {
			t.Errorf("%s: got %v, want %q", key, refusal, want)
		}
	}
}

func TestKeyExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(time.Hour)
		set := parse(t, "keys:\n"+entry(keyOne, "    workspace: a\n    expires: "+end.Format(time.RFC3339)+"\n"))
		letIn(t, set, keyOne)
		time.Sleep(time.Hour)
		refuse(t, set, keyOne, http.StatusUnauthorized)
	})
}

func TestKeyFileErrors(t *testing.T) {
	t.Parallel()
	good := "keys:\n" + entry(keyOne, "    workspace: a\n")
	for name, test := range map[string]struct{ text, want string }{
		"unknown field":       {good + "    conectors: [x]\n", `:5: unknown field "conectors": want connectors, `},
		"unknown limit":       {good + "    limits:\n      burst: 1\n      calls: 1\n", `:7: unknown field "calls"`},
		"unknown top":         {good + "key: 1\n", `:5: unknown field "key"`},
		"duplicate id":        {good + entry(keyOne, "    workspace: a\n"), ":5: the id one is that of line 2 too"},
		"two workspaces":      {good + entry(keyTwo, "    workspace: b\n    principal: one\n"), `:5: the principal "one" has two workspaces`},
		"no workspace":        {"keys:\n" + entry(keyOne, ""), ":2: workspace: it is empty"},
		"null workspace":      {"keys:\n" + entry(keyOne, "    workspace: ~\n"), ":2: workspace: it is empty"},
		"white workspace":     {"keys:\n" + entry(keyOne, "    workspace: ' a'\n"), "white space"},
		"braces":              {"keys:\n" + entry(keyOne, "    workspace: '{claims.x}'\n"), "contains { or }"},
		"hidden character":    {"keys:\n" + entry(keyOne, "    workspace: \"a\\u200b\"\n"), "cannot be seen"},
		"long workspace":      {"keys:\n" + entry(keyOne, "    workspace: "+strings.Repeat("w", 129)+"\n"), "longer than 128"},
		"no hash":             {"keys:\n  - id: one\n    workspace: a\n", ":2: hash: it is missing"},
		"the key as hash":     {"keys:\n  - id: one\n    hash: " + keyOne + "\n", ":3: hash: want sha256:"},
		"short hash":          {"keys:\n  - id: one\n    hash: sha256:00\n", ":3: hash: want sha256:"},
		"no id":               {"keys:\n  - hash: " + hashOf(keyOne) + "\n    workspace: a\n", ":2: id: want"},
		"bad id":              {"keys:\n  - id: a_b\n    workspace: a\n", ":2: id: want"},
		"id is a list":        {"keys:\n  - id: [a]\n", ":2: id: want one plain value"},
		"connectors is text":  {good + "    connectors: hubspot\n", ":5: connectors: want a list"},
		"connectors of lists": {good + "    connectors: [[a]]\n", ":5: connectors: want a list of plain texts"},
		"read-only of yes":    {good + "    read-only: 'yes'\n", ":5: read-only: want true or false"},
		"revoked of no":       {good + "    revoked: 'no'\n", ":5: revoked: want true, false"},
		"negative rate":       {good + "    limits: {calls-per-second: -1}\n", ":5: calls-per-second: want a number"},
		"no rate":             {good + "    limits: {calls-per-second: .nan}\n", ":5: calls-per-second: want"},
		"negative burst":      {good + "    limits: {burst: -1}\n", ":5: burst: want a whole number"},
		"bad time":            {good + "    expires: next year\n", ":5: expires: want a time"},
		"no time":             {good + "    expires:\n", ":5: expires: want a time"},
		"keys is text":        {"keys: none\n", ":1: want a list under"},
		"a list":              {"- id: one\n", ":1: want `keys:` and a list"},
		"two documents":       {good + "---\n" + good, ":6: want one YAML document"},
		"syntax":              {good + "\t- x\n", "not valid YAML"},
		"an anchor":           {"keys:\n  - &a\n    id: one\n  - *a\n", "want the fields"},
		"a text as a key":     {"keys:\n  - " + keyOne + "\n", ":2: want the fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := writeKeys(t, test.text)
			_, err := keys.Load(file)
			if err == nil || !strings.HasPrefix(err.Error(), string(file)+":") || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q in it", err, test.want)
			}
			if shown := err.Error(); strings.Contains(shown, keyOne) || strings.Contains(shown, hashOf(keyOne)) {
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
}

// FuzzParseKeys reads anything as keys; what it takes is sound.
func FuzzParseKeys(f *testing.F) {
	f.Add("keys:\n" + entry(keyOne, "    workspace: a\n    limits: {burst: 1}\n"))
	f.Add("keys: []\n")
	f.Add("{keys: [{id: a, hash: b}]}")
	f.Add(strings.Repeat("[", 100_000))
	f.Add("keys: [" + strings.Repeat("{},", 30_000))
	f.Add("keys:\n- {id: a, limits: {burst: " + strings.Repeat("9", 100_000) + "}}")
	f.Fuzz(func(t *testing.T, text string) {
		var set *keys.Set
		var err error
		workbound.Check(t, "keys", len(text), 150, func() { set, err = keys.Parse("fuzz", []byte(text)) })
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz:") {
				t.Errorf("the error does not say where: %v", err)
			}
			return
		}
		for _, key := range set.List() {
			if key.Workspace == "" || key.ID == "" {
				t.Errorf("%q is the key %+v", text, key)
			}
		}
		refuse(t, set, "amk_one_guess", http.StatusUnauthorized)
	})
}

func TestNoKeys(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# nothing yet\n", "keys:\n", "keys: []\n", "keys: ~\n", "\ufeffkeys: []\r\n"} {
		set, err := keys.Load(writeKeys(t, text))
		if err != nil || len(set.List()) != 0 {
			t.Errorf("%q: got %v, %v", text, set.List(), err)
		}
		refuse(t, set, keyOne, http.StatusUnauthorized)
	}
}

func TestKeyFileMode(t *testing.T) {
	t.Parallel()
	file := writeKeys(t, "keys:\n"+entry(keyOne, "    workspace: a\n"))
	for mode, fine := range map[os.FileMode]bool{
		0o600: true, 0o640: true, 0o400: true, 0o440: true, 0o644: false, 0o660: false, 0o604: false, 0o602: false,
	} {
		if err := os.Chmod(string(file), mode); err != nil {
			t.Fatal(err)
		}
		_, err := keys.Load(file)
		if fine != (err == nil) || err != nil && !strings.HasSuffix(err.Error(), "run chmod 600 "+string(file)) {
			t.Errorf("%04o: got %v", mode, err)
		}
	}
	if _, err := keys.Load(keys.File(t.TempDir())); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := keys.Load(file + "-not"); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := keys.Load(writeKeys(t, strings.Repeat("#\n", 3<<20))); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a large file: got %v", err)
	}
}

// TestReload changes the file under callers. A broken file changes nothing.
func TestReload(t *testing.T) {
	t.Parallel()
	first := "keys:\n" + entry(keyOne, "    workspace: a\n")
	second := "keys:\n" + entry(keyOne, "    workspace: b\n") + entry(keyTwo, "    workspace: b\n")
	file := writeKeys(t, first)
	set, err := keys.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	refuse(t, set, keyTwo, http.StatusUnauthorized)
	write := func(text string) {
		if err := os.WriteFile(string(file), []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	write(second)
	if err := set.Reload(nil); err != nil {
		t.Fatal(err)
	}
	if got := letIn(t, set, keyTwo); got.Workspace != "b" {
		t.Errorf("got %+v", got)
	}
	write("keys:\n  - nonsense: 1\n")
	if err := set.Reload(nil); err == nil {
		t.Error("a broken file was taken")
	}
	letIn(t, set, keyTwo)
	for _, cut := range []string{"", "\n", "# API keys\n", "keys:\n"} {
		write(cut)
		if err := set.Reload(nil); err == nil || !strings.Contains(err.Error(), "keys: []") {
			t.Errorf("%q, which a writer left behind: got %v", cut, err)
		}
		letIn(t, set, keyTwo)
	}
	write("keys: []\n")
	if err := set.Reload(nil); err != nil {
		t.Error(err)
	}
	refuse(t, set, keyTwo, http.StatusUnauthorized)
	parsed := parse(t, first)
	if err := parsed.Reload(nil); err != nil {
		t.Error(err)
	}
	letIn(t, parsed, keyOne)
}

// TestConcurrentReload is for the race detector.
func TestConcurrentReload(t *testing.T) {
	t.Parallel()
	file := writeKeys(t, "keys:\n"+entry(keyOne, "    workspace: a\n"))
	set, err := keys.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var callers, editors sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for ctx.Err() == nil {
				letIn(t, set, keyOne)
				set.List()
			}
		})
	}
	for range 2 {
		editors.Go(func() {
			for range 10 {
				text, _, err := file.Create(keys.Key{Workspace: "new"})
				if err == nil {
					err = set.Reload(nil)
				}
				if err != nil {
					t.Error(err)
					return
				}
				letIn(t, set, text.Reveal())
			}
		})
	}
	editors.Wait()
	stop()
	callers.Wait()
}

func TestKeyText(t *testing.T) {
	t.Parallel()
	file := keys.File(filepath.Join(t.TempDir(), "new.yaml"))
	form := regexp.MustCompile(`^amk_[a-z0-9]{8}_[a-z2-7]{52}$`)
	seen := map[string]bool{}
	for range 20 {
		text, key, err := file.Create(keys.Key{Workspace: "a"})
		if err != nil || !form.MatchString(text.Reveal()) || seen[text.Reveal()] || !strings.HasPrefix(text.Reveal(), "amk_"+key.ID+"_") {
			t.Fatalf("got %q, %v", text.Reveal(), err)
		}
		seen[text.Reveal()] = true
		data, err := os.ReadFile(string(file))
		if err != nil || strings.Contains(string(data), text.Reveal()[13:]) {
			t.Fatalf("the file holds the secret itself, or %v", err)
		}
	}
}
