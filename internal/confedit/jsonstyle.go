package confedit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// style is how a JSON file is laid out.
type style struct {
	unit string // one more level of indentation; "" for all on one line
}

// styleOf takes the indentation of the first line that has one.
func styleOf(text string) style {
	open := strings.IndexByte(text, '{')
	for line := range strings.SplitSeq(text[max(open, 0):], "\n") {
		rest := strings.TrimLeft(line, " \t")
		if indent := line[:len(line)-len(rest)]; indent != "" && strings.HasPrefix(rest, `"`) {
			return style{indent}
		}
	}
	return style{"  "}
}

// render writes a value of which the first line is indented so.
func (s style) render(value any, indent string) string {
	switch v := value.(type) {
	case Object:
		members := make([]string, len(v))
		for i, m := range v {
			members[i] = quoted(m.Name) + ": " + s.render(m.Value, indent+s.unit)
		}
		return s.enclose("{", members, "}", indent)
	case []string:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = quoted(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = s.render(item, indent+s.unit)
		}
		return s.enclose("[", items, "]", indent)
	case string:
		return quoted(v)
	}
	return fmt.Sprint(value)
}

func (s style) enclose(open string, parts []string, end, indent string) string {
	if len(parts) == 0 {
		return open + end
	}
	if s.unit == "" {
		return open + strings.Join(parts, ", ") + end
	}
	inner := "\n" + indent + s.unit
	return open + inner + strings.Join(parts, ","+inner) + "\n" + indent + end
}

// quoted is a text as JSON has it, and YAML and TOML take it too.
func quoted(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return `""` // no text is beyond encoding
	}
	return strings.ReplaceAll(strings.TrimSuffix(out.String(), "\n"), "\x7f", `\u007f`)
}
