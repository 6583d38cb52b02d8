package hostfile

import (
	"slices"
	"strings"

	"airbyte-mcp-server/internal/confedit"
)

// Entry is a server as a host's file has it.
type Entry struct {
	Name    string
	Line    int
	Command string
	Args    []string
	Env     map[string]string
	URL     string
	Off     bool // the host does not start it
}

// program is what the command of this program is called.
const program = "airbyte-mcp-server"

// IsOurs reports whether it starts this program, itself or by way of npx and the like.
func (e Entry) IsOurs() bool {
	return slices.ContainsFunc(append([]string{e.Command}, e.Args...), func(word string) bool {
		if strings.HasPrefix(word, "-") {
			return false
		}
		name := word[strings.LastIndexAny(word, `/\`)+1:]
		name, _, _ = strings.Cut(name, "@")
		for _, ending := range []string{".exe", ".cmd", ".js"} {
			name = strings.TrimSuffix(name, ending)
		}
		return strings.EqualFold(name, program)
	})
}

// entryOf reads a server.
func (h Host) entryOf(doc *confedit.Document, name string) (Entry, bool) {
	path := h.path(name)
	value, there := doc.Get(path)
	if !there {
		return Entry{}, false
	}
	members, _ := value.(map[string]any)
	e := Entry{Name: name, Line: doc.Line(path), Env: map[string]string{}, Args: texts(members["args"])}
	switch command := members[h.command].(type) {
	case string:
		e.Command = command
	case []any:
		if words := texts(command); len(words) > 0 {
			e.Command, e.Args = words[0], words[1:]
		}
	}
	variables, _ := members[h.env].(map[string]any)
	for name, value := range variables {
		if text, ok := value.(string); ok {
			e.Env[name] = text
		}
	}
	for _, member := range []string{"url", "serverUrl", "httpUrl", "uri"} {
		if url, ok := members[member].(string); ok && e.Command == "" {
			e.URL = url
		}
	}
	e.Off = members["disabled"] == true || members["enabled"] == false
	return e, true
}

// texts are the texts of a list.
func texts(value any) []string {
	list, _ := value.([]any)
	var words []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			words = append(words, text)
		}
	}
	return words
}

// names are those of all servers in the file.
func (h Host) names(doc *confedit.Document) []string {
	value, _ := doc.Get(confedit.Keys(h.servers...))
	var names []string
	switch servers := value.(type) {
	case map[string]any:
		for name := range servers {
			names = append(names, name)
		}
	case []any:
		for _, item := range servers {
			if members, ok := item.(map[string]any); ok {
				if name, ok := members[h.listBy].(string); ok {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}
