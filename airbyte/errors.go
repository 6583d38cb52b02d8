package airbyte

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Outcome says whether a failed request may have taken effect. It matters for writes: a
// write that may have happened must never be reported as simply failed.
type Outcome string

// Outcomes of a failed request.
const (
	OutcomeRejected Outcome = "rejected" // refused by the API: surely not done
	OutcomeNotSent  Outcome = "not_sent" // never left this machine: surely not done
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
	CodeCanceled     Code = "canceled"         // the caller has ended its context
	CodeNetwork      Code = "network"          // no connection, or it broke
	CodeBadResponse  Code = "bad_response"     // an answer that is not what the API promises
	CodeTooLarge     Code = "too_large"        // an answer over Config.MaxBody
	CodeRedirect     Code = "redirect"         // the API pointed elsewhere; not followed
	CodeUnsupported  Code = "unsupported"      // the API's dialect lacks the operation
	CodeFailed       Code = "execution_failed" // a 200 whose status says failure
	CodeVendor       Code = "vendor_failed"    // the vendor failed, or did not answer the API
	CodeRefused      Code = "vendor_refused"   // the vendor refused, in an answer that the API took for a success
)

// FieldError is one entry of the API's list of errors.
type FieldError struct {
	Field          string
	Message        string
	Code           string
	UpstreamStatus int // HTTP status of the vendor's refusal; 0 for an error of Airbyte's own
}

// Error is a failure of the API, or of the connection to it.
type Error struct {
	Op         string // the operation, such as "executing issues.list"
	Code       Code
	Status     int    // HTTP status, 0 without an answer
	Message    string // the API's words, or ours in their absence
	Details    []FieldError
	Hint       string        // the next step
	RequestID  string        // the API's id of the request, or empty
	RetryAfter time.Duration // the wait asked for by the API, or 0
	Outcome    Outcome
	Requests   int // number of attempts to send it

	vendorStatus   int  // HTTP status of the vendor's answer, 0 where it is not known
	limited        bool // the vendor takes no more calls for now
	limitedForADay bool

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

// Retryable reports whether the same request may succeed later. A doubtful write is never
// retryable.
func (e *Error) Retryable() bool {
	if e.Doubtful() {
		return false
	}
	switch e.Code {
	case CodeRateLimited, CodeServer, CodeUnavailable, CodeTimeout, CodeNetwork, CodeVendor:
		return true
	default:
		return false
	}
}

// Doubtful reports whether the request is a write with unknown outcome.
func (e *Error) Doubtful() bool { return e.write && e.Outcome == OutcomeUnknown }

// LacksRecord reports whether the vendor knows no such record or thing.
func (e *Error) LacksRecord() bool {
	return e.vendorStatus == http.StatusNotFound || e.vendorStatus == http.StatusGone || e.Message == emptyDownload
}

// LacksRights reports whether the vendor has refused the connector's stored credentials, or
// what they may do.
func (e *Error) LacksRights() bool {
	return !e.limited && (e.vendorStatus == http.StatusUnauthorized || e.vendorStatus == http.StatusForbidden)
}

// IsLimited reports whether the vendor takes no more calls for now.
func (e *Error) IsLimited() bool { return e.limited && !e.Doubtful() }

// IsQuota reports whether the operations of the subscription are used up.
func (e *Error) IsQuota() bool { return !e.limited && usedUp.fits(e, strings.ToLower(e.Message)) }

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

// outcomeOf is the outcome of a write refused with an HTTP status.
func outcomeOf(status int) Outcome {
	if status >= 400 && status < 500 && status != http.StatusRequestTimeout {
		return OutcomeRejected
	}
	return OutcomeUnknown
}
