package schemas

import (
	"errors"
	"io/fs"
	"os"
)

// layers are folders of catalog files; a file of an earlier folder hides those of
// the same name in later ones.
type layers []fs.FS

// Open implements fs.FS.
func (l layers) Open(name string) (fs.File, error) {
	for _, layer := range l {
		f, err := layer.Open(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements fs.ReadDirFS.
func (l layers) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	seen := map[string]bool{}
	for _, layer := range l {
		entries, err := fs.ReadDir(layer, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			if !seen[e.Name()] {
				seen[e.Name()] = true
				all = append(all, e)
			}
		}
	}
	return all, nil
}

// WithFolder returns the embedded catalog with a folder of the user's on top: its
// files add connectors, and replace embedded ones of the same name. A folder that
// does not exist adds nothing.
func WithFolder(folder string) *Catalog {
	if folder == "" {
		return Embedded()
	}
	return Open(layers{os.DirFS(folder), Embedded().files})
}
