// Package importer reads connector.yaml files, in which Airbyte describes its
// agent connectors, into the form of the catalog.
//
// Such a file is an OpenAPI 3.1 document. Its operations name the entity and the
// action that they serve, where the records are in the vendor's answer and what
// leads to the next page; its info section holds what the Context Store keeps, how
// entities relate and what is asked for when a connector is created. The importer
// takes the facts and the words of a file as they are. What such a file cannot
// say, such as conditions between parameters, stays empty.
//
// Every fault that is found in a file is reported with its line, and a file with a
// fault gives no connector. The exception is a fault within an operation: it is left
// out and named, as long as another one is left.
package importer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"airbyte-mcp-server/schemas"
)

// fileName is what Airbyte calls the description of a connector.
const fileName = "connector.yaml"

// fileNames are the names under which it is looked for; of several in a folder the first counts.
var fileNames = []string{fileName, "connector.yml", "connector.json"}

// maxFile bounds a file, in bytes. The largest that Airbyte publishes have 0.3 MB.
const maxFile = 4 << 20

// Read reads one connector.yaml, or the only one in a folder. Faults of the file
// come joined, each as FILE:LINE: reason. In the same form comes what was left out: damaged
// operations, and what is newer than this program.
func Read(path string) (conn *schemas.Connector, dropped []string, err error) {
	file, err := locate(path)
	if err != nil {
		return nil, nil, err
	}
	data, err := load(file)
	if err != nil {
		return nil, nil, err
	}
	return read(file, data)
}

// locate finds the file that is meant by a path.
func locate(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return path, err
	}
	for _, name := range fileNames {
		direct := filepath.Join(path, name)
		if _, err := os.Stat(direct); err == nil {
			return direct, nil
		}
	}
	found, err := Find(path)
	if err != nil {
		return "", err
	}
	if len(found) > 1 {
		return "", fmt.Errorf("%s holds %d connectors; name one, such as %s", path, len(found), found[0])
	}
	return found[0], nil
}

func load(file string) (data []byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = cmp.Or(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading a connector: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d MiB: no description of a connector", file, maxFile>>20)
	}
	return data, nil
}

// read translates the text of a file.
func read(file string, data []byte) (conn *schemas.Connector, dropped []string, err error) {
	r := newReader(file)
	if r.root = r.parse(data); r.root == nil {
		return nil, nil, r.err()
	}
	return r.translate()
}

func newReader(file string) *reader {
	return &reader{faults: faults{file: file}, budget: maxParts, schemas: map[*node]*schema{}, patterns: map[string]bool{}}
}

// translate makes the connector of the parsed file.
func (r *reader) translate() (conn *schemas.Connector, dropped []string, err error) {
	conn = r.connector()
	if err := r.err(); err != nil {
		return nil, r.left.lines(r.file), err
	}
	r.left.keep(conn)
	return conn, r.left.lines(r.file), nil
}

// maxParts bounds what is made of a file: parameters, fields, copies of shared
// parts. It keeps a small file whose parts refer to each other many times over
// from filling the memory. Airbyte's largest file makes 20,000.
const maxParts = 300_000

// reader is the state of reading one file.
type reader struct {
	faults

	root     *node
	left     leftOut
	budget   int
	schemas  map[*node]*schema // what has been resolved; nil while it is being resolved
	patterns map[string]bool   // whether a regular expression can be compiled
}

var errTooMuch = errors.New("its parts refer to each other so often that the whole is too large")

// spend takes n parts off what the file may make, and reports whether it may.
func (r *reader) spend(n int) bool {
	if r.budget < 0 {
		return false
	}
	if r.budget -= n; r.budget < 0 {
		r.add(1, "%v", errTooMuch)
		return false
	}
	return true
}
