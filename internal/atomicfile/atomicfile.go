// Package atomicfile writes a file as a whole or not at all: whoever reads it, at any
// moment and after a loss of power, finds the old content or the new. If the
// folder cannot be synced, the error says so although the new content can be read.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts a file of the mode in the place of the one of the name, or where there was
// none.
func Write(name string, data []byte, mode fs.FileMode) error {
	return write(name, data, func(part *os.File) error { return part.Chmod(mode) })
}

// Replace puts a file in the place of another, whose mode and (where the system has
// them) owner and group it gets.
func Replace(name string, data []byte, old fs.FileInfo) error {
	return write(name, data, func(part *os.File) error {
		// The mode comes second: a change of the owner takes bits of it away.
		return errors.Join(keepOwner(part, old), part.Chmod(old.Mode().Perm()))
	})
}

// write makes a part in the same folder, because a file can be renamed within one file
// system only. Until it is prepared, the part is its owner's alone.
func write(name string, data []byte, prepare func(*os.File) error) error {
	folder := filepath.Dir(name)
	part, err := os.CreateTemp(folder, "."+filepath.Base(name)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = part.Write(data)
	if err == nil {
		err = prepare(part)
	}
	if err = errors.Join(err, part.Sync(), part.Close()); err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		_ = os.Remove(part.Name()) // the error that matters is the first
		return err
	}
	return syncFolder(folder)
}
