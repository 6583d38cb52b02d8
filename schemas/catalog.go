package schemas

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/internal/rawjson"
)

//go:embed catalog/*.json
var embedded embed.FS

// byteOrderMark begins the files of some editors.
const byteOrderMark = "\ufeff"

// ErrUnknownConnector is wrapped by errors about a connector that the catalog lacks.
var ErrUnknownConnector = errors.New("no such connector in the catalog")

// Catalog gives access to the connectors of a folder of catalog files. Files are
// read when they are first asked for, so a program that serves three connectors
// reads three files. A Catalog is safe for concurrent use.
type Catalog struct {
	files fs.FS
	heads func() ([]Head, error)

	mu      sync.Mutex
	loading map[string]func() (*Connector, error)
}

// Embedded returns the catalog that is built into the program.
func Embedded() *Catalog {
	files, err := fs.Sub(embedded, "catalog")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return Open(files)
}

// Open returns a catalog of the files named <connector>.json in the root of files.
func Open(files fs.FS) *Catalog {
	c := &Catalog{files: files, loading: map[string]func() (*Connector, error){}}
	c.heads = sync.OnceValues(c.readHeads)
	return c
}

// Names lists the connectors, sorted.
func (c *Catalog) Names() ([]string, error) {
	entries, err := fs.ReadDir(c.files, ".")
	if err != nil {
		return nil, fmt.Errorf("listing the catalog: %w", err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Connector returns the connector of that name. An unknown name gives an error
// that wraps ErrUnknownConnector and names the nearest ones.
func (c *Catalog) Connector(name string) (*Connector, error) {
	c.mu.Lock()
	load, ok := c.loading[name]
	if !ok {
		load = sync.OnceValues(func() (*Connector, error) { return c.read(name) })
		c.loading[name] = load
	}
	c.mu.Unlock()
	return load()
}

// readFile reads a connector's file, without the byte order mark that some editors write.
func (c *Catalog) readFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(c.files, name+".json")
	return bytes.TrimPrefix(data, []byte(byteOrderMark)), err
}

func (c *Catalog) read(name string) (*Connector, error) {
	data, err := c.readFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		names, _ := c.Names()
		return nil, fmt.Errorf("%q: %w%s", name, ErrUnknownConnector, nearest.Hint(name, names))
	}
	if err != nil {
		return nil, fmt.Errorf("reading connector %s: %w", name, err)
	}
	if rawjson.HasLongNumber(data) {
		return nil, fmt.Errorf("reading connector %s: a number has more than %d digits", name, rawjson.MaxDigits)
	}
	var conn Connector
	if err := json.Unmarshal(data, &conn); err != nil {
		return nil, fmt.Errorf("reading connector %s: %w", name, rawjson.Fault(err))
	}
	if conn.Name != name {
		return nil, fmt.Errorf("reading connector %s: the file calls itself %q", name, conn.Name)
	}
	return &conn, nil
}

// Match finds the connector that an Airbyte source template describes, by
// definition id, slug or display name (the last two without regard to case). Any
// of the three may be empty. It returns "" when the catalog has no such connector.
func (c *Catalog) Match(definitionID, slug, title string) (string, error) {
	heads, err := c.Heads()
	if err != nil {
		return "", err
	}
	for _, h := range heads {
		if definitionID != "" && strings.EqualFold(h.DefinitionID, definitionID) {
			return h.Name, nil
		}
	}
	for _, h := range heads {
		if slug != "" && strings.EqualFold(h.Name, slug) || title != "" && strings.EqualFold(h.Title, title) {
			return h.Name, nil
		}
	}
	return "", nil
}
