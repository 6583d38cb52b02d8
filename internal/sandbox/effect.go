package sandbox

import (
	"bytes"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/sandbox/problem"
)

// applyFaults lets a matching rule take effect. It reports whether the request is
// answered, or never will be.
func (x *roundTrip) applyFaults() (done bool, err error) {
	rule, err := x.s.faults.match(x)
	if rule == nil || err != nil {
		return false, err
	}
	x.effect = rule.effect
	switch rule.effect {
	case "status":
		x.answerStatus(rule)
	case "delay":
		return !x.wait(rule.delay), nil
	case "hang":
		x.note(0)
		x.wait(-1)
	case "reset":
		x.note(0)
		x.reset()
	case "reset_body", "truncate", "slow":
		x.answerBadly(rule.effect)
	case "malformed":
		x.replyRaw(http.StatusOK, "application/json", []byte(`{"status":"success","result":[{"id":`))
	case "empty":
		x.replyRaw(http.StatusOK, "application/json", nil)
	case "huge":
		x.answerHuge(rule.size)
	case "redirect":
		x.w.Header().Set("Location", rule.redirect)
		x.replyRaw(rule.redirectStatus, "text/plain", nil)
	case "expire_token":
		return true, x.expireToken()
	case "vendor":
		x.answerForVendor(rule)
	case "nothing":
		x.carryOut()
		return true, x.reply(http.StatusOK, envelope{Status: "success", Metadata: map[string]any{},
			Execution: execution(x.call.Connector, "success")})
	case "quota":
		return true, problem.New(x.s.switches.status("quota_exhausted"), "The organization has used up its agent operations for this period")
	case "inband":
		id := x.call.Connector
		return true, x.reply(http.StatusOK, envelope{Status: x.s.switches.Get("inband_status"),
			Result: map[string]any{"error": "Upstream timed out"}, Metadata: map[string]any{}, Execution: execution(id, "error")})
	}
	return true, nil
}

// wait lets time pass, for ever if it is negative. It reports false if the client
// left or the sandbox closes meanwhile.
func (x *roundTrip) wait(d time.Duration) bool {
	var over <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return true
	case <-x.r.Context().Done():
	case <-x.s.closing:
	}
	return false
}

// answerStatus answers with an error of the chosen form.
func (x *roundTrip) answerStatus(r *faultRule) {
	if r.retryAfter != "" {
		x.w.Header().Set("Retry-After", r.retryAfter)
	}
	x.answerInForm(r.status, r.body, problem.New(r.status, "%s", faultText(r.status)))
}

// answerInForm answers with an error in one of the five forms.
func (x *roundTrip) answerInForm(status, form int, p *problem.Error) {
	var body any
	switch form {
	case 2:
		body = map[string]any{"detail": p.Message}
	case 3:
		body = map[string]any{"detail": []any{map[string]any{"loc": []any{"body"}, "msg": p.Message, "type": "value_error"}}}
	case 4:
		body = map[string]any{"error": p.Message}
	case 5:
		text := strconv.Itoa(p.Status) + " " + http.StatusText(p.Status)
		x.replyRaw(status, "text/html", []byte("<html><body><h1>"+text+"</h1></body></html>"))
		return
	default:
		body = p.Body(problem.Current)
	}
	if err := x.reply(status, body); err != nil {
		x.fail(err)
	}
}

// answerForVendor relays a failure of the vendor. One that leaves open what has happened
// comes after the request was carried out.
func (x *roundTrip) answerForVendor(r *faultRule) {
	if r.status >= http.StatusInternalServerError || r.status == http.StatusRequestTimeout {
		x.carryOut()
	}
	p := problem.New(r.status, "The vendor answered HTTP %d %s", r.status, http.StatusText(r.status))
	p.Items = []problem.Item{{Message: p.Message, ErrorCode: "upstream_error", Details: map[string]any{"upstream_status": r.status}}}
	x.answerInForm(x.s.switches.status(string(problem.FromVendor)), r.body, p)
}

// carryOut does what a request asks for, and counts it as done. Its answer is lost.
func (x *roundTrip) carryOut() {
	inner := *x
	inner.w = &buffer{header: http.Header{}}
	err := inner.authorize()
	if err == nil {
		err = inner.route.handle(&inner)
	}
	if err != nil {
		inner.fail(err)
	}
	x.noted = inner.noted
}

// faultText is the usual message of an error status.
func faultText(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "Invalid authentication credentials"
	case http.StatusTooManyRequests:
		return "rate limit exceeded"
	case http.StatusInternalServerError:
		return "Internal server error"
	}
	return http.StatusText(status)
}

// expireToken refuses the token of this request for good.
func (x *roundTrip) expireToken() error {
	_, token, _ := strings.Cut(x.r.Header.Get("Authorization"), " ")
	if c, ok := x.s.mint.check(strings.TrimSpace(token)); ok {
		x.s.mint.revoke(c)
	}
	return problem.New(http.StatusUnauthorized, "Invalid authentication credentials")
}

// reset ends the connection so that the client sees a reset, not an orderly end.
func (x *roundTrip) reset() {
	x.answered = true
	x.hangUp(true)
}

// hangUp closes the connection under the request, if the server lets go of it.
func (x *roundTrip) hangUp(abruptly bool) {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		x.s.log.Error().Err(err).Msg("connection not closed")
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && abruptly {
		_ = tcp.SetLinger(0) // the connection goes away either way
	}
	_ = conn.Close()
}

// buffer keeps an answer back.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) { b.status = status }

func (b *buffer) Write(p []byte) (int, error) { return b.body.Write(p) }

// answerBadly carries the request out and spoils the delivery of its answer.
func (x *roundTrip) answerBadly(effect string) {
	whole := &buffer{header: http.Header{}, status: http.StatusOK}
	inner := *x
	inner.w = whole
	err := inner.authorize()
	if err == nil {
		err = inner.route.handle(&inner)
	}
	if err != nil {
		inner.fail(err)
	}
	x.noted, x.answered = inner.noted, true
	body := whole.body.Bytes()
	maps.Copy(x.w.Header(), whole.header)
	x.w.WriteHeader(whole.status)
	if effect == "slow" {
		x.drip(body)
		return
	}
	_, _ = x.w.Write(body[:len(body)/2])
	x.flush()
	x.hangUp(effect == "reset_body")
}

// drip sends a byte at a time.
func (x *roundTrip) drip(body []byte) {
	for i := range body {
		if _, err := x.w.Write(body[i : i+1]); err != nil {
			return
		}
		x.flush()
		if !x.wait(100 * time.Millisecond) {
			return
		}
	}
}

func (x *roundTrip) flush() { _ = http.NewResponseController(x.w).Flush() }

// answerHuge answers with one very long string.
func (x *roundTrip) answerHuge(size int64) {
	x.note(http.StatusOK)
	x.answered = true
	x.w.Header().Set("Content-Type", "application/json")
	x.w.WriteHeader(http.StatusOK)
	_, _ = x.w.Write([]byte(`{"status":"success","result":[{"id":1,"text":"`))
	chunk := []byte(strings.Repeat("abcdefgh", 8<<10))
	for sent := int64(0); sent < size; sent += int64(len(chunk)) {
		if _, err := x.w.Write(chunk[:min(int64(len(chunk)), size-sent)]); err != nil {
			return
		}
	}
	_, _ = x.w.Write([]byte(`"}],"connector_metadata":{},"execution_metadata":{"connector_instance_id":"","execution_time_ms":1}}`))
}
