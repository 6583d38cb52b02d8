package identity

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// keyFields read the fields of a key.
var keyFields = map[string]func(*Key, ast.Node) error{
	"id":            func(k *Key, n ast.Node) error { return readText(&k.ID, n) },
	"hash":          func(k *Key, n ast.Node) error { return readWith(&k.hash, n, parseHash) },
	"principal":     func(k *Key, n ast.Node) error { return readText(&k.Principal, n) },
	"workspace":     func(k *Key, n ast.Node) error { return readText(&k.Workspace, n) },
	"connectors":    func(k *Key, n ast.Node) error { return readList(&k.Policy.Connectors, n) },
	"tools":         func(k *Key, n ast.Node) error { return readList(&k.Policy.Tools, n) },
	"exclude-tools": func(k *Key, n ast.Node) error { return readList(&k.Policy.ExcludeTools, n) },
	"effects":       func(k *Key, n ast.Node) error { return readList(&k.Policy.Effects, n) },
	"read-only":     func(k *Key, n ast.Node) error { return readWith(&k.Policy.ReadOnly, n, parseBool) },
	"surface":       func(k *Key, n ast.Node) error { return readText(&k.Policy.Surface, n) },
	"limits":        func(k *Key, n ast.Node) error { return readFields(&k.Limits, n, limitFields) },
	"created":       func(k *Key, n ast.Node) error { return readWith(&k.Created, n, parseMoment) },
	"expires":       func(k *Key, n ast.Node) error { return readWith(&k.Expires, n, parseMoment) },
	"revoked":       func(k *Key, n ast.Node) error { return readWith(&k.Revoked, n, parseRevoked) },
}

var limitFields = map[string]func(*Limits, ast.Node) error{
	"calls-per-second": func(l *Limits, n ast.Node) error { return readWith(&l.CallsPerSecond, n, parseFloat) },
	"burst":            func(l *Limits, n ast.Node) error { return readWith(&l.Burst, n, parseCount) },
	"in-flight":        func(l *Limits, n ast.Node) error { return readWith(&l.InFlight, n, parseCount) },
	"sessions":         func(l *Limits, n ast.Node) error { return readWith(&l.Sessions, n, parseCount) },
}

// lineError says where in a file something is wrong.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("%d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

// atLine adds a line to an error that has none.
func atLine(line int, err error) error {
	if err == nil {
		return nil
	}
	if at, ok := errors.AsType[*lineError](err); ok {
		return at
	}
	return &lineError{line, err}
}

func lineOf(n ast.Node) int { return n.GetToken().Position.Line }

// parseKeys reads the text of a file. Errors begin with name:line and quote no values,
// which may be keys that were put there by mistake.
func parseKeys(name string, data []byte) ([]Key, error) {
	entries, err := keyEntries(data)
	if err != nil {
		return nil, inFile(name, err)
	}
	var keys []Key
	for _, entry := range entries {
		key, err := parseKey(entry)
		if err != nil {
			return nil, inFile(name, err)
		}
		keys = append(keys, key)
	}
	if err := checkTogether(keys); err != nil {
		return nil, inFile(name, err)
	}
	return keys, nil
}

// checkTogether finds keys that cannot be in one set.
func checkTogether(keys []Key) error {
	ids, workspaces := map[string]int{}, map[string]string{}
	for _, key := range keys {
		who := key.who()
		other, known := workspaces[who]
		switch {
		case ids[key.ID] != 0:
			return &lineError{key.line, fmt.Errorf("the id %s is that of line %d too: give each key its own", key.ID, ids[key.ID])}
		case known && other != key.Workspace:
			return &lineError{key.line, fmt.Errorf("the principal %q has two workspaces: give each its own principal", who)}
		}
		ids[key.ID], workspaces[who] = key.line, key.Workspace
	}
	return nil
}

func inFile(name string, err error) error {
	if at, ok := errors.AsType[*lineError](err); ok {
		return fmt.Errorf("%s:%w", name, at)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// keyEntries returns the nodes of the list under keys.
func keyEntries(data []byte) ([]ast.Node, error) {
	list, err := keyList(data)
	if err != nil || list == nil {
		return nil, err
	}
	return list.Values, nil
}

// keyList returns the list under keys; nil if there is nothing in it.
func keyList(data []byte) (*ast.SequenceNode, error) {
	file, err := parser.ParseBytes(bytes.TrimPrefix(data, []byte("\ufeff")), 0)
	if err != nil {
		return nil, invalidYAML(err)
	}
	var list *ast.SequenceNode
	bodies := 0
	for _, document := range file.Docs {
		if document.Body == nil {
			continue // nothing but comments
		}
		if bodies++; bodies > 1 {
			return nil, &lineError{lineOf(document.Body), errors.New("want one YAML document: remove the `---`")}
		}
		if list, err = listUnderKeys(document.Body); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// invalidYAML leaves out the lines of the file that the parser's own text quotes.
func invalidYAML(err error) error {
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		return &lineError{at.GetToken().Position.Line, fmt.Errorf("not valid YAML: %s", at.GetMessage())}
	}
	return errors.New("not valid YAML")
}

func listUnderKeys(body ast.Node) (*ast.SequenceNode, error) {
	mapping, ok := body.(*ast.MappingNode)
	if !ok || len(mapping.Values) == 0 {
		return nil, &lineError{lineOf(body), errors.New("want `keys:` and a list")}
	}
	for _, pair := range mapping.Values {
		if pair.Key.GetToken().Value != "keys" {
			return nil, &lineError{lineOf(pair.Key), fmt.Errorf("unknown field %q: want keys only", pair.Key.GetToken().Value)}
		}
	}
	switch value := mapping.Values[0].Value.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.SequenceNode:
		return value, nil
	default:
		return nil, &lineError{lineOf(body), errors.New("want a list under `keys:`")}
	}
}

func parseKey(entry ast.Node) (Key, error) {
	key := Key{line: lineOf(entry)}
	if mapping, ok := entry.(*ast.MappingNode); ok && len(mapping.Values) > 0 {
		key.line = lineOf(mapping.Values[0].Key)
	}
	err := readFields(&key, entry, keyFields)
	if err == nil {
		err = key.check()
	}
	if err == nil && key.hash == (digest{}) {
		err = errors.New("hash: it is missing: make keys with `keys create`")
	}
	return key, atLine(key.line, err)
}

// readFields reads a mapping whose fields are known.
func readFields[T any](into *T, n ast.Node, fields map[string]func(*T, ast.Node) error) error {
	mapping, ok := n.(*ast.MappingNode)
	if !ok {
		return fmt.Errorf("want the fields %s", strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	}
	for _, pair := range mapping.Values {
		name := pair.Key.GetToken().Value
		read, known := fields[name]
		if !known {
			return atLine(lineOf(pair.Key), fmt.Errorf("unknown field %q: want %s", name, strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
		}
		if err := read(into, pair.Value); err != nil {
			return atLine(lineOf(pair.Key), fmt.Errorf("%s: %w", name, err))
		}
	}
	return nil
}

func readList(into *[]string, n ast.Node) error {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return errors.New("want a list, such as [a, b]")
	}
	for _, one := range list.Values {
		var text string
		if err := readText(&text, one); err != nil || text == "" {
			return errors.New("want a list of plain texts")
		}
		*into = append(*into, text)
	}
	return nil
}

// readText reads a value as it is written, so that ids stay what they are.
func readText(into *string, n ast.Node) error {
	switch value := n.(type) {
	case *ast.NullNode:
		*into = ""
	case *ast.StringNode:
		*into = value.Value
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		*into = n.GetToken().Value
	default:
		return errors.New("want one plain value")
	}
	return nil
}

func readWith[T any](into *T, n ast.Node, parse func(string) (T, error)) error {
	var text string
	err := readText(&text, n)
	if err == nil {
		*into, err = parse(text)
	}
	return err
}

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	return false, errors.New("want true or false")
}

func parseFloat(text string) (float64, error) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || (Limits{CallsPerSecond: number}).check() != nil {
		return 0, errors.New("want a number, 0 for the server's default")
	}
	return number, nil
}

func parseCount(text string) (int, error) {
	number, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, errors.New("want a whole number, 0 for the server's default")
	}
	return int(number), nil
}

func parseMoment(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if moment, err := time.Parse(layout, text); err == nil {
			return moment, nil
		}
	}
	return time.Time{}, errors.New("want a time like 2027-01-31T12:00:00Z, or a day, which begins at 00:00 UTC")
}

// parseRevoked reads whether a key was revoked, or when. Nothing makes it valid again
// but false.
func parseRevoked(text string) (bool, error) {
	if revoked, err := parseBool(text); err == nil && text != "" {
		return revoked, nil
	}
	if _, err := parseMoment(text); err != nil {
		return true, errors.New("want true, false, or the time when it was")
	}
	return true, nil
}
