package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"airbyte-mcp-server/tools"
)

// ReplicaBus carries messages between the replicas of a server: publish and subscribe.
type ReplicaBus interface {
	Publish(ctx context.Context, channel string, message []byte) (delivered bool, err error)
	Subscribe(channel string, take func([]byte)) (cancel func())
}

// forwardedMessage is a client's message on its way to the replica with the client's stream.
type forwardedMessage struct {
	Frame    json.RawMessage
	Caller   tools.Session // the authenticated sender, with its rights
	InFlight int           // most simultaneous calls of the caller
}

func streamChannel(f sessionFacts) string  { return "stream:" + f.Nonce }
func sessionChannel(f sessionFacts) string { return "session:" + f.Nonce }

// forwardToReplica passes a message on to the replica with its client's stream, and
// answers the request.
func (h *HTTP) forwardToReplica(w http.ResponseWriter, r *http.Request, who *caller, at sessionFacts, f *frame) {
	message, err := json.Marshal(forwardedMessage{f.raw, who.Session, who.limits.InFlight})
	delivered := false
	if err == nil {
		delivered, err = h.opts.ReplicaBus.Publish(r.Context(), streamChannel(at), message)
	}
	switch {
	case err != nil:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the stream of this session is at another replica, which cannot be reached now; nothing was done, try again",
			http.StatusServiceUnavailable)
	case !delivered:
		http.Error(w, "session not found: open /sse first", http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

// subscribeStream handles the messages for a stream that other replicas forward, until
// it is cancelled.
func (h *HTTP) subscribeStream(s *httpSession) (cancel func()) {
	if h.opts.ReplicaBus == nil {
		return func() {}
	}
	return h.opts.ReplicaBus.Subscribe(streamChannel(s.facts), func(message []byte) {
		var m forwardedMessage
		if json.Unmarshal(message, &m) != nil || m.Caller.CallerKey() != s.owner {
			return
		}
		f, problem := parseFrame(m.Frame)
		if problem != nil {
			return // the other replica has refused it
		}
		end, ok := h.place(s.ctx, &caller{Session: m.Caller}, f, m.InFlight)
		if !ok {
			s.writeError(&requestError{id: f.id, code: busyCode,
				message: "too many calls at the same time; nothing was sent, try again later"})
			return
		}
		s.routeFor(f, m.Caller, end)
	})
}

// busSubscription is the subscription of a session to the messages about its requests here.
type busSubscription struct {
	once   sync.Once
	mu     sync.Mutex
	cancel func()
}

// subscribeSession handles the answers and cancellations that other replicas publish. It
// begins with the first request of a session.
func (h *HTTP) subscribeSession(s *httpSession) {
	if h.opts.ReplicaBus == nil {
		return
	}
	s.subscription.once.Do(func() {
		cancel := h.opts.ReplicaBus.Subscribe(sessionChannel(s.facts), func(message []byte) {
			if f, problem := parseFrame(message); problem == nil && !f.wantsAnswer() {
				s.routeNotification(f)
			}
		})
		s.subscription.mu.Lock()
		defer s.subscription.mu.Unlock()
		s.subscription.cancel = cancel
	})
}

// cancelOnce ends the subscription, if there is one.
func (l *busSubscription) cancelOnce() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// passNotification handles a notification of a session. One about a request of another
// replica is published to it.
func (h *HTTP) passNotification(ctx context.Context, s *httpSession, f *frame) {
	if !s.routeNotification(f) && h.opts.ReplicaBus != nil {
		_, _ = h.opts.ReplicaBus.Publish(ctx, sessionChannel(s.facts), f.raw) // a lost one changes no result
	}
}
