package calls

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/rawjson"
)

// What a session has read lately, so that a question about a write can say what it hits by
// more than an id. Nothing is asked for it.
const (
	maxSeenBytes  = 4 << 20   // of all answers together
	maxSeenAnswer = 512 << 10 // of one; larger ones are not remembered
	seenFor       = time.Hour
	maxLabelText  = 80 // characters of one field
	maxKeyFields  = 3  // beside the title
)

// seenRecords remembers answers to reads. It is safe for concurrent use.
type seenRecords struct {
	mu      sync.Mutex
	answers []seenAnswer // the newest last
	bytes   int
}

type seenAnswer struct {
	of   string // caller, connector and entity
	args json.RawMessage
	data json.RawMessage
	at   time.Time
}

// seenKey says whose answer about what it is.
func seenKey(caller, connectorID, entity string) string {
	return strings.Join([]string{caller, connectorID, entity}, "\x00")
}

// note remembers an answer.
func (s *seenRecords) note(of string, args, data json.RawMessage) {
	if len(data) > maxSeenAnswer || len(data) < len(`{"id":1}`) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, seenAnswer{of, args, data, time.Now()})
	s.bytes += len(data)
	for s.bytes > maxSeenBytes || time.Since(s.answers[0].at) > seenFor {
		s.bytes -= len(s.answers[0].data)
		s.answers[0] = seenAnswer{} // the array behind the slice must not keep it
		s.answers = s.answers[1:]
	}
}

// label describes the record that a write names, by the newest answer that has it; "" where
// none has.
func (s *seenRecords) label(of, entity string, params json.RawMessage) string {
	given, _ := rawjson.Split(params)
	ids := ownIDs(entity, given)
	if len(ids) == 0 {
		return ""
	}
	s.mu.Lock()
	answers := slices.Clone(s.answers)
	s.mu.Unlock()
	for _, a := range slices.Backward(answers) {
		if a.of != of || time.Since(a.at) > seenFor || contradicts(a.args, given) {
			continue
		}
		for _, record := range recordsIn(a.data) {
			if members, ok := rawjson.Split(record); ok && isNamedBy(members, ids) {
				return labelOf(members)
			}
		}
	}
	return ""
}

// idNames are the names under which records have their own identifiers.
var idNames = []string{"id", "key", "number", "iid", "gid", "uuid", "sid", "ts"}

// ownIDs are the arguments that name the record itself, not another that it belongs to:
// `id`, or the name of the entity followed by such a name.
func ownIDs(entity string, given []rawjson.Member) (own []rawjson.Member) {
	singular := strings.TrimSuffix(plain(entity), "s")
	for _, m := range given {
		name := plain(m.Name)
		for _, suffix := range idNames {
			of, ok := strings.CutSuffix(name, suffix)
			if ok && scalar(m.Value) != "" && (of == "" || strings.HasPrefix(singular, of) || strings.HasSuffix(singular, of)) {
				own = append(own, rawjson.Member{Name: suffix, Value: m.Value})
				break
			}
		}
	}
	return own
}

// plain is a name without what spellings differ in.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// scalar is the text of a value, "" for one with parts.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.TrimSpace(text)
	}
	if len(raw) == 0 || strings.ContainsRune(`[{n`, rune(raw[0])) {
		return ""
	}
	return string(raw)
}

// contradicts reports a read whose arguments say otherwise than those of the write, such as
// one of another repository.
func contradicts(args json.RawMessage, given []rawjson.Member) bool {
	read, _ := rawjson.Split(args)
	for _, r := range read {
		for _, g := range given {
			if r.Name == g.Name && scalar(r.Value) != "" && scalar(g.Value) != "" && !strings.EqualFold(scalar(r.Value), scalar(g.Value)) {
				return true
			}
		}
	}
	return false
}

// recordsIn are the records of an answer: a list, a record, or a list in an object.
func recordsIn(data json.RawMessage) []json.RawMessage {
	if list, ok := rawjson.Elements(data); ok {
		return list
	}
	records := []json.RawMessage{data}
	members, _ := rawjson.Split(data)
	for _, m := range members {
		if list, ok := rawjson.Elements(m.Value); ok {
			records = append(records, list...)
		}
	}
	return records
}

// isNamedBy reports whether a record has every one of the identifiers: under its name, or
// under another of idNames where it has none of that name.
func isNamedBy(record, ids []rawjson.Member) bool {
	for _, id := range ids {
		has := func(name string) bool { return name == id.Name }
		if !slices.ContainsFunc(record, func(m rawjson.Member) bool { return has(plain(m.Name)) }) {
			has = func(name string) bool { return slices.Contains(idNames, name) }
		}
		if !slices.ContainsFunc(record, func(m rawjson.Member) bool {
			return has(plain(m.Name)) && scalar(m.Value) == scalar(id.Value)
		}) {
			return false
		}
	}
	return true
}

var (
	titleNames = []string{
		"title", "name", "subject", "summary", "displayname", "fullname", "realname", "dealname", "headline", "label", "email", "description",
	}
	keyNames   = []string{"number", "key", "email", "status", "state", "amount", "total", "currency", "duedate", "createdat"}
	innerNames = []string{"fields", "properties", "attributes", "profile"}
)

// labelOf is what a person knows a record by.
func labelOf(record []rawjson.Member) string {
	fields := map[string]string{}
	gather(fields, record, true)
	label, title := "", ""
	for _, name := range titleNames {
		if text := fields[name]; text != "" {
			label, title = "“"+text+"”", name
			break
		}
	}
	var keys []string
	for _, name := range keyNames {
		if text := fields[name]; text != "" && name != title && len(keys) < maxKeyFields {
			keys = append(keys, name+" "+text)
		}
	}
	if len(keys) == 0 {
		return label
	}
	return strings.TrimSpace(label + " (" + strings.Join(keys, ", ") + ")")
}

// gather takes the scalar fields of a record, and those of the object that some vendors put
// them in. A status is often an object with a name.
func gather(fields map[string]string, record []rawjson.Member, outer bool) {
	for _, m := range record {
		name := plain(m.Name)
		inner, isObject := rawjson.Split(m.Value)
		switch {
		case isObject && outer && slices.Contains(innerNames, name):
			gather(fields, inner, false)
		case isObject:
			at := slices.IndexFunc(inner, func(m rawjson.Member) bool { return m.Name == "name" })
			if at >= 0 {
				fields[name] = shown(scalar(inner[at].Value))
			}
		case fields[name] == "":
			fields[name] = shown(scalar(m.Value))
		}
	}
}

// shown is a vendor's text in a question: visible, on one line, and short.
func shown(text string) string {
	text = strings.Join(strings.Fields(cleantext.Text(text)), " ")
	if letters := []rune(text); len(letters) > maxLabelText {
		return string(letters[:maxLabelText]) + "…"
	}
	return text
}
