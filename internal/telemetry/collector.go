package telemetry

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"airbyte-mcp-server/internal/backoff"
)

// collector sends batches of spans over OTLP/HTTP; it is an otlptrace.Client. The library's
// own one brings gRPC with it, 3 MB of the program that nothing here calls.
type collector struct {
	url     string
	headers map[string]string
	http    *http.Client
	gzip    bool
	json    bool

	stopped context.Context // done when sending is given up
	stop    context.CancelFunc
}

// How long a batch is sent again and again, as the library does it.
const longestSending = time.Minute

func sendingPauses() backoff.Doubling {
	return backoff.Doubling{First: 5 * time.Second, Longest: 30 * time.Second}
}

// maxTold is how much of a collector's words is read.
const maxTold = 64 << 10

// Start implements otlptrace.Client.
func (c *collector) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client: what is being sent is given up.
func (c *collector) Stop(context.Context) error {
	c.stop()
	return nil
}

// UploadTraces implements otlptrace.Client.
func (c *collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	body, err := c.encode(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.stopped, cancel)()
	began := time.Now()
	for failures := 1; ; failures++ {
		wait, err := c.post(ctx, body)
		pause := max(wait, sendingPauses().Pause(failures))
		if err == nil || wait < 0 || time.Since(began)+pause > longestSending {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// encode makes the body of a request. What is sent is an ExportTraceServiceRequest, whose
// only member is that of TracesData, under the same number and name.
func (c *collector) encode(data *tracepb.TracesData) ([]byte, error) {
	encode := func(m *tracepb.TracesData) ([]byte, error) { return proto.Marshal(m) }
	if c.json {
		encode = encodeJSON
	}
	body, err := encode(data)
	if err != nil || !c.gzip {
		return body, err
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(body)
	err = errors.Join(err, w.Close())
	return packed.Bytes(), err
}

// final is the wait after a failure that another attempt does not mend.
const final = -1

// post sends a batch once. After a failure it says how long to wait at least before the
// next attempt, or that there must be none.
func (c *collector) post(ctx context.Context, body []byte) (wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return final, err
	}
	for name, value := range c.headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", c.contentType())
	if c.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	answer, err := c.http.Do(req)
	if err != nil {
		if failure, ok := errors.AsType[net.Error](err); ok && failure.Timeout() {
			return 0, err
		}
		return final, err
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(answer.Body, maxTold))
	switch {
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return waitAfter(answer), fmt.Errorf("the collector answered %s: %s", answer.Status, strings.TrimSpace(string(said)))
	case err != nil:
		return final, err
	}
	return final, c.refused(answer.Header.Get("Content-Type"), said)
}

func (c *collector) contentType() string {
	if c.json {
		return "application/json"
	}
	return "application/x-protobuf"
}

// waitAfter is how long to wait after an answer that is no success.
func waitAfter(answer *http.Response) time.Duration {
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return final
	}
	text := answer.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 24*3600)) * time.Second
	}
	if until, err := http.ParseTime(text); err == nil {
		return max(time.Until(until), 0)
	}
	return 0
}
