package peers

import (
	"net/http"
	"strings"
)

// Pages serves the pages below a mount: those of this replica by own, those of others by
// passing the request on. Whom a page belongs to is in its address, a secret, and in
// cookies; it is checked where the page is. Refuse answers in the place of a replica that
// does not; the error is ErrStopped or ErrAway.
func (p *Peers) Pages(mount string, own http.Handler, refuse func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest := strings.TrimPrefix(r.URL.Path, mount)
		if IsPassed(r) {
			p.serveOwn(w, r, own)
			return
		}
		if owner := p.Elsewhere(rest); owner != "" {
			p.Forward(w, r, owner, "", nil, func(err error) { refuse(w, r, err) })
			return
		}
		own.ServeHTTP(w, r)
	})
}

// serveOwn serves what another replica has passed on. It goes no further.
func (p *Peers) serveOwn(w http.ResponseWriter, r *http.Request, own http.Handler) {
	s, err := p.openPass(r)
	switch {
	case err != nil:
		refusePass(w)
	case s.Kind != "":
		p.answer(w, r, s)
	default:
		own.ServeHTTP(w, s.restore(r))
	}
}
