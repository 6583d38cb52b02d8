package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/rawjson"
)

// maxCached bounds the answers that the cache holds, in bytes.
const maxCached = 32 << 20

// sharing lets reads that ask for the same thing share one request: those of one
// caller at the same time, and, where the cache is on, those of a workspace within
// its lifetime.
type sharing struct {
	lifetime time.Duration // 0: no cache

	mu      sync.Mutex
	flights map[string]*flight
	cached  map[string]*cachedAnswer
	size    int
	writes  map[string]int // how many writes each connector has seen, by its id
}

// flight is a request that is under way for one or more calls.
type flight struct {
	done    chan struct{}
	waiting int
	life    *life // of the request
	answer  *airbyte.Result
	err     error
}

type cachedAnswer struct {
	connector string
	answer    *airbyte.Result
	expires   time.Time
}

func newSharing(lifetime time.Duration) *sharing {
	return &sharing{lifetime: lifetime, flights: map[string]*flight{}, cached: map[string]*cachedAnswer{}, writes: map[string]int{}}
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
	answer, first, err := c.sharing.join(ctx, own, func(ctx context.Context) (*airbyte.Result, error) {
		answer, err := c.client.Execute(ctx, c.Workspace, conn.ID, x)
		if err == nil {
			c.sharing.keep(key, conn.ID, before, answer)
		}
		return answer, err
	})
	if first {
		c.trace.took(answer, err)
	}
	return answer, false, err
}

// sharedKey is the same for requests that ask for the same thing. Names come from
// callers, so nothing but quotes can keep them apart.
func sharedKey(workspace, connector string, x airbyte.Execution) string {
	return fmt.Sprintf("%q %q %q %q %q %q %s", workspace, connector, x.Entity, x.Action, x.SelectFields, x.ExcludeFields, canonical(x.Params))
}

// join runs a request, or waits for the same one that is under way, and reports
// whether it was the first to ask. The request ends when all who wait have left.
func (s *sharing) join(ctx context.Context, key string, run func(context.Context) (*airbyte.Result, error)) (answer *airbyte.Result, first bool, err error) {
	s.mu.Lock()
	f := s.flights[key]
	if first = f == nil; first {
		f = s.begin(ctx, key, run)
	} else {
		f.life.extend(ctx, false)
	}
	f.waiting++
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.answer, first, f.err
	case <-ctx.Done():
	}
	if s.leave(key, f, ctx.Err()) {
		<-f.done // it ends at once, and knows best how to say why
		return f.answer, first, f.err
	}
	left := &airbyte.Error{
		Op: "waiting for an answer that others wait for", Code: airbyte.CodeCanceled,
		Message: "the caller gave up", Outcome: airbyte.OutcomeUnknown,
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		left.Code, left.Message = airbyte.CodeTimeout, "no answer in time"
	}
	if first {
		left.Requests = 1 // nobody else's record has it
	}
	return nil, first, left
}

// begin starts a request of its own life. The caller holds the lock.
func (s *sharing) begin(ctx context.Context, key string, run func(context.Context) (*airbyte.Result, error)) *flight {
	f := &flight{done: make(chan struct{}), life: &life{Context: context.WithoutCancel(ctx), over: make(chan struct{})}}
	f.life.extend(ctx, true)
	s.flights[key] = f
	go func() {
		defer f.life.end(context.Canceled)
		defer s.land(key, f)
		f.answer, f.err = run(f.life)
	}()
	return f
}

// life is the context of a request that several calls wait for. It ends for the reason
// for which the last of them left; its deadline is the latest of theirs.
type life struct {
	context.Context
	over chan struct{}
	once sync.Once
	why  error                     // once over is closed
	last atomic.Pointer[time.Time] // nil for no deadline
}

// extend makes the request last as long as one more call waits.
func (l *life) extend(ctx context.Context, first bool) {
	switch deadline, ok := ctx.Deadline(); {
	case !ok:
		l.last.Store(nil)
	case first, l.last.Load() != nil && deadline.After(*l.last.Load()):
		l.last.Store(&deadline)
	}
}

// Deadline implements [context.Context].
func (l *life) Deadline() (time.Time, bool) {
	if last := l.last.Load(); last != nil {
		return *last, true
	}
	return time.Time{}, false
}

func (l *life) end(why error) {
	l.once.Do(func() {
		l.why = why
		close(l.over)
	})
}

// Done implements [context.Context].
func (l *life) Done() <-chan struct{} { return l.over }

// Err implements [context.Context].
func (l *life) Err() error {
	select {
	case <-l.over:
		return l.why
	default:
		return nil
	}
}

// land tells those who wait. A panic of the request is an error to them: it must not
// end the process.
func (s *sharing) land(key string, f *flight) {
	if p := recover(); p != nil {
		f.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flights[key] == f {
		delete(s.flights, key)
	}
	close(f.done)
}

// leave gives up waiting. The last to leave ends the request, and is told so.
func (s *sharing) leave(key string, f *flight, why error) (last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.waiting--; f.waiting > 0 {
		return false
	}
	if s.flights[key] == f {
		delete(s.flights, key)
	}
	f.life.end(why)
	return true
}

// look finds a cached answer.
func (s *sharing) look(key string) *airbyte.Result {
	if s.lifetime <= 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	hit := s.cached[key]
	if hit == nil || !time.Now().Before(hit.expires) {
		return nil
	}
	return hit.answer
}

// keep caches an answer, unless a write to the connector has happened since before
// it was asked for.
func (s *sharing) keep(key, connector string, before int, answer *airbyte.Result) {
	if s.lifetime <= 0 || answer.Bytes > maxCached/8 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writes[connector] != before {
		return
	}
	now := time.Now()
	for other, a := range s.cached {
		if !now.Before(a.expires) || s.size+answer.Bytes > maxCached {
			s.forget(other)
		}
	}
	if s.cached[key] != nil { // of another caller who asked at the same time
		s.forget(key)
	}
	s.cached[key] = &cachedAnswer{connector, answer, now.Add(s.lifetime)}
	s.size += answer.Bytes
}

func (s *sharing) forget(key string) {
	s.size -= s.cached[key].answer.Bytes
	delete(s.cached, key)
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
	for key, a := range s.cached {
		if a.connector == connector {
			s.forget(key)
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
