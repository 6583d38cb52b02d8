package airbyte

import (
	"context"
	"net/http"
	"strings"
)

// Sending describes a request before it is sent: names, never values.
type Sending struct {
	Operation string // such as "minting_a_token"
	Method    string
	Host      string
	Repeats   int  // earlier attempts to send it
	IsMint    bool // asks for a token
}

// Observer is called for each request before it is sent. It may add headers. The returned
// function is called after the answer, with its HTTP status (0 without one) and the code
// of the failure ("" without one).
type Observer func(ctx context.Context, s Sending, header http.Header) (context.Context, func(status int, code Code))

// tellObserver calls the observer, if there is one.
func (c *Client) tellObserver(r *request, req *http.Request) (*http.Request, func(int, Code)) {
	if c.cfg.Observe == nil {
		return req, func(int, Code) {}
	}
	ctx, done := c.cfg.Observe(req.Context(), Sending{
		Operation: operationName(r.op),
		Method:    req.Method, Host: req.URL.Host, Repeats: r.sends, IsMint: r.mintsToken(),
	}, req.Header)
	return req.WithContext(ctx), done
}

// operationName is an operation as one word.
func operationName(op operation) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case ' ':
			return '_'
		case '\'':
			return -1
		default:
			return c
		}
	}, op.String())
}
