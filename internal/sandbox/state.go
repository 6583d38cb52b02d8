package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"airbyte-mcp-server/internal/atomicfile"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/records"
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
	if err := jsonvalue.Decode(bytes.TrimPrefix(raw, []byte("\ufeff")), &s); err != nil {
		return false, fmt.Errorf("reading the state file %s: %w", path, err)
	}
	if s.Version != stateVersion || s.Seed != root {
		return false, fmt.Errorf("state file %s: it has version %d and seed %d, this sandbox %d and %d", path, s.Version, s.Seed, stateVersion,
			root)
	}
	w.workspaces, w.templates = s.Workspaces, s.Templates
	for _, c := range s.Connectors {
		if _, known := w.heads[c.Type]; known {
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
func (c *connector) saved() []records.SavedRecord {
	if !c.loaded.Load() {
		return c.Writes
	}
	v, err := c.load()
	if err != nil {
		return c.Writes
	}
	return v.Saved()
}
