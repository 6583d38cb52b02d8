package connectpage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"airbyte-mcp-server/schemas"
)

// errEnded says that a form takes nothing any more.
var errEnded = errors.New("the form has ended")

// errPanic is shown in place of a panic, whose text may hold anything.
var errPanic = errors.New("something went wrong in this program, and it is not known whether the connector was created. " +
	"Look at the list of connectors before you try again")

// errTimeout is shown when an attempt was cut off.
var errTimeout = errors.New("this took too long and was cut off, and it is not known whether the connector was created. " +
	"Look at the list of connectors before you try again")

// attempt is one use of a form's functions. Whoever sends the form meanwhile gets
// its result too: two clicks make one connector.
type attempt struct {
	done chan struct{} // closed once the rest is set

	outcome Outcome
	consent *consent // the person has to go on at the vendor
	err     error

	begun time.Time
	entry *entry // whose form shows what is wrong; nil where a page waits for that. Guarded by the lock of pages
}

// work is what an attempt does. It returns an outcome or a consent.
type work func(context.Context, *Form) (Outcome, *consent, error)

// try joins the attempt in progress or starts one, and waits for its end. The
// attempt goes on if the caller does not wait for it.
func (t *Ticket) try(ctx context.Context, e *entry, w work) (*attempt, error) {
	a, err := t.start(e, w)
	if err != nil {
		return nil, err
	}
	select {
	case <-a.done:
		return a, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// detach leaves an attempt to itself: the form will show what is wrong. It reports false
// for one that has ended.
func (t *Ticket) detach(a *attempt, e *entry) bool {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	if t.attempt != a {
		return false
	}
	a.entry = e
	return true
}

func (t *Ticket) start(e *entry, w work) (*attempt, error) {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	if t.phase != open {
		return nil, errEnded
	}
	if t.attempt != nil {
		return t.attempt, nil
	}
	a := &attempt{done: make(chan struct{}), begun: time.Now(), entry: e}
	t.attempt, t.notice, t.faults = a, "", nil
	form := *t.form // the functions stay callable if the pages are closed meanwhile
	go func() {
		a.outcome, a.consent, a.err = guarded(t.pages.ctx, w, &form)
		t.settle(a)
	}()
	return a, nil
}

func guarded(ctx context.Context, w work, f *Form) (out Outcome, c *consent, err error) {
	defer func() {
		if recover() != nil {
			out, c, err = Outcome{}, nil, errPanic
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, submitTimeout)
	defer cancel()
	if out, c, err = w(ctx, f); err != nil && ctx.Err() != nil {
		err = errTimeout
	}
	return out, c, err
}

// settle makes the result of an attempt that of the form.
func (t *Ticket) settle(a *attempt) {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	defer close(a.done)
	t.attempt = nil
	if t.phase != open {
		return
	}
	if a.err == nil && a.consent == nil {
		t.outcome = a.outcome
		t.end(done)
		return
	}
	if a.err == nil && !t.prolonged {
		t.prolong()
	}
	if t.overdue {
		t.end(expired)
		return
	}
	if a.err == nil {
		t.consent, t.draft = a.consent, a.consent.draft
		return
	}
	if a.entry != nil {
		t.draft = a.entry.withoutSecrets()
		t.notice, t.faults = split(a.err)
	}
	t.pages.log(t).Msg("connection form refused")
}

// prolong gives the person the time of a fresh form for the consent, once: the
// vendor may ask for a password, a second factor, and whom to give access.
func (t *Ticket) prolong() {
	t.prolonged, t.overdue = true, false
	t.deadline = time.Now().Add(t.pages.opts.Lifetime)
	t.timer.Reset(t.pages.opts.Lifetime)
}

// submission is the work of sending the form.
func submission(e *entry) work {
	return func(ctx context.Context, f *Form) (Outcome, *consent, error) {
		out, err := f.Submit(ctx, e.values)
		return e.scrubOutcome(out), nil, e.scrubError(e.worded(f, err))
	}
}

// scrubError removes what the person typed into secret fields from an error.
func (e *entry) scrubError(err error) error {
	var invalid *schemas.InvalidError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &invalid):
		return errors.New(clip(e.scrub(sentence(err.Error()))))
	}
	clean := &schemas.InvalidError{Faults: make([]schemas.Fault, len(invalid.Faults))}
	for i, f := range invalid.Faults {
		clean.Faults[i] = schemas.Fault{Path: e.scrub(f.Path), Problem: clip(e.scrub(f.Problem))}
	}
	return clean
}

// scrubOutcome removes them from what the page will show; Value is not shown.
func (e *entry) scrubOutcome(out Outcome) Outcome {
	out.ConnectorName, out.Warning = e.scrub(out.ConnectorName), e.scrub(out.Warning)
	out.Lines = slices.Clone(out.Lines) // Value may share them
	for i, line := range out.Lines {
		out.Lines[i] = e.scrub(line)
	}
	return out
}

// clip bounds what others say on a page.
func clip(text string) string {
	const most = 2000
	if runes := []rune(text); len(runes) > most {
		return fmt.Sprintf("%s… (%d more characters)", string(runes[:most]), len(runes)-most)
	}
	return text
}
