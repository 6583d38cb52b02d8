package server

import (
	"context"
	"net/http"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/tools"
)

// listen prepares a subscription of the stateless era: from its acknowledgement on, its
// client is told when its tools have changed. The function that it returns ends that.
func (s *Server) listen(ctx context.Context, x *exchange) context.CancelFunc {
	who := &keeper{push: func([]byte) {
		n := listChanged(map[string]any{mcp.MetaKeySubscriptionID: x.frame.id})
		select {
		case x.NotificationChannel() <- n:
		default: // a client that reads nothing has one coming already
		}
	}}
	x.onAcknowledged = func() {
		who.begin()
		if filter, active := x.SubscriptionFilter(); !active || !filter.ToolsListChanged {
			return
		}
		var set *tools.Set // stays nil where the connectors cannot be listed: then the first list is a change
		if now, err := s.opts.Calls.Directory().Select(ctx, x.caller); err == nil {
			set = now
		}
		s.keepers.keep(who, x.caller, set)
	}
	return func() { s.keepers.forget(who) }
}

// holdListener takes a place for a subscription over HTTP, which stays as long as its
// client does, in exchange for its place among the messages, which come and go.
func (h *HTTP) holdListener(w http.ResponseWriter, f *frame, who *caller) (leave func(), ok bool) {
	place, err := h.listens.TryTake(tenantOf(who.Session), 1)
	if err != nil {
		h.limited(w, f, "subscriptions", time.Minute, "too many subscriptions of this caller")
		return nil, false
	}
	f.account.Close()
	return place.Release, true
}
