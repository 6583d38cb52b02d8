package results

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/tidwall/gjson"

	"airbyte-mcp-server/internal/rawjson"
)

// View says which part of a result is wanted.
type View struct {
	Path     string   // see parsePath; "" for the whole
	Fields   []string // of each record, as dotted paths; none for all
	Offset   int      // records of a list to pass over, or characters of a text
	Limit    int      // records or characters at most; 0 for as many as fit
	Search   string   // only records in which a value has this text, in any case
	MaxBytes int      // of the value in the Window
}

// Window is a part of a result. It holds whole values only: what does not fit is
// left for the next window, and what can never fit is outlined.
type Window struct {
	Kind    string          `json:"kind"` // of what the path leads to: array, object, string, …
	Value   json.RawMessage `json:"value,omitempty"`
	Total   int             `json:"total,omitempty"`  // records that match, or characters of a text
	Offset  int             `json:"offset,omitempty"` // where Value begins among them
	Count   int             `json:"count,omitempty"`  // how many Value has
	Next    int             `json:"next_offset,omitempty"`
	Outline []Part          `json:"outline,omitempty"` // instead of Value, of what does not fit
}

// Part is a piece of a value that is too large to be shown.
type Part struct {
	Path  string `json:"path"`
	Kind  string `json:"kind"`
	Bytes int    `json:"bytes"`
}

// Read takes a part out of a result.
func Read(data []byte, v View) (*Window, error) {
	steps, err := parsePath(v.Path)
	if err != nil {
		return nil, err
	}
	text := unsafe.String(unsafe.SliceData(data), len(data)) //nolint:gosec // not copied, since it is large, and not changed
	value, err := follow(gjson.Parse(text), steps)
	if err != nil {
		return nil, &PathError{v.Path, err.Error()}
	}
	if v.MaxBytes <= 0 {
		v.MaxBytes = len(data)
	}
	v.Path = strings.TrimPrefix(strings.TrimSpace(v.Path), "$")
	switch {
	case value.IsArray():
		return v.list(value), nil
	case value.Type == gjson.String:
		return v.text(value), nil
	default:
		return v.single(value), nil
	}
}

// list takes the records that fit.
func (v View) list(value gjson.Result) *Window {
	w := &Window{Kind: kindOf(value), Offset: v.Offset}
	fields := newFields(v.Fields)
	body := []byte{'['}
	full := false
	at := -1
	value.ForEach(func(_, record gjson.Result) bool {
		at++
		if v.Search != "" && !mentions(record, strings.ToLower(v.Search)) {
			return true
		}
		w.Total++
		if w.Total <= v.Offset || full || v.Limit > 0 && w.Count >= v.Limit {
			full = full || w.Total > v.Offset
			return true
		}
		raw := fields.of(record)
		if len(body)+len(raw)+2 > v.MaxBytes {
			full = true
			if w.Count == 0 && w.Outline == nil { // it will never fit
				w.Outline = outline(gjson.Parse(raw), element(v.Path, at))
				w.Count = 1
			}
			return true
		}
		if w.Count > 0 {
			body = append(body, ',')
		}
		body = append(body, raw...)
		w.Count++
		return true
	})
	if w.Outline == nil {
		body = append(body, ']')
		w.Value = body
	}
	if end := v.Offset + w.Count; end < w.Total {
		w.Next = end
	}
	return w
}

// text takes whole characters.
func (v View) text(value gjson.Result) *Window {
	w := &Window{Kind: kindOf(value), Total: utf8.RuneCountInString(value.Str), Offset: v.Offset}
	rest := value.Str
	for range min(v.Offset, w.Total) {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	end, bytes := 0, 2
	for i, r := range rest {
		cost := escapedSize(r)
		if bytes+cost > v.MaxBytes || v.Limit > 0 && w.Count >= v.Limit {
			break
		}
		bytes += cost
		end = i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size := utf8.DecodeRuneInString(rest[i:])
			end = i + size
		}
		w.Count++
	}
	w.Value = quote(rest[:end])
	if v.Offset+w.Count < w.Total {
		w.Next = v.Offset + w.Count
	}
	return w
}

// quote writes a text as JSON.
func quote(text string) json.RawMessage {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // every text can be written
	}
	return b
}

// escapedSize is how many bytes a character takes in JSON at most.
func escapedSize(r rune) int {
	switch {
	case r < 0x20, r == '<', r == '>', r == '&', r == '\u2028', r == '\u2029', r == utf8.RuneError:
		return 6
	case r == '"', r == '\\':
		return 2
	default:
		return utf8.RuneLen(r)
	}
}

// single is a value that is neither a list nor a text.
func (v View) single(value gjson.Result) *Window {
	w := &Window{Kind: kindOf(value)}
	raw := newFields(v.Fields).of(value)
	if len(raw) > v.MaxBytes {
		w.Outline = outline(gjson.Parse(raw), v.Path)
		return w
	}
	w.Value = json.RawMessage(raw)
	return w
}

// maxOutline is how many parts an outline names, and maxOutlineBytes about how long
// their names are.
const maxOutline, maxOutlineBytes = 200, 16 << 10

// outline names the parts of a value with their sizes.
func outline(value gjson.Result, path string) []Part {
	var parts []Part
	if !value.IsObject() && !value.IsArray() {
		return []Part{{path, kindOf(value), len(value.Raw)}}
	}
	at, size := -1, 0
	value.ForEach(func(key, part gjson.Result) bool {
		at++
		where := element(path, at)
		if value.IsObject() {
			where = Member(path, key.Str)
		}
		if size += len(where); size > maxOutlineBytes {
			return false
		}
		parts = append(parts, Part{where, kindOf(part), len(part.Raw)})
		return len(parts) < maxOutline
	})
	return parts
}

func element(path string, at int) string { return path + "[" + itoa(at) + "]" }

// Member is the path of a member, in quotes where its name needs them.
func Member(path, name string) string {
	if name == "" || strings.ContainsAny(name, `.[]"'* `) {
		quote := `"`
		if strings.Contains(name, `"`) {
			quote = `'`
		}
		return path + "[" + quote + name + quote + "]"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// mentions reports whether a value within has a text, which is in lower case. It reads
// the bytes once, however deep they are nested.
func mentions(value gjson.Result, lower string) bool {
	raw := value.Raw
	bytes := unsafe.Slice(unsafe.StringData(raw), len(raw)) //nolint:gosec // not copied, since it is large, and not changed
	for i := 0; i < len(raw); i++ {
		var end int
		switch c := raw[i]; {
		case c == '"':
			end = rawjson.StringEnd(bytes, i)
			if after := strings.TrimLeft(raw[min(end+1, len(raw)):], " \t\r\n"); strings.HasPrefix(after, ":") {
				i = end
				continue // a name
			}
		case strings.IndexByte("{}[],: \t\r\n", c) >= 0:
			continue
		default:
			if n := strings.IndexAny(raw[i:], "{}[],: \t\r\n"); n > 0 {
				end = i + n - 1
			} else {
				end = len(raw) - 1
			}
		}
		part := gjson.Parse(raw[i:min(end+1, len(raw))])
		if part.Type != gjson.Null && (strings.Contains(strings.ToLower(part.String()), lower) ||
			part.Type == gjson.Number && strings.Contains(strings.ToLower(part.Raw), lower)) {
			return true
		}
		i = end
	}
	return false
}
