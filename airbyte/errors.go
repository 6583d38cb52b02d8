package airbyte

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Outcome says what is known about a request that failed. It matters for writes:
// a caller must never be told that a write failed when it may have happened.
type Outcome string

// Outcomes of a failed request.
const (
	OutcomeRejected Outcome = "rejected" // the API refused it: surely not done
	OutcomeNotSent  Outcome = "not_sent" // it never left: surely not done
	OutcomeUnknown  Outcome = "unknown"  // it may have been done
)

// Code classifies an Error.
type Code string

// Codes of an Error.
const (
	CodeInvalid      Code = "invalid"          // 400, 422: the request must change
	CodeUnauthorized Code = "unauthorized"     // 401: the API refused the client id, secret or token
	CodeForbidden    Code = "forbidden"        // 402, 403: organization, subscription or workspace
	CodeNotFound     Code = "not_found"        // 404
	CodeRateLimited  Code = "rate_limited"     // 429
	CodeServer       Code = "server_error"     // any other 5xx
	CodeUnavailable  Code = "unavailable"      // 502, 503, 504
	CodeTimeout      Code = "timeout"          // no answer in time
	CodeCanceled     Code = "canceled"         // the caller gave up
	CodeNetwork      Code = "network"          // no connection, or it broke
	CodeBadResponse  Code = "bad_response"     // an answer that is not what the API promises
	CodeTooLarge     Code = "too_large"        // an answer over Config.MaxBody
	CodeRedirect     Code = "redirect"         // the API pointed elsewhere; not followed
	CodeFailed       Code = "execution_failed" // a 200 whose status says failure
)

// FieldError is one entry of the API's list of errors.
type FieldError struct {
	Field          string
	Message        string
	Code           string
	UpstreamStatus int // with which the vendor refused; 0 where the vendor was not the one
}

// Error is every failure that the API, or the way to it, has caused.
type Error struct {
	Op         string // what was being done, such as "executing issues.list"
	Code       Code
	Status     int    // HTTP status, 0 when none arrived
	Message    string // the API's words, or ours where it gave none
	Details    []FieldError
	Hint       string        // what to do next
	RequestID  string        // the API's id of the request, where it sent one
	RetryAfter time.Duration // how long the API asks to wait, 0 when it does not say
	Outcome    Outcome
	Requests   int // how many times it was sent, or tried to

	write bool
	err   error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + ": " + e.Message)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.err }

// Retryable reports whether the same request may succeed later. A write that may
// have been done is never retryable.
func (e *Error) Retryable() bool {
	if e.doubtful() {
		return false
	}
	switch e.Code {
	case CodeRateLimited, CodeServer, CodeUnavailable, CodeTimeout, CodeNetwork:
		return true
	default:
		return false
	}
}

// doubtful reports whether a write failed that may have been done.
func (e *Error) doubtful() bool { return e.write && e.Outcome == OutcomeUnknown }

// codeOf classifies an HTTP status.
func codeOf(status int) Code {
	switch {
	case status == http.StatusUnauthorized:
		return CodeUnauthorized
	case status == http.StatusForbidden || status == http.StatusPaymentRequired:
		return CodeForbidden
	case status == http.StatusNotFound:
		return CodeNotFound
	case status == http.StatusTooManyRequests:
		return CodeRateLimited
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout:
		return CodeUnavailable
	case status >= 500:
		return CodeServer
	case status >= 300 && status < 400:
		return CodeRedirect
	case status >= 400:
		return CodeInvalid
	default:
		return CodeBadResponse
	}
}

// outcomeOf is what a status says about a write.
func outcomeOf(status int) Outcome {
	if status >= 400 && status < 500 && status != http.StatusRequestTimeout {
		return OutcomeRejected
	}
	return OutcomeUnknown
}

// advice is the next step for a failure; for a write in doubt never just to repeat it.
func (e *Error) advice() string {
	if !e.doubtful() {
		return e.remedy()
	}
	check := "look with a list or get whether it was done before doing it again"
	if remedy := e.remedy(); remedy != "" {
		return check + "; " + remedy
	}
	return check
}

// remedy is what helps against a failure, by what the API says.
func (e *Error) remedy() string {
	text := strings.ToLower(e.Message)
	switch {
	case strings.Contains(text, "specify target organization"):
		return "set AIRBYTE_ORGANIZATION_ID to the organization to use"
	case e.Code == CodeUnauthorized && e.Op != opToken.String():
		return "Airbyte refused the token that it has issued; check whether the client id was revoked, and AIRBYTE_ORGANIZATION_ID"
	case e.Code == CodeUnauthorized:
		return "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET: they may be wrong, rotated or of another organization"
	case e.Code == CodeForbidden:
		return "the organization, its subscription or the workspace does not permit this; the credentials themselves were accepted"
	case strings.Contains(text, "workspace not found"):
		return "check AIRBYTE_WORKSPACE: it must be the exact name of an existing workspace"
	case strings.Contains(text, "unable to map source configuration"),
		e.upstreamStatus() == http.StatusUnauthorized, e.upstreamStatus() == http.StatusForbidden:
		return "the vendor refused the connector's stored credentials, or they do not reach this far; renew them in Airbyte"
	case e.upstreamStatus() == http.StatusNotFound:
		return "the vendor knows no such record; check the names and ids among the arguments"
	case strings.Contains(text, "context store is not ready"):
		return "use the list or get tool until the store is ready"
	case e.Code == CodeRateLimited && e.RetryAfter > 0:
		return fmt.Sprintf("wait %s, then try again", e.RetryAfter.Round(time.Second))
	case e.Code == CodeTooLarge:
		return "ask for fewer records per page or select fewer fields"
	case e.Code == CodeRedirect:
		return "check AIRBYTE_API_HOST: it answers with a redirect, which is never followed"
	case e.Code == CodeNetwork && e.Status == 0:
		return "check the network and AIRBYTE_API_HOST"
	case e.Retryable():
		return "try again later"
	default:
		return ""
	}
}

// upstreamStatus is the HTTP status with which the vendor refused what Airbyte
// passed on, 0 if it did not.
func (e *Error) upstreamStatus() int {
	for _, d := range e.Details {
		if d.UpstreamStatus != 0 {
			return d.UpstreamStatus
		}
	}
	return 0
}
