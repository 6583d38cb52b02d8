package keys

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"airbyte-mcp-server/internal/atomicfile"
	"airbyte-mcp-server/internal/secret"
)

const lockPatience = 10 * time.Second

// Create adds a key to the file, which it makes if there is none, and returns its
// text: it is shown once and cannot be found again. ID and Created may be missing.
// What is in the file stays to the letter.
func (f File) Create(key Key) (secret.Text, Key, error) {
	if key.ID == "" {
		key.ID = newKeyID()
	}
	if key.Created.IsZero() {
		key.Created = time.Now()
	}
	if err := key.check(); err != nil {
		return secret.Text{}, key, err
	}
	text := newKeyText(key.ID)
	key.hash = digestOf(text.Reveal())
	err := f.edit(true, func(data []byte) ([]byte, error) { return appendKey(string(f), data, key) })
	if err != nil {
		return secret.Text{}, key, err
	}
	return text, key, nil
}

// Revoke marks a key as revoked now. It may have been before.
func (f File) Revoke(id string) error {
	return f.edit(false, func(data []byte) ([]byte, error) { return revokeKey(string(f), data, id, time.Now()) })
}

// edit changes the file as a whole or not at all, one process after the other.
func (f File) edit(orNew bool, change func([]byte) ([]byte, error)) error {
	target := f
	if path, err := filepath.EvalSymlinks(string(f)); err == nil {
		target = File(path) // the link stays one
	}
	unlock, err := target.lock()
	if err != nil {
		return err
	}
	defer unlock()
	data, info, err := target.read()
	if err != nil && (!orNew || !errors.Is(err, fs.ErrNotExist)) {
		return err
	}
	changed, err := change(data)
	if err != nil || bytes.Equal(changed, data) {
		return err
	}
	if err := target.replace(changed, info); err != nil {
		return fmt.Errorf("writing the API keys: %w", err)
	}
	return nil
}

// lock keeps other processes away from the file until it is unlocked. It is a file
// beside it, because the file itself is replaced.
func (f File) lock() (unlock func(), err error) {
	path := string(f) + ".lock"
	for patience := time.Now().Add(lockPatience); ; time.Sleep(10 * time.Millisecond) {
		lock, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			return func() { _ = os.Remove(path) }, lock.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("locking the API keys: %w", err)
		}
		if time.Now().After(patience) {
			return nil, fmt.Errorf("another process is changing %s; if there is none, remove %s", f, path)
		}
	}
}

// replace puts a new file in the place of the old one, whose mode and owner it gets.
func (f File) replace(data []byte, old fs.FileInfo) error {
	if len(data) > maxKeyFile {
		return fmt.Errorf("it would be larger than %d bytes: remove keys that were revoked", maxKeyFile)
	}
	if old == nil {
		return atomicfile.Write(string(f), data, 0o600)
	}
	return atomicfile.Replace(string(f), data, old)
}
