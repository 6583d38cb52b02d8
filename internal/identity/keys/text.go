package keys

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/lazyregexp"
)

// noKeys is a line that has no key under it yet.
var noKeys = lazyregexp.New(`(?m)^keys:(?:[ \t]+(?:\[[ \t]*\]|null|~))?([ \t]+#[^\r\n]*)?[ \t]*(\r?)$`)

// errByHand is for a file that can be written in lines, and is not.
var errByHand = errors.New("the keys are written in braces or brackets: write each as lines under `- id:`, or edit the file by hand")

// appendKey adds the lines of a key to the text of a file.
func appendKey(name string, data []byte, key Key) ([]byte, error) {
	before, err := parseKeys(name, data)
	if err != nil {
		return nil, err
	}
	if find(before, key.ID) != nil {
		return nil, fmt.Errorf("there is a key of the id %s already: choose another", key.ID)
	}
	text, indent, err := openList(data)
	if err != nil {
		return nil, err
	}
	changed := text + entryText(key, indent, newline(data))
	after, err := parseKeys(name, []byte(changed))
	if err != nil {
		return nil, err
	}
	added := len(after) - 1
	if added != len(before) || !sameKeys(after[:added], before) || entryText(after[added], 0, "\n") != entryText(key, 0, "\n") {
		return nil, errByHand
	}
	return []byte(changed), nil
}

// openList returns the text of a file to which an entry can be added, and how far the
// entries are from the left.
func openList(data []byte) (text string, indent int, err error) {
	list, err := keyList(data)
	if err != nil {
		return "", 0, err
	}
	text, end := string(data), newline(data)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += end
	}
	switch {
	case list != nil && len(list.Items) > 0 && list.Flow:
		return "", 0, errByHand
	case list != nil && len(list.Items) > 0:
		return text, list.Column - 1, nil
	case noKeys.MatchString(text):
		return noKeys.ReplaceAllString(text, "keys:$1$2"), 2, nil
	}
	return text + "keys:" + end, 2, nil
}

// newline is how the lines of a file end.
func newline(data []byte) string {
	if bytes.Contains(data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// entryText writes a key as an entry of the list. Text is between quotes, so that
// nothing in it means anything to YAML.
func entryText(k Key, indent int, end string) string {
	var text strings.Builder
	lead := "- "
	line := func(name, value string) {
		text.WriteString(strings.Repeat(" ", indent) + lead + name + ": " + value + end)
		lead = "  "
	}
	line("id", strconv.Quote(k.ID))
	line("hash", strconv.Quote(hashText(k.hash)))
	line("principal", strconv.Quote(k.who()))
	line("workspace", strconv.Quote(k.Workspace))
	for _, list := range []struct {
		name   string
		values []string
	}{
		{"connectors", k.Policy.Connectors}, {"tools", k.Policy.Tools},
		{"exclude-tools", k.Policy.ExcludeTools}, {"effects", k.Policy.Effects},
	} {
		if len(list.values) > 0 {
			line(list.name, quoteList(list.values))
		}
	}
	if k.Policy.ReadOnly {
		line("read-only", "true")
	}
	if k.Policy.Surface != "" {
		line("surface", strconv.Quote(k.Policy.Surface))
	}
	if k.Limits != (identity.Limits{}) {
		line("limits", limitsText(k.Limits))
	}
	if !k.Created.IsZero() {
		line("created", momentText(k.Created))
	}
	if !k.Expires.IsZero() {
		line("expires", momentText(k.Expires))
	}
	if k.Revoked {
		line("revoked", "true")
	}
	return text.String()
}

func momentText(moment time.Time) string { return moment.UTC().Format(time.RFC3339) }

func quoteList(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = strconv.Quote(value)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func limitsText(l identity.Limits) string {
	return fmt.Sprintf("{calls-per-second: %s, burst: %d, in-flight: %d, sessions: %d}",
		strconv.FormatFloat(l.CallsPerSecond, 'f', -1, 64), l.Burst, l.InFlight, l.Sessions)
}

// UnknownKeyError reports an id that no key of the file has.
type UnknownKeyError struct{ ID string }

func (e *UnknownKeyError) Error() string {
	return fmt.Sprintf("there is no key of the id %q: see `keys list`", e.ID)
}

// Kind names the failure.
func (e *UnknownKeyError) Kind() string { return KindNoKey }

// KindNoKey is the kind of ids that no key has.
const KindNoKey = "key_not_found"

// revokeKey adds one line to the text of a file, or changes one.
func revokeKey(name string, data []byte, id string, now time.Time) ([]byte, error) {
	before, err := parseKeys(name, data)
	if err != nil {
		return nil, err
	}
	key := find(before, id)
	if key == nil {
		return nil, &UnknownKeyError{id}
	}
	if key.Revoked {
		return data, nil
	}
	changed, err := markRevoked(data, id, "revoked: "+momentText(now))
	if err != nil {
		return nil, err
	}
	key.Revoked = true
	if after, err := parseKeys(name, changed); err != nil || !sameKeys(after, before) {
		return nil, errByHand
	}
	return changed, nil
}

// markRevoked puts a line under that of the id, or in the place of an older one.
func markRevoked(data []byte, id, mark string) ([]byte, error) {
	list, err := keyList(data)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(data), "\n")
	for _, entry := range list.Items {
		own := entry.Pair("id")
		if text, _ := own.Value.Plain(); text != id {
			continue
		}
		if entry.Flow {
			return nil, errByHand
		}
		if old := entry.Pair("revoked"); old != nil {
			lines[old.Line-1] = lines[old.Line-1][:old.Column-1] + mark + strings.TrimSuffix(newline(data), "\n")
			break
		}
		below := strings.Repeat(" ", own.Column-1) + mark + strings.TrimSuffix(newline(data), "\n")
		lines[own.Line-1] += "\n" + below
	}
	return []byte(strings.Join(lines, "\n")), nil
}

func find(keys []Key, id string) *Key {
	for i := range keys {
		if keys[i].ID == id {
			return &keys[i]
		}
	}
	return nil
}

// sameKeys compares all but the lines.
func sameKeys(a, b []Key) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		one, other := a[i], b[i]
		one.line, other.line = 0, 0
		if !reflect.DeepEqual(one, other) {
			return false
		}
	}
	return true
}
