package airbyte

import (
	"context"
	"net/http"
	"strings"
)

// Sending is a request that is about to be sent: names, never values.
type Sending struct {
	Operation string // such as "minting_a_token"
	Method    string
	Host      string
	Repeats   int  // how often it was sent before
	IsMint    bool // asks for a token
}

// Observer is told of each request before it is sent. It may add headers. The function
// that it returns is called when the answer has been read, with its status, 0 for none,
// and the code of the failure, "" for none.
type Observer func(ctx context.Context, s Sending, header http.Header) (context.Context, func(status int, code Code))

// tellObserver tells the observer, if there is one, of a request.
func (c *Client) tellObserver(r *request, req *http.Request) (*http.Request, func(int, Code)) {
	if c.cfg.Observe == nil {
		return req, func(int, Code) {}
	}
	ctx, done := c.cfg.Observe(req.Context(), Sending{Operation: strings.NewReplacer(" ", "_", "'", "").Replace(r.op.String()), Method: req.Method, Host: req.URL.Host, Repeats: r.sends, IsMint: r.mintsToken()}, req.Header)
	return req.WithContext(ctx), done
}
