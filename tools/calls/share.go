package calls

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/flight"
)

// maxCached bounds the answers that the cache holds, in bytes.
const maxCached = 32 << 20

// sharedReads lets reads that ask for the same thing share one request: those of one
// caller at the same time, and, where the cache is on, those of a workspace within
// its lifetime.
type sharedReads struct {
	underWay flight.Group[*Answer]

	mu     sync.Mutex
	cached *ttlcache.Cache[string, cachedAnswer] // nil for no cache
	writes map[string]int                        // how many writes each connector has seen, by its id
}

type cachedAnswer struct {
	connector string
	answer    *Answer
}

func newSharedReads(lifetime time.Duration) *sharedReads {
	s := &sharedReads{writes: map[string]int{}}
	if lifetime > 0 {
		s.cached = ttlcache.New(
			ttlcache.WithTTL[string, cachedAnswer](lifetime-1), // an item lives on in the instant at which it expires
			ttlcache.WithDisableTouchOnHit[string, cachedAnswer](),
			ttlcache.WithMaxCost(maxCached, func(i ttlcache.CostItem[string, cachedAnswer]) uint64 {
				return uint64(i.Value.answer.Bytes)
			}),
		)
	}
	return s
}

// fetch asks for one page, unless the same is being asked for or was a moment ago.
func (c *Call) fetch(ctx context.Context, on Target, x Execution) (answer *Answer, cached bool, err error) {
	key := sharedKey(c.Workspace, on.ID, x)
	if answer := c.runner.shared.look(key); answer != nil {
		return answer, true, nil
	}
	// What was asked for before a write must not answer who asks after it.
	before := c.runner.shared.writesTo(on.ID)
	own := strconv.Quote(c.CallerKey()) + " " + strconv.Itoa(before) + " " + key
	answer, first, err := c.runner.shared.underWay.Do(ctx, own, func(ctx context.Context) (*Answer, error) {
		answer, err := c.runner.executor.Execute(ctx, on, x)
		if err == nil {
			c.runner.shared.store(key, on.ID, before, answer)
		}
		return answer, err
	})
	if errors.Is(err, flight.ErrLeft) {
		err = left(err, first)
	}
	if first {
		c.trace.took(answer, err)
	}
	return answer, false, err
}

// left is the failure of a caller that left a request for which others wait.
func left(cause error, first bool) error {
	e := &airbyte.Error{
		Op: "waiting for an answer that others wait for", Code: airbyte.CodeCanceled,
		Message: "the call was stopped before its answer came", Outcome: airbyte.OutcomeUnknown,
	}
	if errors.Is(cause, context.DeadlineExceeded) {
		e.Code, e.Message = airbyte.CodeTimeout, "no answer in time"
	}
	if first {
		e.Requests = 1 // nobody else's record has it
	}
	return e
}

// sharedKey is the same for requests that ask for the same thing. Names come from
// callers, so nothing but quotes can keep them apart.
func sharedKey(workspace, connector string, x Execution) string {
	b := make([]byte, 0, 256+len(x.Params))
	for _, name := range []string{workspace, connector, x.Entity, x.Action} {
		b = append(strconv.AppendQuote(b, name), ' ')
	}
	for _, names := range [][]string{x.SelectFields, x.ExcludeFields} {
		for _, name := range names {
			b = append(strconv.AppendQuote(b, name), ' ')
		}
		b = append(b, ';')
	}
	return string(append(b, canonical(x.Params)...))
}

// look finds a cached answer.
func (s *sharedReads) look(key string) *Answer {
	if s.cached == nil {
		return nil
	}
	if hit := s.cached.Get(key); hit != nil {
		return hit.Value().answer
	}
	return nil
}

// store caches an answer, unless a write to the connector has happened since before
// it was asked for.
func (s *sharedReads) store(key, connector string, before int, answer *Answer) {
	if s.cached == nil || answer.Bytes > maxCached/8 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writes[connector] == before {
		s.cached.DeleteExpired()
		s.cached.Set(key, cachedAnswer{connector, answer}, ttlcache.DefaultTTL)
	}
}

func (s *sharedReads) writesTo(connector string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes[connector]
}

// wrote empties the cache of a connector's answers, and lets no later read join an
// earlier one. It is called before a write, so that nothing older is kept meanwhile,
// and after it.
func (s *sharedReads) wrote(connector string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes[connector]++
	if s.cached == nil {
		return
	}
	for key, item := range s.cached.Items() {
		if item.Value().connector == connector {
			s.cached.Delete(key)
		}
	}
}
