package server

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/tools"
)

// Clients keep the list of tools that they got. A keeper remembers what that was; when the
// connectors of its workspace have changed, and with them what it would be listed now, it
// is told so, once for each change:
//
//   - over stdio and SSE at once;
//   - a session of the streamable transport, which has no stream of its own, on the stream
//     of its next answer, such as that of the call which has made the change;
//   - in the stateless era, on the stream of its subscriptions/listen.
//
// A change is noticed when the list of connectors is asked for: by any call of the
// workspace, once the list is older than its lifetime, or after a change by this server.

// keeper is a client that keeps a list of tools. The zero keeper has none yet.
type keeper struct {
	push func([]byte) // sends a message; nil where messages go with answers alone
	owed atomic.Bool  // a notification that goes with the next answer

	mu     sync.Mutex
	caller tools.Session // who was listed the tools
	shown  *tools.Set    // nil for none
	lists  int           // that are on their way
	newer  *tools.Set    // that came up meanwhile; nil for none
	ended  bool
}

// keepers are the clients with lists, by their workspaces. It is safe for concurrent use.
type keepers struct {
	mu          sync.Mutex
	byWorkspace map[string]map[*keeper]struct{}
}

// listChanged is a notification.
func listChanged(meta map[string]any) mcp.JSONRPCNotification {
	return mcp.JSONRPCNotification{JSONRPC: mcp.JSONRPC_VERSION, Notification: mcp.Notification{
		Method: mcp.MethodNotificationToolsListChanged, Params: mcp.NotificationParams{Meta: meta},
	}}
}

// begin notes that a client is about to be listed its tools: it is not told of a change
// that the list itself brings to light.
func (who *keeper) begin() {
	who.mu.Lock()
	defer who.mu.Unlock()
	who.lists++
}

// keep notes what a client has been listed.
func (k *keepers) keep(who *keeper, caller tools.Session, set *tools.Set) {
	k.mu.Lock()
	defer k.mu.Unlock()
	who.mu.Lock()
	defer who.mu.Unlock()
	if who.ended {
		return
	}
	before, newer := who.caller.Workspace, who.newer
	who.caller, who.shown, who.newer = caller, set, nil
	who.lists--
	who.owed.Store(false)
	if newer != nil {
		who.change(newer)
	}
	if before != caller.Workspace {
		k.remove(before, who)
	}
	if k.byWorkspace[caller.Workspace] == nil {
		k.byWorkspace[caller.Workspace] = map[*keeper]struct{}{}
	}
	k.byWorkspace[caller.Workspace][who] = struct{}{}
}

// lister keeps the list of tools that an exchange asks for; nil in the stateless era, where
// nothing is known of the client but this message.
func (x *exchange) lister() *keeper {
	if x.frame.isModern() {
		return nil
	}
	return &x.keeper
}

// serve pushes changes to a connection with a stream of its own, until the function that
// it returns is called. Where other clients' calls bring changes to light, they must not
// wait for this one to read.
func (k *keepers) serve(c *conn, alone bool) (end func()) {
	c.peer.keeper.push = func(message []byte) {
		if alone {
			_ = c.write(message) // a client that is gone misses nothing
			return
		}
		go func() { _ = c.write(message) }()
	}
	return func() { k.forget(&c.peer.keeper) }
}

// forget lets go of a client that is gone.
func (k *keepers) forget(who *keeper) {
	k.mu.Lock()
	defer k.mu.Unlock()
	who.mu.Lock()
	defer who.mu.Unlock()
	who.ended = true
	k.remove(who.caller.Workspace, who)
}

// remove takes a client out of a workspace. The caller holds the lock.
func (k *keepers) remove(workspace string, who *keeper) {
	delete(k.byWorkspace[workspace], who)
	if len(k.byWorkspace[workspace]) == 0 {
		delete(k.byWorkspace, workspace)
	}
}

// compare tells the clients of a workspace whose lists are not what its new snapshot has.
func (k *keepers) compare(w *tools.Snapshot) {
	k.mu.Lock()
	all := make([]*keeper, 0, len(k.byWorkspace[w.Workspace]))
	for who := range k.byWorkspace[w.Workspace] {
		all = append(all, who)
	}
	k.mu.Unlock()
	for _, who := range all {
		who.compare(w)
	}
}

func (who *keeper) compare(w *tools.Snapshot) {
	who.mu.Lock()
	defer who.mu.Unlock()
	now, err := w.Select(who.caller)
	switch {
	case err != nil || who.ended:
	case who.lists > 0:
		who.newer = now
	default:
		who.change(now)
	}
}

// change tells a client of what it would be listed now, unless that is what it was listed.
// The caller holds the lock.
func (who *keeper) change(now *tools.Set) {
	before := who.shown
	if now == before {
		return
	}
	who.shown = now
	if form := tools.FormFor(who.caller); before != nil && slices.EqualFunc(before.Entries(form), now.Entries(form), bytes.Equal) {
		return
	}
	if who.push == nil {
		who.owed.Store(true)
		return
	}
	if message, err := json.Marshal(listChanged(nil)); err == nil {
		who.push(message)
	}
}

// payChange sends what a client is owed on the stream of an answer. Where that is no
// stream, it is owed to the next one.
func (who *keeper) payChange(send func([]byte) error) {
	if !who.owed.CompareAndSwap(true, false) {
		return
	}
	message, err := json.Marshal(listChanged(nil))
	if err != nil || send(message) != nil {
		who.owed.Store(true)
	}
}
