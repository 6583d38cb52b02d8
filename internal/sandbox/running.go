package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Running is a sandbox that listens on a loopback address.
type Running struct {
	URL string // without a slash at the end
	*Server

	http    *http.Server
	serving sync.WaitGroup
	once    sync.Once
	err     error
}

// Start makes a sandbox and serves it on a loopback address such as 127.0.0.1:0.
// Other addresses are refused, since anyone who can reach a sandbox can use it.
func Start(addr string, o Options) (*Running, error) {
	if err := checkLoopback(addr); err != nil {
		return nil, err
	}
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: listening: %w", err)
	}
	r := &Running{URL: "http://" + listener.Addr().String(), Server: s}
	r.http = &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second}
	r.serving.Go(func() {
		if err := r.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error().Err(err).Msg("sandbox stopped serving")
		}
	})
	return r, nil
}

func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("sandbox: address %q: want HOST:PORT such as 127.0.0.1:8899", addr)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("sandbox: address %q is not a loopback address; use 127.0.0.1 or ::1", addr)
}

// shutdownGrace is how long Close waits for requests in flight.
const shutdownGrace = 2 * time.Second

// Close ends all requests and stops listening. No goroutine is left. It may be
// called more than once.
func (r *Running) Close() error {
	r.once.Do(func() {
		close(r.closing)
		ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
		defer cancel()
		if r.err = r.http.Shutdown(ctx); errors.Is(r.err, context.DeadlineExceeded) {
			r.err = r.http.Close()
		}
		r.serving.Wait()
	})
	return r.err
}
