package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// row is what is measured of a program on a transport.
type row struct {
	Program, Transport    string
	Added                 float64    // ms at the median of calls of 1 kB, over the request itself
	CPU                   [3]float64 // ms for each call of each size
	Rate                  [3]float64 // calls in a second of each size, 16 at a time
	Start, StartAll, List float64    // ms at the median
	RSS, RSSAfter         float64    // 10^6 bytes
	OfIdeal               float64    // share of what is possible behind 20 ms, 64 at a time
}

// sizes are those of the answers, in bytes.
var sizes = [3]int{1_000, 20_000, 1_000_000}

// bench is one run.
type bench struct {
	upstream string
	length   time.Duration // of one measurement
	starts   int
	calls    atomic.Int64 // sent so far: no two are equal
}

func (b *bench) params(tool string, size, wait int) string {
	return fmt.Sprintf(`{"name":%q,"arguments":{"owner":"acme","repo":"size-%d-wait-%d-n-%d"}}`, tool, size, wait, b.calls.Add(1))
}

// call calls the tool once.
func (b *bench) call(s *server, tool string, size, wait int) error {
	answer, err := s.ask("tools/call", b.params(tool, size, wait))
	if err == nil && (len(answer) < size/2 || bytes.Contains(answer[max(0, len(answer)-300):], []byte(`"isError":true`))) {
		err = fmt.Errorf("a call was answered with %.300s", answer)
	}
	return err
}

// load calls from several places at once, for a while, and returns the times of the calls.
func (b *bench) load(callers int, do func() error) ([]time.Duration, time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failure error
	began := time.Now()
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			var own []time.Duration
			for time.Since(began) < b.length {
				at := time.Now()
				if err := do(); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failure = err
					return
				}
				own = append(own, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, own...)
		})
	}
	group.Wait()
	slices.Sort(all)
	return all, time.Since(began), failure
}

// direct is the median of the request itself, without a server between.
func (b *bench) direct() (float64, error) {
	web := pooled()
	times, _, err := b.load(1, func() error {
		answer, err := web.Post(b.upstream+"/execute", "application/json", strings.NewReader(`"size-1000"`))
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.Body.Close()
	})
	return median(times), err
}

func median(times []time.Duration) float64 {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[len(times)/2].Seconds() * 1e3
}

// cold is the median from the start of a process to its answer to tools/list.
func (b *bench) cold(p program, transport string) (float64, error) {
	var times []time.Duration
	for range b.starts {
		s, err := p.start(transport, b.upstream)
		if err == nil {
			_, err = s.ask("tools/list", "{}")
			times = append(times, time.Since(s.began))
		}
		s.stop()
		if err != nil {
			return 0, err
		}
	}
	return median(times), nil
}

// measure measures a program on a transport.
func (b *bench) measure(p program, transport string, direct float64) (row, error) {
	r := row{Program: p.name, Transport: transport}
	var err error
	if r.Start, err = b.cold(p, transport); err != nil {
		return r, err
	}
	s, err := p.start(transport, b.upstream)
	if err != nil {
		return r, err
	}
	defer s.stop()
	list := func() error { _, err := s.ask("tools/list", "{}"); return err }
	if err := list(); err != nil {
		return r, err
	}
	time.Sleep(500 * time.Millisecond)
	r.RSS = s.rss()
	lists, _, err := b.load(1, list)
	if err != nil {
		return r, err
	}
	r.List = median(lists)
	for i, size := range sizes {
		times, _, err := b.load(1, func() error { return b.call(s, p.tool, size, 0) })
		if err != nil {
			return r, err
		}
		if i == 0 {
			r.Added = median(times) - direct
		}
		before := s.cpu()
		times, took, err := b.load(16, func() error { return b.call(s, p.tool, size, 0) })
		if err != nil {
			return r, err
		}
		r.CPU[i] = (s.cpu() - before).Seconds() * 1e3 / float64(len(times))
		r.Rate[i] = float64(len(times)) / took.Seconds()
	}
	times, took, err := b.load(64, func() error { return b.call(s, p.tool, sizes[0], 20) })
	if err != nil {
		return r, err
	}
	r.OfIdeal = float64(len(times)) / took.Seconds() / (64 / 0.020)
	r.RSSAfter, err = b.flood(s, p)
	return r, err
}

// flood is the memory after 64 large answers at once.
func (b *bench) flood(s *server, p program) (float64, error) {
	var group sync.WaitGroup
	failures := make(chan error, 64)
	for range 64 {
		group.Go(func() {
			if err := b.call(s, p.tool, sizes[2], 20); err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	close(failures)
	time.Sleep(500 * time.Millisecond)
	return s.rss(), <-failures
}

// reachable waits until the upstream answers.
func (b *bench) reachable() error {
	answer, err := http.Get(b.upstream + "/")
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
