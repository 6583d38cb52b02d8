package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/identity/keys"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// secretVolume is a folder as Kubernetes mounts a Secret: the file is a link over a link,
// which is turned to another folder.
type secretVolume string

func (v secretVolume) write(t *testing.T, version, text string) {
	t.Helper()
	folder := string(v)
	if err := os.Mkdir(filepath.Join(folder, version), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, version, "keys.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_800_000_000, 0) // the same for all: the time alone would tell nothing
	if err := os.Chtimes(filepath.Join(folder, version, "keys.yaml"), at, at); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(version, filepath.Join(folder, "..tmp")); err != nil {
		t.Skip(err)
	}
	if err := os.Rename(filepath.Join(folder, "..tmp"), filepath.Join(folder, "..data")); err != nil {
		t.Fatal(err)
	}
}

// logText is a log that is read while others write.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logText) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), words)
}

func keyLine(id, more string) string {
	return "  - {id: " + id + ", hash: 'sha256:" + strings.Repeat("ab", 32) + "', workspace: acme" + more + "}\n"
}

// TestKeysAreReadAgain without a signal, over the links of a Secret too; keys that are
// damaged, or that mean nothing, leave those in use.
func TestKeysAreReadAgain(t *testing.T) {
	t.Parallel()
	volume := secretVolume(t.TempDir())
	file := filepath.Join(string(volume), "keys.yaml")
	volume.write(t, "v1", "keys:\n"+keyLine("first", ""))
	if err := os.Symlink(filepath.Join("..data", "keys.yaml"), file); err != nil {
		t.Skip(err)
	}
	directory := tools.NewDirectory(schemas.Embedded(), nil, nil)
	synctest.Test(t, func(t *testing.T) {
		log := &logText{}
		a := &app{settings: &config.Settings{KeysFile: file}, log: zerolog.New(log)}
		c := &callers{keysMarks: fileMarksOf(file)}
		var err error
		if c.keys, err = keys.Load(keys.File(file)); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go a.watchKeys(ctx, c, directory)
		holds := func(want string, read, refused int) {
			t.Helper()
			time.Sleep(3 * recheck)
			synctest.Wait()
			if list := c.keys.List(); len(list) != 1 || list[0].ID != want {
				t.Errorf("keys %v, want %s", list, want)
			}
			if r, f := log.count("keys read again"), log.count("could not be read again"); r != read || f != refused {
				t.Errorf("%d readings and %d refusals in the log, want %d and %d", r, f, read, refused)
			}
		}
		holds("first", 0, 0)
		volume.write(t, "v2", "keys:\n"+keyLine("other", ""))
		holds("other", 1, 0)
		volume.write(t, "v3", "keys: [")
		holds("other", 1, 1)
		volume.write(t, "v4", "keys:\n"+keyLine("third", ", effects: [fly]"))
		holds("other", 1, 2)
		if err := os.Remove(filepath.Join(string(volume), "..data")); err != nil {
			t.Fatal(err)
		}
		holds("other", 1, 3)
		volume.write(t, "v5", "keys:\n"+keyLine("fifth", ""))
		holds("fifth", 2, 3)
	})
}
