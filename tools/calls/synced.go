package calls

import (
	"context"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/schemas"
)

const (
	// syncTimesLife is how long the time of a connector's last sync is remembered.
	syncTimesLife = 5 * time.Minute
	// syncTimesPatience is how long the answer to a search may be held back for the age of
	// its replica.
	syncTimesPatience = 250 * time.Millisecond
)

// syncTimes remembers when the replicas of connectors were last synced.
type syncTimes struct {
	executor Executor
	log      zerolog.Logger
	known    *ttlcache.Cache[string, *syncTime] // by the connector's id
}

// syncTime are the times of one connector.
type syncTime struct {
	done chan struct{} // closed when the times are known, or cannot be
	at   map[string]string
}

func newSyncTimes(e Executor, log zerolog.Logger) *syncTimes {
	return &syncTimes{executor: e, log: log, known: ttlcache.New(
		ttlcache.WithTTL[string, *syncTime](syncTimesLife-1), // an item lives on in the instant at which it expires
		ttlcache.WithDisableTouchOnHit[string, *syncTime](),
	)}
}

// syncedAt begins to ask, if need be, when the replica that a search reads was last
// synced. The function that it returns has the answer, "" if there is none in time.
func (c *Call) syncedAt(ctx context.Context, on Target) func() string {
	if c.tool.Action != schemas.ActionContextStoreSearch {
		return func() string { return "" }
	}
	times := c.runner.synced.of(ctx, on)
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
func (s *syncTimes) of(ctx context.Context, on Target) *syncTime {
	s.known.DeleteExpired()
	item, known := s.known.GetOrSetFunc(on.ID, func() *syncTime { return &syncTime{done: make(chan struct{})} })
	times := item.Value()
	if !known {
		go s.ask(context.WithoutCancel(ctx), on, times)
	}
	return times
}

func (s *syncTimes) ask(ctx context.Context, on Target, times *syncTime) {
	defer close(times.done)
	ctx, cancel := context.WithTimeout(ctx, syncTimesLife)
	defer cancel()
	var err error
	if times.at, err = s.executor.SyncedAt(ctx, on); err != nil {
		s.log.Debug().Err(err).Str("connector", on.ID).Msg("it is not known when the replica was synced")
	}
}
