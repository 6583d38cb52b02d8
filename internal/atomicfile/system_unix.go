//go:build unix

package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a new file the owner and group of the old one, so that a server can
// still read what root has changed for it.
func keepOwner(file *os.File, old fs.FileInfo) error {
	now, err := file.Stat()
	if err != nil {
		return err
	}
	want, ok := old.Sys().(*syscall.Stat_t)
	got, also := now.Sys().(*syscall.Stat_t)
	if !ok || !also || want.Uid == got.Uid && want.Gid == got.Gid {
		return nil
	}
	return file.Chown(int(want.Uid), int(want.Gid))
}

// syncFolder makes a renamed file outlast a loss of power. Some file systems have no
// such thing for folders, which is as good as they get.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return nil // one may write into a folder that one may not list
	}
	defer folder.Close()
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
