package connectpage

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"airbyte-mcp-server/schemas"
)

const (
	// Mount is the path of all pages below the base URL.
	Mount = "/connect/"
	// maxBody bounds what a form may send, in bytes.
	maxBody     = 64 << 10
	bodyTimeout = 30 * time.Second
)

// Handler serves the pages at /connect/…, below the path of the base URL or, where
// that path is cut off on the way, at the root.
func (p *Pages) Handler() http.Handler { return http.HandlerFunc(p.serve) }

// ServeStopped says that the page was at a replica that has stopped.
func (p *Pages) ServeStopped(w http.ResponseWriter, r *http.Request) {
	v := &visitor{w: w, r: r, views: p.views()}
	v.setSecurityHeaders()
	v.showMessage(http.StatusGone, "This page is gone", "It was served by a replica that has stopped, and nothing was kept. "+
		"Ask your assistant for a new link.")
}

// ServeAway says that the page is at a replica that cannot be reached now.
func (p *Pages) ServeAway(w http.ResponseWriter, r *http.Request) {
	v := &visitor{w: w, r: r, views: p.views()}
	v.setSecurityHeaders()
	w.Header().Set("Retry-After", "1")
	v.showMessage(http.StatusServiceUnavailable, "This page cannot be reached just now", "It is at another replica of this server. "+
		"Go back and try again in a moment.")
}

// visitor is one request for a page.
type visitor struct {
	w      http.ResponseWriter
	r      *http.Request
	base   base
	ticket *Ticket
	views  *views
}

func (p *Pages) serve(w http.ResponseWriter, r *http.Request) {
	v := &visitor{w: w, r: r, views: p.views()}
	v.setSecurityHeaders()
	var err error
	if v.base, err = parseBase(p.opts.BaseURL()); err != nil {
		v.showMessage(http.StatusInternalServerError, "This page is not set up", "The server's public URL is missing or wrong.")
		return
	}
	if !v.base.answersTo(r.Host) {
		v.showMessage(http.StatusForbidden, "Wrong address",
			"This server does not answer to the name in the address. Open the link as you were given it.")
		return
	}
	secret, page, _ := strings.Cut(v.below(), "/")
	if secret == logoName && page == "" && v.views.logo.bytes != nil {
		v.serveLogo(v.views.logo)
		return
	}
	if v.ticket = p.find(secret); v.ticket == nil && page == "" && r.Method == http.MethodGet {
		if v.ticket = p.launched(secret); v.ticket != nil {
			v.redirect("")
			return
		}
	}
	if v.ticket == nil {
		v.showMessage(http.StatusNotFound, "This link is not valid",
			"It may be incomplete, or have expired a while ago. "+p.anew())
		return
	}
	v.route(page)
}

// setSecurityHeaders sets the headers of every answer.
func (v *visitor) setSecurityHeaders() {
	h := v.w.Header()
	pictures := ""
	if v.views.logo.bytes != nil {
		pictures = "img-src 'self'; "
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src '"+v.views.styleHash+"'; "+pictures+"form-action 'self'; "+
		"frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// below is what follows the mount in the path, or "".
func (v *visitor) below() string {
	if rest, ok := strings.CutPrefix(v.r.URL.EscapedPath(), v.base.path+Mount); ok {
		return rest
	}
	rest, ok := strings.CutPrefix(v.r.URL.EscapedPath(), Mount)
	if !ok {
		return ""
	}
	return rest
}

// enter finds the page of a ticket.
func (v *visitor) route(page string) {
	reading, writing := "GET, HEAD", "POST"
	routes := map[string]struct {
		methods string
		show    func()
		take    func(url.Values)
	}{
		"":         {reading + ", " + writing, v.showForm, v.submitForm},
		"cancel":   {writing, nil, v.cancelForm},
		"done":     {reading, v.showEnd, nil},
		"consent":  {reading, v.showConsent, nil},
		"code":     {reading, v.showCode, nil},
		"wait":     {reading, v.showWait, nil},
		"callback": {http.MethodGet, v.finishConsent, nil},
	}
	route, known := routes[page]
	switch isRead := slices.Contains(strings.Split(route.methods, ", "), v.r.Method) && v.r.Method != http.MethodPost; {
	case !known:
		v.showMessage(http.StatusNotFound, "There is no such page", "Open the link as you were given it.")
	case isRead && route.show != nil:
		route.show()
	case v.r.Method == http.MethodPost && route.take != nil:
		if form := v.readForm(); form != nil {
			route.take(form)
		}
	default:
		v.w.Header().Set("Allow", route.methods)
		v.showMessage(http.StatusMethodNotAllowed, "That does not work here", "Open the link as you were given it.")
	}
}

// readForm checks where a sent form comes from and takes it apart. It answers one that
// must not pass, and returns nil.
func (v *visitor) readForm() url.Values {
	media, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	switch {
	case !v.base.isFromOurPage(v.r):
		v.showMessage(http.StatusForbidden, "That did not come from this page", "Another site tried to fill in this form. Nothing was done.")
		return nil
	case err != nil || media != "application/x-www-form-urlencoded":
		v.showMessage(http.StatusUnsupportedMediaType, "That is no form", "Fill in the form of this page.")
		return nil
	}
	// Before the cookie is asked for, which ends together with the form.
	if v.ticket.snapshot().phase != open {
		v.redirect("/done") // for a second click, the result of the first
		return nil
	}
	form, status := v.parseBody()
	switch {
	case status == http.StatusRequestEntityTooLarge:
		v.showMessage(status, "That is too much", "All fields together may have 64 KiB. Nothing was done.")
		return nil
	case status != 0:
		v.showMessage(status, "The form arrived damaged", "Go back and send it again. Nothing was done.")
		return nil
	case !v.ticket.hasCookie(v.r, v.base, formCookie, v.ticket.cookie) || !secretsEqual(form.Get("token"), v.ticket.token):
		v.showMessageWithLink(http.StatusForbidden, "This form is not from here",
			"It was not loaded by this browser, or the browser refuses cookies. Nothing was done.")
		return nil
	}
	return form
}

// parseBody reads the body, for a bounded time.
func (v *visitor) parseBody() (form url.Values, status int) {
	deadline := http.NewResponseController(v.w)
	_ = deadline.SetReadDeadline(time.Now().Add(bodyTimeout)) // not every writer has one
	body, err := io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, maxBody))
	_ = deadline.SetReadDeadline(time.Time{})
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, http.StatusRequestEntityTooLarge
	}
	form, parseErr := url.ParseQuery(string(body))
	if err != nil || parseErr != nil {
		return nil, http.StatusBadRequest
	}
	for key, values := range form {
		if len(values) > 1 || !utf8.ValidString(key) || !utf8.ValidString(values[0]) {
			return nil, http.StatusBadRequest
		}
	}
	return form, 0
}

func (v *visitor) showForm() {
	now := v.ticket.snapshot()
	if now.phase != open {
		v.showEnded(now)
		return
	}
	if now.attempt != nil { // after a reload, or a way back
		v.redirect("/wait")
		return
	}
	if v.r.Method == http.MethodGet {
		v.ticket.visit()
	}
	e := now.draft
	if e == nil {
		e = now.form.blank(v.r.URL.Query().Get("method"))
	}
	v.render(http.StatusOK, now, e, now.notice, now.faults)
}

// render shows the form with what was filled in and what is wrong with it.
func (v *visitor) render(status int, now snapshot, e *entry, problem string, faults []schemas.Fault) {
	if now.phase != open {
		v.showEnded(now)
		return
	}
	v.ticket.setCookie(v.w, v.base, formCookie, v.ticket.path, v.ticket.cookie, http.SameSiteStrictMode)
	v.write(status, "form", newFormView(v.ticket, v.base, now, e, problem, faults))
}

func (v *visitor) submitForm(form url.Values) {
	now := v.ticket.snapshot()
	if now.phase != open {
		v.redirect("/done")
		return
	}
	e, ok := now.form.parse(form)
	if !ok {
		v.render(http.StatusUnprocessableEntity, now, e, "",
			[]schemas.Fault{{Path: "method", Problem: "is not chosen: choose one of the ways below"}})
		return
	}
	todo := submission(e)
	if e.choice.consent {
		todo = consenting(e, v.ticket.url+"/callback")
	}
	if v.ticket.needsCode {
		v.holdForm(now, e, todo)
		return
	}
	a, err := v.ticket.start(nil, todo)
	switch {
	case err != nil: // the form has ended
		v.redirect("/done")
	case !a.endsWithin(v.r.Context(), patience) && v.ticket.detach(a, e):
		v.redirect("/wait")
	default:
		v.conclude(a, e)
	}
}

// conclude shows what came of an attempt.
func (v *visitor) conclude(a *attempt, e *entry) {
	switch {
	case a.err != nil:
		problem, faults := split(a.err)
		v.render(http.StatusUnprocessableEntity, v.ticket.snapshot(), e, problem, faults)
	case a.consent != nil:
		v.toConsent(a.consent)
	default:
		v.redirect("/done")
	}
}

// split tells the faults of fields from any other error.
func split(err error) (problem string, faults []schemas.Fault) {
	var invalid *schemas.InvalidError
	if errors.As(err, &invalid) && len(invalid.Faults) > 0 {
		return "", invalid.Faults
	}
	return err.Error(), nil
}

func (v *visitor) cancelForm(url.Values) {
	if !v.ticket.cancel() && v.ticket.snapshot().phase == open {
		v.showMessageWithLink(http.StatusConflict, "Too late to cancel", "The form was sent already, and the connector is being created.")
		return
	}
	v.redirect("/done")
}

// redirect sends the browser on, so that reloading the next page sends nothing again.
func (v *visitor) redirect(page string) {
	http.Redirect(v.w, v.r, v.ticket.path+page, http.StatusSeeOther)
}
