package connectpage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const (
	codeLength = 6
	// codeLetters are told apart by ear and eye.
	codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	// maxTries is how often a code may be given for one form, wrong ones and those of
	// earlier entries together.
	maxTries = 5
	// maxHeld bounds what all entries that wait for their code may hold, in bytes, and
	// maxHeldOfOwner those of one owner, so that no caller's pages stop the others'.
	maxHeld        = 8 << 20
	maxHeldOfOwner = 1 << 20
)

// ErrNeedsCode says that a form was filled in and waits for its code.
var ErrNeedsCode = errors.New("the page was filled in; it shows a code of six characters, which must be handed over")

// ErrVoid says that a form has ended because of wrong codes.
var ErrVoid = errors.New("the connection form is void: five wrong codes were given, and nothing was created")

// WrongCodeError says that a code is not that of the form, which may be tried again.
type WrongCodeError struct{ Left int } // tries

func (e *WrongCodeError) Error() string {
	return fmt.Sprintf("that is not the code that the page shows; %d more tries", e.Left)
}

// errTooManyHeld is told a person whose entry cannot be held.
var errTooManyHeld = errors.New("too many forms wait for their codes just now; try again in a few minutes")

// held is an entry that waits until its code comes back from whoever asked for the form:
// whoever has only the link could be anybody, and must not make others connect something
// to a workspace of theirs. It is kept in memory alone.
type held struct {
	code    string
	todo    work
	entry   *entry
	size    int
	browser string // in a cookie of the browser that sent the entry, which alone is shown the code
}

// newCode is a code that nobody guesses in five tries.
func newCode() string {
	b := make([]byte, codeLength)
	for i := range b {
		b[i] = letter()
	}
	return string(b)
}

// letter is one of the letters, each as likely as the others.
func letter() byte {
	var b [1]byte
	for {
		_, _ = rand.Read(b[:]) // it never fails
		if n := int(b[0]); n < 256-256%len(codeLetters) {
			return codeLetters[n%len(codeLetters)]
		}
	}
}

// hold keeps an entry until its code comes back. An earlier one is forgotten.
func (t *Ticket) hold(e *entry, todo work) (browser string, err error) {
	h := &held{code: newCode(), todo: todo, entry: e, size: e.size(), browser: random()}
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	switch {
	case t.phase != open || t.attempt != nil:
		return "", errEnded
	case !t.pages.hasRoom(t, h.size):
		return "", errTooManyHeld
	}
	if t.held == nil {
		close(t.filled)
	}
	t.held, t.browser, t.consent, t.notice = h, h.browser, nil, ""
	if !t.prolonged {
		t.prolong()
	}
	t.pages.log(t).Msg("connection form waits for its code")
	return h.browser, nil
}

// hasRoom reports whether an entry of a ticket can be held beside those of all others. The
// lock is held.
func (p *Pages) hasRoom(of *Ticket, size int) bool {
	all, owners := size, size
	for _, t := range p.tickets {
		if t == of || t.held == nil {
			continue
		}
		all += t.held.size
		if t.owner == of.owner {
			owners += t.held.size
		}
	}
	return all <= maxHeld && owners <= maxHeldOfOwner
}

// drop forgets the entry that is held. The lock is held.
func (t *Ticket) drop() {
	if t.held != nil {
		t.held, t.filled = nil, make(chan struct{})
	}
}

// NeedsCode reports whether nothing is created before the code of the page comes back.
func (t *Ticket) NeedsCode() bool { return t.needsCode }

// Redeem hands over the code that the page has shown, so that what was entered is used.
// It returns when that was done, or, of a consent, has begun.
func (t *Ticket) Redeem(ctx context.Context, code string) error {
	h, err := t.redeem(code)
	if err != nil {
		return err
	}
	a, err := t.try(ctx, h.entry, h.todo)
	if err != nil {
		return err
	}
	return a.err
}

// redeem takes the entry that is held, if the code is that of the entry.
func (t *Ticket) redeem(code string) (*held, error) {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	switch {
	case t.phase == done:
		return nil, errors.New("the form has done its work already")
	case t.phase != open:
		return nil, t.phase.err()
	case t.held == nil:
		return nil, errors.New("the page has not been filled in yet, so it has shown no code")
	}
	t.tries++
	if !secretsEqual(plainCode(code), t.held.code) {
		if t.tries >= maxTries {
			t.end(void)
			return nil, ErrVoid
		}
		return nil, &WrongCodeError{maxTries - t.tries}
	}
	h := t.held
	t.drop()
	return h, nil
}

// plainCode is a code as it was shown, however it was typed.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
}

// size is how many bytes an entry holds.
func (e *entry) size() int {
	n := len(e.name)
	for key, text := range e.texts {
		n += len(key) + len(text)
	}
	for _, text := range e.secrets {
		n += 2 * len(text) // once more among the values
	}
	return n
}

// holdForm keeps what was entered, and shows the code for it to this browser alone.
func (v *visitor) holdForm(now snapshot, e *entry, todo work) {
	if !e.choice.consent {
		if _, err := now.form.Setup.Check(e.values); err != nil {
			problem, faults := split(e.scrubError(err))
			v.render(http.StatusUnprocessableEntity, now, e, problem, faults)
			return
		}
	}
	browser, err := v.ticket.hold(e, todo)
	switch {
	case errors.Is(err, errTooManyHeld):
		v.render(http.StatusServiceUnavailable, now, e, err.Error(), nil)
	case err != nil:
		v.redirect("/done")
	default:
		v.ticket.setCookie(v.w, v.base, codeCookie, v.ticket.path+"/code", browser, http.SameSiteStrictMode)
		v.redirect("/code")
	}
}

// showCode shows the code of the entry. Once it was handed over, the page leads on.
func (v *visitor) showCode() {
	switch now := v.ticket.snapshot(); {
	case now.phase != open:
		v.redirect("/done")
	case now.attempt != nil:
		v.redirect("/wait")
	case !v.ticket.needsCode || now.browser == "":
		v.redirect("")
	case !v.ticket.hasCookie(v.r, v.base, codeCookie, now.browser):
		v.showMessageWithLink(http.StatusForbidden, "This is not the browser in which the form was filled in",
			"The code is shown there alone.")
	case now.consent != nil:
		v.toConsent(now.consent)
	case now.code == "":
		v.redirect("")
	default:
		v.write(http.StatusOK, "code", codeView{"Your code", now.code, v.ticket.path + "/code", v.ticket.asking(v.base), until(now)})
	}
}

// codeView is the page with the code.
type codeView struct {
	Heading, Code, Next string
	Asking              askingView
	Until               string
}

// askingView says whom a form is for.
type askingView struct{ Workspace, Principal, Operator string }

func (t *Ticket) asking(b base) askingView {
	operator := b.host
	if name := t.pages.opts.Operator.Name; name != "" {
		operator = name + " (" + b.host + ")"
	}
	return askingView{t.workspace, t.principal, operator}
}
