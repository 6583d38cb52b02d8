package connectpage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/netname"
)

// consent is what a person was sent to the vendor for.
type consent struct {
	url   *url.URL
	state string // in a cookie of the browser that has to come back
	draft *entry
	shown bool // guarded by the lock of pages
}

// firstLook reports whether nobody has looked at a consent before.
func (t *Ticket) firstLook(c *consent) bool {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	first := !c.shown
	c.shown = true
	return first
}

// consenting is the work of sending the form for a consent.
func consenting(e *entry, redirectURL string) work {
	return func(ctx context.Context, f *Form) (Outcome, *consent, error) {
		if f.Consent == nil {
			return Outcome{}, nil, errors.New("there is no consent for this type of connector; choose another way")
		}
		target, err := f.Consent(ctx, e.values, redirectURL)
		if err != nil {
			return Outcome{}, nil, e.scrubError(err)
		}
		u, err := url.Parse(target)
		if err != nil || u.Hostname() == "" || !netname.IsConfidential(u) {
			return Outcome{}, nil, errors.New("the address of the consent page is not a safe one, so you are not sent there")
		}
		return Outcome{}, &consent{url: u, state: random(), draft: e.withoutSecrets()}, nil
	}
}

// consentPause is how long a person sees where the consent is given before the browser
// goes there, in seconds.
const consentPause = 3

// showConsent shows where the consent is given, and leads there. The browser is not
// redirected from the form itself: form-action would have to name each site on the way,
// and vendors send people on, at last back to here. Whoever comes back to the page stays.
func (v *visitor) showConsent() {
	switch now := v.ticket.snapshot(); {
	case now.phase != open:
		v.showEnded(now)
	case now.consent == nil:
		v.redirect("")
	default:
		view := newConsentView(v.ticket, now)
		if view.Leads = v.ticket.firstLook(now.consent); view.Leads {
			v.w.Header().Set("Refresh", fmt.Sprintf("%d; url=%s", consentPause, view.Target))
		}
		v.write(http.StatusOK, "consent", view)
	}
}

// likeID is what an id of a connector may look like.
var likeID = lazyregexp.New(`^[0-9A-Za-z_-]{1,100}$`)

// finishConsent takes what comes back from a consent. The browser was sent here from
// another site, so only a cookie that survives that can tell that it is the one that
// was sent away.
func (v *visitor) finishConsent() {
	now := v.ticket.snapshot()
	query := v.r.URL.Query()
	id := query.Get("connector_id")
	switch {
	case now.phase != open:
		v.showEnded(now)
	case now.consent == nil:
		v.showMessageWithLink(http.StatusConflict, "Nobody was sent away", "No consent is under way for this form.")
	case !v.ticket.hasCookie(v.r, v.base, consentCookie, now.consent.state):
		v.showMessageWithLink(http.StatusForbidden, "This is not the browser that was sent away",
			"Finish the consent in the browser in which you began it.")
	case query.Get("error") != "":
		v.backToForm(refusal(v.ticket.title, query.Get("error"), query.Get("error_description")))
	case !likeID.MatchString(id):
		v.backToForm("The consent came back without a connector, so nothing was created. Try again, or choose another way.")
	default:
		v.reportConsented(id)
	}
}

// backToForm shows the form again, with a word on what happened.
func (v *visitor) backToForm(notice string) {
	v.ticket.endConsent(notice)
	v.redirect("")
}

// endConsent ends the consent that is under way, but not the form.
func (t *Ticket) endConsent(notice string) {
	t.pages.mu.Lock()
	defer t.pages.mu.Unlock()
	if t.phase == open {
		t.consent, t.notice = nil, notice
	}
}

// refusal words the error codes of OAuth (RFC 6749, section 4.1.2.1).
func refusal(title, code, description string) string {
	words := "The consent ended with an error"
	switch code {
	case "access_denied":
		words = "Access was not given at " + title
	case "invalid_scope":
		words = title + " does not give the access that was asked for"
	case "server_error", "temporarily_unavailable":
		words = title + " is not able to answer just now; try again in a while"
	}
	said := strings.Join(strings.Fields(code+" "+description), " ")
	if runes := []rune(said); len(runes) > 300 {
		said = string(runes[:300]) + "…"
	}
	return words + ". It was said: " + said
}

// reportConsented looks at the connector that the consent has created.
func (v *visitor) reportConsented(id string) {
	a, err := v.ticket.try(v.r.Context(), nil, func(ctx context.Context, f *Form) (Outcome, *consent, error) {
		out, err := f.Consented(ctx, id)
		return out, nil, err
	})
	switch {
	case errors.Is(err, errEnded) || err == nil && a.err == nil:
		v.redirect("/done")
	case err == nil:
		again := v.ticket.path + "/callback?" + url.Values{"connector_id": {id}}.Encode()
		v.write(http.StatusBadGateway, "message", message{
			Title: "The connector could not be looked at", Text: "The consent went through. " + clip(a.err.Error()),
			Link: again, LinkText: "Try again",
		})
	}
}
