// Package hostfile knows where MCP hosts keep the servers that they start, and how each of
// them writes a server down. It plans changes of such files, and makes them. docs/hosts.md
// has the source of each fact.
package hostfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/confedit"
	"airbyte-mcp-server/internal/nearest"
)

// Host is a program that starts MCP servers.
type Host struct {
	Name    string // by which people choose it
	Title   string
	Format  confedit.Format
	Restart string // what makes it read its file again
	Logs    func(Machine) string
	Remote  bool // its file can name servers at a URL

	servers []string // the keys that lead to its servers
	listBy  string   // the servers are a list, by this member; "" for an object
	env     string   // the member of a server with its variables
	command string   // the member with its program
	project string   // its file in a project; "" for none

	// user lists the files of which it reads the first that is there, and makes the first.
	user func(Machine) ([]string, error)
	// signs are what is there when the host is.
	signs func(Machine) []string
	local func(Server) shape
	web   func(Server) shape
	// head is what a new file needs besides.
	head confedit.Object
	// tokenReference is how the file names a variable of the host's environment; nil if it
	// cannot.
	tokenReference func(name string) string
	prompts        bool // it asks its user for values that the file names
}

// shape is how a host writes a server down.
type shape struct {
	fixed    confedit.Object // what makes the server what it is
	defaults confedit.Object // what a user may have changed
}

// Machine is what the places of files depend on.
type Machine struct {
	OS      string // as runtime.GOOS has it
	Home    string
	Project string // the folder of a project
	Env     func(string) (string, bool)
}

// join makes a path of this machine's kind, which need not be the one that runs this.
func (m Machine) join(parts ...string) string {
	separator := "/"
	if m.OS == "windows" {
		separator = `\`
	}
	return strings.Join(parts, separator)
}

// variable is a variable of the environment, or what it stands for by default.
func (m Machine) variable(name, otherwise string) string {
	if m.Env != nil {
		if value, _ := m.Env(name); strings.TrimSpace(value) != "" {
			return strings.TrimRight(strings.TrimSpace(value), `/\`)
		}
	}
	return otherwise
}

// ErrUnknown is a name that no host has.
var ErrUnknown = errors.New("unknown host")

// All are the hosts that are known.
func All() []Host { return hosts() }

// Names are their names.
func Names() []string {
	var names []string
	for _, h := range hosts() {
		names = append(names, h.Name)
	}
	return names
}

// Find returns the host of a name.
func Find(name string) (Host, error) {
	for _, h := range hosts() {
		if strings.EqualFold(h.Name, strings.TrimSpace(name)) {
			return h, nil
		}
	}
	return Host{}, fmt.Errorf("%w %q%s; there are %s", ErrUnknown, name, nearest.Hint(name, Names()), strings.Join(Names(), ", "))
}

// IsHere reports whether a machine has the host.
func (h Host) IsHere(m Machine) bool {
	files, _ := h.user(m)
	return slices.ContainsFunc(append(files, h.signs(m)...), exists)
}

// AsksForSecrets reports whether the host asks its user for values, and keeps them.
func (h Host) AsksForSecrets() bool { return h.prompts }

// HasProjects reports whether the host reads a file of each project.
func (h Host) HasProjects() bool { return h.project != "" }

// File is the host's file: the first of those that it reads which is there, or the one that
// it would make.
func (h Host) File(m Machine, project bool) (string, error) {
	if project {
		if h.project == "" {
			return "", fmt.Errorf("%s reads no file of a project: leave --scope out", h.Title)
		}
		return m.join(append([]string{m.Project}, strings.Split(h.project, "/")...)...), nil
	}
	files, err := h.user(m)
	if err != nil {
		return "", err
	}
	for _, file := range files {
		if exists(file) {
			return file, nil
		}
	}
	return files[0], nil
}

// path leads to a server in the file.
func (h Host) path(name string) confedit.Path {
	return confedit.Keys(h.servers...).Then(confedit.Step{Name: name, By: h.listBy})
}

func exists(path string) bool {
	there, _ := Exists(path)
	return there
}

// Exists reports whether something is at a path.
func Exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// maxFile bounds a host's file, in bytes.
const maxFile = 64 << 20

// read returns a file's text and mode, and where it is in truth: hosts' files may be links
// into a folder that is kept under version control. What is not there is nil and no error.
func read(file string) (data []byte, info fs.FileInfo, target string, err error) {
	target, err = filepath.EvalSymlinks(file)
	if errors.Is(err, fs.ErrNotExist) {
		if target, linkErr := os.Readlink(file); linkErr == nil {
			return nil, nil, "", fmt.Errorf("%s is a link to %s, which is not there", file, target)
		}
		return nil, nil, file, nil
	}
	if err != nil {
		return nil, nil, "", err
	}
	info, err = os.Stat(target)
	switch {
	case err != nil:
		return nil, nil, "", err
	case !info.Mode().IsRegular():
		return nil, nil, "", fmt.Errorf("%s is no file", file)
	case info.Size() > maxFile:
		return nil, nil, "", fmt.Errorf("%s is larger than %d MiB", file, maxFile>>20)
	}
	data, err = os.ReadFile(target)
	return data, info, target, err
}
