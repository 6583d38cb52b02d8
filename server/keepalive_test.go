package server

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/identity"
)

// moments are when the lines of a response came, from its request on.
type moments struct {
	mu     sync.Mutex
	status int
	kind   string
	lines  []string
	at     []time.Duration
}

// watch sends a request and notes when each line of its response comes.
func (w *web) watch(method, path, body string, header ...string) *moments {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	m, began := &moments{}, time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		resp, err := w.client.Do(req)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		m.mu.Lock()
		m.status, m.kind = resp.StatusCode, resp.Header.Get("Content-Type")
		m.mu.Unlock()
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			m.mu.Lock()
			m.lines, m.at = append(m.lines, lines.Text()), append(m.at, time.Since(began))
			m.mu.Unlock()
		}
	}()
	w.t.Cleanup(func() {
		cancel()
		<-done
	})
	return m
}

// comments are the moments of the comments, in seconds.
func (m *moments) comments() (seconds []float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, line := range m.lines {
		if line == ": keep-alive" {
			seconds = append(seconds, m.at[i].Seconds())
		}
	}
	return seconds
}

func (m *moments) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kind + "\n" + strings.Join(m.lines, "\n")
}

// TestSlowAnswerBecomesAStream says something every 15 s, in both eras.
func TestSlowAnswerBecomesAStream(t *testing.T) {
	t.Parallel()
	const stream = "text/event-stream"
	for name, tt := range map[string]struct {
		takes    time.Duration
		accept   string
		comments []float64
		kind     string
	}{
		"slow":             {40 * time.Second, "application/json, text/event-stream", []float64{15, 30}, stream},
		"any form":         {20 * time.Second, "*/*", []float64{15}, stream},
		"in time":          {14 * time.Second, "application/json, text/event-stream", nil, "application/json"},
		"JSON and no more": {40 * time.Second, "application/json", nil, "application/json"},
	} {
		for _, era := range []string{"session", "stateless"} {
			t.Run(name+", "+era, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t)
					r.up.set(after(tt.takes))
					w := r.web(t)
					frame, header := modern(listIssues("1", "canary")), modernHeaders(t, listIssues("1", "canary"))
					if era == "session" {
						frame, header = listIssues("1", "canary"), w.open()
					}
					m := w.watch("POST", "/mcp", frame, append(header, "Content-Type", "application/json", "Accept", tt.accept)...)
					virtual(tt.takes + time.Second)
					if got := m.comments(); !slices.Equal(got, tt.comments) {
						t.Errorf("comments at %v, want %v", got, tt.comments)
					}
					if got := m.text(); !strings.HasPrefix(got, tt.kind) || strings.Count(got, "canary") < 1 || m.status != http.StatusOK {
						t.Errorf("HTTP %d %s, want %s with the answer", m.status, got, tt.kind)
					}
				})
			})
		}
	}
}

// TestQuestionKeepsTheStreamAlive while a person thinks about it, on both transports.
func TestQuestionKeepsTheStreamAlive(t *testing.T) {
	t.Parallel()
	greeting := strings.Replace(initialize("0"), `"capabilities":{}`, `"capabilities":`+asksForms, 1)
	for name, ask := range map[string]func(w *web) *moments{
		"streamable": func(w *web) *moments {
			id := w.post(greeting).header.Get(sessionHeader)
			return w.watch("POST", "/mcp", createIssue("1", "t"), jsonHeaders([]string{sessionHeader, id})...)
		},
		"SSE": func(w *web) *moments {
			m := w.watch("GET", "/sse", "")
			synctest.Wait()
			_, endpoint, _ := strings.Cut(m.text(), "data: ")
			for _, frame := range []string{greeting, createIssue("1", "t")} {
				if reply, err := w.do(w.t.Context(), "POST", strings.TrimSpace(endpoint), frame, jsonHeaders(nil)...); err != nil ||
					reply.status != http.StatusAccepted {
					w.t.Fatalf("HTTP %d, %v", reply.status, err)
				}
				synctest.Wait()
			}
			return m
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := ask(newCautiousRig(t).web(t))
				virtual(askingTime - time.Second)
				if got, want := m.comments(), []float64{15, 30}; !slices.Equal(got, want) {
					t.Errorf("comments at %v, want %v", got, want)
				}
				if got := m.text(); !strings.Contains(got, "elicitation/create") {
					t.Errorf("got %s, want the question", got)
				}
			})
		})
	}
}

// scoped lets everybody in, with the scopes for some effects.
type scoped identity.Effects

func (s scoped) Authenticate(*http.Request) (identity.Identity, error) {
	return identity.Identity{Principal: "p", Workspace: "default", Effects: identity.Effects(s)}, nil
}

// TestSlowChecksDoNotSilence lets a call go on whose scopes cannot be checked in time: they
// are checked again where the tool runs.
func TestSlowChecksDoNotSilence(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		effects  scoped
		executed int
	}{"allowed": {scoped{"read", "create"}, 1}, "not allowed": {scoped{"read"}, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.up.connectorsDelay = 20 * time.Second
				w := r.web(t, func(o *HTTPOptions) { o.Authenticator = tt.effects })
				frame := createIssue("1", "t")
				m := w.watch("POST", "/mcp", modern(frame), append(modernHeaders(t, frame), jsonHeaders(nil)...)...)
				virtual(25 * time.Second)
				if got := m.comments(); !slices.Equal(got, []float64{15}) {
					t.Errorf("comments at %v, want one after 15 s", got)
				}
				if got := r.up.load().executed; got != tt.executed {
					t.Errorf("%d executes, want %d: %s", got, tt.executed, m.text())
				}
			})
		})
	}
}
