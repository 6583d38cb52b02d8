package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/state"
	"airbyte-mcp-server/tools"
)

// ReplicaBus carries messages between the replicas of a server. The errors of Deliver are
// those of [state.Redis.Deliver].
type ReplicaBus interface {
	Publish(ctx context.Context, channel string, message []byte) (delivered bool, err error)
	Deliver(ctx context.Context, channel string, message []byte) error
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
// answers the request: with 202 when that replica has taken it.
func (h *HTTP) forwardToReplica(w http.ResponseWriter, r *http.Request, who *caller, at sessionFacts, f *frame) {
	message, err := json.Marshal(forwardedMessage{f.raw, who.Session, who.limits.InFlight})
	if err == nil {
		err = h.opts.ReplicaBus.Deliver(r.Context(), streamChannel(at), message)
	}
	const elsewhere = "the stream of this session is at another replica, which "
	switch {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case errors.Is(err, state.ErrNobody):
		http.Error(w, "session not found: open /sse first", http.StatusNotFound)
	case errors.Is(err, state.ErrUnconfirmed) && h.mayWrite(r.Context(), who, f):
		http.Error(w, elsewhere+"has not confirmed that it took the message. It is not known whether "+f.params.name+
			" was run; its answer may still come over the stream. Look whether the change was made before you send it again",
			http.StatusGatewayTimeout)
	case errors.Is(err, state.ErrUnconfirmed):
		w.Header().Set("Retry-After", "1")
		http.Error(w, elsewhere+"has not confirmed that it took the message. It changes nothing, so it can be sent again",
			http.StatusServiceUnavailable)
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, elsewhere+"cannot be reached now; nothing was done, try again", http.StatusServiceUnavailable)
	}
}

// mayWrite reports whether a message calls what may change something.
func (h *HTTP) mayWrite(ctx context.Context, who *caller, f *frame) bool {
	if f.method != string(mcp.MethodToolsCall) {
		return false
	}
	found, err := h.server.opts.Calls.Directory().Find(context.WithoutCancel(ctx), who.Session, f.params.name, f.params.arguments)
	return err != nil || found.Tool.Effect != tools.Read
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
		if !h.holdForwarded(m.Caller, f) {
			s.writeError(&requestError{id: f.id, code: busyCode,
				message: "the server is busy: too many messages are in progress; nothing was sent, try again"})
			return
		}
		end, ok := h.place(s.ctx, &caller{Session: m.Caller}, f, m.InFlight)
		if !ok {
			f.account.Close()
			s.writeError(&requestError{id: f.id, code: busyCode,
				message: "too many calls at the same time; nothing was sent, try again later"})
			return
		}
		s.routeFor(f, m.Caller, end)
	})
}

// holdForwarded takes what a message of another replica takes here: a place, and memory.
func (h *HTTP) holdForwarded(who tools.Session, f *frame) bool {
	place, err := h.posts.TryTake(tenantOf(who), 1)
	if err != nil {
		return false
	}
	f.account.Adopt(place)
	held, err := h.server.bodies().TryTake(tenantOf(who), int64(len(f.raw)))
	if err != nil {
		f.account.Close()
		return false
	}
	f.account.Adopt(held)
	return true
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
