package packaging

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Project is what packaging/project.yaml says, and the version.
type Project struct {
	Name, Title, Forge, Owner, Repository    string
	Namespace, Image, NPM                    string
	Publisher, Email, License, Summary, Long string
	Keywords                                 []string
	Settings                                 []Setting
	Version                                  string `yaml:"-"`
}

// Setting is a setting of the program for which a host asks its user.
type Setting struct {
	Key, Env, Type, Title, Description string
	Sensitive                          bool
	Asked                              bool // by links too, which ask for as little as they can
}

// Load reads the project's names and version from a checkout.
func Load(root string) (*Project, error) {
	text, err := os.ReadFile(filepath.Join(root, "packaging", "project.yaml"))
	if err != nil {
		return nil, err
	}
	var p Project
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p); err != nil {
		return nil, fmt.Errorf("packaging/project.yaml: %w", err)
	}
	version, err := os.ReadFile(filepath.Join(root, "VERSION"))
	p.Version = strings.TrimSpace(string(version))
	return &p, err
}

// URL is the address of the repository.
func (p *Project) URL() string { return p.Forge + "/" + p.Owner + "/" + p.Repository }

// Document is the address of a file of the repository, as of the version.
func (p *Project) Document(name string) string {
	return p.URL() + "/blob/v" + p.Version + "/" + name
}

// Download is the address of a file of the release.
func (p *Project) Download(name string) string {
	return p.URL() + "/releases/download/v" + p.Version + "/" + name
}

// Server is the name under which registries of MCP servers know the project.
func (p *Project) Server() string { return p.Namespace + "/" + p.Name }

// NodeRun is the package of this version, as npx takes it.
func (p *Project) NodeRun() string { return p.NPM + "@" + p.Version }

// Archive is the name of the archive for a target.
func (p *Project) Archive(t Target) string {
	ending := ".tar.gz"
	if t.OS == "windows" {
		ending = ".zip"
	}
	return p.Name + "_" + p.Version + "_" + t.OS + "_" + t.Arch + ending
}
