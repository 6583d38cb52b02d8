package calls

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"airbyte-mcp-server/tools"
)

// Record is one call as the audit has it: who did what to what, and what came of it.
// It has names, sizes and times, never a value.
type Record struct {
	Time         time.Time    `json:"time"`
	Principal    string       `json:"principal,omitempty"`
	Workspace    string       `json:"workspace"`
	Tool         string       `json:"tool"`
	ConnectorID  string       `json:"connector_id,omitempty"`
	Entity       string       `json:"entity,omitempty"`
	Action       string       `json:"action,omitempty"`
	Effect       tools.Effect `json:"effect"`
	ArgumentHash string       `json:"argument_hash"` // equal for equal arguments, as long as the process lives
	Outcome      string       `json:"outcome"`       // ok, rejected, not_sent, unknown or asking
	Failure      string       `json:"failure,omitempty"`
	Status       int          `json:"status,omitempty"`
	Requests     int          `json:"requests"`
	Confirmed    string       `json:"confirmed,omitempty"`
	Bytes        int          `json:"bytes"`
	DurationMS   int64        `json:"duration_ms"`
	RequestID    string       `json:"request_id,omitempty"`
}

// record writes down a call that has ended.
func (c *Call) record(began time.Time, hash string, err error) Record {
	t := c.tool
	r := Record{
		Time: began.UTC(), Principal: c.Principal, Workspace: c.Workspace, Tool: t.Name,
		ConnectorID: c.trace.ConnectorID, Entity: t.Entity, Action: t.Action, Effect: t.Effect,
		ArgumentHash: hash, Outcome: tools.OutcomeOK, Status: c.trace.Status, Requests: c.trace.Requests,
		Confirmed: c.trace.Confirmed, Bytes: c.trace.Bytes,
		DurationMS: time.Since(began).Milliseconds(), RequestID: c.trace.RequestID,
	}
	if err != nil {
		r.Outcome, r.Failure = tools.Outcome(err), tools.Kind(err)
	}
	switch {
	case r.Outcome == tools.OutcomeAsking:
		r.Failure = "" // a question is none
	case errors.Is(err, errPanic), r.Failure == tools.KindInternal && c.trace.Requests > 0:
		r.Outcome = tools.OutcomeUnknown
	}
	return r
}

// hashKey keeps short arguments from being guessed by their hash.
type hashKey [32]byte

func newHashKey() (k hashKey) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

// hash stands for arguments that must not be written down.
func (r *Runner) hash(arguments json.RawMessage) string {
	mac := hmac.New(sha256.New, r.hashKey[:])
	mac.Write(canonical(arguments))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
