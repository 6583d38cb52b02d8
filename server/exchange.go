package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"airbyte-mcp-server/tools"
)

// notificationBuffer bounds the unwritten notifications of one exchange; mcp-go drops
// the ones beyond it.
const notificationBuffer = 256

// peer holds the facts about one client: about that of a connection, of an HTTP session,
// or of a single message in the stateless era. It is safe for concurrent use.
type peer struct {
	mu          sync.Mutex
	initialized bool
	info        mcp.Implementation
	caps        mcp.ClientCapabilities
	level       mcp.LoggingLevel
	version     string

	questions questions
	habit     habit
	keeper    keeper
}

// sessionFacts are the facts that another replica needs to continue the session.
func (p *peer) sessionFacts(choices []choice) sessionFacts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return sessionFacts{Choices: choices, Version: p.version, Client: p.info, Caps: p.caps}
}

// restore takes over the facts of a session begun by another replica.
func (p *peer) restore(f sessionFacts) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.initialized, p.version, p.info, p.caps = true, f.Version, f.Client, f.Caps
}

// questions are requests from us to the client that are still unanswered.
type questions struct {
	mu   sync.Mutex
	open map[string]chan *frame
}

// register adds a question and returns its JSON-RPC id.
func (q *questions) register() (string, <-chan *frame) {
	q.mu.Lock()
	defer q.mu.Unlock()
	id := "server-" + rand.Text() // unlike those of any other replica
	answer := make(chan *frame, 1)
	if q.open == nil {
		q.open = map[string]chan *frame{}
	}
	q.open[id] = answer
	return id, answer
}

func (q *questions) unregister(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.open, id)
}

// resolve passes a client's answer to its question. It reports false for a question that
// another replica may have asked.
func (q *questions) resolve(f *frame) bool {
	var id string
	if json.Unmarshal(f.id, &id) != nil {
		return true // no id of ours or of another replica
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting, ok := q.open[id]
	if ok {
		waiting <- f
		delete(q.open, id)
	}
	return ok
}

// exchange is one message of a client on its way through the server, and at the
// same time the mcp-go session of that message. Its id is never used again, so
// mcp-go cannot confuse it with another client's.
type exchange struct {
	*peer

	server  *Server
	frame   *frame
	caller  tools.Session
	id      string
	send    func([]byte) error // writes a message to the client before the answer
	onStart func(tools.Effect) // called with the tool's effect when it starts; nil for nobody

	onAcknowledged func() // called when a subscription has been acknowledged; nil for nobody

	listEntries [][]byte            // of the tools for tools/list
	listIsSure  bool                // they are those of the caller's workspace
	run         runTool             // what tools/call runs; nil where there is no such tool
	plainly     *mcp.CallToolResult // of a call that mcp-go has nothing to do with; else nil
	refusal     *refusal            // in place of mcp-go's own error; nil for none

	answerBy      time.Time    // when a call must be answered, if nobody is asked
	waitedForUser atomic.Int64 // nanoseconds spent on answers of the client's user
	questioned    questioned   // how the question of the run before ended

	once          sync.Once
	notifications chan mcp.JSONRPCNotification // made at the first use
	done          chan struct{}
	drained       chan struct{}

	filterMu sync.Mutex
	filter   *mcp.SubscriptionFilter
}

// newExchange begins an exchange. A message of the stateless era knows its own
// client; others share the connection's peer.
func (s *Server) newExchange(f *frame, caller tools.Session, p *peer, send func([]byte) error) *exchange {
	if f.isModern() {
		p = &peer{}
	}
	caller.Listing.Host = knownHost(f, p)
	caller.Listing.Unasked = caller.Listing.Host.AnthropicHints && !canAsk(f, p)
	caller.Answers.Structured = structuredFor(caller.Answers.Structured, caller.Listing.Host)
	return &exchange{server: s, peer: p, frame: f, caller: caller, send: send, id: strconv.FormatUint(s.seq.Add(1), 10)}
}

// flushNotifications delivers all waiting notifications. After it none can follow the
// answer, and none is lost.
func (x *exchange) flushNotifications() {
	x.once.Do(func() {}) // from here on no delivery starts
	if x.notifications == nil {
		return
	}
	close(x.done)
	<-x.drained
}

// deliverNotifications writes notifications in order until the exchange ends.
func (x *exchange) deliverNotifications() {
	defer close(x.drained)
	for {
		select {
		case n := <-x.notifications:
			x.writeNotification(n)
		case <-x.done:
			for {
				select {
				case n := <-x.notifications:
					x.writeNotification(n)
				default:
					return
				}
			}
		}
	}
}

func (x *exchange) writeNotification(n mcp.JSONRPCNotification) {
	if b, err := json.Marshal(n); err == nil {
		_ = x.send(b) // a client that is gone misses nothing
	}
	if n.Method == mcp.MethodNotificationSubscriptionsAcknowledged && x.onAcknowledged != nil {
		x.onAcknowledged()
	}
}

// askClient sends the client a request and waits for the answer.
func (x *exchange) askClient(ctx context.Context, method mcp.MCPMethod, params, result any) error {
	id, answer := x.questions.register()
	defer x.questions.unregister(id)
	message, err := json.Marshal(map[string]any{"jsonrpc": mcp.JSONRPC_VERSION, "id": id, "method": method, "params": params})
	if err != nil {
		return fmt.Errorf("encoding %s: %w", method, err)
	}
	if err := x.send(message); err != nil {
		return fmt.Errorf("sending %s: %w", method, err)
	}
	ctx, answered := x.asking(ctx)
	defer answered()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case f := <-answer:
		var a struct {
			Result json.RawMessage          `json:"result"`
			Error  *mcp.JSONRPCErrorDetails `json:"error"`
		}
		if err := json.Unmarshal(f.raw, &a); err != nil {
			return fmt.Errorf("reading the answer to %s: %w", method, err)
		}
		if a.Error != nil {
			return &hostError{a.Error.Message}
		}
		return json.Unmarshal(a.Result, result)
	}
}

// The methods below make the exchange a session of mcp-go.

var (
	_ mcpserver.SessionWithTools              = (*exchange)(nil)
	_ mcpserver.SessionWithClientInfo         = (*exchange)(nil)
	_ mcpserver.SessionWithLogging            = (*exchange)(nil)
	_ mcpserver.SessionWithProtocolVersion    = (*exchange)(nil)
	_ mcpserver.SessionWithElicitation        = (*exchange)(nil)
	_ mcpserver.SessionWithSampling           = (*exchange)(nil)
	_ mcpserver.SessionWithRoots              = (*exchange)(nil)
	_ mcpserver.SessionWithSubscriptionFilter = (*exchange)(nil)
)

// SessionID implements [mcpserver.ClientSession].
func (x *exchange) SessionID() string { return x.id }

// NotificationChannel implements [mcpserver.ClientSession].
func (x *exchange) NotificationChannel() chan<- mcp.JSONRPCNotification {
	x.once.Do(func() {
		x.notifications = make(chan mcp.JSONRPCNotification, notificationBuffer)
		x.done, x.drained = make(chan struct{}), make(chan struct{})
		go x.deliverNotifications()
	})
	return x.notifications
}

// GetSessionTools implements [mcpserver.SessionWithTools]: the tool that this
// exchange calls, and nothing else.
func (x *exchange) GetSessionTools() map[string]mcpserver.ServerTool {
	if x.run == nil {
		return nil
	}
	name := x.frame.params.name
	return map[string]mcpserver.ServerTool{name: {
		Tool: mcp.Tool{Name: name, InputSchema: mcp.ToolInputSchema{Type: "object"}},
		Handler: func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			ctx, cancel := x.server.inTime(ctx, x) // which questions prolong
			defer cancel()
			return x.run(ctx, &r.Params), nil
		},
	}}
}

// SetSessionTools implements [mcpserver.SessionWithTools]; mcp-go never calls it here.
func (x *exchange) SetSessionTools(map[string]mcpserver.ServerTool) {}

// RequestSampling implements [mcpserver.SessionWithSampling].
func (x *exchange) RequestSampling(ctx context.Context, r mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) {
	result := &mcp.CreateMessageResult{}
	if err := x.askClient(ctx, mcp.MethodSamplingCreateMessage, r.CreateMessageParams, result); err != nil {
		return nil, err
	}
	var err error
	result.Content, err = mcp.ParseSamplingContent(result.Content)
	return result, err
}

// ListRoots implements [mcpserver.SessionWithRoots].
func (x *exchange) ListRoots(ctx context.Context, r mcp.ListRootsRequest) (*mcp.ListRootsResult, error) {
	result := &mcp.ListRootsResult{}
	return result, x.askClient(ctx, mcp.MethodListRoots, r.Params, result)
}

// SetSubscriptionFilter implements [mcpserver.SessionWithSubscriptionFilter].
func (x *exchange) SetSubscriptionFilter(f mcp.SubscriptionFilter) {
	x.filterMu.Lock()
	defer x.filterMu.Unlock()
	x.filter = &f
}

// SubscriptionFilter implements [mcpserver.SessionWithSubscriptionFilter].
func (x *exchange) SubscriptionFilter() (mcp.SubscriptionFilter, bool) {
	x.filterMu.Lock()
	defer x.filterMu.Unlock()
	if x.filter == nil {
		return mcp.SubscriptionFilter{}, false
	}
	return *x.filter, true
}

// Initialize implements [mcpserver.ClientSession].
func (p *peer) Initialize() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.initialized = true
}

// Initialized implements [mcpserver.ClientSession].
func (p *peer) Initialized() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.initialized
}

// GetClientInfo implements [mcpserver.SessionWithClientInfo].
func (p *peer) GetClientInfo() mcp.Implementation {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.info
}

// SetClientInfo implements [mcpserver.SessionWithClientInfo].
func (p *peer) SetClientInfo(info mcp.Implementation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.info = boundedInfo(info)
}

// GetClientCapabilities implements [mcpserver.SessionWithClientInfo].
func (p *peer) GetClientCapabilities() mcp.ClientCapabilities {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.caps
}

// SetClientCapabilities implements [mcpserver.SessionWithClientInfo].
func (p *peer) SetClientCapabilities(caps mcp.ClientCapabilities) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.caps = boundedCapabilities(caps)
}

// SetLogLevel implements [mcpserver.SessionWithLogging].
func (p *peer) SetLogLevel(level mcp.LoggingLevel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.level = level
}

// GetLogLevel implements [mcpserver.SessionWithLogging]. The default is "info".
func (p *peer) GetLogLevel() mcp.LoggingLevel {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.level == "" {
		return mcp.LoggingLevelInfo
	}
	return p.level
}

// ProtocolVersion implements [mcpserver.SessionWithProtocolVersion].
func (p *peer) ProtocolVersion() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.version
}

// SetProtocolVersion is called by mcp-go when a session is initialized.
func (p *peer) SetProtocolVersion(version string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version = version
}
