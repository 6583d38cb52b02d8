package airbyte

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/secret"
)

// request is one request to the API, sent once or several times.
type request struct {
	op        operation
	what      string // its name in messages; default: the operation's
	id        string // path value
	query     url.Values
	body      []byte
	workspace string   // of the scoped token
	hidden    []string // values in the body that no message may quote
	write     bool     // may change something: sent once
	noRetry   bool     // not repeated, though it is a read: the token source spaces the attempts
	timeout   time.Duration
	sink      Sink // of a download; takes the answer's body

	dialect Dialect
	bearer  secret.Text // empty for the token endpoint
	sends   int         // so far
}

func (r *request) name() string {
	if r.what != "" {
		return r.what
	}
	return r.op.String()
}

// mintsToken reports whether the answer holds a token.
func (r *request) mintsToken() bool { return r.op == opToken || r.op == opScopedToken }

// answer is a complete response with a status below 300.
type answer struct {
	status   int
	header   http.Header
	body     []byte
	streamed int64 // bytes written to the sink instead of the body
}

// sendOnce makes one HTTP round trip and reads the whole answer.
func (c *Client) sendOnce(ctx context.Context, r *request) (a *answer, failure *Error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.timeout, errRequestTimeout)
	defer cancel()
	watch := &sendWatch{}
	req, err := c.newHTTPRequest(watch.trace(ctx), r)
	if err != nil {
		return nil, c.completeError(r, &Error{Code: CodeInvalid, Message: err.Error(), Outcome: OutcomeNotSent, err: err})
	}
	held, err := c.holdAnswer(ctx, r)
	if err != nil {
		return nil, c.noMemory(r, OutcomeNotSent, err)
	}
	defer func() { budget.AccountOf(ctx).Adopt(held) }()
	start := time.Now()
	req, observed := c.tellObserver(r, req)
	defer func() { observed(observedEnd(a, failure)) }()
	r.sends++
	resp, err := c.cfg.Transport.RoundTrip(req) // a client beside it would follow redirects and copy headers for that
	if err != nil {
		held.Release()
		return nil, c.transportFailure(ctx, r, watch, err)
	}
	defer resp.Body.Close()
	body, streamed, err := c.receiveBody(ctx, r, resp, held)
	held.Shrink(int64(len(body)))
	c.cfg.Log.Debug().Str("op", r.name()).Int("status", resp.StatusCode).
		Int64("bytes", int64(len(body))+streamed).Dur("ms", time.Since(start)).Msg("airbyte request")
	if err == nil && resp.StatusCode < 300 {
		return &answer{resp.StatusCode, resp.Header, body, streamed}, nil
	}
	if resp.StatusCode >= 300 {
		return nil, c.statusFailure(r, resp, body, err != nil && !errors.Is(err, errTooLarge))
	}
	if _, ok := errors.AsType[*sinkError](err); ok {
		return nil, c.sinkFailure(r, resp, err)
	}
	if errors.Is(err, budget.ErrBusy) {
		return nil, c.noMemory(r, OutcomeUnknown, err)
	}
	if errors.Is(err, errTooLarge) {
		return nil, c.completeError(r, &Error{Code: CodeTooLarge, Status: resp.StatusCode, RequestID: requestID(resp.Header),
			Message: fmt.Sprintf("the answer is larger than %d bytes", c.bodyLimit(resp.StatusCode)), Outcome: OutcomeUnknown, err: err})
	}
	return nil, c.transportFailure(ctx, r, watch, err)
}

// observedEnd is the status and the code of a round trip for an observer.
func observedEnd(a *answer, failure *Error) (status int, code Code) {
	switch {
	case failure != nil:
		return failure.Status, failure.Code
	case a != nil:
		return a.status, ""
	default:
		return 0, CodeNetwork
	}
}

// stopped is the message about a call that its caller has stopped.
const stopped = "the call was stopped before its answer came"

var (
	errRequestTimeout = errors.New("no answer in time")
	errTooLarge       = errors.New("body too large")
)

// maxErrorBody bounds the body of a refusal, since its words go into messages.
const maxErrorBody = 64 << 10

func (c *Client) bodyLimit(status int) int64 {
	limit := c.cfg.MaxBody
	if share := c.cfg.Memory.Share(); share > 0 {
		limit = min(limit, share)
	}
	if status >= 300 {
		return min(limit, maxErrorBody)
	}
	return limit
}

// newHTTPRequest makes the HTTP request. Without GetBody, net/http never repeats it.
func (c *Client) newHTTPRequest(ctx context.Context, r *request) (*http.Request, error) {
	method, target := c.address(r)
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	req.GetBody = nil
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.cfg.OrganizationID != "" {
		req.Header.Set("X-Organization-Id", c.cfg.OrganizationID)
	}
	if r.bearer.IsSet() {
		req.Header.Set("Authorization", "Bearer "+r.bearer.Reveal())
	}
	return req, nil
}

// transportFailure is the failure of a round trip without a complete answer.
func (c *Client) transportFailure(ctx context.Context, r *request, watch *sendWatch, err error) *Error {
	e := &Error{Outcome: OutcomeUnknown, err: err}
	if !watch.sent() {
		e.Outcome = OutcomeNotSent
	}
	var netErr net.Error
	switch {
	case errors.Is(context.Cause(ctx), errRequestTimeout), errors.Is(ctx.Err(), context.DeadlineExceeded),
		errors.As(err, &netErr) && netErr.Timeout():
		e.Code, e.Message = CodeTimeout, errRequestTimeout.Error()
	case ctx.Err() != nil:
		e.Code, e.Message = CodeCanceled, stopped
	case e.Outcome == OutcomeNotSent:
		e.Code, e.Message = CodeNetwork, "no connection to "+c.hostOf(r).Host+connectionFault(err)
	default:
		e.Code, e.Message = CodeNetwork, "the connection to "+c.hostOf(r).Host+" broke before the answer was complete"
	}
	return c.completeError(r, e)
}

// connectionFault is the reason of a failed connection in words, without the addresses of
// this machine.
func connectionFault(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return ": the name cannot be resolved"
	case errors.As(err, &op) && op.Op == "dial":
		return ": connection refused or unreachable"
	case isHandshake(err):
		why, _ := handshakeFault(err)
		return strings.TrimSuffix(": the TLS handshake failed: "+why, ": ")
	default:
		return ""
	}
}

func isHandshake(err error) bool {
	why, _ := handshakeFault(err)
	return why != "" || strings.Contains(err.Error(), "tls:") || strings.Contains(err.Error(), "x509:")
}

// statusFailure is the failure of a request with a status of 300 or more. A part of an
// answer that was cut off is no message.
func (c *Client) statusFailure(r *request, resp *http.Response, body []byte, isCut bool) *Error {
	e := &Error{
		Code:       codeOf(resp.StatusCode),
		Status:     resp.StatusCode,
		Outcome:    outcomeOf(resp.StatusCode),
		RequestID:  requestID(resp.Header),
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}
	if r.mintsToken() && bytes.Contains(body, []byte(`token"`)) {
		body = nil // it holds a token in spite of its status
	}
	// Secrets are replaced before the body is decoded: decoding may cut one in two.
	body = []byte(c.concealerFor(r).Replace(string(body)))
	e.decodeBody(body)
	e.judgeVendor(body)
	if isCut && !json.Valid(body) {
		e.Message = statusText(e.Status)
	}
	if e.Code == CodeRedirect {
		e.Message = "the API answered with a redirect"
	}
	return c.completeError(r, e)
}

// askJSON sends a request and decodes the JSON of its answer.
func (c *Client) askJSON(ctx context.Context, r *request, out any) (*answer, error) {
	a, err := c.sendWithRetries(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return nil, c.completeError(r, a.badResponse("the API answered with something that is not what it promises, or is cut off"))
	}
	return a, nil
}

// invalid is the failure of an invalid request, which was not sent.
func (c *Client) invalid(r *request, format string, args ...any) *Error {
	return c.completeError(r, &Error{Code: CodeInvalid, Outcome: OutcomeNotSent, Message: fmt.Sprintf(format, args...)})
}

// badResponse is the failure of a request with a status below 300 and an unusable answer.
func (a *answer) badResponse(message string) *Error {
	return &Error{
		Code: CodeBadResponse, Status: a.status, Message: message,
		RequestID: requestID(a.header), Outcome: OutcomeUnknown,
	}
}

// completeError fills in the fields of a failure that follow from its request, and hides
// secrets. Every failure passes here: the API's words may quote the request.
func (c *Client) completeError(r *request, e *Error) *Error {
	hide := c.concealerFor(r)
	e.Message = hide.Replace(e.Message)
	for i, d := range e.Details {
		d.Field, d.Message, d.Code = hide.Replace(d.Field), hide.Replace(d.Message), hide.Replace(d.Code)
		e.Details[i] = d
	}
	e.Op, e.op, e.write, e.Requests = r.name(), r.op, r.write, r.sends
	e.Hint = e.advice()
	return e
}

func requestID(h http.Header) string {
	return firstOf(h.Get("X-Request-Id"), h.Get("X-Correlation-Id"), h.Get("Cf-Ray"))
}

// retryAfter decodes a Retry-After header: seconds or an HTTP date. Other forms and times
// in the past count as 0.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return max(0, time.Duration(min(seconds, 1<<30))*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
