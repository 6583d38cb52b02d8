package airbyte

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The API relays a vendor's failure as a 400 of its own, in any of the forms of errorBody.
// Only the 400 says that the request was refused; what the vendor did decides whether a
// write may have happened.

// vendorFault is what an answer of the API tells about the vendor.
type vendorFault struct {
	status int           // HTTP status of the vendor's answer; of several the most doubtful, 0 for none
	loose  int           // a status under a name that the API may use for its own, 0 for none
	wait   time.Duration // asked for by the vendor, 0 for none
}

// isRefusal reports whether a vendor's status says that a request was surely not carried out.
func isRefusal(status int) bool {
	return status >= 400 && status < 499 && status != http.StatusRequestTimeout
}

// read gathers what is known of the vendor from anywhere in an answer: the forms put it in different places.
func (v *vendorFault) read(value any, depth int) {
	if depth > maxFaultDepth {
		return
	}
	switch part := value.(type) {
	case map[string]any:
		for name, member := range part {
			v.note(name, member, depth)
			v.read(member, depth+1)
		}
	case []any:
		for _, item := range part {
			v.read(item, depth+1)
		}
	}
}

const maxFaultDepth = 12

var (
	statusNames = []string{"upstreamstatus", "upstreamstatuscode", "vendorstatus", "upstreamhttpstatus"}
	looseNames  = []string{"status", "statuscode", "httpstatus", "httpstatuscode", "code"}
	waitNames   = []string{"retryafter", "retryafterseconds", "retryafters", "upstreamretryafter"}
)

// note takes over one member, if it is about the vendor.
func (v *vendorFault) note(name string, member any, depth int) {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	number, ok := wholeNumber(member)
	switch {
	case !ok:
	case slices.Contains(statusNames, name):
		v.status = moreDoubtful(v.status, number)
	case slices.Contains(looseNames, name) && depth > 0 && number >= 400 && number < 600:
		v.loose = moreDoubtful(v.loose, number)
	case slices.Contains(waitNames, name):
		v.wait = max(v.wait, seconds(number))
	}
}

// moreDoubtful is the one of two statuses that leaves more open; 0 is none.
func moreDoubtful(a, b int) int {
	if a == 0 || b != 0 && isRefusal(a) && !isRefusal(b) {
		return b
	}
	return a
}

func wholeNumber(value any) (int, bool) {
	switch n := value.(type) {
	case float64:
		return int(max(min(n, 1<<30), 0)), true
	case string:
		i, err := strconv.Atoi(strings.TrimSpace(n))
		return min(i, 1<<30), err == nil && i >= 0
	default:
		return 0, false
	}
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// statusIn is the most doubtful status that a text names, 0 for none.
func statusIn(text string) (found int) {
	for _, m := range statusInWords.FindAllStringSubmatch(text, -1) {
		status, _ := strconv.Atoi(m[1] + m[2] + m[3])
		found = moreDoubtful(found, status)
	}
	return found
}

// waitIn is the wait that a text asks for, 0 for none.
func waitIn(text string) time.Duration {
	m := waitPhrase.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	number, err := strconv.ParseFloat(m[1], 64)
	unit := time.Second
	switch low := strings.ToLower(m[2]); {
	case strings.HasPrefix(low, "ms"), strings.HasPrefix(low, "milli"):
		unit = time.Millisecond
	case strings.HasPrefix(low, "m"):
		unit = time.Minute
	case strings.HasPrefix(low, "h"):
		unit = time.Hour
	}
	if m[2] == "" && clockTime.MatchString(m[0]) {
		return 0
	}
	if err != nil || number*float64(unit) > float64(7*24*time.Hour) { // a moment, or a number of another kind
		return 0
	}
	return time.Duration(number * float64(unit))
}

// judgeVendor decides, for a refusal of the API with a status of 4xx, what the vendor had
// to do with it: the outcome of a write, and whether the vendor only asks for patience.
func (e *Error) judgeVendor(body []byte) {
	var decoded any
	v := vendorFault{}
	if json.Unmarshal(body, &decoded) == nil {
		v.read(decoded, 0)
	}
	words, named := e.allWords(body), v.status
	if e.vendorStatus = v.status; v.status == 0 && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusUnauthorized {
		named = moreDoubtful(v.loose, statusIn(words))
		e.vendorStatus = named
	}
	if e.vendorStatus == e.Status && v.status == 0 {
		e.vendorStatus = 0 // the API's own
	}
	e.limited = e.limitedBy(words)
	if e.limited && e.RetryAfter == 0 {
		e.RetryAfter = cmp.Or(v.wait, waitIn(words))
	}
	e.limitedForADay = e.limited && e.RetryAfter == 0 && daily.MatchString(words)
	if e.Status < 400 || e.Status >= 500 {
		return
	}
	reasonless := !isRefusal(named) && !e.limited && !e.refuses()
	failed := e.vendorStatus != 0 && !isRefusal(e.vendorStatus) ||
		v.status == 0 && (e.leavesOpen(words) || reasonless && upstreamFailed.MatchString(words))
	if failed || e.vendorStatus == 0 && e.relays() && (reasonless || saysNothing(decoded, words)) {
		e.Outcome = OutcomeUnknown
	}
	if failed && e.Code != CodeNotFound && e.Status != http.StatusRequestTimeout {
		e.Code = CodeVendor
	}
}

// limitedBy reports whether words say that the vendor, not the API, takes no more calls for now.
func (e *Error) limitedBy(words string) bool {
	switch {
	case e.vendorStatus == http.StatusTooManyRequests:
		return true
	case !limited.MatchString(words):
		return false
	case e.vendorStatus != 0, e.Status == http.StatusBadRequest, e.Status == http.StatusUnprocessableEntity:
		return true
	default:
		return e.Status == http.StatusForbidden && !subscription.MatchString(words)
	}
}

// leavesOpen reports whether a refusal without the vendor's status may hide a vendor that
// failed. What the API refuses by itself is known, and comes before anything is done.
func (e *Error) leavesOpen(words string) bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusTooManyRequests:
		return false
	}
	if checkedHere.MatchString(words) {
		return surelyLate.MatchString(words)
	}
	return openEnd.MatchString(words)
}

// refuses reports whether an answer has the words of a refusal. Vendors fail in too many words, and
// languages, for a list of them to be enough: what is not known to be a refusal leaves a write open.
func (e *Error) refuses() bool {
	said := []string{e.Message}
	for _, d := range e.Details {
		said = append(said, d.Message, d.Code)
	}
	words := strings.Join(said, "\n")
	return refused.MatchString(words) || checkedHere.MatchString(words)
}

// relays reports whether the API answers with the status under which it passes on what a vendor did.
func (e *Error) relays() bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusFailedDependency
}

// allWords is all that an answer says, of which the message is a part.
func (e *Error) allWords(body []byte) string {
	words := []string{e.Message}
	for _, d := range e.Details {
		words = append(words, d.Message, d.Code)
	}
	return strings.Join(append(words, string(bytes.ToValidUTF8(body, nil))), "\n")
}

// saysNothing reports a 400 without a reason: neither the API nor the vendor says that it refused.
func saysNothing(decoded any, words string) bool {
	if decoded != nil {
		members, isObject := decoded.(map[string]any)
		return isObject && !slices.ContainsFunc(slices.Collect(maps.Values(members)), says)
	}
	return !strings.Contains(words, "400") && (notPage(words) == "" || strings.TrimSpace(words) == statusText(http.StatusBadRequest))
}

func says(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return strings.TrimSpace(v) != ""
	case []any:
		return slices.ContainsFunc(v, says)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), says)
	default:
		return true
	}
}

// patience is the advice about a vendor that takes no more calls for now.
func (e *Error) patience() string {
	wait := "a minute"
	switch {
	case e.RetryAfter > 0:
		wait = e.RetryAfter.Round(time.Second).String()
	case e.limitedForADay:
		wait = "until the vendor's allowance is renewed, a day at most"
	}
	if e.Doubtful() {
		return "the vendor asks for fewer calls: wait " + wait + " before the next one"
	}
	return "the vendor asks for fewer calls; wait " + wait + ", then try again"
}
