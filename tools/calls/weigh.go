package calls

import (
	"cmp"
	"encoding/json"
	"slices"

	"airbyte-mcp-server/internal/rawjson"
)

// weighedRecords is how many records of a list are weighed.
const weighedRecords = 50

// scale weighs the fields of records. Records of a list have the same fields, mostly in the
// same order.
type scale struct {
	fields []weighed
	places map[string]int // of the fields, by name
}

type weighed struct {
	name    string
	isPlain bool // it was written as it is spelt
	bytes   int
	last    int // the record in which it was met last, from 1
}

// heaviestFields are those that take most of a list's bytes.
func heaviestFields(list []json.RawMessage) []Heavy {
	s := scale{places: map[string]int{}}
	for i, record := range list[:min(len(list), weighedRecords)] {
		if !s.weigh(record, i+1) {
			return nil
		}
	}
	heavy := make([]Heavy, len(s.fields))
	for i, f := range s.fields {
		heavy[i] = Heavy{clipName(f.name), f.bytes}
	}
	slices.SortFunc(heavy, func(a, b Heavy) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Field, b.Field)) })
	return heavy[:min(len(heavy), maxHeavy)]
}

// weigh adds a record. It reports false of what is no object, or has a field twice.
func (s *scale) weigh(record json.RawMessage, nr int) bool {
	at, once := 0, true
	isObject := rawjson.EachMember(record, func(name, value []byte) bool {
		f := &s.fields[s.place(name, at)]
		if once = f.last != nr; once {
			f.bytes += len(value)
			f.last = nr
		}
		at++
		return once
	})
	return once && (isObject || string(record) == "null")
}

// place is where a field is kept. It is looked for first where it was in the record before.
func (s *scale) place(name []byte, expected int) int {
	plain := name[1 : len(name)-1]
	if expected < len(s.fields) && s.fields[expected].isPlain && s.fields[expected].name == string(plain) {
		return expected
	}
	isPlain := rawjson.IsPlainName(name)
	if !isPlain {
		text, _ := rawjson.Text(name) // it is valid
		plain = []byte(text)
	}
	place, known := s.places[string(plain)]
	if !known {
		place = len(s.fields)
		s.fields = append(s.fields, weighed{name: string(plain)})
		s.places[s.fields[place].name] = place
	}
	s.fields[place].isPlain = s.fields[place].isPlain || isPlain
	return place
}
