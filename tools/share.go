package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jellydator/ttlcache/v3"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/flight"
	"airbyte-mcp-server/internal/rawjson"
)

// maxCached bounds the answers that the cache holds, in bytes.
const maxCached = 32 << 20

// sharing lets reads that ask for the same thing share one request: those of one
// caller at the same time, and, where the cache is on, those of a workspace within
// its lifetime.
type sharing struct {
	underWay flight.Group[*airbyte.Result]

	mu     sync.Mutex
	cached *ttlcache.Cache[string, cachedAnswer] // nil for no cache
	writes map[string]int                        // how many writes each connector has seen, by its id
}

type cachedAnswer struct {
	connector string
	answer    *airbyte.Result
}

func newSharing(lifetime time.Duration) *sharing {
	s := &sharing{writes: map[string]int{}}
	if lifetime > 0 {
		s.cached = ttlcache.New(
			ttlcache.WithTTL[string, cachedAnswer](lifetime-1), // an item lives on in the instant at which it expires
			ttlcache.WithDisableTouchOnHit[string, cachedAnswer](),
			ttlcache.WithMaxCost(maxCached, func(i ttlcache.CostItem[string, cachedAnswer]) uint64 { return uint64(i.Value.answer.Bytes) }), //nolint:gosec // a size
		)
	}
	return s
}

// fetch asks for one page, unless the same is being asked for or was a moment ago.
func (c *call) fetch(ctx context.Context, conn instance, x airbyte.Execution) (answer *airbyte.Result, cached bool, err error) {
	key := sharedKey(c.Workspace, conn.ID, x)
	if answer := c.sharing.look(key); answer != nil {
		return answer, true, nil
	}
	// What was asked for before a write must not answer who asks after it.
	before := c.sharing.writesTo(conn.ID)
	own := fmt.Sprintf("%q %d %s", c.Principal, before, key)
	answer, first, err := c.sharing.underWay.Do(ctx, own, func(ctx context.Context) (*airbyte.Result, error) {
		answer, err := c.client.Execute(ctx, c.Workspace, conn.ID, x)
		if err == nil {
			c.sharing.keep(key, conn.ID, before, answer)
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

// left is the failure of a caller that gave up a request for which others wait.
func left(cause error, first bool) error {
	e := &airbyte.Error{
		Op: "waiting for an answer that others wait for", Code: airbyte.CodeCanceled,
		Message: "the caller gave up", Outcome: airbyte.OutcomeUnknown,
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
func sharedKey(workspace, connector string, x airbyte.Execution) string {
	return fmt.Sprintf("%q %q %q %q %q %q %s", workspace, connector, x.Entity, x.Action, x.SelectFields, x.ExcludeFields, canonical(x.Params))
}

// look finds a cached answer.
func (s *sharing) look(key string) *airbyte.Result {
	if s.cached == nil {
		return nil
	}
	if hit := s.cached.Get(key); hit != nil {
		return hit.Value().answer
	}
	return nil
}

// keep caches an answer, unless a write to the connector has happened since before
// it was asked for.
func (s *sharing) keep(key, connector string, before int, answer *airbyte.Result) {
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

func (s *sharing) writesTo(connector string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes[connector]
}

// wrote empties the cache of a connector's answers, and lets no later read join an
// earlier one. It is called before a write, so that nothing older is kept meanwhile,
// and after it.
func (s *sharing) wrote(connector string) {
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

// canonical is the one form of arguments that are spelt in several ways. What has no
// form of its own, such as half a character, stays as it is: two of those must not look
// alike.
func canonical(params json.RawMessage) []byte {
	b, err := rawjson.Canonical(params)
	if err != nil || bytes.ContainsRune(b, utf8.RuneError) {
		return params
	}
	return b
}
