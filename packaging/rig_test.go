package packaging_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"airbyte-mcp-server/packaging"
)

const root = ".."

// fake is a program that says how it was started.
const fake = "#!/bin/sh\necho \"started $(basename \"$0\") with $*\"\nexit 3\n"

func project(t *testing.T) *packaging.Project {
	t.Helper()
	p, err := packaging.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// write makes a release of fake programs and returns its folder.
func write(t *testing.T) string {
	t.Helper()
	p, out, programs := project(t), t.TempDir(), t.TempDir()
	r := &packaging.Release{
		Project: p, Root: root, Out: out, Time: time.Unix(1_700_000_000, 0), Programs: map[packaging.Target]string{},
		Fat: save(t, programs, "fat", fake), Notices: []byte("notices\n"),
	}
	for _, target := range packaging.Targets() {
		r.Programs[target] = save(t, programs, target.OS+target.Arch, fake)
		save(t, out, p.Archive(target), "archive for "+target.String())
	}
	if err := r.Write(); err != nil {
		t.Fatal(err)
	}
	return out
}

func save(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// packed is a file of an archive.
type packed struct {
	mode fs.FileMode
	text string
}

// unpack reads an archive of either kind.
func unpack(t *testing.T, parts ...string) map[string]packed {
	t.Helper()
	data := read(t, parts...)
	files := map[string]packed{}
	if archive, err := zip.NewReader(bytes.NewReader([]byte(data)), int64(len(data))); err == nil {
		for _, f := range archive.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name] = packed{f.Mode(), all(t, r)}
		}
		return files
	}
	unzipped, err := gzip.NewReader(bytes.NewReader([]byte(data)))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = packed{header.FileInfo().Mode(), all(t, archive)}
	}
}

func all(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// parse reads JSON into a value of the type.
func parse[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return value
}

// lay writes unpacked files into a folder.
func lay(t *testing.T, folder string, files map[string]packed, keepModes bool) {
	t.Helper()
	for name, f := range files {
		path := save(t, folder, name, f.text)
		if keepModes {
			if err := os.Chmod(path, f.mode); err != nil {
				t.Fatal(err)
			}
		}
	}
}
