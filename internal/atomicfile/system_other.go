//go:build !unix

package atomicfile

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: a file has the owner that its folder gives it.
func keepOwner(*os.File, fs.FileInfo) error { return nil }

// syncFolder does nothing: folders cannot be synced here, and a rename is in the file
// system's journal.
func syncFolder(string) error { return nil }
