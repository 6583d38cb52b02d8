package connectpage

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// patience is how long a browser that has sent the form waits for its end, before it
	// gets a page on which something moves.
	patience = 700 * time.Millisecond
	// lookTime is how long a browser that looks again waits for the end, and lookPause how
	// long it waits before. So nearly always one is there to be told.
	lookTime  = 4 * time.Second
	lookPause = time.Second
)

// endsWithin waits for the end of an attempt, for some time.
func (a *attempt) endsWithin(ctx context.Context, most time.Duration) bool {
	enough := time.NewTimer(most)
	defer enough.Stop()
	select {
	case <-a.done:
		return true
	case <-enough.C:
	case <-ctx.Done():
	}
	return false
}

// waitView is the page while an attempt is in progress.
type waitView struct{ Heading, Title, Next, For string }

// showWait shows that an attempt is in progress, and leads on when it has ended. The page
// loads itself again without a script.
func (v *visitor) showWait() {
	now := v.ticket.snapshot()
	if now.attempt != nil && v.r.URL.Query().Has("look") {
		now.attempt.endsWithin(v.r.Context(), lookTime)
		now = v.ticket.snapshot()
	}
	switch {
	case now.phase != open:
		v.redirect("/done")
	case now.attempt != nil:
		next := v.ticket.path + "/wait?look"
		v.w.Header().Set("Refresh", fmt.Sprintf("%d; url=%s", int(lookPause.Seconds()), next))
		v.write(http.StatusOK, "wait", waitView{"Checking…", v.ticket.title, next, lasted(time.Since(now.attempt.begun))})
	case now.consent != nil && v.ticket.needsCode:
		v.redirect("/code") // which knows the browser
	case now.consent != nil && v.ticket.hasCookie(v.r, v.base, formCookie, v.ticket.cookie):
		v.toConsent(now.consent)
	default:
		v.redirect("")
	}
}

// toConsent sends the browser to the page before the consent, with what lets it come back.
func (v *visitor) toConsent(c *consent) {
	v.ticket.setCookie(v.w, v.base, consentCookie, v.ticket.path+"/callback", c.state, http.SameSiteLaxMode)
	v.redirect("/consent")
}

// lasted words a time that somebody has waited.
func lasted(d time.Duration) string {
	switch seconds := int(d.Seconds()); {
	case seconds < 1:
		return "it has just begun"
	case seconds == 1:
		return "it has been one second"
	default:
		return fmt.Sprintf("it has been %d seconds", seconds)
	}
}
