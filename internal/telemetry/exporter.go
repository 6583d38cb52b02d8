package telemetry

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// exporter sends spans, and reports the first of a row of failures: a collector that
// is away must not fill the log. What cannot be sent is dropped.
type exporter struct {
	sdk.SpanExporter

	http    *http.Client
	report  func(error)
	failing atomic.Bool
}

// newExporter reads where and how spans are sent. Nothing is sent yet.
func newExporter(ctx context.Context, e environment) (*exporter, error) {
	endpoint, err := e.endpoint()
	if err != nil {
		return nil, err
	}
	transport, err := e.transport()
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Transport: transport, Timeout: e.timeout(),
		// The headers hold credentials that are for this host alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	stopped, stop := context.WithCancel(context.Background())
	spans, err := otlptrace.New(ctx, &collector{
		url: endpoint, headers: e.headers(), http: client, gzip: e.compressed(), json: e.exporter("PROTOCOL") == protocolJSON,
		stopped: stopped, stop: stop,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing to send traces: %w", err)
	}
	return &exporter{SpanExporter: spans, http: client, report: e.report}, nil
}

// ExportSpans implements sdk.SpanExporter. It never fails: the SDK would tell a
// global handler, which writes to standard error.
func (x *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := x.SpanExporter.ExportSpans(ctx, spans)
	if wasFailing := x.failing.Swap(err != nil); err != nil && !wasFailing {
		x.report(fmt.Errorf("sending traces: %w", err))
	}
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (x *exporter) Shutdown(ctx context.Context) error {
	defer x.http.CloseIdleConnections()
	return x.SpanExporter.Shutdown(ctx)
}

// stop gives up what is being sent.
func (x *exporter) stop() { _ = x.Shutdown(context.Background()) } // it waits for nothing

// compressed reports whether batches are packed.
func (e environment) compressed() bool {
	switch e.exporter("COMPRESSION") {
	case "gzip":
		return true
	case "", "none":
	default:
		e.ignore("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip or none")
	}
	return false
}

// readPEM reads a file without the mark that some editors write at its beginning.
func readPEM(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	return bytes.TrimPrefix(text, []byte("\ufeff")), err
}

func keyPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := readPEM(certFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readPEM(keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// transport has few connections, since spans go in batches, one at a time.
func (e environment) transport() (*http.Transport, error) {
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if path := e.exporter("CERTIFICATE"); path != "" {
		pem, err := readPEM(path)
		secure.RootCAs = x509.NewCertPool()
		if err == nil && !secure.RootCAs.AppendCertsFromPEM(pem) {
			err = errors.New("the file holds no certificate in PEM form")
		}
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_CERTIFICATE: %w", err)
		}
	}
	if path := e.exporter("CLIENT_CERTIFICATE"); path != "" {
		pair, err := keyPair(path, e.exporter("CLIENT_KEY"))
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE, OTEL_EXPORTER_OTLP_CLIENT_KEY: %w", err)
		}
		secure.Certificates = []tls.Certificate{pair}
	}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: secure, TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConns: 2, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true,
	}, nil
}
