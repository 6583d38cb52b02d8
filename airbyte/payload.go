package airbyte

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"airbyte-mcp-server/internal/rawjson"
)

// Some vendors say no in an answer that is a success by its status, and the API passes it on
// as the result: null, GraphQL's errors, lists of a mutation's errors, `"success": false`.

// payload is an object of a result as far as it may hold a refusal.
type payload map[string]json.RawMessage

// expected is what is known of an execution before its answer.
type expected struct {
	write  bool
	record bool // a success answers with a record
}

// judgeResult is the failure that a result hides, nil for none. A write that may have been
// carried out in part is in doubt.
func (a *answer) judgeResult(want expected, answered rawjson.Surveyed, beside json.RawMessage) *Error {
	write, result := want.write, answered.Value
	if reasons := reasonsIn(beside); reasons != "" && (write || isNothing(result)) {
		return a.hiddenFailure(OutcomeUnknown, "the answer has errors: "+reasons)
	}
	if write && isNothing(result) {
		return a.hiddenFailure(OutcomeUnknown, "the vendor answered with nothing, neither a record nor a reason: some do so when they refuse")
	}
	if want.lacksRecord(result) {
		return a.hiddenFailure(OutcomeUnknown, "the vendor answered with no record, where a write that took effect has one")
	}
	if !write && !slices.ContainsFunc(answered.Members(), func(m rawjson.Surveyed) bool { return m.Name == "errors" }) {
		return nil // nearly all reads: not taken apart
	}
	p := payloadOf(result)
	if reasons := reasonsIn(p["errors"]); reasons != "" {
		return a.judgeErrors(p, write, reasons)
	}
	if !write {
		return nil
	}
	for _, part := range p.parts() {
		if reason, ok := part.refusal(); ok {
			return a.judgeRefusal(part, reason)
		}
	}
	if len(p) > 0 && p.isHollow() {
		return a.hiddenFailure(OutcomeUnknown, "the vendor answered with nothing but nulls: some do so when they refuse")
	}
	if reason := complaint(result); reason != "" {
		return a.hiddenFailure(OutcomeUnknown, "the vendor answered with an error in place of a record: "+reason)
	}
	return nil
}

// lacksRecord reports a write that answers with an empty list in place of its record, with
// an object that has nothing but such, or with a page of HTML or false. An empty object is what there is no
// more to say of.
func (want expected) lacksRecord(result json.RawMessage) bool {
	if !want.write || !want.record {
		return false
	}
	if string(result) == "false" || textOf(result) != "" && notPage(textOf(result)) == "" {
		return true
	}
	if list, isList := rawjson.Elements(result); isList {
		return !slices.ContainsFunc(list, saysSomething)
	}
	members, isObject := rawjson.Split(result)
	for _, m := range members {
		if saysSomething(m.Value) {
			return false
		}
	}
	return isObject && len(members) > 0
}

func saysSomething(value json.RawMessage) bool {
	return !isNothing(value) && string(value) != "[]" && string(value) != "{}"
}

// judgeErrors judges a result with a list of errors. GraphQL leaves `data` out where nothing was
// carried out; with `data`, or with the path of a field, the execution had begun.
func (a *answer) judgeErrors(p payload, write bool, reasons string) *Error {
	_, hasData := p["data"]
	alone := true
	for name, value := range p {
		alone = alone && (name == "errors" || name == "extensions" || name == "data" || isNothing(value))
	}
	nothing := alone && payloadOf(p["data"]).isHollow()
	switch {
	case write && alone && !hasData && !bytes.Contains(p["errors"], []byte(`"path"`)):
		return a.hiddenFailure(OutcomeRejected, "the vendor refused it: "+reasons)
	case write:
		return a.hiddenFailure(OutcomeUnknown, "the vendor answered with errors: "+reasons)
	case nothing:
		return a.hiddenFailure(OutcomeRejected, "the vendor answered with errors: "+reasons)
	default:
		return nil
	}
}

// judgeRefusal judges a mutation that says no. One that gives a record all the same may have
// done a part.
func (a *answer) judgeRefusal(part payload, reason string) *Error {
	for name, value := range part {
		if record := payloadOf(value); !strings.Contains(strings.ToLower(name), "error") && len(record) > 0 && !record.isHollow() {
			return a.hiddenFailure(OutcomeUnknown, "the vendor answered with a record and with errors: "+reason)
		}
	}
	return a.hiddenFailure(OutcomeRejected, "the vendor refused it: "+reason)
}

func (a *answer) hiddenFailure(outcome Outcome, message string) *Error {
	e := &Error{Code: CodeRefused, Status: a.status, RequestID: requestID(a.header), Outcome: outcome, Message: message}
	e.limited = limited.MatchString(message)
	if e.limited {
		e.RetryAfter = waitIn(message)
	}
	return e
}

// parts are the objects of a result that a mutation may answer with: the result itself, its
// data, and what stands under the name of a mutation.
func (p payload) parts() []payload {
	parts := []payload{p}
	data := payloadOf(p["data"])
	for _, outer := range []payload{p, data} {
		for name, value := range outer {
			inner := payloadOf(value)
			if inner.hasErrorLists() || len(outer) == 1 || name == "data" {
				parts = append(parts, inner)
			}
		}
	}
	for _, value := range data {
		parts = append(parts, payloadOf(value))
	}
	return parts
}

// refusal is the reason of a no.
func (p payload) refusal() (reason string, ok bool) {
	for name, value := range p {
		if reasons := reasonsIn(value); isErrorList(name) && reasons != "" {
			return reasons, true
		}
	}
	for _, name := range []string{"success", "ok"} {
		if string(p[name]) == "false" {
			return firstOf(reasonsIn(p["error"]), reasonsIn(p["message"]), `"`+name+`" is false`), true
		}
	}
	return "", false
}

func (p payload) hasErrorLists() bool {
	for name := range p {
		if isErrorList(name) {
			return true
		}
	}
	return false
}

// deepest is how many levels of objects are looked into, each of which is decoded anew.
const deepest = 16

// isHollow reports an object without any value.
func (p payload) isHollow() bool { return p.isHollowTo(deepest) }

func (p payload) isHollowTo(levels int) bool {
	for _, value := range p {
		if isNothing(value) {
			continue
		}
		if levels == 0 {
			return false
		}
		if inner := payloadOf(value); len(inner) == 0 || !inner.isHollowTo(levels-1) {
			return false
		}
	}
	return true
}

func payloadOf(raw json.RawMessage) (p payload) {
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &p) != nil {
		return nil
	}
	return p
}

func isErrorList(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", ""))
	return strings.HasSuffix(name, "usererrors")
}

func isNothing(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// reasonsIn joins the reasons in a list, an object or a text of errors; "" where it has none.
func reasonsIn(raw json.RawMessage) string {
	text := strings.TrimSpace(string(raw))
	switch text {
	case "", "null", "[]", "{}", "0", "false", `""`:
		return ""
	}
	items, isList := rawjson.Elements(raw)
	if !isList {
		items = []json.RawMessage{raw}
	}
	var reasons []string
	for _, item := range items {
		if !isNothing(item) {
			reasons = append(reasons, reasonOf(item))
		}
	}
	return shortened(strings.Join(reasons, "; "))
}

// reasonOf words one error.
func reasonOf(item json.RawMessage) string {
	p := payloadOf(item)
	if p == nil {
		return firstOf(textOf(item), string(item))
	}
	text := firstOf(textOf(p["message"]), textOf(p["detail"]), string(item))
	if code := firstOf(textOf(p["type"]), textOf(p["code"]), textOf(payloadOf(p["extensions"])["code"])); code != "" {
		text += " (" + code + ")"
	}
	return text
}

// shortened bounds a quotation.
func shortened(text string) string {
	if utf8.RuneCountInString(text) <= maxErrorText {
		return text
	}
	return string([]rune(text)[:maxErrorText]) + "…"
}
