package server

import (
	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/telemetry"
)

// watchHeld has the metrics ask what callers hold.
func (h *HTTP) watchHeld() {
	metrics := h.server.opts.Metrics
	metrics.WatchPlaces("messages", heldOf(h.posts))
	metrics.WatchPlaces("subscriptions", heldOf(h.listens))
	metrics.WatchPlaces("quiet_connections", h.quiet.held)
	if m := h.server.opts.Memory; m != nil {
		metrics.WatchMemory("bodies", heldOf(m.Bodies))
		metrics.WatchMemory("upstream", heldOf(m.Upstream))
		metrics.WatchMemory("answers", heldOf(m.Answers))
	}
}

func heldOf(p *budget.Pool) func() telemetry.Held {
	return func() telemetry.Held {
		use := p.Use()
		return telemetry.Held{Size: use.Size, Held: use.Held, Waiting: use.Waiting, Refused: use.Refused}
	}
}
