package connectpage

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = time.Minute
	maxHeader     = 16 << 10
	// closeGrace is how long Close waits for pages that are being sent.
	closeGrace = time.Second
	// lastPageGrace is how long Close waits for a browser to fetch its last page, which it
	// may look for after a pause.
	lastPageGrace = lookPause + 1500*time.Millisecond
)

// Local serves pages to a browser on this machine. It listens on a port of
// 127.0.0.1 from the first form on until none is left: neither an open one nor one
// that has ended so recently that somebody may look at its page. It is safe for
// concurrent use.
type Local struct {
	opts Options

	mu     sync.Mutex
	pages  *Pages // nil while there are no forms
	server *http.Server
	served chan struct{} // closed when the server has let go of its port
	closed bool
}

// NewLocal returns a Local that does not listen yet.
func NewLocal(opts Options) *Local { return &Local{opts: opts} }

// Open makes a page for a form, and begins to listen if need be.
func (l *Local) Open(owner string, f Form) (*Ticket, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	if l.pages == nil {
		if err := l.listen(); err != nil {
			return nil, err
		}
	}
	t, err := l.pages.Open(owner, f)
	if err != nil && l.pages.isEmpty() {
		l.stop(0)
	}
	return t, err
}

// Ticket finds a form of this owner by its id, also for a while after it has ended.
func (l *Local) Ticket(owner, id string) (*Ticket, bool) {
	l.mu.Lock()
	pages := l.pages
	l.mu.Unlock()
	if pages == nil {
		return nil, false
	}
	return pages.Ticket(owner, id)
}

// Close ends all forms with ErrClosed and stops listening. A browser whose form has
// just made a connector gets a moment to fetch the page that says so: programs
// end when they have what they waited for.
func (l *Local) Close() {
	l.mu.Lock()
	l.closed = true
	pages := l.pages
	l.mu.Unlock()
	if pages != nil {
		pages.waitForLastPages()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stop(closeGrace)
}

// waitForLastPages waits until the last pages have been fetched, for a short while.
func (p *Pages) waitForLastPages() {
	enough := time.After(lastPageGrace)
	for _, t := range p.withUnseenResult() {
		select {
		case <-t.resultSeen:
		case <-enough:
			return
		}
	}
}

// listen begins to serve. The lock is held.
func (l *Local) listen() error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for the connection form: %w", err)
	}
	opts, url := l.opts, "http://"+listener.Addr().String()
	opts.BaseURL = func() string { return url }
	pages := New(opts)
	pages.emptied = func() { l.rest(pages) }
	server := &http.Server{
		Handler: pages.Handler(), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		WriteTimeout: submitTimeout + bodyTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(opts.Log, "", 0),
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // until it is stopped
	}()
	l.pages, l.server, l.served = pages, server, served
	return nil
}

// rest stops listening if there are still no forms.
func (l *Local) rest(pages *Pages) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pages == pages && pages.isEmpty() {
		l.stop(closeGrace)
	}
}

// stop ends all forms and stops listening. The lock is held.
func (l *Local) stop(wait time.Duration) {
	if l.pages == nil {
		return
	}
	l.pages.Close()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	if err := l.server.Shutdown(ctx); err != nil {
		_ = l.server.Close() // nothing is lost that anybody waits for
	}
	<-l.served
	l.pages, l.server, l.served = nil, nil, nil
}
