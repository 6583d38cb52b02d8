package keys

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/yamlfile"
)

// keyFields read the fields of a key.
var keyFields = map[string]func(*Key, *yamlfile.Node) error{
	"id":            func(k *Key, n *yamlfile.Node) error { return readText(&k.ID, n) },
	"hash":          func(k *Key, n *yamlfile.Node) error { return readWith(&k.hash, n, parseHash) },
	"principal":     func(k *Key, n *yamlfile.Node) error { return readText(&k.Principal, n) },
	"workspace":     func(k *Key, n *yamlfile.Node) error { return readText(&k.Workspace, n) },
	"connectors":    func(k *Key, n *yamlfile.Node) error { return readList(&k.Policy.Connectors, n) },
	"tools":         func(k *Key, n *yamlfile.Node) error { return readList(&k.Policy.Tools, n) },
	"exclude-tools": func(k *Key, n *yamlfile.Node) error { return readList(&k.Policy.ExcludeTools, n) },
	"effects":       func(k *Key, n *yamlfile.Node) error { return readList(&k.Policy.Effects, n) },
	"read-only":     func(k *Key, n *yamlfile.Node) error { return readWith(&k.Policy.ReadOnly, n, parseBool) },
	"surface":       func(k *Key, n *yamlfile.Node) error { return readText(&k.Policy.Surface, n) },
	"limits":        func(k *Key, n *yamlfile.Node) error { return readFields(&k.Limits, n, limitFields) },
	"created":       func(k *Key, n *yamlfile.Node) error { return readWith(&k.Created, n, parseMoment) },
	"expires":       func(k *Key, n *yamlfile.Node) error { return readWith(&k.Expires, n, parseMoment) },
	"revoked":       func(k *Key, n *yamlfile.Node) error { return readWith(&k.Revoked, n, parseRevoked) },
}

var limitFields = map[string]func(*identity.Limits, *yamlfile.Node) error{
	"calls-per-second": func(l *identity.Limits, n *yamlfile.Node) error { return readWith(&l.CallsPerSecond, n, parseFloat) },
	"burst":            func(l *identity.Limits, n *yamlfile.Node) error { return readWith(&l.Burst, n, parseCount) },
	"in-flight":        func(l *identity.Limits, n *yamlfile.Node) error { return readWith(&l.InFlight, n, parseCount) },
	"sessions":         func(l *identity.Limits, n *yamlfile.Node) error { return readWith(&l.Sessions, n, parseCount) },
}

// parseKeys reads the text of a file. Errors begin with name:line and quote no values,
// which may be keys that were put there by mistake. A text that does not even say that
// there are no keys, as one that was cut off, has nil.
func parseKeys(name string, data []byte) ([]Key, error) {
	list, err := keyList(data)
	if err != nil || list == nil {
		return nil, yamlfile.In(name, err)
	}
	keys := []Key{}
	for _, entry := range list.Items {
		key, err := parseKey(entry)
		if err != nil {
			return nil, yamlfile.In(name, err)
		}
		keys = append(keys, key)
	}
	if err := checkTogether(keys); err != nil {
		return nil, yamlfile.In(name, err)
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
			return yamlfile.At(key.line, fmt.Errorf("the id %s is that of line %d too: give each key its own", key.ID, ids[key.ID]))
		case known && other != key.Workspace:
			return yamlfile.At(key.line, fmt.Errorf("the principal %q has two workspaces: give each its own principal", who))
		}
		ids[key.ID], workspaces[who] = key.line, key.Workspace
	}
	return nil
}

// keyList returns the list under keys; nil if there is nothing in it.
func keyList(data []byte) (*yamlfile.Node, error) {
	root, err := yamlfile.Parse(data)
	if err != nil || root == nil {
		return nil, err
	}
	if root.Kind != yamlfile.Map || len(root.Pairs) == 0 {
		return nil, yamlfile.At(root.Line, errors.New("want `keys:` and a list"))
	}
	for _, pair := range root.Pairs {
		if pair.Name != "keys" {
			return nil, yamlfile.At(pair.Line, fmt.Errorf("unknown field %q: want keys only", pair.Name))
		}
	}
	switch list := root.Pairs[0].Value; list.Kind {
	case yamlfile.Null:
		return nil, nil
	case yamlfile.List:
		return list, nil
	default:
		return nil, yamlfile.At(root.Line, errors.New("want a list under `keys:`"))
	}
}

func parseKey(entry *yamlfile.Node) (Key, error) {
	key := Key{line: entry.Line}
	err := readFields(&key, entry, keyFields)
	if err == nil {
		err = key.check()
	}
	if err == nil && key.hash == (digest{}) {
		err = errors.New("hash: it is missing: make keys with `keys create`")
	}
	return key, yamlfile.At(key.line, err)
}

// readFields reads a mapping whose fields are known.
func readFields[T any](into *T, n *yamlfile.Node, fields map[string]func(*T, *yamlfile.Node) error) error {
	if n.Kind != yamlfile.Map || n.Marked {
		return fmt.Errorf("want the fields %s", strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	}
	for _, pair := range n.Pairs {
		name := pair.Name
		read, known := fields[name]
		if !known {
			return yamlfile.At(pair.Line, fmt.Errorf("unknown field %q: want %s", name, strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
		}
		if err := read(into, pair.Value); err != nil {
			return yamlfile.At(pair.Line, fmt.Errorf("%s: %w", name, err))
		}
	}
	return nil
}

func readList(into *[]string, n *yamlfile.Node) error {
	if n.Kind != yamlfile.List || n.Marked {
		return errors.New("want a list, such as [a, b]")
	}
	for _, one := range n.Items {
		var text string
		if err := readText(&text, one); err != nil || text == "" {
			return errors.New("want a list of plain texts")
		}
		*into = append(*into, text)
	}
	return nil
}

// readText reads a value as it is written, so that ids stay what they are.
func readText(into *string, n *yamlfile.Node) error {
	text, ok := n.Plain()
	if !ok {
		return errors.New("want one plain value")
	}
	*into = text
	return nil
}

func readWith[T any](into *T, n *yamlfile.Node, parse func(string) (T, error)) error {
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
	if err != nil || (identity.Limits{CallsPerSecond: number}).Check() != nil {
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
