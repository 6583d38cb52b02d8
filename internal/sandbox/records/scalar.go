package records

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// typed gives text the type of the field.
func typed(field *schemas.Field, text string) any {
	if field.Type.Has("integer") || field.Type.Has("number") && !field.Type.Has("string") {
		if _, ok := jsonvalue.Rational(text); ok {
			return json.Number(text)
		}
	}
	return text
}

// choices are the values that a field can have, where they are known.
func (f *blueprint) choices(field *schemas.Field) []any {
	if !scalar(field) {
		return nil
	}
	if f.m != nil && f.m.byName[field.Name] != nil && len(f.m.known[field.Name]) > 0 {
		return f.m.known[field.Name]
	}
	return concrete(field.Enum)
}

// closedWords mark the states of things that are over.
var closedWords = map[string]bool{
	"closed": true, "merged": true, "done": true, "resolved": true, "completed": true, "complete": true, "canceled": true,
	"cancelled": true, "archived": true,
	"inactive": true, "paid": true, "void": true, "uncollectible": true, "solved": true, "deleted": true, "expired": true, "ended": true,
	"failed":   true,
	"refunded": true, "trash": true, "disabled": true, "unpaid": true, "incomplete_expired": true,
}

// choose takes a value that fits whether the record is closed.
func (f *blueprint) choose(field *schemas.Field, values []any) any {
	var fitting []any
	for _, v := range values {
		s, ok := v.(string)
		if !ok || closedWords[strings.ToLower(s)] == f.time.closed {
			fitting = append(fitting, v)
		}
	}
	if len(fitting) == 0 {
		fitting = values
	}
	if f.fresh {
		return fitting[0]
	}
	v := random.Pick(f.seed.Of("choice", f.v.term(field.Name).fold), fitting)
	if n, ok := v.(float64); ok {
		return json.Number(strconv.FormatFloat(n, 'f', -1, 64))
	}
	return v
}

// merged reports whether a closed record's state says that it was merged.
func (f *blueprint) merged() bool {
	if f.m == nil || f.m.byFold["state"] == nil {
		return f.time.closed
	}
	return strings.EqualFold(jsonvalue.AsText(f.value(f.m.byFold["state"])), "merged")
}

// text makes a string.
func (f *blueprint) text(field *schemas.Field) any {
	name := f.v.term(field.Name).snake
	s := f.seed.Of(name)
	isLookup := f.m != nil && f.m.lookupFields[field.Name]
	if field.Nullable && f.n > 0 && s.Of("null").Chance(8) && !inherentNames[name] && !f.named(name) && !isLookup {
		return nil
	}
	if f.m != nil && field.Name == f.m.key && f.v.texts[name] == nil {
		return f.id()
	}
	switch field.Format {
	case "email":
		return f.who.Email
	case "uuid":
		return s.UUID()
	case "uri":
		if _, ok := naming.BySuffix(f.v.texts, name); !ok {
			return f.url()
		}
	}
	if name == "state" && f.m == nil && strings.Contains(f.name, "address") {
		return f.who.State
	}
	if words, ok := f.states(name); ok && !isLookup {
		return f.state(s, words)
	}
	if write, ok := f.v.texts["="+name]; ok {
		return write(f, s)
	}
	if strings.HasSuffix(name, "_id") && !isLookup {
		return f.v.look.text(s, strings.TrimSuffix(name, "_id"))
	}
	if write, ok := naming.BySuffix(f.v.texts, name); ok {
		return write(f, s)
	}
	if strings.HasSuffix(name, "id") {
		return f.v.look.text(s, name)
	}
	if isLookup {
		return f.id()
	}
	if field.Nullable {
		return nil
	}
	return random.Pick(s, []string{"standard", "default", "primary", "basic"})
}

// named reports whether a field is part of what people call the record.
func (f *blueprint) named(name string) bool {
	return name == "name" || name == "title" || name == "subject" || name == "email" || name == "state" || name == "status"
}

// states are the words that a field may have: those of the kind of record for its
// own status, else the usual ones.
func (f *blueprint) states(name string) ([2][]string, bool) {
	if name == "status" || name == "state" {
		if words, ok := statuses[f.name]; ok {
			return words, true
		}
		if f.m != nil && f.kind.IsWork() {
			return states["state"], true
		}
	}
	return naming.BySuffix(states, name)
}

// state takes one of the open or the closed words, in the entity's letter case.
func (f *blueprint) state(s random.Seed, words [2][]string) any {
	list := words[0]
	if f.time.closed {
		list = words[1]
	}
	if len(list) == 0 {
		return nil
	}
	word := random.Pick(s, list)
	if f.fresh {
		word = list[0]
	}
	if f.m != nil && f.m.upper {
		return strings.ToUpper(word)
	}
	return word
}

// id is the identifier of the record as text.
func (f *blueprint) id() string {
	s := f.seed.Of("id")
	if f.m != nil && f.m.numericKey {
		return whole(f.v.seed.Of("numbers", f.entity, f.scope.key()), f.n, false).String()
	}
	if f.v.look.alphabet == random.Decimals {
		return f.v.look.counted(f.v.seed.Of("numbers", f.entity, f.scope.key()), f.n)
	}
	return f.v.look.text(s, f.name)
}

// url is the web address of the record.
func (f *blueprint) url() string {
	key := f.key()
	return f.v.look.address(f.entity, f.scope, key)
}

// number makes an integer or a decimal.
func (f *blueprint) number(field *schemas.Field) any {
	name := f.v.term(field.Name).snake
	s := f.seed.Of(name)
	if f.m != nil && field.Name == f.m.key && name != "number" || name == "database_id" || name == "id" {
		collection := f.v.seed.Of("numbers", f.entity, f.scope.key())
		return whole(collection, f.n, field.Format == "int64")
	}
	if isLookup := f.m != nil && f.m.lookupFields[field.Name]; name == "number" || name == "iid" || isLookup &&
		!strings.HasSuffix(name, "id") {
		return json.Number(strconv.Itoa(f.n + 1))
	}
	if strings.HasSuffix(name, "_id") || field.Format == "int64" && !measured(name) {
		return whole(s, f.n, field.Format == "int64")
	}
	if field.Type.Has("number") && !wholeNames[name] && !strings.HasSuffix(name, "count") {
		return decimal(s, name)
	}
	if child := strings.TrimSuffix(strings.TrimSuffix(name, "_count"), "_total"); f.m != nil && child != "" {
		if m, sc := f.v.childList(f, child); m != nil {
			return json.Number(strconv.Itoa(f.v.size(m, sc)))
		}
	}
	if money(name) {
		return f.amount(name)
	}
	span, ok := naming.BySuffix(spans, name)
	if !ok {
		span = [2]int{0, 24}
	}
	return json.Number(strconv.Itoa(s.Between(span[0], span[1])))
}

// wholeNames are declared as numbers but hold whole ones.
var wholeNames = map[string]bool{"priority": true, "position": true, "sort_order": true, "estimate": true, "number": true,
	"progress_percentage": true}

// money reports whether a number is an amount of money that goes with others.
func money(name string) bool { return strings.HasPrefix(name, "amount") }

// amount makes amounts that go together: what was paid is what was due, and
// nothing was given back.
func (f *blueprint) amount(name string) json.Number {
	switch strings.TrimPrefix(name, "amount_") {
	case "refunded", "remaining", "overpaid", "shipping", "capturable", "details":
		return "0"
	}
	span := spans["amount"]
	return json.Number(strconv.Itoa(f.seed.Of("amount").Between(span[0], span[1])))
}

func measured(name string) bool {
	_, ok := naming.BySuffix(spans, name)
	return ok
}

func decimal(s random.Seed, name string) json.Number {
	span, ok := naming.BySuffix(spans, name)
	if !ok {
		span = [2]int{1, 100}
	}
	whole := s.Between(span[0], max(span[0], span[1]-1))
	return json.Number(fmt.Sprintf("%d.%02d", whole, s.Of("cents").Between(1, 98)))
}

// spans are the usual sizes of numbers, by the end of the field's name.
var spans = map[string][2]int{
	"amount": {500, 48000}, "price": {9, 480}, "total": {900, 90000}, "subtotal": {900, 80000}, "balance": {0, 120000}, "budget": {5000,
		90000},
	"amount_due": {900, 90000}, "amount_paid": {900, 90000}, "tax": {50, 4000}, "fee": {20, 900}, "fee_amount": {20, 900}, "cost": {10,
		900}, "spend": {100, 9000}, "revenue": {10000, 900000}, "arr": {10000, 900000},
	"quantity": {1, 12}, "size": {800, 480000}, "bytes": {800, 480000}, "byte_size": {800, 480000}, "width": {320, 1920}, "height": {240,
		1080},
	"priority": {1, 4}, "position": {0, 30}, "version": {1, 9}, "progress": {0, 100}, "percent": {0, 100}, "percentage": {0,
		100}, "progress_percentage": {0, 100}, "percent_completed": {0, 100},
	"score": {1, 99}, "rating": {1, 5}, "rate": {1, 20}, "duration": {60, 5400}, "seconds": {30, 5400}, "year": {2025, 2026}, "month": {1,
		12}, "day": {1, 28},
	"latitude": {33, 48}, "longitude": {-120, -74}, "impressions": {1000, 90000}, "clicks": {10, 2400}, "followers": {3,
		900}, "stargazer_count": {0, 2400}, "fork_count": {0, 180},
	"additions": {1, 640}, "deletions": {0, 320}, "changed_files": {1, 24}, "weight": {1, 40}, "employees": {8, 2400}, "total_count": {0,
		24}, "exp_month": {1, 12}, "exp_year": {2027, 2031},
	"upvote_count": {0, 40}, "probability": {10, 95}, "time_zone_offset": {-8, 9}, "tz_offset": {-28800, 32400},
}

// flag makes a boolean.
func (f *blueprint) flag(field *schemas.Field) any {
	name := f.v.term(field.Name).snake
	s := f.seed.Of(name)
	switch last := strings.TrimPrefix(name, "is_"); {
	case last == "merged":
		return f.merged() && f.time.closed
	case overFlags[last]:
		return f.time.closed
	case goneFlags[last]:
		return f.time.gone
	case f.n == 0 && calmFlags[last]:
		return false
	case onFlags[last] || strings.HasPrefix(name, "has_") || strings.HasPrefix(name, "can_") || strings.HasSuffix(name, "_enabled"):
		return s.Chance(90)
	}
	return s.Chance(8)
}

// overFlags say that a record is over, goneFlags that it was put away; onFlags are
// usually set, calmFlags never in the first record.
var (
	goneFlags = map[string]bool{"archived": true, "deleted": true, "trashed": true, "disabled": true, "suspended": true}
	calmFlags = map[string]bool{"fork": true, "private": true, "locked": true, "draft": true, "template": true, "prerelease": true,
		"spam": true, "delinquent": true, "disputed": true}
	overFlags = map[string]bool{"closed": true, "completed": true, "done": true, "resolved": true, "answered": true, "paid": true,
		"captured": true}
	onFlags = map[string]bool{"active": true, "enabled": true, "verified": true, "email_verified": true, "success": true, "public": true,
		"published": true, "shared": true, "ok": true, "livemode": true, "viewed_by_me": true, "taxable": true, "billable": true,
		"channel": true, "member": true, "email_confirmed": true}
)
