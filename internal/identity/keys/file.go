package keys

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

// maxKeyFile bounds a file of keys, in bytes: some ten thousand keys.
const maxKeyFile = 4 << 20

// File is the path of a YAML file of API keys:
//
//	keys:
//	  - id: 3kd82hf0
//	    hash: sha256:…             # of the whole key; the key itself is nowhere
//	    principal: acme-agent      # the id if it is missing
//	    workspace: acme            # required
//	    connectors: [hubspot]      # as are tools, exclude-tools and effects: all if missing
//	    read-only: true
//	    surface: search
//	    limits: {calls-per-second: 5, burst: 10, in-flight: 4, sessions: 20}
//	    created: 2026-11-22T10:00:00Z
//	    expires: 2027-11-22T10:00:00Z
//	    revoked: 2026-12-01T09:30:00Z   # or true
//
// It must not be open to others than its owner and, for reading, its group.
type File string

// List reads the file. Errors have the line at fault.
func (f File) List() ([]Key, error) {
	data, _, err := f.read()
	if err != nil {
		return nil, err
	}
	return parseKeys(string(f), data)
}

// read returns the file's content and what the system knows of it, from one open file.
func (f File) read() ([]byte, fs.FileInfo, error) {
	file, err := os.Open(string(f))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the API keys: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the API keys: %w", err)
	}
	if err := f.checkMode(info.Mode()); err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	if err == nil && len(data) > maxKeyFile {
		err = fmt.Errorf("%s is larger than %d bytes: remove keys that were revoked", f, maxKeyFile)
	}
	return data, info, err
}

// checkMode refuses a file that others could read or change. Windows does not say so
// in the mode.
func (f File) checkMode(mode fs.FileMode) error {
	switch {
	case !mode.IsRegular():
		return fmt.Errorf("%s is no regular file", f)
	case runtime.GOOS != "windows" && mode.Perm()&0o027 != 0:
		return fmt.Errorf("%s holds API keys and is open to other users (mode %04o): run chmod 600 %s", f, mode.Perm(), quotePath(string(f)))
	}
	return nil
}

// quotePath makes a path one word of a shell command.
func quotePath(path string) string {
	special := func(r rune) bool {
		return !strings.ContainsRune("./_-", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if strings.ContainsFunc(path, special) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
