package telemetry

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Labels for names that are missing, and for those that are not let in.
const (
	none  = "none"
	other = "other"
)

// longestName is in bytes.
const longestName = 128

// names are the values that one label may take. What is not among them is let in
// while there is room, so that a stranger who chooses names cannot make series
// without end.
type names struct {
	mu   sync.RWMutex
	in   map[string]struct{}
	room int
}

// newNames returns the known names and room for so many more.
func newNames(room int, known ...string) *names {
	n := &names{in: make(map[string]struct{}, len(known)), room: room}
	for _, name := range known {
		n.in[name] = struct{}{}
	}
	return n
}

// label is the value under which a name is counted.
func (n *names) label(name string) string {
	if name == "" {
		return none
	}
	n.mu.RLock()
	_, in := n.in[name]
	n.mu.RUnlock()
	if in || isName(name) && n.admit(name) {
		return name
	}
	return other
}

// admit lets a name in if there is room.
func (n *names) admit(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, in := n.in[name]; in {
		return true
	}
	if n.room <= 0 {
		return false
	}
	n.room--
	n.in[strings.Clone(name)] = struct{}{} // it may be a piece of something large
	return true
}

// isName reports whether a text may be shown as a name at all.
func isName(text string) bool {
	return len(text) <= longestName && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// nameOf is a name for a span: the text, or "other" if it cannot be one.
func nameOf(text string) string {
	if isName(text) {
		return text
	}
	return other
}
