package calls

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/tools"
)

// Event says which of a call's records it is.
type Event string

// Events. A write has an intent before it is sent, and a result; any other call, one that
// was refused included, has one record.
const (
	EventIntent Event = "intent"
	EventResult Event = "result"
	EventCall   Event = "call"
)

// Record is one call as the audit has it: who did what to what, and what came of it.
// It has names, sizes and times, never a value.
type Record struct {
	Time         time.Time    `json:"time"`
	Event        Event        `json:"event"`
	CallID       string       `json:"call"` // the same in the intent and the result
	Principal    string       `json:"principal,omitempty"`
	Workspace    string       `json:"workspace"`
	Tool         string       `json:"tool"`
	Connector    string       `json:"connector,omitempty"` // the catalog's name of its type
	ConnectorID  string       `json:"connector_id,omitempty"`
	Entity       string       `json:"entity,omitempty"`
	Action       string       `json:"action,omitempty"`
	Effect       tools.Effect `json:"effect"`
	ArgumentHash string       `json:"argument_hash"`     // equal for equal arguments, as long as the process lives
	Outcome      string       `json:"outcome,omitempty"` // ok, rejected, not_sent, unknown or asking; none of an intent
	Failure      string       `json:"failure,omitempty"`
	Status       int          `json:"status,omitempty"`
	Requests     int          `json:"requests"`
	Confirmed    string       `json:"confirmed,omitempty"`
	Coerced      []string     `json:"coerced,omitempty"` // names of arguments that were taken for something else than was written
	Unasked      string       `json:"unasked,omitempty"` // why a host that can ask did not: host_error, no_answer or host_silent
	Bytes        int          `json:"bytes"`
	DurationMS   int64        `json:"duration_ms"`
	RequestID    string       `json:"request_id,omitempty"`
}

// accounted is what the records of one call have in common.
type accounted struct {
	id       string
	began    time.Time
	hash     string // of the arguments
	intended bool   // there is an intent
}

// newAccounted begins the account of a call.
func (r *Runner) newAccounted(arguments json.RawMessage) accounted {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return accounted{id: hex.EncodeToString(id[:]), began: time.Now(), hash: r.hash(arguments)}
}

// Intend writes down that a write is about to be sent. Unless that succeeds, it must not
// be sent.
func (c *Call) Intend() error {
	if c.runner.opts.Intend == nil {
		return nil
	}
	intent := c.newRecord(EventIntent)
	intent.Time = time.Now().UTC()
	if err := c.runner.opts.Intend(intent); err != nil {
		c.runner.opts.Log.Error().Err(err).Str("tool", c.tool.Name).Msg("a write is refused, since the audit log cannot be written")
		return &tools.UnrecordedError{Tool: c.tool.Name}
	}
	c.account.intended = true
	return nil
}

// newRecord is what is known of a call at any time.
func (c *Call) newRecord(event Event) Record {
	t := c.tool
	return Record{
		Time: c.account.began.UTC(), Event: event, CallID: c.account.id,
		Principal: c.runner.bounded(c.Principal), Workspace: c.runner.bounded(c.Workspace),
		Tool: c.runner.named(t.Name), Connector: c.runner.named(t.Connector), ConnectorID: c.runner.bounded(c.trace.ConnectorID),
		Entity: c.runner.named(t.Entity), Action: c.runner.named(t.Action), Effect: t.Effect,
		ArgumentHash: c.account.hash, Confirmed: c.trace.Confirmed, Unasked: c.trace.Unasked,
		Coerced: c.coerced(),
	}
}

// maxCoerced bounds the names that a record has of arguments that were taken for something
// else.
const maxCoerced = 30

// coerced are those names. A host chooses the names of what it adds.
func (c *Call) coerced() []string {
	var names []string
	for _, name := range c.trace.Coerced[:min(len(c.trace.Coerced), maxCoerced)] {
		names = append(names, c.runner.named(name))
	}
	return names
}

// record writes down a call that has ended.
func (c *Call) record(err error) Record {
	r := c.newRecord(EventCall)
	if c.account.intended {
		r.Event = EventResult
	}
	r.Outcome, r.Status, r.Requests, r.Bytes = tools.OutcomeOK, c.trace.Status, c.trace.Requests, c.trace.Bytes
	r.DurationMS, r.RequestID = time.Since(c.account.began).Milliseconds(), c.runner.bounded(c.trace.RequestID)
	if err != nil {
		r.Outcome, r.Failure = tools.Outcome(err), c.runner.named(tools.Kind(err))
	}
	switch {
	case r.Outcome == tools.OutcomeAsking:
		r.Failure = "" // a question is none
	case errors.Is(err, errPanic), r.Failure == tools.KindInternal && c.trace.Requests > 0:
		r.Outcome = tools.OutcomeUnknown
	}
	return r
}

const (
	maxName = 128 // bytes of a name
	maxText = 256 // bytes of any other text
)

// name is what the names of tools, entities and actions look like. Callers may send others.
var name = lazyregexp.New(`^[A-Za-z0-9_.-]*$`)

// named is a name as a record may have it: what does not look like one is a caller's free
// text, of which a record has only a keyed hash.
func (r *Runner) named(text string) string {
	if len(text) <= maxName && name.MatchString(text) {
		return text
	}
	return "hash:" + r.sum([]byte(text))
}

// bounded is a text of those who give identities, workspaces and ids: it is cut where it is
// long, and told apart by a keyed hash.
func (r *Runner) bounded(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxName], "") + "…hash:" + r.sum([]byte(text))
}

// hashKey keeps short arguments from being guessed by their hash.
type hashKey [32]byte

func newHashKey() (k hashKey) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

// hash stands for arguments that must not be written down.
func (r *Runner) hash(arguments json.RawMessage) string { return r.sum(canonical(arguments)) }

func (r *Runner) sum(text []byte) string {
	mac := hmac.New(sha256.New, r.hashKey[:])
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
