package records

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

// SavedRecord is a record that a caller has written, or deleted.
type SavedRecord struct {
	Entity  string          `json:"entity"`
	Scope   [][2]string     `json:"scope,omitempty"`
	N       int             `json:"n"`
	Deleted bool            `json:"deleted,omitempty"`
	Fields  json.RawMessage `json:"fields,omitempty"`
	Extra   json.RawMessage `json:"extra,omitempty"`
	Created time.Time       `json:"created"`
	Updated time.Time       `json:"updated"`
	Closed  bool            `json:"closed,omitempty"`
	Fresh   bool            `json:"fresh,omitempty"`
}

// Saved are the records that callers have written or deleted.
func (v *Account) Saved() []SavedRecord {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []SavedRecord
	for key, c := range v.collections {
		if c.written {
			entity, _, _ := strings.Cut(key, "\n")
			out = append(out, c.saved(entity)...)
		}
	}
	slices.SortFunc(out, func(a, b SavedRecord) int {
		if n := strings.Compare(a.Entity, b.Entity); n != 0 {
			return n
		}
		return a.N - b.N
	})
	return out
}

func (c *collection) saved(entity string) []SavedRecord {
	var places [][2]string
	for _, b := range c.scope {
		places = append(places, [2]string{b.name, b.value})
	}
	var out []SavedRecord
	there := map[int]bool{}
	for _, r := range c.records {
		there[r.blueprint.n] = true
		if !r.written {
			continue
		}
		s := SavedRecord{Entity: entity, Scope: places, N: r.blueprint.n, Created: r.blueprint.time.created, Updated: r.blueprint.time.updated,
			Closed: r.blueprint.time.closed, Fresh: r.blueprint.fresh}
		var err, err2 error
		s.Fields, err = jsonvalue.Encode(r.fields)
		s.Extra, err2 = jsonvalue.Encode(r.extra)
		if err == nil && err2 == nil {
			out = append(out, s)
		}
	}
	for n := range c.next {
		if !there[n] {
			out = append(out, SavedRecord{Entity: entity, Scope: places, N: n, Deleted: true})
		}
	}
	return out
}

// restore puts saved writes back.
func (v *Account) restore(saved []SavedRecord) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range saved {
		m := v.model(s.Entity)
		if m == nil {
			continue
		}
		var sc scope
		for _, b := range s.Scope {
			sc = sc.with(b[0], b[1])
		}
		c := v.collection(m, sc)
		c.next = max(c.next, s.N+1)
		f := v.blueprint(m, sc, s.N)
		if s.Deleted {
			v.remove(c, &record{blueprint: f})
			continue
		}
		f.fresh = s.Fresh
		f.time = timeline{created: s.Created, updated: s.Updated, closed: s.Closed}
		r := &record{blueprint: f, written: true}
		if jsonvalue.Decode(s.Fields, &r.fields) == nil && jsonvalue.Decode(s.Extra, &r.extra) == nil {
			v.put(c, r)
		}
	}
}
