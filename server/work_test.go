package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/workbound"
)

// FuzzChoiceHeaders: a choice by headers costs no more than its length asks for.
func FuzzChoiceHeaders(f *testing.F) {
	for _, seed := range []struct{ header, value string }{
		{headerConnectors, "github, slack"}, {headerTools, strings.Repeat("github_*,", 10_000)},
		{headerTools, "[" + strings.Repeat("a-", 10_000)},
		{headerEffects, strings.Repeat("read,", 10_000)}, {headerReadOnly, strings.Repeat("true,", 10_000)}, {headerSurface, "search"},
		{headerStructured, strings.Repeat("on", 10_000)}, {headerFormat, "table"}, {headerExclude, strings.Repeat("*", 20_000)},
	} {
		f.Add(seed.header, seed.value)
	}
	r := newRig(f)
	h := r.HTTP(HTTPOptions{Caller: r.session})
	f.Fuzz(func(t *testing.T, header, value string) {
		req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/mcp", nil)
		req.Header[http.CanonicalHeaderKey(header)] = []string{value}
		workbound.Check(t, "a header", len(value), 2000, func() {
			session := r.session
			choices, err := h.choices(req)
			for _, c := range choices {
				if err == nil {
					session, err = h.choose(t.Context(), session, c)
				}
			}
			if err == nil && session.Workspace != r.session.Workspace {
				t.Errorf("%q: %q changed the workspace", header, value)
			}
		})
	})
}

// FuzzSessionID: an id that this server did not give opens nothing, whatever its length.
func FuzzSessionID(f *testing.F) {
	for _, seed := range []string{"", "x", strings.Repeat("A", 100_000), strings.Repeat("v1.", 30_000), "\x00", strings.Repeat("é", 50_000)} {
		f.Add(seed)
	}
	r := newRig(f)
	h := r.HTTP(HTTPOptions{Caller: r.session})
	f.Fuzz(func(t *testing.T, id string) {
		workbound.Check(t, "a session id", len(id), 20, func() {
			if found := h.sessions.lookUp(t.Context(), id, r.session, nil); found != nil {
				t.Errorf("%.100q opened a session", id)
			}
		})
	})
}

// FuzzResourceURI: reading what does not exist costs no more than its address asks for.
func FuzzResourceURI(f *testing.F) {
	for _, seed := range []string{
		"airbyte://connectors", "airbyte://results/x", "airbyte://tools/github_issues_list", "%zz", strings.Repeat("a:", 20_000),
		"airbyte://connectors/" + strings.Repeat("a/", 20_000), "airbyte://results/" + strings.Repeat("%2e", 20_000),
		"airbyte://downloads/" + strings.Repeat("{x}", 20_000),
	} {
		f.Add(seed)
	}
	r := newRig(f)
	h := r.HTTP(HTTPOptions{Caller: r.session})
	f.Fuzz(func(t *testing.T, uri string) {
		text, err := json.Marshal(uri)
		if err != nil {
			return
		}
		frame := request("1", "resources/read", `{"uri":`+string(text)+`}`)
		headers := modernHeaders(t, frame)
		workbound.Check(t, "an address", len(uri), 2000, func() {
			req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/mcp", strings.NewReader(modern(frame)))
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/json, text/event-stream")
			for i := 0; i < len(headers); i += 2 {
				req.Header.Set(headers[i], headers[i+1])
			}
			answer := httptest.NewRecorder()
			h.ServeHTTP(answer, req)
			if answer.Body.Len() == 0 {
				t.Errorf("%.100q was answered with status %d and nothing", uri, answer.Code)
			}
		})
	})
}
