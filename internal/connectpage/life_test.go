package connectpage_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
)

func nothing(context.Context, setup.Values) (connectpage.Outcome, error) {
	return connectpage.Outcome{}, nil
}

// TestExpiry ends a form after ten minutes, tells so for ten more, and forgets it.
func TestExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, nil).browser()
		b.get("")
		time.Sleep(10*time.Minute - time.Second)
		synctest.Wait()
		b.want(b.get(""), 200)
		time.Sleep(time.Second)
		synctest.Wait()
		b.want(b.get(""), 410, "has expired")
		b.wantAt(b.post("", good()), "/done")
		b.cookies = map[string]*http.Cookie{} // they end together with the form
		b.wantAt(b.post("", good()), "/done")
		b.want(b.get("/done"), 410, "has expired")
		if _, err := b.ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrExpired) {
			t.Errorf("waited for %v, want ErrExpired", err)
		}
		if _, ok := b.pages.Ticket("ann", b.ticket.ID()); !ok {
			t.Error("the ticket was forgotten at once")
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		b.want(b.get(""), 404, "not valid")
		if _, ok := b.pages.Ticket("ann", b.ticket.ID()); ok {
			t.Error("the ticket was never forgotten")
		}
		if len(b.sent()) != 0 {
			t.Error("an expired form was submitted")
		}
	})
}

// TestExpiryDuringSubmit waits for the attempt that was begun in time.
func TestExpiryDuringSubmit(t *testing.T) {
	t.Parallel()
	for _, fails := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
				f.Submit = func(context.Context, setup.Values) (connectpage.Outcome, error) {
					time.Sleep(time.Minute)
					if fails {
						return connectpage.Outcome{}, errors.New("no")
					}
					return connectpage.Outcome{ConnectorID: "late"}, nil
				}
			}).browser()
			b.get("")
			time.Sleep(10*time.Minute - time.Second)
			a := b.patient(b.post("", good()))
			out, err := b.ticket.Wait(t.Context())
			if fails {
				b.wantAt(a, "/done")
				b.want(b.get("/done"), 410, "has expired")
				if !errors.Is(err, connectpage.ErrExpired) {
					t.Errorf("got %v, want ErrExpired", err)
				}
				return
			}
			b.wantAt(a, "/done")
			if err != nil || out.ConnectorID != "late" {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	}
}

// TestDoubleSubmit makes one connector of two clicks, and shows it to both.
func TestDoubleSubmit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
			f.Submit = func(context.Context, setup.Values) (connectpage.Outcome, error) {
				time.Sleep(5 * time.Second)
				return connectpage.Outcome{ConnectorID: "one"}, nil
			}
		}).browser()
		b.get("")
		var clicks sync.WaitGroup
		for range 5 {
			req := b.request(http.MethodPost, b.ticket.URL(), b.form(good()), nil)
			clicks.Go(func() {
				one := &browser{rig: b.rig, cookies: map[string]*http.Cookie{}}
				one.wantAt(one.patient(one.do(req)), "/done")
			})
		}
		clicks.Wait()
		if n := len(b.sent()); n != 1 {
			t.Errorf("submitted %d times, want once", n)
		}
	})
}

// TestGoneBrowser does not stop the creation that it has begun.
func TestGoneBrowser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
			f.Submit = func(ctx context.Context, _ setup.Values) (connectpage.Outcome, error) {
				time.Sleep(5 * time.Second)
				return connectpage.Outcome{ConnectorID: "c"}, ctx.Err()
			}
		}).browser()
		b.get("")
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		b.do(b.request(http.MethodPost, b.ticket.URL(), b.form(good()), nil).WithContext(ctx))
		if out, err := b.ticket.Wait(t.Context()); err != nil || out.ConnectorID != "c" {
			t.Errorf("got %+v, %v", out, err)
		}
		b.want(b.get("/done"), 200, "is connected")
	})
}

// TestEndlessSubmit is cut off, and says that the end is not known.
func TestEndlessSubmit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
			f.Submit = func(ctx context.Context, _ setup.Values) (connectpage.Outcome, error) {
				<-ctx.Done()
				return connectpage.Outcome{}, ctx.Err()
			}
		}).browser()
		b.get("")
		b.wantAt(b.patient(b.post("", good())), "")
		b.want(b.get(""), 200, "took too long", "Look at the list of connectors")
	})
}

// TestCancel ends the form at once, but not while a connector is being created.
func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
			f.Submit = func(context.Context, setup.Values) (connectpage.Outcome, error) {
				time.Sleep(time.Second)
				return connectpage.Outcome{}, errors.New("no")
			}
		}).browser()
		b.get("")
		req := b.request(http.MethodPost, b.ticket.URL(), b.form(good()), nil)
		go (&browser{rig: b.rig, cookies: map[string]*http.Cookie{}}).do(req)
		synctest.Wait()
		b.want(b.post("/cancel", nil), 409, "Too late to cancel")
		time.Sleep(2 * time.Second)
		b.wantAt(b.post("/cancel", nil), "/done")
		b.want(b.get("/done"), 410, "Cancelled")
		b.want(b.get(""), 410, "Cancelled")
		if _, err := b.ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrCancelled) {
			t.Errorf("got %v, want ErrCancelled", err)
		}
	})
}

// TestWait ends with its context, and the form goes on.
func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, nil).browser()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := b.ticket.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		b.want(b.get("/done"), 303)
		b.want(b.get(""), 200)
	})
}

// TestOwners see their own forms only, and may have so many.
func TestOwners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *connectpage.Options, _ *connectpage.Form) { o.MaxOpen = 2 })
		form := connectpage.Form{Setup: acme(), Submit: nothing}
		for i, want := range []error{nil, connectpage.ErrTooMany} {
			if _, err := r.pages.Open("ann", form); !errors.Is(err, want) {
				t.Errorf("form %d of ann: got %v, want %v", i+2, err, want)
			}
		}
		other, err := r.pages.Open("bob", form)
		if err != nil {
			t.Fatal(err)
		}
		for owner, want := range map[string]bool{"bob": true, "ann": false, "": false} {
			if got, ok := r.pages.Ticket(owner, other.ID()); ok != want || ok && got != other {
				t.Errorf("%q finds bob's form: %v, want %v", owner, ok, want)
			}
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if _, err := r.pages.Open("ann", form); err != nil {
			t.Errorf("ended forms still count: %v", err)
		}
	})
}

// TestClose ends forms, waiters and attempts.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
			f.Submit = func(ctx context.Context, _ setup.Values) (connectpage.Outcome, error) {
				<-ctx.Done()
				return connectpage.Outcome{}, ctx.Err()
			}
		}).browser()
		b.get("")
		req := b.request(http.MethodPost, b.ticket.URL(), b.form(good()), nil)
		answered := make(chan answer, 1)
		go func() { answered <- (&browser{rig: b.rig, cookies: map[string]*http.Cookie{}}).do(req) }()
		synctest.Wait()
		b.pages.Close()
		if _, err := b.ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrClosed) {
			t.Errorf("waited for %v, want ErrClosed", err)
		}
		b.want(<-answered, 410, "closed")
		b.want(b.get(""), 404)
		if _, err := b.pages.Open("ann", connectpage.Form{Setup: acme(), Submit: nothing}); !errors.Is(err, connectpage.ErrClosed) {
			t.Errorf("opened after the end: %v", err)
		}
	})
}

// TestAddresses cannot be guessed, and an id does not lead to one.
func TestAddresses(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *connectpage.Options, _ *connectpage.Form) { o.MaxOpen = 1000 })
	seen := map[string]bool{}
	for range 200 {
		ticket, err := r.pages.Open("ann", connectpage.Form{Setup: acme(), Submit: nothing})
		if err != nil {
			t.Fatal(err)
		}
		if seen[ticket.URL()] || seen[ticket.ID()] || strings.Contains(ticket.URL(), ticket.ID()) {
			t.Fatalf("%s and %s", ticket.URL(), ticket.ID())
		}
		seen[ticket.URL()], seen[ticket.ID()] = true, true
	}
	b := r.browser()
	b.want(b.do(b.request(http.MethodGet, publicURL+"/connect/"+r.ticket.ID(), nil, nil)), 404)
}

// TestIncompleteForms are refused when they are opened.
func TestIncompleteForms(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	consent := func(context.Context, setup.Values, string) (string, error) { return "", nil }
	for i, f := range []connectpage.Form{{}, {Setup: acme()}, {Submit: nothing}, {Setup: acme(), Submit: nothing, Consent: consent}} {
		if _, err := r.pages.Open("ann", f); err == nil {
			t.Error(fmt.Sprint("form ", i, " was opened"))
		}
	}
}
