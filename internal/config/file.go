package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds every file that is read here, in bytes.
const maxFile = 1 << 20

// key is what the config file may hold under a name.
type key struct {
	vars   []string // the environment names that mean the same
	list   bool
	named  bool // lists by a name
	secret bool
}

// entry is one setting of the config file: a list is joined with commas, and lists by
// a name, with their names, by semicolons.
type entry struct {
	text   string
	origin origin
}

// readConfig reads a YAML file, and JSON as a kind of it. A file with secrets
// must be its owner's alone.
func readConfig(path string, keys map[string]key) (map[string]entry, error) {
	data, mode, err := readFile(path)
	if err != nil {
		return nil, err
	}
	entries, err := parseConfig(path, data, keys)
	if err != nil {
		return nil, err
	}
	for name := range entries {
		if keys[name].secret {
			return entries, checkPrivate(path, mode)
		}
	}
	return entries, nil
}

// parseConfig returns the entries that have a value. Errors quote keys but no
// values, which may be secrets.
func parseConfig(path string, data []byte, keys map[string]key) (map[string]entry, error) {
	doc, err := parser.ParseBytes(bytes.TrimPrefix(data, []byte("\ufeff")), 0)
	if err != nil {
		return nil, syntaxError(path, err)
	}
	pairs, err := documentPairs(path, doc)
	if err != nil {
		return nil, err
	}
	entries := map[string]entry{}
	for _, pair := range pairs {
		name, line := pair.Key.GetToken().Value, pair.Key.GetToken().Position.Line
		text, err := keyText(name, pair.Value, keys)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, line, err)
		}
		if text != "" {
			entries[name] = entry{text: text, origin: origin{level: configFile, file: path, line: line}}
		}
	}
	return entries, nil
}

// syntaxError leaves out the lines of the file that the parser's own text quotes.
func syntaxError(path string, err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: not valid YAML", path)
	}
	return fmt.Errorf("%s:%d: not valid YAML: %s", path, at.GetToken().Position.Line, at.GetMessage())
}

// documentPairs returns the keys and values of the file's only document.
func documentPairs(path string, doc *ast.File) ([]*ast.MappingValueNode, error) {
	var found []*ast.MappingValueNode
	for _, d := range doc.Docs {
		if d.Body == nil {
			continue // nothing but comments
		}
		line := d.Body.GetToken().Position.Line
		body, ok := d.Body.(*ast.MappingNode)
		switch {
		case !ok:
			return nil, fmt.Errorf("%s:%d: want lines like `read-only: true`", path, line)
		case found != nil:
			return nil, fmt.Errorf("%s:%d: want one YAML document: remove the `---` between the settings", path, line)
		}
		found = body.Values
	}
	return found, nil
}

// keyText returns the value of a key as a flag would have it; empty if it has none.
func keyText(name string, node ast.Node, keys map[string]key) (string, error) {
	k, known := keys[name]
	if !known {
		return "", unknownKey(name, keys)
	}
	if list, ok := node.(*ast.SequenceNode); ok && k.list {
		return listText(name, list)
	}
	if lists, ok := node.(*ast.MappingNode); ok && k.named {
		return namedText(name, lists)
	}
	text, ok := scalarText(node)
	if !ok {
		return "", fmt.Errorf("%s: %s", name, k.wanted())
	}
	return text, nil
}

func (k key) wanted() string {
	switch {
	case k.list:
		return "want a plain value or a list of them"
	case k.named:
		return "want names with a list each, like `support: [zendesk_support_*]`"
	default:
		return "want one plain value"
	}
}

// namedText returns lists by their names as a flag would have them.
func namedText(name string, lists *ast.MappingNode) (string, error) {
	var parts []string
	for _, pair := range lists.Values {
		own := pair.Key.GetToken().Value
		text, err := keyText(own, pair.Value, map[string]key{own: {list: true}})
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		parts = append(parts, own+"="+text)
	}
	return kong.JoinEscaped(parts, ';'), nil
}

func listText(name string, list *ast.SequenceNode) (string, error) {
	var items []string
	for _, node := range list.Values {
		text, ok := scalarText(node)
		if !ok {
			return "", fmt.Errorf("%s: want a list of plain values", name)
		}
		if text != "" {
			items = append(items, text)
		}
	}
	return kong.JoinEscaped(items, ','), nil
}

// scalarText returns a value as it is written, so that ids and numbers stay what
// they are. Aliases and tags are not plain.
func scalarText(node ast.Node) (string, bool) {
	text := ""
	switch n := node.(type) {
	case *ast.NullNode:
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = n.Value.Value
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		text = n.GetToken().Value
	default:
		return "", false
	}
	return strings.TrimSpace(text), true
}

// readFile returns a file's content and mode, both from one open file.
func readFile(path string) ([]byte, fs.FileMode, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: larger than %s: not a file of settings", path, Size(maxFile))
	}
	return data, info.Mode(), err
}

// checkPrivate refuses a file with secrets that others than its owner can reach.
// Windows does not say so in the mode.
func checkPrivate(path string, mode fs.FileMode) error {
	if runtime.GOOS == "windows" || mode.Perm()&0o077 == 0 {
		return nil
	}
	return fmt.Errorf("%s holds a secret and is open to other users (mode %04o): run chmod 600 %s", path, mode.Perm(), shellQuote(path))
}

// shellQuote makes a path one word of a shell command.
func shellQuote(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-", r)
	}
	if strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0 {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
