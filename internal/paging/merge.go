package paging

import (
	"encoding/json"
	"slices"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// Merge appends the records of the next answer to those of an answer, without the records
// that are surely there already. It reports false of a page that has nothing else. Where
// fields were chosen, records that look alike may be several.
func (p *Pager) Merge(answer, next json.RawMessage, chosen bool) (merged json.RawMessage, isNew bool) {
	have, more := p.Records(rawjson.Unsurveyed(answer)), p.Records(rawjson.Unsurveyed(next))
	switch {
	case len(more) == 0:
		return answer, true
	case have == nil: // the first page had no list
		return next, true
	}
	key := wholeRecord
	if distinct(have) && distinct(more) {
		key = idOf
	}
	seen := make(map[string]bool, len(have))
	for _, record := range have {
		seen[key(record)] = true
	}
	fresh := slices.DeleteFunc(slices.Clone(more), func(record json.RawMessage) bool { return seen[key(record)] })
	named := idOf(more[0]) != ""
	if len(fresh) == 0 && (named || !chosen) {
		return answer, false
	}
	if !named { // rows without an id may well be alike
		fresh = more
	}
	return p.withRecords(answer, append(have, fresh...)), true
}

// distinct reports whether records have ids, each its own. In some lists the id is that
// of something that the records have in common.
func distinct(records []json.RawMessage) bool {
	ids := make(map[string]bool, len(records))
	for _, record := range records {
		id := idOf(record)
		if id == "" || ids[id] {
			return false
		}
		ids[id] = true
	}
	return true
}

// idOf is a record's id as it was written, "" if it has none.
func idOf(record json.RawMessage) string { return string(lastID([]json.RawMessage{record})) }

func wholeRecord(record json.RawMessage) string { return string(record) }

// withRecords puts a list of records in the place of that in an answer.
func (p *Pager) withRecords(data json.RawMessage, records []json.RawMessage) json.RawMessage {
	envelope, err := schemas.SplitObject(data)
	if _, isList := rawjson.ElementsOf(data); isList || err != nil {
		return rawjson.Join(records)
	}
	for _, key := range p.listKeys() {
		for i, m := range envelope {
			if _, isList := rawjson.ElementsOf(m.Value); m.Name == key && isList {
				envelope[i].Value = rawjson.Join(records)
				return envelope.JSON()
			}
		}
	}
	return data
}
