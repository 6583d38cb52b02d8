package tools

import (
	"context"
	"sync"
	"time"

	"airbyte-mcp-server/schemas"
)

const (
	// syncTimesLife is how long it is remembered when a connector's replica was synced.
	syncTimesLife = 5 * time.Minute
	// syncTimesPatience is how much later than its result a search may be answered to
	// say how old its replica is.
	syncTimesPatience = 250 * time.Millisecond
)

// synced knows when the replicas of connectors were last synced. Asking is not billed.
type synced struct {
	mu          sync.Mutex
	byConnector map[string]*syncTimes
}

// syncTimes are the times of one connector, by entity.
type syncTimes struct {
	done    chan struct{} // closed when the times are known, or cannot be
	expires time.Time
	at      map[string]string
}

// syncedAt begins to ask, if need be, when the replica that a search reads was last
// synced. The function that it returns has the answer, "" if there is none in time.
func (c *call) syncedAt(ctx context.Context, conn instance) func() string {
	if c.tool.Action != schemas.ActionContextStoreSearch {
		return func() string { return "" }
	}
	times := c.synced.of(ctx, c.Box, conn.ID)
	return func() string {
		patience := time.NewTimer(syncTimesPatience)
		defer patience.Stop()
		select {
		case <-times.done:
			return times.at[c.tool.Entity]
		case <-patience.C:
			return ""
		}
	}
}

// of returns the times of a connector, which may be on their way.
func (s *synced) of(ctx context.Context, b *Box, id string) *syncTimes {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if known := s.byConnector[id]; known != nil && now.Before(known.expires) {
		return known
	}
	for other, known := range s.byConnector {
		if !now.Before(known.expires) {
			delete(s.byConnector, other)
		}
	}
	times := &syncTimes{done: make(chan struct{}), expires: now.Add(syncTimesLife), at: map[string]string{}}
	s.byConnector[id] = times
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), syncTimesLife)
	go func() {
		defer cancel()
		defer close(times.done)
		list, err := b.client.Inspect(ctx, id)
		if err != nil {
			b.opts.Log.Debug().Err(err).Str("connector", id).Msg("it is not known when the replica was synced")
		}
		for _, entity := range list {
			times.at[entity.Entity] = entity.UpdatedAt
		}
	}()
	return times
}
