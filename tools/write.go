package tools

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cleantext"
)

const (
	// repeatWindow is how soon after a write the same one looks like a mistake.
	repeatWindow = 30 * time.Second
	// doubtWindow is the same after a write of which nobody knows whether it happened.
	doubtWindow = 10 * time.Minute
	// tokenLife is how long a confirmation that was asked for may take.
	tokenLife = 5 * time.Minute
)

// ConfirmationError ends a write that somebody must confirm first, towards a host
// that cannot ask its user. Nothing was sent. The token confirms it.
type ConfirmationError struct {
	Tool     string
	Question string
	Argument string // name of the argument that takes the token
	Token    string
}

func (e *ConfirmationError) Error() string { return e.Tool + " must be confirmed: " + e.Question }

// preview shows the request that a write would send.
func (c *call) preview(conn instance, x airbyte.Execution) (*Result, error) {
	method, url, body, err := c.client.Preview(conn.ID, x)
	if err != nil {
		return nil, err
	}
	result, err := ours(map[string]any{
		"dry_run":   true,
		"connector": map[string]string{"id": conn.ID, "name": conn.Name, "type": conn.Type},
		"request":   map[string]any{"method": method, "url": url, "body": body},
	})
	if err != nil {
		return nil, err
	}
	result.Source = SourceServer
	return result, nil
}

// write sends a write once, if the policy and, where it asks for it, a person agree.
func (c *call) write(ctx context.Context, conn instance, x airbyte.Execution) (*Result, error) {
	what := fmt.Sprintf("%s %s of %s", x.Action, x.Entity, conn.Name)
	mode := c.opts.Rules.mode(cmp.Or(conn.slug, conn.Type), x.Entity, x.Action)
	key := strings.Join([]string{c.Principal, c.Workspace, conn.ID, x.Entity, x.Action, string(canonical(x.Params))}, "\x00")
	finish, err := c.approve(mode, what, key)
	if err != nil {
		return nil, err
	}
	defer c.beat(conn)()
	c.sharing.wrote(conn.ID)
	answer, err := c.client.Execute(ctx, c.Workspace, conn.ID, x)
	c.sharing.wrote(conn.ID)
	c.trace.took(answer, err)
	finish(err)
	if err != nil {
		return nil, err
	}
	return c.tool.result(c.args, answer), nil
}

// approve lets a write pass: by the policy, or by a person. The function that it
// returns must be told how the write ended.
func (c *call) approve(mode Mode, what, key string) (finish func(error), err error) {
	if mode == Deny {
		return nil, &RefusedError{c.tool.Name, "the write policy denies it"}
	}
	if err := c.accountable(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(key)) // arguments may be large
	key = string(sum[:])
	earlier, own := c.recent.begin(key, mode == Allow)
	finish = func(err error) { c.recent.end(key, own, earlier, err) }
	question := "Shall it " + what + "?"
	switch {
	case earlier.state != writeIsNew:
		question = repeatQuestion(what, time.Since(earlier.at), earlier.state)
	case mode == Allow:
		return finish, nil
	}
	if err := c.confirm(question, earlier.stamp()); err != nil {
		return nil, err
	}
	if own = c.recent.claim(key, earlier); own == 0 {
		return nil, &RefusedError{c.tool.Name, "the same request has just been made by another call"}
	}
	return finish, nil
}

// accountable refuses writes that could not be written down.
func (c *call) accountable() error {
	if c.opts.Accountable == nil {
		return nil
	}
	if err := c.opts.Accountable(); err != nil {
		c.opts.Log.Error().Err(err).Msg("writes are refused while the audit log cannot be written")
		return &RefusedError{c.tool.Name, "the audit log cannot be written, so no write is made"}
	}
	return nil
}

func repeatQuestion(what string, ago time.Duration, state writeState) string {
	if state == writeInDoubt {
		return fmt.Sprintf("The same request (%s) was sent %s ago, and it is not known whether it took effect. Send it again?", what, ago.Round(time.Second))
	}
	return fmt.Sprintf("The same request (%s) was made %s ago. Make it again?", what, ago.Round(time.Second))
}

// confirm asks a person, by the host where it can, else by a token that the model has
// to bring back. Everything but a yes is a no. The stamp says which earlier write the
// question is about: a yes to one question is none to another.
func (c *call) confirm(question, stamp string) error {
	if c.chosen.confirmation != "" {
		agreed, err := c.seal.Open(c.chosen.confirmation, c.binding())
		if err != nil {
			return &RefusedError{c.tool.Name, "the confirmation does not belong to these arguments, has expired or was used before"}
		}
		if stamp != "" && agreed != stamp {
			return c.unconfirmed(question, stamp)
		}
		c.trace.Confirmed = "two_step"
		c.opts.Log.Warn().Str("tool", c.tool.Name).Str("workspace", c.Workspace).
			Msg("a write was confirmed by token: the host cannot ask its user, so the model may have confirmed it by itself")
		return nil
	}
	if before, ok := c.Recall(); ok && before.Accepted && stamp != "" && before.Memory != stamp {
		return &RefusedError{c.tool.Name, "while the user was asked, the same request was made by another call; call again if it shall be made once more"}
	}
	reply, err := c.Ask(Question{Text: question + c.argumentsInWords(), Memory: stamp})
	switch {
	case errors.Is(err, ErrNoDialog):
		return c.unconfirmed(question, stamp)
	case err != nil:
		return err
	case !reply.Accepted:
		return &RefusedError{c.tool.Name, "the user did not agree"}
	}
	c.trace.Confirmed = "elicited"
	return nil
}

func (c *call) unconfirmed(question, stamp string) error {
	return &ConfirmationError{c.tool.Name, question, c.tool.options.confirmation, c.seal.Close(stamp, c.binding(), tokenLife)}
}

// binding ties a confirmation to this caller, this tool and these arguments.
func (c *call) binding() string {
	return fmt.Sprintf("%q", []string{c.Principal, c.Workspace, c.tool.Name, c.chosen.instance, string(canonical(c.args.JSON()))})
}

// maxShown bounds the arguments that a question shows, in bytes.
const maxShown = 1000

// argumentsInWords shows a person what is about to be sent.
func (c *call) argumentsInWords() string {
	_, visible := cleantext.JSON(canonical(c.args.JSON())) // nobody agrees to what nobody sees
	text := string(visible)
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return " " + text
}

// recentWrites knows which writes were sent a short while ago.
type recentWrites struct {
	mu     sync.Mutex
	writes map[string]recentWrite
	swept  time.Time
	last   int // id of a write
}

// sweepEvery is how often what has had its time is forgotten: looking through all of it
// at every write would make many writes slow.
const sweepEvery = time.Second

type recentWrite struct {
	at    time.Time
	state writeState
	id    int // no two have the same
}

// stamp names an earlier write, and what is known of it; "" if there is none.
func (w recentWrite) stamp() string {
	if w.state == writeIsNew {
		return ""
	}
	return strconv.Itoa(w.id)
}

// writeState is what is known of an earlier write.
type writeState int

const (
	writeIsNew writeState = iota // there is no such write
	writeSent                    // it is under way, or took effect
	writeInDoubt
)

// begin says what is known of an equal earlier write. If there is none, the write can
// be marked as sent at once; then it has an id of its own.
func (r *recentWrites) begin(key string, mark bool) (earlier recentWrite, own int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if now.Sub(r.swept) >= sweepEvery {
		r.swept = now
		maps.DeleteFunc(r.writes, func(_ string, w recentWrite) bool { return w.over(now) })
	}
	if w, ok := r.writes[key]; ok && !w.over(now) {
		return w, 0
	}
	if !mark {
		return recentWrite{}, 0
	}
	return recentWrite{}, r.mark(key, writeSent)
}

// mark notes a write under a new id. The caller holds the lock.
func (r *recentWrites) mark(key string, state writeState) int {
	r.last++
	r.writes[key] = recentWrite{time.Now(), state, r.last}
	return r.last
}

func (w recentWrite) over(now time.Time) bool {
	window := repeatWindow
	if w.state == writeInDoubt {
		window = doubtWindow
	}
	return now.Sub(w.at) >= window
}

// claim marks a write as sent after a person has agreed to it, unless an equal one has
// been sent, or has ended, since the question was put; then the id is 0.
func (r *recentWrites) claim(key string, earlier recentWrite) (own int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w, ok := r.writes[key]; ok && w != earlier && !w.over(time.Now()) {
		return 0
	}
	return r.mark(key, writeSent)
}

// end notes how a write ended. One that surely did not happen may be made again, but
// leaves what was known of the one before it.
func (r *recentWrites) end(key string, own int, earlier recentWrite, err error) {
	failure, _ := errors.AsType[*airbyte.Error](err)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
	case failure != nil && failure.Outcome == airbyte.OutcomeUnknown:
		r.mark(key, writeInDoubt)
	case r.writes[key].id != own: // a later one has been made meanwhile
	case earlier.state != writeIsNew:
		r.writes[key] = earlier
	default:
		delete(r.writes, key)
	}
}
