package tools

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/schemas"
)

// Record is one call as the audit has it: who did what to what, and what came of it.
// It has names, sizes and times, never a value.
type Record struct {
	Time         time.Time `json:"time"`
	Principal    string    `json:"principal,omitempty"`
	Workspace    string    `json:"workspace"`
	Tool         string    `json:"tool"`
	ConnectorID  string    `json:"connector_id,omitempty"`
	Entity       string    `json:"entity,omitempty"`
	Action       string    `json:"action,omitempty"`
	Effect       Effect    `json:"effect"`
	ArgumentHash string    `json:"argument_hash"` // equal for equal arguments, as long as the process lives
	Outcome      string    `json:"outcome"`       // ok, rejected, not_sent, unknown or asking
	Failure      string    `json:"failure,omitempty"`
	Status       int       `json:"status,omitempty"`
	Requests     int       `json:"requests"`
	Confirmed    string    `json:"confirmed,omitempty"`
	Bytes        int       `json:"bytes"`
	DurationMS   int64     `json:"duration_ms"`
	RequestID    string    `json:"request_id,omitempty"`
}

// record writes down a call that has ended.
func (c *call) record(began time.Time, hash string, err error) Record {
	t := c.tool
	r := Record{
		Time: began.UTC(), Principal: c.Principal, Workspace: c.Workspace, Tool: t.Name,
		ConnectorID: c.trace.ConnectorID, Entity: t.Entity, Action: t.Action, Effect: t.Effect,
		ArgumentHash: hash, Outcome: "ok", Status: c.trace.Status, Requests: c.trace.Requests,
		Confirmed: c.trace.Confirmed, Bytes: c.trace.Bytes,
		DurationMS: time.Since(began).Milliseconds(), RequestID: c.trace.RequestID,
	}
	if err != nil {
		r.Outcome, r.Failure = outcomeOf(err)
	}
	if errors.Is(err, errPanic) || r.Failure == "internal" && c.trace.Requests > 0 {
		r.Outcome = string(airbyte.OutcomeUnknown)
	}
	return r
}

// outcomeOf says of a failed call whether it may have taken effect, and names the
// failure.
func outcomeOf(err error) (outcome, failure string) {
	var api *airbyte.Error
	var pending *PendingError
	switch {
	case errors.As(err, &api):
		return string(api.Outcome), string(api.Code)
	case errors.As(err, &pending):
		return "asking", ""
	default:
		return string(airbyte.OutcomeNotSent), Kind(err)
	}
}

// Outcome is how a call ended: ok, rejected, not_sent, unknown, or asking where it waits
// for a person.
func Outcome(err error) string {
	if err == nil {
		return "ok"
	}
	outcome, _ := outcomeOf(err)
	return outcome
}

// Kind names the kind of a failure, for logs.
func Kind(err error) string {
	var invalid *schemas.InvalidError
	var api *airbyte.Error
	var located *airbyte.LocateError
	var refused *RefusedError
	var confirm *ConfirmationError
	var pending *PendingError
	var unknownType *UnknownTypeError
	switch {
	case errors.As(err, &invalid):
		return "invalid_arguments"
	case errors.As(err, &api):
		return string(api.Code)
	case errors.As(err, &located), errors.As(err, &unknownType):
		return "connector_not_found"
	case errors.As(err, &refused), errors.Is(err, seal.ErrForeign):
		return "refused"
	case errors.As(err, &confirm):
		return "unconfirmed"
	case errors.As(err, &pending):
		return "asking"
	default:
		return "internal"
	}
}

// hashKey keeps short arguments from being guessed by their hash.
type hashKey [32]byte

func newHashKey() (k hashKey) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

// hash stands for arguments that must not be written down.
func (b *Box) hash(arguments json.RawMessage) string {
	mac := hmac.New(sha256.New, b.hashKey[:])
	mac.Write(canonical(arguments))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
