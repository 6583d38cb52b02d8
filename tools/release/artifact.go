package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"airbyte-mcp-server/packaging"
)

// artifacts are what goreleaser has made.
type artifacts struct {
	programs map[packaging.Target]string
	fat      string   // the program for both processors of macOS
	packages []string // what is published as it is
}

// readArtifacts reads goreleaser's own list.
func (b *builder) readArtifacts() (*artifacts, error) {
	text, err := os.ReadFile(filepath.Join(b.root, "bin", "goreleaser", "artifacts.json"))
	if err != nil {
		return nil, err
	}
	var list []struct{ Name, Path, Goos, Goarch, Type string }
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	made := &artifacts{programs: map[packaging.Target]string{}}
	for _, a := range list {
		path := filepath.Join(b.root, a.Path)
		switch {
		case a.Type == "Binary" && a.Goarch == "all":
			made.fat = path
		case a.Type == "Binary":
			made.programs[packaging.Target{OS: a.Goos, Arch: a.Goarch}] = path
		case slices.Contains([]string{"Archive", "Linux Package", "SBOM"}, a.Type):
			made.packages = append(made.packages, path)
		}
	}
	for _, t := range packaging.Targets() {
		if made.programs[t] == "" {
			return nil, fmt.Errorf("goreleaser made no program for %s", t)
		}
	}
	if made.fat == "" {
		return nil, errors.New("goreleaser made no program for both processors of macOS")
	}
	return made, nil
}

func (a *artifacts) copyTo(folder string) error {
	for _, path := range a.packages {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(path)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
