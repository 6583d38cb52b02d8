package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"airbyte-mcp-server/tools"
)

// Post carries messages between the replicas of a server.
type Post interface {
	Publish(ctx context.Context, channel string, message []byte) (delivered bool, err error)
	Subscribe(channel string, take func([]byte)) (cancel func())
}

// forwarded is a message of a client whose stream another replica has.
type forwarded struct {
	Frame    json.RawMessage
	Caller   tools.Session // who was found to have sent it, with what it may use
	InFlight int           // most calls of the caller at the same time
}

func streamChannel(f facts) string  { return "stream:" + f.Nonce }
func sessionChannel(f facts) string { return "session:" + f.Nonce }

// forward passes a message on to the replica that has its client's stream. It answers
// the request.
func (h *HTTP) forward(w http.ResponseWriter, r *http.Request, who *caller, at facts, f *frame) {
	message, err := json.Marshal(forwarded{f.raw, who.Session, who.limits.InFlight})
	delivered := false
	if err == nil {
		delivered, err = h.opts.Post.Publish(r.Context(), streamChannel(at), message)
	}
	switch {
	case err != nil:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the stream of this session is at another replica, which cannot be reached now; nothing was done, try again", http.StatusServiceUnavailable)
	case !delivered:
		http.Error(w, "session not found: open /sse first", http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

// receive takes messages for a stream that came to other replicas, until it is cancelled.
func (h *HTTP) receive(s *session) (cancel func()) {
	if h.opts.Post == nil {
		return func() {}
	}
	return h.opts.Post.Subscribe(streamChannel(s.facts), func(message []byte) {
		var m forwarded
		if json.Unmarshal(message, &m) != nil || owner(m.Caller) != s.owner {
			return
		}
		f, problem := parseFrame(m.Frame)
		if problem != nil {
			return // the other replica has refused it
		}
		end, ok := h.place(s.ctx, &caller{Session: m.Caller}, f, m.InFlight)
		if !ok {
			s.refuse(&frameError{id: f.id, code: busyCode, message: "too many calls at the same time; nothing was sent, try again later"})
			return
		}
		s.takeFor(f, m.Caller, end)
	})
}

// listener is the subscription of a session to what concerns its requests here.
type listener struct {
	once   sync.Once
	mu     sync.Mutex
	cancel func()
}

// listen takes answers and cancellations that came to other replicas, from the first
// request of a session on.
func (h *HTTP) listen(s *session) {
	if h.opts.Post == nil {
		return
	}
	s.listener.once.Do(func() {
		cancel := h.opts.Post.Subscribe(sessionChannel(s.facts), func(message []byte) {
			if f, problem := parseFrame(message); problem == nil && !f.wantsAnswer() {
				s.notice(f)
			}
		})
		s.listener.mu.Lock()
		defer s.listener.mu.Unlock()
		s.listener.cancel = cancel
	})
}

// end ends the subscription.
func (l *listener) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// tell handles a notification of a session. One about a request that is not here goes to
// the replica that has it.
func (h *HTTP) tell(ctx context.Context, s *session, f *frame) {
	if !s.notice(f) && h.opts.Post != nil {
		_, _ = h.opts.Post.Publish(ctx, sessionChannel(s.facts), f.raw) // the request goes on without it
	}
}
