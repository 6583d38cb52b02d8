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
	CodeUnsupported  Code = "unsupported"      // the API's dialect lacks the operation
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

	op    operation
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
	if e.Doubtful() {
		return false
	}
	switch e.Code {
	case CodeRateLimited, CodeServer, CodeUnavailable, CodeTimeout, CodeNetwork:
		return true
	default:
		return false
	}
}

// Doubtful reports whether a write failed that may have been done.
func (e *Error) Doubtful() bool { return e.write && e.Outcome == OutcomeUnknown }

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
