package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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

// Kept says of a result that did not fit what is shown of it, and where the whole is.
type Kept struct {
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

func (k *Kept) json() []byte {
	b, err := json.Marshal(k)
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
func (b *Box) budget() int { return max(b.opts.MaxResultBytes-envelopeRoom, envelopeRoom) }

// fit shortens a result that exceeds the budget to the whole records that fit, and
// keeps all of it for read_result. It cannot fail: what was executed was executed, and
// a write must not read like one that failed.
func (c *call) fit(r *Result) {
	if len(r.Data)+len(r.Metadata)+len(r.Warning) <= c.budget() || r.Source == SourceServer { // what we made fits by itself
		return
	}
	r.gather()
	whole := compact(r.Data)
	kept := &Kept{Bytes: len(whole), Hint: "read_result reads the rest without another operation"}
	if id, err := c.opts.Results.Put(c.owner(), whole); err == nil {
		kept.Handle, kept.URI = id, ResultURI+id
	} else {
		c.opts.Log.Error().Err(err).Str("tool", c.tool.Name).Msg("a result that is too large to be shown could not be kept")
		kept.Hint = "the rest could not be kept"
	}
	r.Data, r.Kept = kept.shorten(whole, "", c.budget()), kept
}

// gather puts metadata and a warning that are too large to be shown beside the data
// into it.
func (r *Result) gather() {
	parts := schemas.Arguments{{Name: "data", Value: r.Data}}
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
}

// owner is whose the results of this call are.
func (s Session) owner() string { return s.Principal + "\x00" + s.Workspace }

// shorten leaves of a value what fits: whole records of a list, whole fields of an
// object. An object that is mostly one list is shortened there.
func (k *Kept) shorten(data json.RawMessage, path string, room int) json.RawMessage {
	if list, ok := rawjson.Elements(data); ok {
		return k.shortenList(list, path, room)
	}
	fields, ok := fieldsOf(data)
	if !ok { // one text or number
		k.omit(cmp.Or(path, "$"), len(data))
		return json.RawMessage("null")
	}
	heaviest := slices.MaxFunc(fields, func(a, b schemas.Argument) int { return cmp.Compare(len(a.Value), len(b.Value)) })
	if list, ok := rawjson.Elements(heaviest.Value); ok && path == "" && len(heaviest.Value) > len(data)/2 {
		asObject := *k
		short := k.shortenList(list, results.Member("", heaviest.Name), room-(len(data)-len(heaviest.Value)))
		shortened := slices.Clone(fields)
		for i := range shortened {
			if shortened[i].Name == heaviest.Name {
				shortened[i].Value = short
			}
		}
		if out := shortened.JSON(); len(out) <= room {
			return out
		}
		*k = asObject // the rest does not fit either
	}
	return k.shortenObject(fields, path, room)
}

// fieldsOf takes an object apart, without a copy of its values.
func fieldsOf(data json.RawMessage) (schemas.Arguments, bool) {
	list, ok := rawjson.Split(data)
	fields := make(schemas.Arguments, len(list))
	for i, m := range list {
		fields[i] = schemas.Argument(m)
	}
	return fields, ok && len(list) > 0
}

func (k *Kept) shortenList(list []json.RawMessage, path string, room int) json.RawMessage {
	k.Path, k.Of = path, len(list)
	size, shown := 2, 0
	for _, record := range list {
		if size+len(record)+1 > room {
			break
		}
		size += len(record) + 1
		shown++
	}
	k.Shown, k.Heavy = shown, heaviestFields(list)
	if shown == 0 && len(list) > 0 {
		k.Shown = 1
		return slices.Concat([]byte{'['}, k.shortenRecord(list[0], path+"[0]", room-2), []byte{']'})
	}
	return rawjson.Join(list[:shown])
}

func (k *Kept) shortenRecord(record json.RawMessage, path string, room int) json.RawMessage {
	fields, ok := fieldsOf(record)
	if !ok {
		k.omit(path, len(record))
		return json.RawMessage("null")
	}
	return k.shortenObject(fields, path, room)
}

// shortenObject leaves the heaviest fields out until the others fit.
func (k *Kept) shortenObject(fields schemas.Arguments, path string, room int) json.RawMessage {
	weight := func(f schemas.Argument) int { return len(rawjson.Quote(f.Name)) + len(f.Value) + 2 } // colon and comma
	byWeight := slices.Clone(fields)
	slices.SortStableFunc(byWeight, func(a, b schemas.Argument) int { return cmp.Compare(weight(b), weight(a)) })
	left := map[string]bool{}
	for size := len(fields.JSON()); size > room && len(byWeight) > 0; byWeight = byWeight[1:] {
		heavy := byWeight[0]
		left[heavy.Name] = true
		size -= weight(heavy)
		k.omit(results.Member(path, heavy.Name), len(heavy.Value))
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f schemas.Argument) bool { return left[f.Name] }).JSON()
}

// omit names a field as left out.
func (k *Kept) omit(field string, size int) {
	if len(k.Omitted) < maxOmitted {
		k.Omitted = append(k.Omitted, Heavy{clipName(field), size})
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

// heaviestFields are those that take most of a list's bytes.
func heaviestFields(list []json.RawMessage) []Heavy {
	weights := map[string]int{}
	for _, record := range list[:min(len(list), 50)] {
		fields, err := schemas.SplitObject(record)
		if err != nil {
			return nil
		}
		for _, f := range fields {
			weights[f.Name] += len(f.Value)
		}
	}
	heavy := make([]Heavy, 0, len(weights))
	for name, bytes := range weights {
		heavy = append(heavy, Heavy{clipName(name), bytes})
	}
	slices.SortFunc(heavy, func(a, b Heavy) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Field, b.Field)) })
	return heavy[:min(len(heavy), maxHeavy)]
}

// readResult is the tool that looks into a result that was kept.
func readResult() *Tool {
	names := &schemas.Parameter{Type: "string"}
	return manageTool(&Tool{
		Name:        "read_result",
		Title:       "Airbyte: read a kept result",
		Description: "Read more of a result that was too large to be shown whole. Costs no Airbyte operation.",
		Effect:      Read,
		role:        attending,
		run:         runReadResult,
	},
		&schemas.Parameter{Name: "handle", Type: "string", Required: true, Description: "From the answer that was shortened."},
		&schemas.Parameter{Name: "path", Type: "string", Description: "A part of it, e.g. `[3].body` or `[*].user.login`."},
		&schemas.Parameter{Name: "fields", Type: "array", Items: names, Description: "Fields of each record to keep, e.g. `a.b`."},
		&schemas.Parameter{Name: "search", Type: "string", Description: "Only records in which a value has this text."},
		&schemas.Parameter{Name: "offset", Type: "integer", Minimum: "0", Description: "Records, or characters of a text, to pass over."},
		&schemas.Parameter{Name: "limit", Type: "integer", Minimum: "1", Description: "Records or characters at most."},
	)
}

// Kept returns a whole result that was kept for a session, by its handle or URI.
func (b *Box) Kept(s Session, handle string) (json.RawMessage, error) {
	return b.opts.Results.Get(s.owner(), strings.TrimPrefix(handle, ResultURI))
}

// runReadResult takes a window out of a kept result.
func runReadResult(_ context.Context, c *call) (*Result, error) {
	var wanted struct {
		Handle, Path, Search string
		Fields               []string
		Offset, Limit        whole
	}
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of read_result: %w", err)
	}
	data, err := c.Kept(c.Session, wanted.Handle)
	if err != nil {
		return nil, err
	}
	window, err := results.Read(data, results.View{
		Path: wanted.Path, Fields: wanted.Fields, Search: wanted.Search,
		Offset: int(wanted.Offset), Limit: int(wanted.Limit), MaxBytes: c.budget() - envelopeRoom/2,
	})
	if err != nil {
		return nil, err
	}
	result, err := ours(window)
	if err != nil {
		return nil, err
	}
	result.Source, result.Origin = SourceServer, "a kept result"
	return result, nil
}
