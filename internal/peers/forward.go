package peers

import (
	"errors"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
)

// carried are the headers of a request that are passed on. Credentials are not among them:
// the replica that has checked them says in the pass whom the request acts for. So they
// cross no further connection, a client certificate counts as well, and a rate is counted
// once. What a page needs of its browser are cookies and where a form comes from.
var carried = []string{
	"Accept", "Accept-Language", "Content-Type", "Content-Length", "Cookie", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
	"If-Unmodified-Since", "Origin", "Range", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "User-Agent", "X-Request-Id",
}

// Forward passes a request on to the replica that has what it is for, and its answer back,
// as a stream. The tenant is who is charged for the place; the facts are for Accept. When
// there is no answer, refuse is called with ErrStopped or ErrAway.
func (p *Peers) Forward(w http.ResponseWriter, r *http.Request, owner, tenant string, facts []byte, refuse func(error)) {
	place, err := p.places.TryTake(tenant, 1)
	if err != nil {
		refuse(ErrAway)
		return
	}
	defer place.Release()
	at, absent, err := p.locate(r.Context(), owner)
	if err != nil {
		refuse(err)
		return
	}
	proxy := httputil.ReverseProxy{
		Transport:     p.transport,
		FlushInterval: -1,
		ErrorLog:      log.New(discard{}, "", 0), // a client that leaves is no event
		Rewrite:       func(pr *httputil.ProxyRequest) { p.rewrite(pr, owner, at, facts) },
		ModifyResponse: func(answer *http.Response) error {
			if answer.StatusCode == http.StatusMisdirectedRequest {
				return ErrStopped // another start has the address now
			}
			for name := range answer.Header { // the answer's count, and once
				w.Header().Del(name)
			}
			return nil
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, ErrStopped) {
				absent = ErrStopped
			}
			refuse(absent)
		},
	}
	proxy.ServeHTTP(w, r)
}

// rewrite makes of a request the one for the other replica.
func (p *Peers) rewrite(pr *httputil.ProxyRequest, owner string, at *url.URL, facts []byte) {
	for name := range pr.Out.Header {
		if !slices.Contains(carried, name) {
			pr.Out.Header.Del(name)
		}
	}
	pr.Out.URL.Scheme, pr.Out.URL.Host, pr.Out.Host = at.Scheme, at.Host, at.Host
	pr.Out.URL.RawQuery = pr.In.URL.RawQuery
	sealed, err := p.sealPass(owner, pass{
		Method: pr.Out.Method, Target: pr.Out.URL.RequestURI(), Host: pr.In.Host, Remote: pr.In.RemoteAddr, Facts: facts,
	})
	if err == nil { // else it is refused there
		pr.Out.Header.Set(Header, sealed)
	}
}

// discard drops lines.
type discard struct{}

// Write implements io.Writer.
func (discard) Write(b []byte) (int, error) { return len(b), nil }
