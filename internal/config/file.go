package config

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/yamlfile"
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
	root, err := yamlfile.Parse(data)
	if err != nil {
		return nil, yamlfile.In(path, err)
	}
	if root == nil {
		return nil, nil
	}
	if root.Kind != yamlfile.Map {
		return nil, fmt.Errorf("%s:%d: want lines like `read-only: true`", path, root.Line)
	}
	entries := map[string]entry{}
	for _, pair := range root.Pairs {
		text, err := keyText(pair.Name, pair.Value, keys)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, pair.Line, err)
		}
		if text != "" {
			entries[pair.Name] = entry{text: text, origin: origin{level: configFile, file: path, line: pair.Line}}
		}
	}
	return entries, nil
}

// keyText returns the value of a key as a flag would have it; empty if it has none.
func keyText(name string, node *yamlfile.Node, keys map[string]key) (string, error) {
	k, known := keys[name]
	if !known {
		return "", unknownKey(name, keys)
	}
	if k.list && node.Kind == yamlfile.List && !node.Marked {
		return listText(name, node)
	}
	if k.named && node.Kind == yamlfile.Map && !node.Marked {
		return namedText(name, node)
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
func namedText(name string, lists *yamlfile.Node) (string, error) {
	var parts []string
	for _, pair := range lists.Pairs {
		own := pair.Name
		text, err := keyText(own, pair.Value, map[string]key{own: {list: true}})
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		parts = append(parts, own+"="+text)
	}
	return kong.JoinEscaped(parts, ';'), nil
}

func listText(name string, list *yamlfile.Node) (string, error) {
	var items []string
	for _, node := range list.Items {
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
func scalarText(node *yamlfile.Node) (string, bool) {
	text, ok := node.Plain()
	return strings.TrimSpace(text), ok
}

// readFile returns a file's content, without a byte order mark, and its mode, both from one open file.
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
	return bytes.TrimPrefix(data, []byte("\ufeff")), info.Mode(), err // some editors of Windows write the mark
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
