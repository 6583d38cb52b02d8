// Package connectpage has one-time web pages by which a person gives a connector's
// credentials to this program without them passing through a chat.
//
// A page lives at an address that nobody can guess, is used once and for ten
// minutes at most, and works without JavaScript. What is typed into it goes to
// Form.Submit and nowhere else: not to a log, not into an error, not back into
// the page.
package connectpage

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/schemas/setup"
)

const (
	defaultLifetime = 10 * time.Minute
	defaultMaxOpen  = 100
	// submitTimeout bounds one attempt to create a connector. The work has its own,
	// shorter deadlines; this one keeps a page from waiting for ever without them.
	submitTimeout = 3 * time.Minute
)

// How a form may end without a connector.
var (
	ErrExpired   = errors.New("nobody filled in the connection form in time")
	ErrCancelled = errors.New("the person pressed Cancel on the connection form")
	ErrClosed    = errors.New("the connection form was closed")
)

// ErrTooMany says that an owner has too many open forms.
var ErrTooMany = errors.New("too many connection forms are open; use one of them, or wait until they have expired")

// Form is one page to be filled in.
type Form struct {
	Setup     *setup.Setup
	Workspace string
	Name      string // of the connector to be created; the person may change it
	Principal string // who asked for the form; "" where callers have no names
	NeedsCode bool   // what was entered waits until the page's code comes back: Ticket.Redeem

	// Submit creates the connector. It is called once at a time, and never again
	// after a success. The faults of a *schemas.InvalidError are shown beside the
	// fields that their paths name. The text of any other error is shown above the
	// form, so it should be words for a person; then the form can be sent again.
	// The context does not end when the browser goes away.
	Submit func(ctx context.Context, v setup.Values) (Outcome, error)

	// Consent starts the OAuth consent at the vendor and returns the URL where the
	// person gives it. The vendor's answer has to come back to redirectURL. Nil
	// where there is no such thing. Its errors are shown as those of Submit.
	Consent func(ctx context.Context, v setup.Values, redirectURL string) (string, error)
	// Consented reports the connector that a consent has created. It may be called
	// again for the same connector after an error. Required with Consent.
	Consented func(ctx context.Context, connectorID string) (Outcome, error)
}

// Outcome is what came of a form: a connector.
type Outcome struct {
	ConnectorID, ConnectorName string
	Lines                      []string // what was checked, in words
	Warning                    string   // what the person should know, if anything
	Value                      any      // for the caller of Ticket.Wait; never shown
}

// Options is what New and NewLocal need to know.
type Options struct {
	// BaseURL is the public URL below which Pages.Handler is reachable, asked for
	// anew for each form and request: https, or http on this machine. It may have a
	// path. Local does not use it.
	BaseURL  func() string
	Lifetime time.Duration // of a form; default 10 minutes. An ended one is remembered for as long again
	MaxOpen  int           // open forms per owner; default 100
	Prefix   func() string // of secrets in addresses, and of ids: it names the replica; nil for none
	Terminal bool          // a command asks for the pages, and no assistant
	Operator Operator      // of the server
	Log      zerolog.Logger
}

// asker is whoever a person goes back to.
func (p *Pages) asker() string {
	if p.opts.Terminal {
		return "the command line"
	}
	return "your assistant"
}

// way says where what is entered goes.
func (p *Pages) way() string {
	const words = "What you enter goes to Airbyte through this server."
	if p.opts.Terminal {
		return words
	}
	return words + " It does not pass through the chat, and your assistant does not see it."
}

// anew says how to get another page.
func (p *Pages) anew() string {
	if p.opts.Terminal {
		return "Run the command again."
	}
	return "Ask your assistant for a new one."
}

// Pages keeps the forms that are open, and for a while those that were. It is safe
// for concurrent use.
type Pages struct {
	opts  Options
	views func() *views

	ctx    context.Context // of all attempts
	cancel context.CancelFunc

	mu      sync.Mutex // of everything below, and of the tickets
	tickets map[fingerprint]*Ticket
	launch  map[fingerprint]*Ticket // by the secrets of addresses that lead to a page once
	closed  bool
	emptied func() // called without mu when the last ticket was forgotten
}

// fingerprint is the hash of a page's secret. Pages are looked up by it, so that
// the time of a comparison tells nothing about the secret.
type fingerprint [sha256.Size]byte

// id is the name of a ticket. It does not lead to the page.
func (f fingerprint) id() string { return hex.EncodeToString(f[:16]) }

// New returns pages for Handler to serve.
func New(opts Options) *Pages {
	opts.Lifetime = cmp.Or(max(opts.Lifetime, 0), defaultLifetime)
	opts.MaxOpen = cmp.Or(max(opts.MaxOpen, 0), defaultMaxOpen)
	ctx, cancel := context.WithCancel(context.Background())
	p := &Pages{
		opts: opts, ctx: ctx, cancel: cancel,
		tickets: map[fingerprint]*Ticket{}, launch: map[fingerprint]*Ticket{},
	}
	p.views = sync.OnceValue(func() *views { return newViews(opts) })
	return p
}

// Open makes a page for a form. The owner is whoever may ask for the ticket again.
func (p *Pages) Open(owner string, f Form) (*Ticket, error) {
	if f.Setup == nil || f.Submit == nil || (f.Consent != nil) != (f.Consented != nil) {
		return nil, errors.New("opening a connection form: the form lacks its set-up or its functions")
	}
	if p.opts.BaseURL == nil {
		return nil, errors.New("opening a connection form: there is no URL to open it at")
	}
	at, err := parseBase(p.opts.BaseURL())
	if err != nil {
		return nil, fmt.Errorf("opening a connection form: %w", err)
	}
	secret := p.prefix() + random()
	t := newTicket(p, owner, sha256.Sum256([]byte(secret)), at, secret, f)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, ErrClosed
	case p.countOpen(owner) >= p.opts.MaxOpen:
		return nil, ErrTooMany
	}
	p.forgetEnded(owner)
	p.tickets[t.hash] = t
	t.timer = time.AfterFunc(p.opts.Lifetime, t.expire)
	p.log(t).Str("connector", f.Setup.Connector).Msg("connection form opened")
	return t, nil
}

// prefix names the replica that has the pages.
func (p *Pages) prefix() string {
	if p.opts.Prefix == nil {
		return ""
	}
	return p.opts.Prefix()
}

func (p *Pages) countOpen(owner string) int {
	n := 0
	for _, t := range p.tickets {
		if t.owner == owner && t.phase == open {
			n++
		}
	}
	return n
}

// Ticket finds a form of this owner by its id, also for a while after it has ended.
func (p *Pages) Ticket(owner, id string) (*Ticket, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.tickets {
		if t.owner == owner && t.ID() == id {
			return t, true
		}
	}
	return nil, false
}

// Close ends all forms with ErrClosed and cancels what they are doing.
func (p *Pages) Close() {
	p.cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for hash, t := range p.tickets {
		if t.phase == open {
			t.end(closed)
		}
		t.timer.Stop()
		delete(p.tickets, hash)
	}
}

// withUnseenResult lists the tickets that have just made a connector or were just cancelled, and
// whose last page was not fetched yet.
func (p *Pages) withUnseenResult() []*Ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*Ticket
	for _, t := range p.tickets {
		if (t.phase == done || t.phase == cancelled) && time.Since(t.deadline) < 2*lastPageGrace {
			list = append(list, t)
		}
	}
	return list
}

// find returns the ticket of a page's secret, or nil.
func (p *Pages) find(secret string) *Ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tickets[sha256.Sum256([]byte(secret))]
}

// launched returns the ticket to which an address leads once, or nil.
func (p *Pages) launched(secret string) *Ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	hash := sha256.Sum256([]byte(secret))
	t := p.launch[hash]
	delete(p.launch, hash)
	return t
}

// forget drops an ended ticket.
func (p *Pages) forget(t *Ticket) {
	p.mu.Lock()
	delete(p.tickets, t.hash)
	maps.DeleteFunc(p.launch, func(_ fingerprint, of *Ticket) bool { return of == t })
	emptied := p.emptied
	if len(p.tickets) > 0 {
		emptied = nil
	}
	p.mu.Unlock()
	if emptied != nil {
		emptied()
	}
}

// isEmpty reports whether no form is open or remembered.
func (p *Pages) isEmpty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.tickets) == 0
}

// log begins a line about a ticket. Its page's address and what people type never
// belong into one.
func (p *Pages) log(t *Ticket) *zerolog.Event { return p.opts.Log.Info().Str("form", t.ID()) }

// random returns 256 random bits for a URL, a cookie or a form.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
