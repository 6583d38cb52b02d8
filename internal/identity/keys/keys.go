// Package keys checks API keys, and keeps them in a file that people and commands edit.
package keys

import (
	"cmp"
	"context"
	"crypto/subtle"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"airbyte-mcp-server/internal/identity"
)

// Set checks API keys. It is safe for concurrent use, also with Reload.
type Set struct {
	file File // "" for keys of no file

	reloading sync.Mutex // so that an older reading does not replace a newer one
	set       atomic.Pointer[map[string]Key]
}

// Load reads a file of keys.
func Load(file File) (*Set, error) {
	k := &Set{file: file}
	return k, k.Reload(nil)
}

// Parse reads keys that are in no file, such as those in the value of an
// environment variable; errors have the name that they came from. Reload keeps them.
func Parse(name string, data []byte) (*Set, error) {
	list, err := parseKeys(name, data)
	k := &Set{}
	k.use(list)
	return k, err
}

// Reload reads the file again, and lets a check look at its keys; nil for none. On an
// error, which it returns, the keys stay as they were.
func (k *Set) Reload(check func([]Key) error) error {
	if k.file == "" {
		return nil
	}
	k.reloading.Lock()
	defer k.reloading.Unlock()
	list, err := k.file.List()
	if err == nil && list == nil && len(k.current()) > 0 {
		err = fmt.Errorf("%s is empty, as after a writer was interrupted; to withdraw all keys write `keys: []`", quotePath(string(k.file)))
	}
	if err == nil && check != nil {
		err = check(list)
	}
	if err != nil {
		return err
	}
	k.use(list)
	return nil
}

func (k *Set) use(list []Key) {
	set := make(map[string]Key, len(list))
	for _, key := range list {
		set[key.ID] = key
	}
	k.set.Store(&set)
}

// List returns the keys by id, those too that are revoked or have expired.
func (k *Set) List() []Key {
	return slices.SortedFunc(maps.Values(k.current()), func(a, b Key) int { return cmp.Compare(a.ID, b.ID) })
}

// current is nil if the keys could not be loaded.
func (k *Set) current() map[string]Key {
	if set := k.set.Load(); set != nil {
		return *set
	}
	return nil
}

// Speaks reports whether a credential looks like an API key.
func (k *Set) Speaks(text string) bool { return strings.HasPrefix(text, keyPrefix) }

// Identify checks the text of a key. Errors are of type *identity.Refusal.
func (k *Set) Identify(_ context.Context, text string) (identity.Identity, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(text, keyPrefix), "_")
	key, known := k.current()[id]
	got := digestOf(text)
	switch same := subtle.ConstantTimeCompare(got[:], key.hash[:]) == 1; { // of an unknown key the digest is zero
	case !same || !known:
		return identity.Identity{}, identity.BadToken("the API key is unknown: check that it is whole and meant for this server")
	case key.Revoked:
		return identity.Identity{}, identity.BadToken("the API key was revoked: get a new one")
	case !key.Expires.IsZero() && !time.Now().Before(key.Expires):
		return identity.Identity{}, identity.BadToken("the API key has expired: get a new one")
	}
	return key.identity(), nil
}
