package keys_test

import (
	"os"
	"os/exec"
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
)

func read(t testing.TB, file keys.File) string {
	t.Helper()
	data, err := os.ReadFile(string(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCreateKeepsTheFile adds a key to files of every form.
func TestCreateKeepsTheFile(t *testing.T) {
	t.Parallel()
	one := entry(keyOne, "    workspace: a # theirs\n")
	for name, text := range map[string]string{
		"empty":         "",
		"comments":      "# nothing yet\n\n",
		"no list":       "keys:\n",
		"empty list":    "# mine\nkeys: []   # none yet\n",
		"null":          "keys: ~\n",
		"one":           "# mine\n\nkeys:\n  # the first\n" + one + "  # the end\n",
		"no newline":    "keys:\n" + strings.TrimSuffix(one, "\n"),
		"to the left":   "keys:\n" + strings.ReplaceAll(strings.TrimPrefix(one, "  "), "\n  ", "\n"),
		"deep":          "keys:\n      " + strings.ReplaceAll(strings.TrimSpace(one), "\n", "\n    ") + "\n",
		"other windows": strings.ReplaceAll("keys:\n"+one, "\n", "\r\n"),
		"empty windows": "keys: []\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkCreate(t, text)
		})
	}
}

// checkCreate adds a key to a file, which must not change otherwise.
func checkCreate(t *testing.T, text string) {
	t.Helper()
	file := writeKeys(t, text)
	before, err := file.List()
	if err != nil {
		t.Fatal(err)
	}
	secret, key, err := file.Create(keys.Key{Workspace: `Näme: "x" #1`, Principal: "- p", Policy: identity.Policy{
		Connectors: []string{"a, b", "c"}, Tools: []string{"t"}, ExcludeTools: []string{"null"},
		Effects: []string{"read"}, ReadOnly: true, Surface: "*",
	}, Limits: identity.Limits{CallsPerSecond: 0.1, Burst: 1, InFlight: 2, Sessions: 3}, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatalf("%v in\n%s", err, read(t, file))
	}
	after := read(t, file)
	kept := strings.TrimRight(strings.NewReplacer(" []", "", " ~", "").Replace(text), "\r\n")
	if text != "" && !strings.HasPrefix(after, kept) {
		t.Errorf("the file was\n%s\nand is\n%s", text, after)
	}
	if strings.Contains(text, "\r\n") && strings.Count(after, "\r\n") != strings.Count(after, "\n") {
		t.Errorf("the lines end in two ways: %q", after)
	}
	list, err := file.List()
	if err != nil || len(list) != len(before)+1 {
		t.Fatalf("got %v, %v", list, err)
	}
	set, err := keys.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	got := letIn(t, set, secret.Reveal())
	if got.Workspace != key.Workspace || got.Principal != "key:- p" || !reflect.DeepEqual(got.Policy, key.Policy) ||
		got.Limits != key.Limits || time.Until(got.Expires) < 59*time.Minute {
		t.Errorf("got %+v, want %+v", got, key)
	}
	if len(before) == 1 {
		letIn(t, set, keyOne)
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	block, flow := "keys:\n"+entry(keyOne, "    workspace: a\n"), "keys: [{id: one, workspace: a, hash: '"+hashOf(keyOne)+"'}]\n"
	tests := map[string]struct {
		text string
		key  keys.Key
		want string
	}{
		"same id":       {block, keys.Key{ID: "one", Workspace: "a"}, "a key of the id one already"},
		"bad id":        {block, keys.Key{ID: "A_b", Workspace: "a"}, "id: want"},
		"no workspace":  {block, keys.Key{}, "workspace: it is empty"},
		"two of a kind": {block, keys.Key{Principal: "one", Workspace: "b"}, "two workspaces"},
		"bad limits":    {block, keys.Key{Workspace: "a", Limits: identity.Limits{Burst: -1}}, "limits"},
		"brackets":      {flow, keys.Key{Workspace: "a"}, "in braces or brackets"},
		"end of text":   {block + "...\n", keys.Key{Workspace: "a"}, ""},
		"broken file":   {"keys: x\n", keys.Key{Workspace: "a"}, "want a list"},
	}
	for name, test := range tests {
		file := writeKeys(t, test.text)
		secret, _, err := file.Create(test.key)
		if err == nil || !strings.Contains(err.Error(), test.want) || secret.IsSet() {
			t.Errorf("%s: got %v, want %q in it", name, err, test.want)
		}
		if got := read(t, file); got != test.text {
			t.Errorf("%s: the file has changed to\n%s", name, got)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(string(file)), "*")); len(left) != 1 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	two := entry(keyTwo, "    workspace: b\n")
	for name, test := range map[string]struct{ text, want string }{
		"plain": {
			"# all\nkeys:\n" + two + entry(keyOne, "    workspace: a # theirs\n") + "  # end\n",
			"# all\nkeys:\n" + two + strings.Replace(entry(keyOne, "    workspace: a # theirs\n"), "one\n", "one\n    MARK\n", 1) + "  # end\n",
		},
		"was false": {
			"keys:\n" + entry(keyOne, "    revoked: false # still\n    workspace: a\n") + two,
			"keys:\n" + entry(keyOne, "    MARK\n    workspace: a\n") + two,
		},
		"false at the dash": {
			"keys:\n- revoked: false\n  id: one\n  workspace: a\n  hash: " + hashOf(keyOne) + "\n",
			"keys:\n- MARK\n  id: one\n  workspace: a\n  hash: " + hashOf(keyOne) + "\n",
		},
		"id is last": {
			"keys:\n- workspace: a\n  hash: " + hashOf(keyOne) + "\n  id: one # x",
			"keys:\n- workspace: a\n  hash: " + hashOf(keyOne) + "\n  id: one # x\n  MARK",
		},
		"windows": {
			strings.ReplaceAll("keys:\n"+entry(keyOne, "    workspace: a\n"), "\n", "\r\n"),
			strings.ReplaceAll("keys:\n"+strings.Replace(entry(keyOne, "    workspace: a\n"), "one\n", "one\n    MARK\n", 1), "\n", "\r\n"),
		},
		"already": {
			"keys:\n" + entry(keyOne, "    revoked: true\n    workspace: a\n"), "keys:\n" + entry(keyOne, "    revoked: true\n    workspace: a\n"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkRevoke(t, test.text, test.want)
		})
	}
}

// checkRevoke revokes a key of a file and compares the file.
func checkRevoke(t *testing.T, text, want string) {
	t.Helper()
	mark := regexp.MustCompile(`revoked: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
	file := writeKeys(t, text)
	if err := os.Chmod(string(file), 0o640); err != nil {
		t.Fatal(err)
	}
	set, err := keys.Load(file)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if err := file.Revoke("one"); err != nil {
		t.Errorf("%v", err)
	}
	if got := mark.ReplaceAllString(read(t, file), "MARK"); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if err := set.Reload(nil); err != nil {
		t.Errorf("%v", err)
	}
	if refusal := refuse(t, set, keyOne, 401); !strings.Contains(refusal.Description, "revoked") {
		t.Errorf("got %v", refusal)
	}
	if strings.Contains(text, entry(keyTwo, "    workspace: b\n")) {
		letIn(t, set, keyTwo)
	}
	if info, err := os.Stat(string(file)); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is now %v, %v", info.Mode(), err)
	}
}

func TestRevokeRefuses(t *testing.T) {
	t.Parallel()
	for want, text := range map[string]string{
		"no key of the id":      "keys:\n" + entry(keyTwo, "    workspace: b\n"),
		"in braces or brackets": "keys:\n  - {id: one, workspace: a, hash: '" + hashOf(keyOne) + "'}\n",
	} {
		file := writeKeys(t, text)
		if err := file.Revoke("one"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
		if got := read(t, file); got != text {
			t.Errorf("the file has changed to\n%s", got)
		}
	}
	missing := keys.File(filepath.Join(t.TempDir(), "none.yaml"))
	if err := missing.Revoke("one"); err == nil {
		t.Error("a key of no file was revoked")
	}
}

func TestNewFileIsPrivate(t *testing.T) {
	t.Parallel()
	file := keys.File(filepath.Join(t.TempDir(), "new.yaml"))
	if _, _, err := file.Create(keys.Key{Workspace: "a"}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(string(file)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

// TestLinkStays changes the file that a link leads to.
func TestLinkStays(t *testing.T) {
	t.Parallel()
	file := writeKeys(t, "keys: []\n")
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(string(file), link); err != nil {
		t.Skip(err)
	}
	if _, _, err := keys.File(link).Create(keys.Key{Workspace: "a"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info.Mode(), err)
	}
	if list, err := file.List(); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
}

// TestLockLeftBehind waits a while for another process, and says what to do then.
func TestLockLeftBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := writeKeys(t, "keys:\n"+entry(keyOne, "    workspace: a\n"))
		lock := string(file) + ".lock"
		if err := os.WriteFile(lock, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		err := file.Revoke("one")
		if err == nil || !strings.HasSuffix(err.Error(), "remove "+lock) {
			t.Errorf("got %v", err)
		}
		if waited := time.Since(begun).Round(time.Second); waited != 10*time.Second {
			t.Errorf("waited %v, want 10 s", waited)
		}
		go func() {
			time.Sleep(time.Second)
			_ = os.Remove(lock)
		}()
		if err := file.Revoke("one"); err != nil {
			t.Error(err)
		}
	})
}

// TestOwnerStays is what root does for a server.
func TestOwnerStays(t *testing.T) {
	t.Parallel()
	file := writeKeys(t, "keys: []\n")
	if err := os.Chown(string(file), 1234, 2345); err != nil {
		t.Skip(err)
	}
	if _, _, err := file.Create(keys.Key{Workspace: "a"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(string(file))
	if err != nil {
		t.Fatal(err)
	}
	system := reflect.ValueOf(info.Sys()).Elem() // a type that not every system has
	if uid, gid := system.FieldByName("Uid").Uint(), system.FieldByName("Gid").Uint(); uid != 1234 || gid != 2345 {
		t.Errorf("the owner is now %d:%d, want 1234:2345", uid, gid)
	}
}

// TestTwoEditors has two other processes and two goroutines change one file.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	file := keys.File(filepath.Join(t.TempDir(), "keys.yaml"))
	var all sync.WaitGroup
	for _, name := range []string{"a", "b"} {
		all.Go(func() {
			other := exec.CommandContext(t.Context(), os.Args[0])
			other.Env = append(os.Environ(), editorFile+"="+string(file), "IDENTITY_TEST_EDITOR_NAME="+name)
			if out, err := other.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
		all.Go(func() {
			if err := editKeys(file, "in-"+name, 15); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := file.List()
	if err != nil || len(list) != 60 {
		t.Fatalf("got %d keys, %v, want 60", len(list), err)
	}
	revoked := 0
	for _, key := range list {
		if key.Revoked {
			revoked++
		}
	}
	if revoked != 32 {
		t.Errorf("%d keys are revoked, want 32", revoked)
	}
	if left, _ := filepath.Glob(string(file) + "*"); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
