package connectpage

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas"
)

// phase is how far a form has got.
type phase int

const (
	open phase = iota
	done
	cancelled
	expired
	closed
	void // by wrong codes
)

// err is what Wait returns for a phase.
func (p phase) err() error {
	switch p {
	case cancelled:
		return ErrCancelled
	case expired:
		return ErrExpired
	case closed:
		return ErrClosed
	case void:
		return ErrVoid
	default:
		return nil
	}
}

// Ticket is the receipt for an opened form. It is safe for concurrent use.
type Ticket struct {
	pages      *Pages
	owner      string
	hash       fingerprint
	url        string
	path       string // of url
	title      string // of the type of connector
	workspace  string
	principal  string // who asked for the form
	needsCode  bool
	cookie     string // what the browser that got the form sends back in a cookie
	token      string // and in the form itself
	ended      chan struct{}
	resultSeen chan struct{} // closed when somebody has seen what came of the form

	// Guarded by the lock of pages.
	phase     phase
	form      *Form // nil once the form has ended
	visited   bool
	overdue   bool // the time ran out during an attempt
	prolonged bool
	deadline  time.Time // or when the form ended
	timer     *time.Timer
	attempt   *attempt // the one in progress
	consent   *consent // the one that the person was sent away for
	draft     *entry   // what to show in the form when it is shown next, without secrets
	notice    string   // what to say above the form when it is shown next
	faults    []schemas.Fault
	outcome   Outcome
	held      *held         // what waits for its code
	filled    chan struct{} // closed while something is held
	tries     int           // of codes
	browser   string        // in a cookie of the browser that was last shown a code
}

func newTicket(p *Pages, owner string, hash fingerprint, at base, secret string, f Form) *Ticket {
	path := at.path + Mount + secret
	return &Ticket{
		pages: p, owner: owner, hash: hash, url: at.origin() + path, path: path,
		title:     cleantext.Clip(cleantext.Line(f.Setup.Title), cleantext.MaxQuoted),
		workspace: cleantext.Clip(cleantext.Line(f.Workspace), cleantext.MaxQuoted),
		principal: cleantext.Clip(cleantext.Line(f.Principal), cleantext.MaxQuoted), needsCode: f.NeedsCode,
		filled: make(chan struct{}), cookie: random(), token: random(),
		ended: make(chan struct{}), resultSeen: make(chan struct{}), form: &f, deadline: time.Now().Add(p.opts.Lifetime),
	}
}

// URL is the address of the page. Whoever knows it can fill in the form.
func (t *Ticket) URL() string { return t.url }

// LaunchURL is an address that leads to the page once. It is for the arguments of a program
// that opens a browser, which other users of the machine can read: once the browser has
// followed it, it is worth nothing.
func (t *Ticket) LaunchURL() string {
	secret := random()
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	t.pages.launch[sha256.Sum256([]byte(secret))] = t
	return t.url[:strings.LastIndexByte(t.url, '/')+1] + secret
}

// ID names the form. It can be shown to anybody: it does not lead to the page.
func (t *Ticket) ID() string { return t.pages.prefix() + t.hash.id() }

// Wait returns what came of the form once it has ended: the outcome, ErrExpired,
// ErrCancelled, ErrVoid or ErrClosed. Until then it waits for as long as ctx allows, or
// until the form was filled in and its code is needed, which is ErrNeedsCode.
func (t *Ticket) Wait(ctx context.Context) (Outcome, error) {
	t.pages.mu.Lock()
	filled := t.filled
	t.pages.mu.Unlock()
	select {
	case <-t.ended:
	case <-filled:
		select {
		case <-t.ended:
		default:
			return Outcome{}, ErrNeedsCode
		}
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	return t.outcome, t.phase.err()
}

// expire ends the form when its time is up. An attempt in progress is waited for.
func (t *Ticket) expire() {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	switch {
	case t.phase != open:
	case time.Now().Before(t.deadline): // it was prolonged just now
	case t.attempt != nil:
		t.overdue = true
	default:
		t.end(expired)
	}
}

// cancel ends the form because the person wants it so. It reports false if it had
// ended already, or a connector is being created.
func (t *Ticket) cancel() bool {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	if t.phase != open || t.attempt != nil {
		return false
	}
	t.end(cancelled)
	return true
}

// end lets go of all data of an open form but the outcome. The lock is held.
func (t *Ticket) end(p phase) {
	t.phase, t.form, t.consent, t.draft, t.notice, t.faults = p, nil, nil, nil, "", nil
	t.drop()
	t.deadline = time.Now()
	close(t.ended)
	t.timer.Stop()
	t.timer = time.AfterFunc(t.pages.opts.Lifetime, func() { t.pages.forget(t) })
	event := t.pages.log(t)
	if err := p.err(); err != nil {
		event = event.Str("reason", err.Error())
	}
	event.Msg("connection form ended")
}

// snapshot is the state of a ticket at one moment, as a page needs it.
type snapshot struct {
	phase    phase
	form     *Form
	deadline time.Time
	consent  *consent
	draft    *entry
	notice   string
	faults   []schemas.Fault
	attempt  *attempt
	outcome  Outcome
	code     string // of what is held, "" for none
	browser  string
}

func (t *Ticket) snapshot() snapshot {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	code := ""
	if t.held != nil {
		code = t.held.code
	}
	return snapshot{t.phase, t.form, t.deadline, t.consent, t.draft, t.notice, t.faults, t.attempt, t.outcome, code, t.browser}
}

// visit notes that the page was shown.
func (t *Ticket) visit() {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	if !t.visited {
		t.visited = true
		t.pages.log(t).Msg("connection form visited")
	}
}

// markResultSeen notes that the page with the result was shown.
func (t *Ticket) markResultSeen() {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	select {
	case <-t.resultSeen:
	default:
		close(t.resultSeen)
	}
}
