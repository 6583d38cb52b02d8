package airbyte_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

// hasty is the context of a call that has no time to wait for a token endpoint that is down.
func hasty(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), time.Second)
}

// ailing makes the token endpoint fail for a while, and then for good no more.
func (a *api) ailing(path string, fault http.HandlerFunc, outage time.Duration) (heals time.Time) {
	heals = time.Now().Add(outage)
	healthy := a.others["POST "+path]
	if path == tokenPath {
		healthy = a.token
	}
	answer := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case time.Now().Before(heals):
			fault(w, r)
		case r.Method == http.MethodGet:
			say(http.StatusMethodNotAllowed, `{"detail":"Method Not Allowed"}`)(w, r)
		default:
			healthy(w, r)
		}
	}
	a.others["GET "+path], a.others["POST "+path] = answer, answer
	return heals
}

// untilHealed makes calls, some at a time and one after the other, until one succeeds at
// each place, and returns when the first did.
func untilHealed(t *testing.T, client *airbyte.Client, workspaces ...string) time.Time {
	first := make([]time.Time, len(workspaces))
	together(len(workspaces), func(i int) error {
		for first[i].IsZero() {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
			_, err := client.Execute(ctx, workspaces[i], "c-1", listIssues)
			cancel()
			if failure := failureOf(t, err); failure == nil {
				first[i] = time.Now()
			} else if failure.Outcome != airbyte.OutcomeNotSent {
				t.Errorf("got %+v, want not_sent", failure)
			}
			time.Sleep(100 * time.Millisecond)
		}
		return nil
	})
	latest := first[0]
	for _, at := range first {
		if at.After(latest) {
			latest = at
		}
	}
	return latest
}

// However an endpoint fails and for however long, calls succeed within a second of its
// recovery, after few mints; the probes have no credentials.
func TestRecoveryInASecond(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{
		"unavailable":  say(http.StatusServiceUnavailable, "<html>down</html>"),
		"asks to wait": say(http.StatusServiceUnavailable, "", "Retry-After", "30"),
		"hangs":        hang,
		"hangs up":     hangUp,
	} {
		for _, outage := range []time.Duration{2500 * time.Millisecond, 12500 * time.Millisecond, 50 * time.Second, 5 * time.Minute} {
			t.Run(name+" for "+outage.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					a := newAPI()
					heals := a.ailing(tokenPath, fault, outage)
					client := a.serveInMemory(t)
					if took := untilHealed(t, client, "main", "main", "main").Sub(heals); took > time.Second+100*time.Millisecond {
						t.Errorf("the last of the callers succeeded %s after the recovery, want 1 s and its own pause", took)
					}
					minutes := int(outage/time.Minute) + 1
					if got := a.mints(); got > 8*minutes+1 {
						t.Errorf("got %d mints in %d minutes", got, minutes)
					}
					if got := a.probes(); got > int(outage/time.Second)+2 {
						t.Errorf("got %d probes in %s, want one a second", got, outage)
					}
					for _, s := range a.all() {
						if strings.HasPrefix(s.route, "GET ") && (s.bearer != "" || s.body != "" || s.query != "" || strings.Contains(s.route, "execute")) {
							t.Errorf("a probe has %+v", s)
						}
					}
				})
			})
		}
	}
}

// One probe a second serves the sources of all workspaces, at either endpoint.
func TestRecoveryOfWorkspaces(t *testing.T) {
	t.Parallel()
	for _, path := range []string{tokenPath, scopedPath} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				names := []string{"w-1", "w-2", "w-3", "w-4"}
				a := newAPI().withScoped(names...)
				heals := a.ailing(path, say(http.StatusServiceUnavailable, ""), 40*time.Second)
				client := a.serveInMemory(t, inScope(airbyte.ScopeWorkspace))
				if took := untilHealed(t, client, names...).Sub(heals); took > time.Second+100*time.Millisecond {
					t.Errorf("the last workspace succeeded %s after the recovery", took)
				}
				if got := a.count("GET " + path); got > 42 {
					t.Errorf("got %d probes in 40 s, want one a second", got)
				}
			})
		})
	}
}

// Probes that say nothing of the mint do not cause a storm of mints.
func TestMisleadingProbes(t *testing.T) {
	t.Parallel()
	alive := say(http.StatusMethodNotAllowed, "")
	for name, probed := range map[string]http.HandlerFunc{
		"always alive": alive,
		"off and on":   func(w http.ResponseWriter, r *http.Request) { say(405+100*(time.Now().Second()%2), "")(w, r) },
		"throttled":    say(http.StatusTooManyRequests, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.others["GET "+tokenPath] = probed
				a.token = say(http.StatusServiceUnavailable, "")
				client := a.serveInMemory(t)
				start := time.Now()
				var mints []int // by minute
				for time.Since(start) < 3*time.Minute {
					_ = run(t.Context(), t, client, listIssues)
					if minute := int(time.Since(start) / time.Minute); minute >= len(mints) {
						mints = append(mints, a.mints())
					}
				}
				if mints = append(mints, a.mints()); mints[1]-mints[0] > 8 || mints[2]-mints[1] > 8 || mints[3]-mints[2] > 8 {
					t.Errorf("mints at the ends of the minutes: %d, want at most 8 in each", mints)
				}
			})
		})
	}
}

// Nothing is probed unless a call waits.
func TestNoProbeWithoutACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.ailing(tokenPath, say(http.StatusServiceUnavailable, ""), time.Hour)
		client := a.serveInMemory(t)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		_ = run(ctx, t, client, listIssues)
		left := a.probes()
		if left == 0 {
			t.Error("no probe while a call waits")
		}
		time.Sleep(time.Minute)
		if got := a.probes(); got != left {
			t.Errorf("%d probes after the only call had left", got-left)
		}
		go func() { _, _ = client.Execute(t.Context(), "main", "c-1", listIssues) }()
		time.Sleep(time.Second)
		client.Close()
		left = a.probes()
		time.Sleep(time.Minute)
		if got := a.probes(); got != left {
			t.Errorf("%d probes of a closed client", got-left)
		}
	})
}
