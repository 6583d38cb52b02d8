package schemas

import (
	"encoding/json"
	"iter"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// Bounds of one search, far above what anybody means: what lies behind them is not read.
const (
	mostConditions = 1000
	mostValues     = 10_000 // of all lists of values together
	mostSortKeys   = 20
	mostFields     = 1000
)

// searchBound counts what has been read of one search.
type searchBound struct {
	conditions int
	values     int
	isOver     bool
	pulse      *pulse
}

// admits counts a condition, and refuses the first one that is too many.
func (r *searchReader) admits() bool {
	if r.bound.conditions++; r.bound.conditions <= mostConditions {
		return true
	}
	if !r.bound.isOver {
		r.refuse("has more than %d conditions; use `in` for several values of one field, or search several times", mostConditions)
	}
	return false
}

// isOver reports whether the rest of the conditions is left unread, since the search is
// refused in any case.
func (r *searchReader) isOver() bool {
	if !r.bound.isOver && r.found.Full() {
		r.bound.isOver = true
		r.found.cut()
	}
	return r.bound.isOver || r.bound.pulse.isOver()
}

// refuse notes that a filter is too large, once.
func (r *searchReader) refuse(format string, most int) {
	r.bound.isOver = true
	r.fault(argFilter, format, most)
}

// refuseMany notes that a list has too many elements.
func (r *searchReader) refuseMany(name string, most int) {
	r.fault(name, "has more than %d elements; give fewer", most)
}

// values are the elements of a list of values, none where there are too many.
func (r *searchReader) values(list json.RawMessage) []json.RawMessage {
	var values []json.RawMessage
	for value := range rawjson.EachOf(list) {
		if r.bound.values++; r.bound.values > mostValues {
			if !r.bound.isOver {
				r.refuse("has more than %d values in its lists; search several times", mostValues)
			}
			return nil
		}
		values = append(values, value)
	}
	return values
}

// fewOf gathers elements, and refuses more than may be given.
func (r *searchReader) fewOf(name string, all iter.Seq[json.RawMessage], most int) []json.RawMessage {
	items := []json.RawMessage{}
	for item := range all {
		if len(items) == most {
			r.refuseMany(name, most)
			return nil
		}
		items = append(items, item)
	}
	return items
}

// quotedParts are the parts of a text between its commas.
func quotedParts(text string) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if !yield(rawjson.Quote(strings.TrimSpace(part))) {
				return
			}
		}
	}
}

// within reads conditions on the elements of a list.
func (r *searchReader) within(list *searchField) *searchReader {
	inner := &searchReader{fields: list.elements, taken: r.taken, found: r.found, bound: r.bound}
	if inner.fields == nil {
		inner.fields = &searchFields{open: true}
	}
	return inner
}
