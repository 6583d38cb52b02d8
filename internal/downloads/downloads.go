// Package downloads writes files that strangers name into one folder: whole or not at
// all, never outside of it, never over another file.
package downloads

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// ErrTooLarge reports a file over the folder's limit.
var ErrTooLarge = errors.New("the file is larger than the limit for downloads")

// Folder is where files go. It is safe for concurrent use.
type Folder struct {
	limit   int64
	private bool

	mu   sync.Mutex
	dir  string // "" until the private one is made
	root *os.Root
}

// New returns a Folder for files of up to limit bytes. An empty dir means a private
// folder, which is made when the first file comes and removed by Close.
func New(dir string, limit int64) *Folder {
	return &Folder{dir: dir, limit: limit, private: dir == ""}
}

// open opens the folder.
func (f *Folder) open() (*os.Root, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root != nil {
		return f.root, f.dir, nil
	}
	if f.dir == "" {
		dir, err := os.MkdirTemp("", "airbyte-mcp-server-downloads-")
		if err != nil {
			return nil, "", fmt.Errorf("making the folder for downloads: %w", err)
		}
		f.dir = dir
	}
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return nil, "", fmt.Errorf("making the folder for downloads: %w", err)
	}
	f.dir = dir
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, "", fmt.Errorf("making the folder for downloads: %w", err)
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, "", fmt.Errorf("opening the folder for downloads: %w", err)
	}
	f.root = root
	return root, f.dir, nil
}

// Close closes the folder, and removes a private one with all that is in it.
func (f *Folder) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root != nil {
		_ = f.root.Close()
	}
	if f.private && f.dir != "" {
		_ = os.RemoveAll(f.dir) // it is the system's place for what may vanish
	}
}

// File is a file that is being written. Either Keep or Discard ends it.
type File struct {
	root    *os.Root
	ownRoot bool
	dir     string
	part    *os.File
	name    string // of the part
	link    func(oldName, newName string) error
	limit   int64
	size    int64
	hash    hash.Hash
}

// Kept is a file that is complete.
type Kept struct {
	Path   string // absolute
	Name   string // within the folder
	Bytes  int64
	SHA256 string
}

// Limit is the largest file, in bytes.
func (f *Folder) Limit() int64 { return f.limit }

// Create begins a file in the folder itself.
func (f *Folder) Create() (*File, error) {
	root, dir, err := f.open()
	if err != nil {
		return nil, err
	}
	return f.begin(root, dir, false)
}

// CreateFor begins a file in a folder of a tenant within the folder: the names of its
// files say nothing about another tenant's.
func (f *Folder) CreateFor(tenant string) (*File, error) {
	root, dir, err := f.open()
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(tenant))
	name := "tenant-" + hex.EncodeToString(hash[:16])
	if err := root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("making a folder for downloads: %w", err)
	}
	own, err := root.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("opening a folder for downloads: %w", err)
	}
	file, err := f.begin(own, filepath.Join(dir, name), true)
	if err != nil {
		_ = own.Close()
	}
	return file, err
}

// begin begins a file. The root is closed with the file if it is the file's own.
func (f *Folder) begin(root *os.Root, dir string, own bool) (*File, error) {
	name := ".part-" + rand.Text()
	part, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("creating a file for the download: %w", err)
	}
	return &File{root: root, ownRoot: own, dir: dir, part: part, name: name, link: root.Link, limit: f.limit, hash: sha256.New()}, nil
}

// Write implements io.Writer. Beyond the limit the error is ErrTooLarge.
func (w *File) Write(b []byte) (int, error) {
	if w.size+int64(len(b)) > w.limit {
		return 0, fmt.Errorf("%w of %d bytes", ErrTooLarge, w.limit)
	}
	n, err := w.part.Write(b)
	w.size += int64(n)
	w.hash.Write(b[:n])
	return n, err
}

// Reset empties the file, for an attempt that begins anew.
func (w *File) Reset() error {
	w.size = 0
	w.hash.Reset()
	if _, err := w.part.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return w.part.Truncate(0)
}

// Discard forgets the file.
func (w *File) Discard() {
	_ = w.part.Close()
	_ = w.root.Remove(w.name)
	w.closeRoot()
}

func (w *File) closeRoot() {
	if w.ownRoot {
		_ = w.root.Close()
	}
}

// maxTwins bounds the files of one name.
const maxTwins = 10_000

// Keep completes the file under a name that is free: the one that was wished for,
// cleaned, or the same with a number.
func (w *File) Keep(wished string) (*Kept, error) {
	if err := errors.Join(w.part.Sync(), w.part.Close()); err != nil {
		w.Discard()
		return nil, fmt.Errorf("writing the download: %w", err)
	}
	clean := Clean(wished)
	ext := filepath.Ext(clean)
	for n := range maxTwins {
		name := clean
		if n > 0 {
			name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(clean, ext), n+1, ext)
		}
		err := w.take(name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			w.Discard()
			return nil, fmt.Errorf("naming the download: %w", err)
		}
		_ = w.root.Remove(w.name)
		w.closeRoot()
		return &Kept{filepath.Join(w.dir, name), name, w.size, hex.EncodeToString(w.hash.Sum(nil))}, nil
	}
	w.Discard()
	return nil, fmt.Errorf("naming the download: there are %d files called %s already", maxTwins, clean)
}

// take gives the part a name, unless that is taken. A link does both at once; where
// the file system has none, an empty file holds the place.
func (w *File) take(name string) error {
	err := w.link(w.name, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	place, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_ = place.Close()
	if err := w.root.Rename(w.name, name); err != nil {
		_ = w.root.Remove(name)
		return err
	}
	return nil
}

// longestName is what every file system takes.
const longestName = 120

// Clean makes a file name of a text: its last part, without characters that a shell, a
// screen or another system gives a meaning.
func Clean(text string) string {
	given := text
	text = strings.ToValidUTF8(text, "_")
	if i := strings.LastIndexAny(text, `/\`); i >= 0 {
		text = text[i+1:]
	}
	text = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || strings.ContainsRune(`<>:"|?*$`+"`", r) {
			return '_'
		}
		return r
	}, text)
	text = strings.Trim(text, " .-") // no hidden files, no options
	ext := filepath.Ext(text)
	if len(ext) > 20 {
		ext = ""
	}
	stem := strings.TrimSuffix(text, ext)
	for len(stem)+len(ext) > longestName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	stem = strings.Trim(stem, " .-")
	if isReserved(stem) || stem == "" {
		stem = "file_" + stem
	}
	if clean := stem + ext; clean != given {
		return Clean(clean) // what is left may end, or begin, otherwise
	}
	return given
}

// isReserved reports whether a name means a device on Windows.
func isReserved(stem string) bool {
	upper := strings.ToUpper(stem)
	if upper == "CON" || upper == "PRN" || upper == "AUX" || upper == "NUL" {
		return true
	}
	return len(upper) == 4 && (strings.HasPrefix(upper, "COM") || strings.HasPrefix(upper, "LPT")) && upper[3] >= '0' && upper[3] <= '9'
}
