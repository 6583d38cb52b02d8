// Package packaging makes what is published beside the program's archives: packages for Node, bundles for Claude
// Desktop, plugins and extensions of hosts, the entry of the registry of MCP servers, a Homebrew formula, a Scoop
// manifest, notices of third parties, and checksums. All of it is a function of the checkout, the programs and one
// time, so that two builds are equal bit by bit. The tool in tools/release runs it.
package packaging

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Checksums is the file with the SHA-256 sum of every other file of a release.
const Checksums = "SHA256SUMS"

// NoticesFile is the file with the licences of what is compiled into the program.
const NoticesFile = "THIRD_PARTY_NOTICES.txt"

// Release is what a folder of packages is made of.
type Release struct {
	Project  *Project
	Root     string            // the checkout
	Out      string            // has the program's archives already
	Time     time.Time         // of every file in the archives
	Programs map[Target]string // paths
	Fat      string            // path of the program for both processors of macOS
	Notices  []byte
}

// Write adds the packages to the folder Out, and lastly the checksums of all that is there.
func (r *Release) Write() error {
	for _, part := range []struct {
		name  string
		write func() error
	}{
		{"packages for Node", r.writeNode},
		{"bundles", r.writeBundles},
		{"plugins", r.writePlugins},
		{"manifests", r.writeManifests},
		{"checksums", func() error { return WriteChecksums(r.Out) }},
	} {
		if err := part.write(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// common are the files that every archive has.
func (r *Release) common() ([]File, error) {
	license, err := os.ReadFile(filepath.Join(r.Root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	return []File{{"LICENSE", 0o644, license}, {NoticesFile, 0o644, r.Notices}}, nil
}

// program is a program as a file of an archive.
func program(name, path string) (File, error) {
	data, err := os.ReadFile(path)
	return File{name, 0o755, data}, err
}

func (r *Release) save(name string, data []byte) error {
	return os.WriteFile(filepath.Join(r.Out, name), data, 0o600)
}

// sum is the SHA-256 sum of a file in Out.
func (r *Release) sum(name string) (string, error) { return sumOf(filepath.Join(r.Out, name)) }

func sumOf(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// WriteChecksums writes the sums of a folder's files in the form that sha256sum -c reads.
func WriteChecksums(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var lines []string
	for _, entry := range entries {
		if entry.IsDir() || entry.Name() == Checksums {
			continue
		}
		sum, err := sumOf(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		lines = append(lines, sum+"  "+entry.Name()+"\n")
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	return os.WriteFile(filepath.Join(folder, Checksums), []byte(strings.Join(lines, "")), 0o600)
}
