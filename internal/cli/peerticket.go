package cli

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"airbyte-mcp-server/internal/peers"
	"airbyte-mcp-server/tools/manage"
)

const (
	// ticketQuestion asks the replica that has a page how far it has got.
	ticketQuestion = "ticket"
	// ticketStep is how long the answer waits for the page.
	ticketStep = 4 * time.Second
	// ticketFind bounds the question whether there is a page.
	ticketFind = 5 * time.Second
)

// pageQuestion is what is asked of a page, for its owner.
type pageQuestion struct {
	Owner, ID string
	Code      string // to be handed over; "" for none
	Wait      bool   // for the page
}

// pageAnswer is how far a page has got.
type pageAnswer struct {
	Known     bool
	URL       string
	NeedsCode bool // the page will show one
	Filled    bool // it shows one now
	Pending   bool
	Problem   string
	TriesLeft int // after a wrong code; 0 after no or the last one
	Connected *manage.Connected
}

// answerTicket answers for a page of this replica.
func (f forms) answerTicket(ctx context.Context, question []byte) ([]byte, error) {
	var q pageQuestion
	if err := json.Unmarshal(question, &q); err != nil {
		return nil, err
	}
	t, ok := f.pages.Ticket(q.Owner, q.ID)
	if !ok {
		return json.Marshal(pageAnswer{})
	}
	a := pageAnswer{Known: true, URL: t.URL(), NeedsCode: t.NeedsCode()}
	switch {
	case q.Code != "":
		err := ticket{t}.Redeem(ctx, q.Code)
		if wrong, ok := errors.AsType[*manage.WrongCodeError](err); ok {
			a.TriesLeft = wrong.Left
		} else if err != nil {
			a.Problem = err.Error()
		}
	case q.Wait:
		a.await(ctx, ticket{t})
	}
	return json.Marshal(a)
}

// await fills in what has come of a page within a while.
func (a *pageAnswer) await(ctx context.Context, t ticket) {
	ctx, cancel := context.WithTimeout(ctx, ticketStep)
	defer cancel()
	var err error
	a.Connected, err = t.Wait(ctx)
	switch {
	case err == nil:
	case errors.Is(err, manage.ErrNeedsCode):
		a.Filled = true
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		a.Pending = true
	default:
		a.Problem = err.Error()
	}
}

// peerTicket is a page of another replica as [manage.Ticket].
type peerTicket struct {
	peers         *peers.Peers
	at, owner, id string
	found         pageAnswer
	problem       error // why it could not be found; the caller is told when it waits
}

// findPeerTicket finds a page that another replica has.
func (f forms) findPeerTicket(at, owner, id string) (manage.Ticket, bool) {
	t := &peerTicket{peers: f.peers, at: at, owner: owner, id: id}
	ctx, cancel := context.WithTimeout(context.Background(), ticketFind)
	defer cancel()
	found, err := t.ask(ctx, pageQuestion{})
	if err != nil {
		t.problem = err
		return t, true
	}
	t.found = *found
	return t, found.Known
}

// ask puts a question to the replica with the page.
func (t *peerTicket) ask(ctx context.Context, q pageQuestion) (*pageAnswer, error) {
	q.Owner, q.ID = t.owner, t.id
	question, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	answer, err := t.peers.Ask(ctx, t.at, ticketQuestion, question)
	switch {
	case errors.Is(err, peers.ErrStopped):
		return nil, errors.New("the page was at a replica that has stopped, and nothing was kept; call again without `ticket`")
	case errors.Is(err, peers.ErrAway):
		return nil, errors.New("the page is at another replica, which cannot be reached now; call again with the ticket")
	case err != nil:
		return nil, err
	}
	var a pageAnswer
	return &a, json.Unmarshal(answer, &a)
}

// ID implements [manage.Ticket].
func (t *peerTicket) ID() string { return t.id }

// URL implements [manage.Ticket].
func (t *peerTicket) URL() string { return t.found.URL }

// NeedsCode implements [manage.Ticket].
func (t *peerTicket) NeedsCode() bool { return t.found.NeedsCode }

// Redeem implements [manage.Ticket].
func (t *peerTicket) Redeem(ctx context.Context, code string) error {
	if t.problem != nil {
		return t.problem
	}
	a, err := t.ask(ctx, pageQuestion{Code: code})
	switch {
	case err != nil:
		return err
	case a.TriesLeft > 0:
		return &manage.WrongCodeError{Left: a.TriesLeft}
	case a.Problem != "":
		return errors.New(a.Problem)
	default:
		return nil
	}
}

// Wait implements [manage.Ticket].
func (t *peerTicket) Wait(ctx context.Context) (*manage.Connected, error) {
	for t.problem == nil {
		a, err := t.ask(ctx, pageQuestion{Wait: true})
		switch {
		case err != nil:
			return nil, err
		case a.Problem != "":
			return nil, errors.New(a.Problem)
		case a.Filled:
			return nil, manage.ErrNeedsCode
		case !a.Known:
			return nil, errors.New("that page has expired; call again without `ticket`")
		case !a.Pending:
			return a.Connected, nil
		}
	}
	return nil, t.problem
}
