package calls

import (
	"errors"
	"fmt"

	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/tools"
)

// Dialog is how a tool talks with its caller while it runs. A Dialog serves one call.
type Dialog interface {
	// Listens reports whether anybody is told of progress.
	Listens() bool
	// Progress tells how far the call has got; a total of 0 is not known.
	Progress(done, total float64, message string)
	// Ask puts a question to the person in front of the host. Where the answer comes
	// with another run of the same call, the error is a *PendingError, which the tool
	// returns as it is; the next run's Ask, or Recall, has the reply. The error is
	// ErrNoDialog where the host has no way to ask.
	Ask(q Question) (Reply, error)
	// Recall is the reply to the last question of an earlier run of the same call. Where nobody
	// has replied, it has the question's memory, and says why.
	Recall() (Reply, bool)
}

// Watched is a Dialog whose caller may look on all the time, and then hears more often.
type Watched interface{ Watched() bool }

// Question is something that only a person can answer.
type Question struct {
	Text   string
	URL    string // a page to open; "" for a form
	Field  string // the name of what is to be typed into the form; "" asks for yes or no
	Memory string // comes back with the reply; the caller can neither read nor change it
	Next   bool   // it follows a question of an earlier run, whose reply is none to this one
}

// Reply is what the person did about a Question.
type Reply struct {
	Accepted bool
	Text     string // what was typed
	Memory   string
	Missing  error // why there is no reply to a question that was put, nil if there is one
}

// Why a question has no reply.
var (
	// ErrNoDialog reports that the host cannot ask anybody.
	ErrNoDialog = errors.New("the host cannot ask its user")
	// ErrHostFailed is an ErrNoDialog: the host answered a question with an error.
	ErrHostFailed = fmt.Errorf("%w: it answers questions with an error", ErrNoDialog)
	// ErrHostSilent is an ErrNoDialog: nobody has ever answered a question in this session.
	ErrHostSilent = fmt.Errorf("%w: nobody answers its questions", ErrNoDialog)
	// ErrNoAnswer reports that the host was asked, and nobody answered in time.
	ErrNoAnswer = errors.New("nobody has answered")
)

// PendingError ends a run of a call whose question has been put but not answered:
// the call is made again with the answer.
type PendingError struct{ Question Question }

// Kind is that of questions.
func (e *PendingError) Kind() string { return tools.KindAsking }

// Ended says that the call is not over.
func (e *PendingError) Ended() string { return tools.OutcomeAsking }

func (e *PendingError) Error() string { return "waiting for an answer to: " + e.Question.Text }

// ForeignAnswer is the error about an answer that was not given to this very call, or was
// used before: what package seal says of it, in words for a model. Another error stays as
// it is.
func ForeignAnswer(err error) error {
	if errors.Is(err, seal.ErrForeign) {
		return &foreignAnswerError{err}
	}
	return err
}

type foreignAnswerError struct{ err error }

func (e *foreignAnswerError) Error() string { return e.err.Error() }
func (e *foreignAnswerError) Unwrap() error { return e.err }

// Kind is that of refusals.
func (e *foreignAnswerError) Kind() string { return tools.KindRefused }

// Words says it to a model.
func (e *foreignAnswerError) Words(tool, _ string) string {
	return tool + " was not run: " + e.Error() + ". Nothing was sent."
}

// Silent is the Dialog of a caller that can be told and asked nothing.
type Silent struct{}

// Listens implements [Dialog].
func (Silent) Listens() bool { return false }

// Progress implements [Dialog].
func (Silent) Progress(float64, float64, string) {}

// Ask implements [Dialog].
func (Silent) Ask(Question) (Reply, error) { return Reply{}, ErrNoDialog }

// Recall implements [Dialog].
func (Silent) Recall() (Reply, bool) { return Reply{}, false }
