package confedit

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"airbyte-mcp-server/internal/yamlfile"
)

// tomlSyntax is TOML 1.0.
type tomlSyntax struct{}

func (tomlSyntax) parse(text string) (any, error) {
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		line, key := 0, ""
		if at, ok := errors.AsType[toml.ParseError](err); ok {
			line, key = at.Position.Line, at.LastKey
		}
		message := "not valid TOML"
		if key != "" {
			message += ", at or behind the key " + key
		}
		return nil, &yamlfile.Error{Line: line, Err: errors.New(message)}
	}
	if tree == nil {
		tree = map[string]any{}
	}
	return normal(tree), nil
}

// normal has the types of a file that is read as JSON.
func normal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = normal(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = normal(inner)
		}
	case []map[string]any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = normal(inner)
		}
		return list
	case int64, float64:
		return json.Number(fmt.Sprint(v))
	case time.Time:
		return v.Format(time.RFC3339Nano) + " " + v.Location().String()
	}
	return value
}

func (tomlSyntax) line(text string, path Path) int {
	names := namesOf(path)
	for _, s := range tomlStatements(text) {
		if hasPrefix(s.path, names) {
			return lineAt(text, s.start)
		}
	}
	return 0
}

func (tomlSyntax) splits(text string, path Path) bool {
	return headerAt(tomlStatements(text), namesOf(path)) >= 0
}

func (tomlSyntax) replace(text string, path Path, value any) (string, error) {
	for _, s := range tomlStatements(text) {
		if !s.header && slices.Equal(s.path, namesOf(path)) {
			return text[:s.value] + tomlText(value) + text[s.end:], nil
		}
	}
	return "", errUnsafe
}

func (tomlSyntax) insert(text string, path Path, step Step, value any) (string, error) {
	statements, names := tomlStatements(text), namesOf(path)
	object, isObject := value.(Object)
	header := headerAt(statements, names)
	if isFixed(statements, append(slices.Clone(names), step.Name)) {
		return "", errUnsafe
	}
	if isObject && len(path) < 2 { // a table of its own, but not for what is inside of one that is
		var block strings.Builder
		writeTables(&block, append(slices.Clone(names), step.Name), object)
		before := strings.TrimRight(text, " \t\n")
		if before != "" {
			before += "\n\n"
		}
		return before + strings.TrimLeft(block.String(), "\n"), nil
	}
	if header < 0 {
		return "", errUnsafe
	}
	last := sectionEnd(statements, header)
	at := lineEnd(text, statements[last].end)
	line := indentation(text, statements[last].start) + tomlKey(step.Name) + " = " + tomlText(value)
	return text[:at] + "\n" + line + text[at:], nil
}

func (tomlSyntax) remove(text string, path Path) (string, error) {
	statements, names := tomlStatements(text), namesOf(path)
	for i, s := range slices.Backward(statements) {
		if !hasPrefix(s.path, names) || s.value > 0 && isInSection(statements, i, names) {
			continue
		}
		end := s.end
		if s.header {
			end = statements[sectionEnd(statements, i)].end
		}
		before, after := text[:lineStart(text, s.start)], text[lineEnd(text, end):]
		after = strings.TrimPrefix(after, "\n")
		if s.header && (strings.HasSuffix(before, "\n\n") || strings.TrimSpace(after) == "") {
			before = strings.TrimSuffix(before, "\n")
			if before != "" && !strings.HasSuffix(before, "\n") {
				before += "\n"
			}
		}
		text = before + after
	}
	return text, nil
}

// isFixed reports whether a table, or one that it is in, is written as a value: nothing can
// be added to it elsewhere.
func isFixed(statements []statement, names []string) bool {
	return slices.ContainsFunc(statements, func(s statement) bool { return !s.header && hasPrefix(names, s.path) })
}

// isInSection reports whether a statement goes with a table that is removed as a whole.
func isInSection(statements []statement, index int, names []string) bool {
	for i := index - 1; i >= 0; i-- {
		if statements[i].header {
			return hasPrefix(statements[i].path, names)
		}
	}
	return false
}

// headerAt is the index of the header of a table; -1 if it has none.
func headerAt(statements []statement, names []string) int {
	return slices.IndexFunc(statements, func(s statement) bool { return s.header && slices.Equal(s.path, names) })
}

// sectionEnd is the index of the last statement of a table.
func sectionEnd(statements []statement, header int) int {
	last := header
	for last+1 < len(statements) && !statements[last+1].header {
		last++
	}
	return last
}

func namesOf(path Path) []string {
	names := make([]string, len(path))
	for i, step := range path {
		names[i] = step.Name
	}
	return names
}

func hasPrefix(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

// writeTables writes an object as tables: one for each object that has more than objects.
func writeTables(out *strings.Builder, names []string, object Object) {
	onlyTables := len(object) > 0
	for _, m := range object {
		if _, isObject := m.Value.(Object); !isObject {
			onlyTables = false
		}
	}
	if onlyTables {
		for _, m := range object {
			inner, _ := m.Value.(Object)
			writeTables(out, append(slices.Clone(names), m.Name), inner)
		}
		return
	}
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = tomlKey(name)
	}
	fmt.Fprintf(out, "\n[%s]\n", strings.Join(keys, "."))
	for _, m := range object {
		fmt.Fprintf(out, "%s = %s\n", tomlKey(m.Name), tomlText(m.Value))
	}
}

func tomlKey(name string) string {
	bare := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
	}
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return !bare(r) }) < 0 {
		return name
	}
	return quoted(name)
}

func tomlText(value any) string {
	switch v := value.(type) {
	case Object:
		members := make([]string, len(v))
		for i, m := range v {
			members[i] = tomlKey(m.Name) + " = " + tomlText(m.Value)
		}
		if len(members) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(members, ", ") + " }"
	case []string:
		return style{}.render(v, "")
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = tomlText(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		return quoted(v)
	}
	return fmt.Sprint(value)
}
