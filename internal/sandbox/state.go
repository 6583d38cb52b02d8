package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/atomicfile"
)

// savedState is the content of a state file: everything that callers have changed.
type savedState struct {
	Version    int          `json:"version"`
	Seed       uint64       `json:"seed"`
	Workspaces []*workspace `json:"workspaces"`
	Connectors []*connector `json:"connectors"`
	Templates  []*template  `json:"templates"`
}

const stateVersion = 1

// savedRecord is a record that a caller has written, or deleted.
type savedRecord struct {
	Entity  string          `json:"entity"`
	Scope   [][2]string     `json:"scope,omitempty"`
	N       int             `json:"n"`
	Deleted bool            `json:"deleted,omitempty"`
	Fields  json.RawMessage `json:"fields,omitempty"`
	Extra   json.RawMessage `json:"extra,omitempty"`
	Created time.Time       `json:"created"`
	Updated time.Time       `json:"updated"`
	Closed  bool            `json:"closed,omitempty"`
	Fresh   bool            `json:"fresh,omitempty"`
}

// loadState reads the state file into the world. A file that does not exist is a
// new sandbox.
func (w *world) loadState(path string, root uint64) (bool, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the state file: %w", err)
	}
	var s savedState
	if err := decode(raw, &s); err != nil {
		return false, fmt.Errorf("reading the state file %s: %w", path, err)
	}
	if s.Version != stateVersion || s.Seed != root {
		return false, fmt.Errorf("state file %s: it has version %d and seed %d, this sandbox %d and %d", path, s.Version, s.Seed, stateVersion, root)
	}
	w.workspaces, w.templates = s.Workspaces, s.Templates
	for _, c := range s.Connectors {
		if _, known := w.heads[c.Kind]; known {
			w.adopt(c)
		}
	}
	return true, nil
}

// saveState writes the state file: whole or not at all. The caller holds mu.
func (w *world) saveState(path string, root uint64) error {
	s := savedState{Version: stateVersion, Seed: root, Workspaces: w.workspaces, Templates: w.templates}
	for _, c := range w.connectors {
		copied := *c
		copied.Writes = c.saved()
		s.Connectors = append(s.Connectors, &copied)
	}
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.Write(path, raw, 0o600)
}

// saved are the writes to a connector's records. If these were never asked for
// since the start, they are those that were read from the state file.
func (c *connector) saved() []savedRecord {
	if !c.loaded.Load() {
		return c.Writes
	}
	v, err := c.load()
	if err != nil {
		return c.Writes
	}
	return v.saved()
}

// saved are the records that callers have written or deleted.
func (v *vendor) saved() []savedRecord {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []savedRecord
	for key, c := range v.collections {
		if c.written {
			entity, _, _ := strings.Cut(key, "\n")
			out = append(out, c.saved(entity)...)
		}
	}
	slices.SortFunc(out, func(a, b savedRecord) int {
		if n := strings.Compare(a.Entity, b.Entity); n != 0 {
			return n
		}
		return a.N - b.N
	})
	return out
}

func (c *collection) saved(entity string) []savedRecord {
	var places [][2]string
	for _, b := range c.scope {
		places = append(places, [2]string{b.name, b.value})
	}
	var out []savedRecord
	there := map[int]bool{}
	for _, r := range c.records {
		there[r.frame.n] = true
		if !r.written {
			continue
		}
		s := savedRecord{Entity: entity, Scope: places, N: r.frame.n, Created: r.frame.time.created, Updated: r.frame.time.updated, Closed: r.frame.time.closed, Fresh: r.frame.fresh}
		var err, err2 error
		s.Fields, err = encode(r.fields)
		s.Extra, err2 = encode(r.extra)
		if err == nil && err2 == nil {
			out = append(out, s)
		}
	}
	for n := range c.next {
		if !there[n] {
			out = append(out, savedRecord{Entity: entity, Scope: places, N: n, Deleted: true})
		}
	}
	return out
}

// restore puts saved writes back.
func (v *vendor) restore(saved []savedRecord) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range saved {
		m := v.model(s.Entity)
		if m == nil {
			continue
		}
		var sc scope
		for _, b := range s.Scope {
			sc = sc.with(b[0], b[1])
		}
		c := v.collection(m, sc)
		c.next = max(c.next, s.N+1)
		f := v.frame(m, sc, s.N)
		if s.Deleted {
			v.remove(c, &record{frame: f})
			continue
		}
		f.fresh = s.Fresh
		f.time = timeline{created: s.Created, updated: s.Updated, closed: s.Closed}
		r := &record{frame: f, written: true}
		if decode(s.Fields, &r.fields) == nil && decode(s.Extra, &r.extra) == nil {
			v.put(c, r)
		}
	}
}
