package confedit

import (
	"fmt"
	"strconv"
	"strings"
)

// statement is a table's header or a key with its value, and where it stands.
type statement struct {
	path   []string // from the root
	header bool
	start  int
	value  int // where the value begins; 0 for headers
	end    int
}

// tomlStatements reads a text that is valid. Items of arrays of tables have paths of their
// own, which no key leads to.
func tomlStatements(text string) []statement {
	var list []statement
	var table []string
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
			continue
		case c == '#':
			i = lineEnd(text, i)
			continue
		case c == '[':
			start := i
			inArray := strings.HasPrefix(text[i:], "[[")
			i++
			if inArray {
				i++
			}
			table, i = tomlPath(text, i, ']')
			if inArray {
				table = append(table, fmt.Sprint("[", start, "]"))
			}
			i = lineEnd(text, min(i, len(text)))
			list = append(list, statement{path: table, header: true, start: start, end: headerEnd(text, start, i)})
			continue
		}
		start := i
		var key []string
		key, i = tomlPath(text, i, '=')
		for i++; i < len(text) && (text[i] == ' ' || text[i] == '\t'); {
			i++
		}
		i = min(i, len(text))
		value := i
		i = max(tomlValueEnd(text, i), start+1)
		list = append(list, statement{path: append(append([]string{}, table...), key...), start: start, value: value, end: i})
	}
	return list
}

// headerEnd leaves the comment behind a header out.
func headerEnd(text string, start, end int) int {
	for i := start; i < end; i++ {
		switch text[i] {
		case '"', '\'':
			i = stringEnd(text, i) - 1
		case '#':
			end = i
		}
	}
	return start + len(strings.TrimRight(text[start:end], " \t"))
}

// tomlPath reads the parts of a key up to what ends it, of which the offset is returned.
func tomlPath(text string, i int, end byte) ([]string, int) {
	var names []string
	for i < len(text) && text[i] != end && text[i] != '\n' {
		switch c := text[i]; c {
		case ' ', '\t', '.':
			i++
		case '"', '\'':
			stop := stringEnd(text, i)
			name := strings.Trim(text[i:stop], string(c))
			if c == '"' {
				if plain, err := strconv.Unquote(text[i:stop]); err == nil {
					name = plain
				}
			}
			names = append(names, name)
			i = stop
		default:
			stop := i
			for stop < len(text) && strings.IndexByte(" \t.=]\n", text[stop]) < 0 {
				stop++
			}
			names = append(names, text[i:stop])
			i = max(stop, i+1)
		}
	}
	return names, i
}

// tomlValueEnd is the offset behind a value.
func tomlValueEnd(text string, i int) int {
	switch {
	case i >= len(text):
		return len(text)
	case strings.HasPrefix(text[i:], `"""`), strings.HasPrefix(text[i:], "'''"):
		return longStringEnd(text, i)
	case text[i] == '"' || text[i] == '\'':
		return stringEnd(text, i)
	case text[i] == '[' || text[i] == '{':
		return bracketEnd(text, i)
	}
	end := lineEnd(text, i)
	if comment := strings.IndexByte(text[i:end], '#'); comment >= 0 {
		end = i + comment
	}
	return i + len(strings.TrimRight(text[i:end], " \t\r"))
}

// longStringEnd is the offset behind a text of several lines. Up to two more quotes may
// stand before those that end it.
func longStringEnd(text string, start int) int {
	quotes := text[start : start+3]
	for i := start + 3; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quotes[0] == '"':
			i++
		case strings.HasPrefix(text[i:], quotes):
			end := i + 3
			for end < len(text) && end < i+5 && text[end] == quotes[0] {
				end++
			}
			return end
		}
	}
	return len(text)
}

// bracketEnd is the offset behind a list or an inline table.
func bracketEnd(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"', '\'':
			i = tomlValueEnd(text, i)
			continue
		case '#':
			i = lineEnd(text, i)
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		i++
		if depth == 0 {
			return i
		}
	}
	return len(text)
}
