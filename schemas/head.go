package schemas

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/internal/rawjson"
)

// Head is the beginning of a catalog file: what identifies a connector.
type Head struct {
	Name         string
	Title        string
	DefinitionID string
	Version      string
	Prefix       string // of tool names
	Showcase     *Showcase
}

// Heads lists what identifies each connector, sorted by name, without reading
// whole files.
func (c *Catalog) Heads() ([]Head, error) { return c.heads() }

func (c *Catalog) readHeads() ([]Head, error) {
	names, err := c.Names()
	if err != nil {
		return nil, err
	}
	heads := make([]Head, 0, len(names))
	for _, name := range names {
		head, err := c.readHead(name)
		if err != nil {
			return nil, fmt.Errorf("reading connector %s: %w", name, rawjson.Fault(err))
		}
		heads = append(heads, head)
	}
	return heads, nil
}

// Head returns what identifies one connector.
func (c *Catalog) Head(name string) (Head, error) {
	head, err := c.readHead(name)
	if err != nil {
		return Head{}, fmt.Errorf("reading connector %s: %w", name, rawjson.Fault(err))
	}
	return head, nil
}

// readHead decodes the keys before the summary, which end what identifies a
// connector.
func (c *Catalog) readHead(name string) (Head, error) {
	f, err := c.files.Open(name + ".json")
	if err != nil {
		return Head{}, err
	}
	defer f.Close()
	head := Head{Name: name}
	text := bufio.NewReader(f)
	if beginning, _ := text.Peek(text.Size()); head.read(beginning) {
		head.Prefix = toolPrefix(name, head.Prefix)
		return head, nil
	}
	if mark, err := text.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = text.Discard(len(mark)) // it was just read
	}
	dec := json.NewDecoder(text)
	if _, err := dec.Token(); err != nil {
		return Head{}, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return Head{}, err
		}
		if key == "summary" {
			break
		}
		value := new(json.RawMessage)
		if err := dec.Decode(value); err != nil {
			return Head{}, err
		}
		if into := head.member(key); into == nil {
			continue
		} else if err := json.Unmarshal(*value, into); err != nil {
			return Head{}, err
		}
	}
	head.Prefix = toolPrefix(name, head.Prefix)
	return head, nil
}

// read reads the beginning of a file that is laid out as the formatter does it, which takes
// a tenth of the time that token after token takes. It reports whether the file is one.
func (h *Head) read(beginning []byte) bool {
	members, _, found := bytes.Cut(beginning, []byte(",\n \"summary\":"))
	if !found {
		return false
	}
	var read struct {
		Title        string    `json:"title"`
		DefinitionID string    `json:"definition_id"`
		Version      string    `json:"version"`
		Prefix       string    `json:"prefix"`
		Showcase     *Showcase `json:"showcase"`
	}
	if json.Unmarshal(append(bytes.Clone(members), '}'), &read) != nil {
		return false
	}
	h.Title, h.DefinitionID, h.Version, h.Prefix, h.Showcase = read.Title, read.DefinitionID, read.Version, read.Prefix, read.Showcase
	return true
}

// member is where a key of the file goes; nil for one that does not identify a connector.
func (h *Head) member(key any) any {
	switch key {
	case "title":
		return &h.Title
	case "definition_id":
		return &h.DefinitionID
	case "version":
		return &h.Version
	case "prefix":
		return &h.Prefix
	case "showcase":
		return &h.Showcase
	}
	return nil
}
