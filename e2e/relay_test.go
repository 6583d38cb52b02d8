package e2e_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// startServer starts a server that is not the API.
func startServer(t testing.TB, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

// startRelay starts a reverse proxy before a server. It may change requests and responses.
func startRelay(t *testing.T, target string, request func(*http.Request), response func(*http.Response) error) string {
	t.Helper()
	return startServer(t, relayHandler(t, target, request, response).ServeHTTP)
}

func relayHandler(t testing.TB, target string, request func(*http.Request), response func(*http.Response) error) http.Handler {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			if request != nil {
				request(r.Out)
			}
		},
		ModifyResponse: response,
		ErrorLog:       log.New(io.Discard, "", 0),
	}
}

// startProxy starts a forward proxy that answers everything with status.
func startProxy(t *testing.T, status int) string {
	t.Helper()
	url := startServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	return "http://user:proxy-password-8813@" + strings.TrimPrefix(url, "http://")
}
