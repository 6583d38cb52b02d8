package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/tools/calls"
)

const (
	// askingTime is how long a call of the session era waits for a person: hosts give up on a
	// call after a minute.
	askingTime = 45 * time.Second
	// askingMargin is what is left of a call's own time after that, to say that nobody answered.
	askingMargin = time.Second
	// typingTime is what a person needs at least who has to type something.
	typingTime = 15 * time.Second
	// silencesToGiveUp is how many questions nobody answers before a host that declares
	// elicitation is taken for one that shows its user nothing.
	silencesToGiveUp = 2
)

// habit is what a session has shown of how its host deals with questions.
type habit struct {
	mu       sync.Mutex
	failed   map[string]bool // by mode: the host answered a question with an error
	answered bool            // a person has answered at least once
	silences int             // questions that nobody answered
}

// questioned is how a question of the session era ended.
type questioned int

const (
	notQuestioned questioned = iota
	questionAnswered
	questionFailed    // the host answered with an error
	questionUnheard   // nobody answered in time
	questionForgotten // nobody did, and the host is taken as unable to ask from now on
)

// note takes over how a question ended, and says what follows from it.
func (h *habit) note(mode string, how questioned) questioned {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch how {
	case questionAnswered:
		h.answered = true
	case questionFailed:
		if h.failed == nil {
			h.failed = map[string]bool{}
		}
		h.failed[mode] = true
	case questionUnheard:
		h.silences++
		if h.isSilent() {
			return questionForgotten
		}
	}
	return how
}

// isSilent reports a host that shows its user nothing. The caller holds the lock.
func (h *habit) isSilent() bool { return !h.answered && h.silences >= silencesToGiveUp }

// reason is why a host is not asked, nil if it may be.
func (h *habit) reason(mode string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.failed[mode]:
		return calls.ErrHostFailed
	case h.isSilent():
		return calls.ErrHostSilent
	}
	return nil
}

// modeOf is the mode of a question.
func modeOf(url string) string {
	if url == "" {
		return mcp.ElicitationModeForm
	}
	return mcp.ElicitationModeURL
}

// RequestElicitation implements [mcpserver.SessionWithElicitation]. What is not an answer of
// a person counts as no consent; the next run of the call says which it was.
func (x *exchange) RequestElicitation(ctx context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	result := &mcp.ElicitationResult{}
	err := x.askClient(ctx, mcp.MethodElicitationCreate, r.Params, result)
	var refused *hostError
	how := questionAnswered
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return result, err
	case errors.As(err, &refused):
		how = questionFailed
	case errors.Is(err, errNoReply):
		how = questionUnheard
	}
	x.questioned = x.habit.note(modeOf(r.Params.URL), how)
	if err != nil {
		result = &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionCancel}}
	}
	return result, nil
}

// hostError is a host's answer to a request of ours that is an error.
type hostError struct{ message string }

func (e *hostError) Error() string { return e.message }

// asking bounds the time that a person may take, and notes how much it was. The question is
// void before the call's own time is up: whoever calls must be told.
func (x *exchange) asking(ctx context.Context) (context.Context, func()) {
	began := time.Now()
	wait := askingTime
	if !x.answerBy.IsZero() {
		left := time.Until(x.answerBy)
		wait = min(wait, max(left-askingMargin, left/2))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, wait, errNoReply)
	return ctx, func() {
		cancel()
		x.waitedForUser.Add(int64(time.Since(began)))
	}
}

// hasLittleTime reports whether the call must be answered before a person could have typed
// something. In the stateless era the answer to a question comes with another call.
func (x *exchange) hasLittleTime() bool {
	return !x.frame.isModern() && !x.answerBy.IsZero() && time.Until(x.answerBy) < typingTime
}

var errNoReply = errors.New("nobody answered in time")
