package calls

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/schemas"
)

// DefaultMaxResultBytes keeps an answer under the 25,000 tokens that common hosts
// take.
const DefaultMaxResultBytes = 60_000

// ResultURI begins the URI of a kept result.
const ResultURI = "airbyte://results/"

// Truncation says of a result that did not fit what is shown of it, and where the whole is.
type Truncation struct {
	Handle  string  `json:"handle,omitempty"`  // id for read_result; "" if the whole could not be kept
	URI     string  `json:"uri,omitempty"`     // of the same, as a resource
	Bytes   int     `json:"bytes"`             // of the whole result
	Path    string  `json:"path,omitempty"`    // where in the result the list is that was shortened
	Shown   int     `json:"shown,omitempty"`   // records that are shown …
	Of      int     `json:"of,omitempty"`      // … of so many
	Omitted []Heavy `json:"omitted,omitempty"` // fields left out of a record that does not fit by itself
	Heavy   []Heavy `json:"heaviest_fields,omitempty"`
	Hint    string  `json:"hint"`
}

func (t *Truncation) json() []byte {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // texts and numbers
	}
	return b
}

// Heavy is a field and the bytes that it takes.
type Heavy struct {
	Field string `json:"field"`
	Bytes int    `json:"bytes"`
}

const (
	maxHeavy = 5
	// envelopeRoom is left for what surrounds the records.
	envelopeRoom = 2048
)

// budget is how many bytes of data an answer may have.
func (r *Runner) budget() int { return max(r.opts.MaxResultBytes-envelopeRoom, envelopeRoom) }

// fit makes a result one that hosts can read: halves of characters are replaced, one that
// exceeds the budget is shortened to the whole records that fit, and what is nested too
// deep becomes text. All of a result that is not shown as it is can be read with
// read_result. It cannot fail: what was executed was executed, and a write must not read
// like one that failed.
func (c *Call) fit(r *Result) {
	r.mend()
	if len(r.Data)+len(r.Metadata)+len(r.Warning) > c.runner.budget() && r.Source != SourceServer { // what we made fits by itself
		r.gather()
		shown, whole := r.surveyedCompact(), r.compactData()
		cut := c.keep(whole, "read_result reads the rest without another operation")
		r.Data, r.Truncation = cut.shorten(shown, "", c.runner.budget()), cut
		r.survey = rawjson.PartOf(shown, r.Data)
	}
	c.flatten(r)
}

// keep keeps a whole result for read_result.
func (c *Call) keep(whole []byte, hint string) *Truncation {
	cut := &Truncation{Bytes: len(whole), Hint: hint}
	if id, err := c.runner.opts.Results.Put(c.CallerKey(), whole); err == nil {
		cut.Handle, cut.URI = id, ResultURI+id
	} else {
		c.runner.opts.Log.Error().Err(err).Str("tool", c.tool.Name).Msg("a result that is not shown whole could not be kept")
		cut.Hint = "the rest could not be kept"
	}
	return cut
}

// gather puts metadata and a warning that are too large to be shown beside the data
// into it.
func (r *Result) gather() {
	parts := schemas.Arguments{{Name: "data", Value: r.Data}}
	exact := r.exactData()
	if len(r.Metadata) > envelopeRoom { // no paging hint is that large
		parts = append(parts, schemas.Argument{Name: "connector_metadata", Value: r.Metadata})
		r.Metadata = nil
	}
	if len(r.Warning) > envelopeRoom {
		parts = append(parts, schemas.Argument{Name: "warning", Value: r.Warning})
		r.Warning = nil
	}
	if len(parts) == 1 {
		return
	}
	if len(r.Data) == 0 {
		parts = parts[1:]
	}
	r.Data = parts.JSON()
	if r.LeftOut {
		parts[0].Value = exact
		r.whole = rawjson.Unsurveyed(parts.JSON())
	}
}

// shorten leaves of a value what fits: whole records of a list, whole fields of an
// object. An object that is mostly one list is shortened there.
func (t *Truncation) shorten(v rawjson.Surveyed, path string, room int) json.RawMessage {
	data := v.Value
	if v.IsList() {
		return t.shortenList(v.Elements(math.MaxInt), path, room)
	}
	members := v.Members()
	fields := make(schemas.Arguments, len(members))
	for i, m := range members {
		fields[i] = schemas.Argument{Name: m.Name, Value: m.Value}
	}
	if len(fields) == 0 { // one text or number
		t.omit(cmp.Or(path, "$"), len(data))
		return json.RawMessage("null")
	}
	heaviest := slices.MaxFunc(members, func(a, b rawjson.Surveyed) int { return cmp.Compare(len(a.Value), len(b.Value)) })
	if heaviest.IsList() && path == "" && len(heaviest.Value) > len(data)/2 {
		list := heaviest.Elements(math.MaxInt)
		asObject := *t
		short := t.shortenList(list, results.Member("", heaviest.Name), room-(len(data)-len(heaviest.Value)))
		shortened := slices.Clone(fields)
		for i := range shortened {
			if shortened[i].Name == heaviest.Name {
				shortened[i].Value = short
			}
		}
		if out := shortened.JSON(); len(out) <= room {
			return out
		}
		*t = asObject // the rest does not fit either
	}
	return t.shortenObject(fields, path, room)
}

// fieldsOf takes a valid object apart, without a copy of its values.
func fieldsOf(data json.RawMessage) (schemas.Arguments, bool) {
	list, ok := rawjson.MembersOfObject(data)
	fields := make(schemas.Arguments, len(list))
	for i, m := range list {
		fields[i] = schemas.Argument(m)
	}
	return fields, ok && len(list) > 0
}

func (t *Truncation) shortenList(list []json.RawMessage, path string, room int) json.RawMessage {
	t.Path, t.Of = path, len(list)
	size, shown := 2, 0
	for _, record := range list {
		if size+len(record)+1 > room {
			break
		}
		size += len(record) + 1
		shown++
	}
	t.Shown, t.Heavy = shown, heaviestFields(list)
	if shown == 0 && len(list) > 0 {
		t.Shown = 1
		return slices.Concat([]byte{'['}, t.shortenRecord(list[0], path+"[0]", room-2), []byte{']'})
	}
	return rawjson.Join(list[:shown])
}

func (t *Truncation) shortenRecord(record json.RawMessage, path string, room int) json.RawMessage {
	fields, ok := fieldsOf(record)
	if !ok {
		t.omit(path, len(record))
		return json.RawMessage("null")
	}
	return t.shortenObject(fields, path, room)
}

// shortenObject leaves the heaviest fields out until the others fit.
func (t *Truncation) shortenObject(fields schemas.Arguments, path string, room int) json.RawMessage {
	weight := func(f schemas.Argument) int { return len(rawjson.Quote(f.Name)) + len(f.Value) + 2 } // colon and comma
	byWeight := slices.Clone(fields)
	slices.SortStableFunc(byWeight, func(a, b schemas.Argument) int { return cmp.Compare(weight(b), weight(a)) })
	left := map[string]bool{}
	for size := len(fields.JSON()); size > room && len(byWeight) > 0; byWeight = byWeight[1:] {
		heavy := byWeight[0]
		left[heavy.Name] = true
		size -= weight(heavy)
		t.omit(results.Member(path, heavy.Name), len(heavy.Value))
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f schemas.Argument) bool { return left[f.Name] }).JSON()
}

// omit names a field as left out.
func (t *Truncation) omit(field string, size int) {
	if len(t.Omitted) < maxOmitted {
		t.Omitted = append(t.Omitted, Heavy{clipName(field), size})
	}
}

// clipName bounds a name that a stranger made.
func clipName(name string) string {
	const longest = 200
	if len(name) <= longest {
		return name
	}
	return strings.ToValidUTF8(name[:longest], "") + "…"
}

// maxOmitted bounds the fields that are named as left out.
const maxOmitted = 20
