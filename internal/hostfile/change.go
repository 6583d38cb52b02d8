package hostfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/atomicfile"
	"airbyte-mcp-server/internal/confedit"
	"airbyte-mcp-server/internal/yamlfile"
)

// Faults of a host's file.
var (
	// ErrDamaged is a file that cannot be read as what it is.
	ErrDamaged = errors.New("left as it is")
	// ErrForeign is an entry of the name that starts something else.
	ErrForeign = errors.New("not this program's")
	// ErrNoRemote is a host that takes no URLs from its file.
	ErrNoRemote = errors.New("takes no remote servers from its file")
	// ErrNoReference is a host whose file cannot refer to a variable.
	ErrNoReference = errors.New("expands no variables in its file")
)

// Change is a change of a file that has not been made yet.
type Change struct {
	File          string
	Before, After []byte
	Exists        bool // the file is there
	Found         bool // an entry of the name is there

	// Private makes the file its owner's alone: a secret stands in it.
	Private bool

	info   fs.FileInfo
	target string
}

// IsNone reports whether nothing would be different.
func (c *Change) IsNone() bool { return bytes.Equal(c.Before, c.After) }

// open reads a host's file for a change.
func (h Host) open(file string) (*Change, *confedit.Document, error) {
	data, info, target, err := read(file)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	doc, err := confedit.Parse(h.Format, data)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", yamlfile.In(file, err), ErrDamaged)
	}
	return &Change{File: file, Before: data, Exists: info != nil, info: info, target: target}, doc, nil
}

// Entry reads the server of a name from a file; it reports false if it is not there.
func (h Host) Entry(file, name string) (Entry, bool, error) {
	_, doc, err := h.open(file)
	if err != nil {
		return Entry{}, false, err
	}
	e, found := h.entryOf(doc, name)
	return e, found, nil
}

// Ours are the names of the servers that start this program.
func (h Host) Ours(file string) ([]string, error) {
	_, doc, err := h.open(file)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(h.names(doc), func(name string) bool {
		e, _ := h.entryOf(doc, name)
		return !e.IsOurs()
	}), nil
}

// Plan is the change that puts a server into a file. An entry of the name that is there is
// brought up to date, and what others have added to it is kept; one that starts something
// else is refused unless it is to be replaced.
func (h Host) Plan(file string, s Server, replace bool) (*Change, error) {
	s, err := h.referred(s)
	if err != nil {
		return nil, err
	}
	c, doc, err := h.open(file)
	if err != nil {
		return nil, err
	}
	old, found := h.entryOf(doc, s.Name)
	if found && !replace && !old.IsOurs() && (s.URL == "" || old.URL != s.URL) {
		return nil, fmt.Errorf("%s:%d: the server %q is %w", file, old.Line, s.Name, ErrForeign)
	}
	c.Found = found
	if err := h.put(doc, s, found); err != nil {
		return nil, fmt.Errorf("%w: %w", yamlfile.In(file, err), ErrDamaged)
	}
	c.After = doc.Bytes()
	return c, nil
}

// referred is a server with the token's variable as the host's file refers to it.
func (h Host) referred(s Server) (Server, error) {
	switch {
	case s.URL != "" && !h.Remote:
		return s, fmt.Errorf("%s %w", h.Title, ErrNoRemote)
	case s.TokenVariable != "" && h.tokenReference == nil:
		return s, fmt.Errorf("%s %w: let it sign in by itself, or set the header there by hand", h.Title, ErrNoReference)
	case s.TokenVariable != "":
		s.TokenVariable = h.tokenReference(s.TokenVariable)
	}
	return s, nil
}

// Snippet is a file with nothing but the server in it.
func (h Host) Snippet(s Server) ([]byte, error) {
	s, err := h.referred(s)
	if err != nil {
		return nil, err
	}
	doc, err := confedit.Parse(h.Format, nil)
	if err != nil {
		return nil, err
	}
	err = h.put(doc, s, false)
	return doc.Bytes(), err
}

// put makes the entry what it should be.
func (h Host) put(doc *confedit.Document, s Server, found bool) error {
	path := h.path(s.Name)
	wanted, other := h.shapes(s)
	if !found {
		if err := h.writeHead(doc); err != nil {
			return err
		}
		entry := slices.DeleteFunc(append(slices.Clone(wanted.fixed), wanted.defaults...), func(m confedit.Member) bool {
			env, ok := m.Value.(confedit.Object)
			return ok && len(env) == 0
		})
		return errors.Join(doc.Set(path, entry), h.putPrompts(doc, s))
	}
	for _, m := range other.fixed {
		if !slices.ContainsFunc(wanted.fixed, func(kept confedit.Member) bool { return kept.Name == m.Name }) {
			if err := doc.Remove(path.Then(confedit.Step{Name: m.Name})); err != nil {
				return err
			}
		}
	}
	for _, m := range wanted.fixed {
		member := path.Then(confedit.Step{Name: m.Name})
		if m.Name == h.env {
			old, there := doc.Get(member)
			m.Value = mergedVariables(old, m.Value)
			if env, _ := m.Value.(confedit.Object); len(env) == 0 && !there {
				continue
			}
		}
		if err := doc.Set(member, m.Value); err != nil {
			return err
		}
	}
	return h.putPrompts(doc, s)
}

// shapes are how the host writes this server down, and one of the other kind.
func (h Host) shapes(s Server) (wanted, other shape) {
	local := h.local(s)
	if h.web == nil {
		return local, shape{}
	}
	web := h.web(s)
	if s.URL != "" {
		return web, local
	}
	s.TokenVariable = "any"
	return local, h.web(s)
}

// writeHead gives a file with nothing in it what a new one needs.
func (h Host) writeHead(doc *confedit.Document) error {
	if all, _ := doc.Get(nil); len(all.(map[string]any)) > 0 {
		return nil
	}
	for _, m := range h.head {
		if err := doc.Set(confedit.Keys(m.Name), m.Value); err != nil {
			return err
		}
	}
	return nil
}

// ours is how the variables that this program reads begin.
const ours = "AIRBYTE_"

// mergedVariables keeps what somebody has set for this server besides this program's own.
func mergedVariables(old, wanted any) confedit.Object {
	env := confedit.Object{}
	before, _ := old.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if text, ok := before[name].(string); ok && !strings.HasPrefix(name, ours) {
			env = append(env, confedit.Member{Name: name, Value: text})
		}
	}
	added, _ := wanted.(confedit.Object)
	return append(env, added...)
}

// putPrompts has the host ask its user for what is no value of the file, and for nothing
// that this program wants no more.
func (h Host) putPrompts(doc *confedit.Document, s Server) error {
	if !h.prompts {
		return nil
	}
	asked := map[string]bool{}
	for _, v := range s.Env {
		if v.Prompt == "" {
			continue
		}
		id := promptID(s.Name, v.Name)
		asked[id] = true
		path := inputPath(id)
		if _, there := doc.Get(path); there {
			continue
		}
		err := doc.Set(path, confedit.Object{
			{Name: "type", Value: "promptString"}, {Name: "id", Value: id}, {Name: "description", Value: v.Prompt}, {Name: "password", Value: true},
		})
		if err != nil {
			return err
		}
	}
	inputs, _ := doc.Get(confedit.Keys("inputs"))
	list, _ := inputs.([]any)
	for _, input := range list {
		members, _ := input.(map[string]any)
		id, _ := members["id"].(string)
		if strings.HasPrefix(id, promptID(s.Name, ours)) && !asked[id] {
			if err := doc.Remove(inputPath(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

func inputPath(id string) confedit.Path {
	return confedit.Keys("inputs").Then(confedit.Step{Name: id, By: "id"})
}

// PlanRemoval is the change that takes a server out of a file.
func (h Host) PlanRemoval(file, name, url string, replace bool) (*Change, error) {
	c, doc, err := h.open(file)
	if err != nil {
		return nil, err
	}
	old, found := h.entryOf(doc, name)
	c.Found = found
	if found && !replace && !old.IsOurs() && (url == "" || old.URL != url) {
		return nil, fmt.Errorf("%s:%d: the server %q is %w", file, old.Line, name, ErrForeign)
	}
	if found {
		if err := errors.Join(doc.Remove(h.path(name)), h.putPrompts(doc, Server{Name: name})); err != nil {
			return nil, fmt.Errorf("%w: %w", yamlfile.In(file, err), ErrDamaged)
		}
	}
	c.After = doc.Bytes()
	if !found {
		c.After = c.Before
	}
	return c, nil
}

// Apply makes the change, and returns where the file as it was is kept; "" if there was
// none.
func (c *Change) Apply(now time.Time) (backup string, err error) {
	data, _, _, err := read(c.File)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(data, c.Before) {
		return "", fmt.Errorf("%s has been changed by another program meanwhile: run this again", c.File)
	}
	if !c.Exists {
		if err := os.MkdirAll(filepath.Dir(c.File), 0o700); err != nil {
			return "", err
		}
		return "", atomicfile.Write(c.File, c.After, 0o600)
	}
	backup = c.target + "." + now.UTC().Format("20060102-150405.000") + ".bak"
	if err := atomicfile.Replace(backup, c.Before, c.info); err != nil {
		return "", fmt.Errorf("keeping a copy of %s: %w", c.File, err)
	}
	if c.Private && c.info.Mode().Perm()&0o077 != 0 {
		return backup, atomicfile.Write(c.target, c.After, 0o600)
	}
	return backup, atomicfile.Replace(c.target, c.After, c.info)
}
