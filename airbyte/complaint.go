package airbyte

import (
	"encoding/json"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// maxComplaints bounds the elements of a list that are looked at for a complaint.
const maxComplaints = 100

var (
	// recordIDs are members that a record has, and an error report has not.
	recordIDs = []string{"id", "_id", "gid", "uid", "uuid", "key", "ts", "sid", "number"}
	// complaintNames are members with the reasons of a failure, complaintFlags such as only tell of one.
	complaintNames = []string{"error", "errors", "errormessage", "errormessages", "errorcode", "errordescription",
		"exception", "fault", "faults",
		"failure", "failures", "partialfailureerror"}
	complaintFlags = []string{"haserrors", "haserror", "iserror", "failed"}
	// complaintKinds are the words of a type or state of an error report.
	complaintKinds = []string{"error", "fail", "failed", "failure"}
	// praises are codes and states that come with a message and mean success.
	praises = []string{"ok", "success", "successful", "succeeded", "created", "updated", "accepted", "done", "completed"}
)

// complaint is the reason in a result that is an error report in place of a record: the result
// itself, what it wraps, or an element of its list. "" is none.
func complaint(result json.RawMessage) string {
	list, isList := rawjson.Elements(result)
	if !isList {
		return complaintOf(payloadOf(result))
	}
	for _, item := range list[:min(len(list), maxComplaints)] {
		if reason := payloadOf(item).complaint(); reason != "" {
			return reason
		}
	}
	return ""
}

func complaintOf(p payload) string {
	for _, part := range p.parts() {
		if reason := part.complaint(); reason != "" {
			return reason
		}
	}
	for name, value := range p {
		if _, isList := rawjson.Elements(value); isList && (name == "data" || len(p) == 1) {
			return complaint(value)
		}
	}
	return ""
}

// complaint is the reason in one object, which is no record.
func (p payload) complaint() string {
	if p.isRecord() {
		return ""
	}
	for name, value := range p {
		name = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
		text := strings.ToLower(textOf(value))
		switch {
		case slices.Contains(complaintNames, name) && reasonsIn(value) != "":
			return reasonsIn(value)
		case slices.Contains(complaintFlags, name) && string(value) == "true",
			(name == "success" || name == "ok") && text == "false",
			(name == "type" || name == "status" || name == "result") && slices.Contains(complaintKinds, text):
			return firstOf(p.message(), name+" is "+string(value))
		}
	}
	if p.message() != "" && p.hasErrorCode() {
		return p.message()
	}
	return ""
}

func (p payload) isRecord() bool {
	return slices.ContainsFunc(recordIDs, func(name string) bool { return !isNothing(p[name]) && string(p[name]) != `""` })
}

func (p payload) message() string {
	return firstOf(reasonsIn(p["message"]), reasonsIn(p["detail"]), reasonsIn(p["title"]))
}

// hasErrorCode reports a status of HTTP that is an error, or a code that has nothing beside it but
// its message.
func (p payload) hasErrorCode() bool {
	for _, name := range []string{"status", "statusCode", "status_code", "httpStatus", "code"} {
		var value any
		_ = json.Unmarshal(p[name], &value) // missing: nil
		if number, ok := wholeNumber(value); ok && number >= 400 && number < 600 {
			return true
		}
	}
	code := strings.ToLower(textOf(p["code"]))
	if code == "" || slices.Contains(praises, code) || slices.Contains(praises, strings.ToLower(textOf(p["status"]))) {
		return false
	}
	for name, value := range p {
		if !slices.Contains([]string{"code", "message", "detail", "title", "status"}, name) && reasonsIn(value) != "" {
			return false
		}
	}
	return true
}
