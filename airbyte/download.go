package airbyte

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"airbyte-mcp-server/internal/budget"
)

// Sink takes the bytes of a file in order. Reset drops all bytes so far, before a new
// attempt.
type Sink interface {
	io.Writer
	Reset() error
}

// Expecter is a Sink that hears how many bytes will come, where that is known.
type Expecter interface{ Expect(bytes int64) }

// File describes a downloaded file.
type File struct {
	Name        string // the vendor's; may be anything, or empty
	ContentType string // the vendor's, or empty
	Bytes       int64
	Result      *Result // Status, Requests and RequestID of the answer
}

// envelopeLimit bounds an answer in JSON that counts as an envelope of the API instead of
// a file.
const envelopeLimit = 64 << 10

// Download runs a download action and writes the file to a sink, without holding it in
// memory. A file without a byte is an error: so the API reports a missing file. The
// request is not repeated after the first byte.
func (c *Client) Download(ctx context.Context, workspace, connectorID string, x Execution, sink Sink) (*File, error) {
	r, invalid := c.newExecuteRequest(connectorID, x)
	if invalid != nil {
		return nil, invalid
	}
	r.workspace, r.sink = workspace, sink
	a, err := c.sendWithRetries(ctx, r)
	if err != nil {
		c.lists.noteMissing(connectorID, err)
		return nil, err
	}
	result := &Result{Status: a.status, Requests: r.sends, RequestID: requestID(a.header), Bytes: int(a.streamed)}
	switch {
	case a.streamed > 0:
		return &File{fileName(a.header), a.header.Get("Content-Type"), a.streamed, result}, nil
	case len(a.body) == 0:
		failure := a.badResponse(emptyDownload)
		failure.Code = CodeNotFound
		return nil, c.completeError(r, failure)
	}
	if _, failure := a.decodeResult(expected{}); failure != nil {
		return nil, c.completeError(r, failure)
	}
	return nil, c.completeError(r, a.badResponse("the API answered with a result instead of a file"))
}

// receiveBody reads the body of an answer, or writes it to the request's sink.
func (c *Client) receiveBody(ctx context.Context, r *request, resp *http.Response, held *budget.Grant) (
	body []byte, streamed int64, err error,
) {
	if r.sink == nil || resp.StatusCode >= 300 {
		if resp.ContentLength > smallBody && resp.StatusCode < 300 {
			c.awaitTurn(ctx, r.workspace, resp.ContentLength)
		}
		body, err = readBody(ctx, resp.Body, resp.ContentLength, c.bodyLimit(resp.StatusCode), held)
		return body, 0, err
	}
	if isJSON(resp.Header) {
		body, err = io.ReadAll(io.LimitReader(resp.Body, envelopeLimit))
		if err != nil || len(body) < envelopeLimit && isEnvelope(body) {
			return body, 0, err
		}
	}
	if err := r.sink.Reset(); err != nil {
		return nil, 0, &sinkError{err}
	}
	if e, ok := r.sink.(Expecter); ok && resp.ContentLength > 0 {
		e.Expect(resp.ContentLength)
	}
	streamed, err = io.Copy(&unrepeatableWriter{r}, io.MultiReader(bytes.NewReader(body), resp.Body))
	return nil, streamed, err
}

// unrepeatableWriter writes to the sink of a request, and forbids its repetition from the
// first byte on.
type unrepeatableWriter struct{ r *request }

func (w *unrepeatableWriter) Write(b []byte) (int, error) {
	w.r.noRetry = true
	n, err := w.r.sink.Write(b)
	if err != nil {
		err = &sinkError{err}
	}
	return n, err
}

// sinkError is a failure of the sink, not of the download.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }

// sinkFailure is the failure of a download because of its sink.
func (c *Client) sinkFailure(r *request, resp *http.Response, err error) *Error {
	e := &Error{Code: CodeTooLarge, Status: resp.StatusCode, RequestID: requestID(resp.Header), Outcome: OutcomeUnknown, err: err}
	if sink, ok := errors.AsType[*sinkError](err); ok {
		e.Message = sink.Error()
	}
	return c.completeError(r, e)
}

func isJSON(h http.Header) bool {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// isEnvelope reports whether JSON is an answer of the API itself, such as a failure, and
// no file of the vendor's.
func isEnvelope(body []byte) bool {
	var env struct {
		Status    *string         `json:"status"`
		Result    json.RawMessage `json:"result"`
		Execution json.RawMessage `json:"execution_metadata"`
	}
	return len(bytes.TrimSpace(body)) == 0 || json.Unmarshal(body, &env) == nil && env.Status != nil &&
		(env.Result != nil || env.Execution != nil)
}

// fileName is the name in Content-Disposition.
func fileName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["filename"]
}
