package identity_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/identity"
)

// bearerFrom is a request of an address with a token.
func bearerFrom(address, token string) *http.Request {
	r := bearer(token)
	r.RemoteAddr = address
	return r
}

// behindProxy makes a request one that a proxy with a certificate has passed on.
func behindProxy(r *http.Request, forwarded ...string) *http.Request {
	r.RemoteAddr = "10.9.9.9:1"
	r.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{{}}}}
	r.Header["X-Forwarded-For"] = forwarded
	return r
}

// slowChain asks an endpoint that takes 0.2 s for each token.
func slowChain(t testing.TB) *identity.Chain {
	t.Helper()
	from := newIntrospector()
	from.say("good-token", active())
	proxy, err := identity.NewProxy(identity.Proxy{ClientCert: true})
	if err != nil {
		t.Fatal(err)
	}
	return &identity.Chain{Proxy: proxy, Introspection: from.asked(t, func(e *identity.Endpoint) {
		e.Transport = slow{from, 200 * time.Millisecond}
	})}
}

// TestSendersTakeTurns has one sender flood the endpoint with tokens: the good token of
// another one is checked nearly at once.
func TestSendersTakeTurns(t *testing.T) {
	t.Parallel()
	plain := func(address string) func(string) *http.Request {
		return func(token string) *http.Request { return bearerFrom(address, token) }
	}
	forwarded := func(chain ...string) func(string) *http.Request {
		return func(token string) *http.Request { return behindProxy(bearer(token), chain...) }
	}
	tests := map[string]struct {
		flood, good func(token string) *http.Request
		isTurn      bool
	}{
		"another address":           {plain("192.0.2.1:1"), plain("192.0.2.2:1"), true},
		"another port":              {plain("192.0.2.1:1"), plain("192.0.2.1:2"), false},
		"another network":           {plain("[2001:db8::1]:1"), plain("[2001:db8:0:1::1]:1"), true},
		"the same network":          {plain("[2001:db8::1]:1"), plain("[2001:db8::2]:1"), false},
		"behind a proxy":            {forwarded("192.0.2.1"), forwarded("192.0.2.1, 192.0.2.2"), true},
		"behind a proxy, two lines": {forwarded("192.0.2.1"), forwarded("192.0.2.1", "192.0.2.2"), true},
		"a header of the client":    {forwarded("192.0.2.3, 192.0.2.1"), forwarded("192.0.2.2,192.0.2.1"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				chain := slowChain(t)
				var all sync.WaitGroup
				for i := range 1000 {
					all.Go(func() { _, _ = chain.Authenticate(test.flood(fmt.Sprintf("junk-token-%d", i))) })
				}
				synctest.Wait()
				begin := time.Now()
				_, err := chain.Authenticate(test.good("good-token"))
				if took := time.Since(begin); test.isTurn != (err == nil && took <= 400*time.Millisecond) {
					t.Errorf("the good token got %v after %v", err, took)
				}
				all.Wait()
			})
		})
	}
}

// TestForgedSenders believes no header of whoever is not the proxy.
func TestForgedSenders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := slowChain(t)
		var all sync.WaitGroup
		for i := range 1000 {
			r := bearerFrom("192.0.2.1:1", fmt.Sprintf("junk-token-%d", i))
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i%250))
			all.Go(func() { _, _ = chain.Authenticate(r) })
		}
		synctest.Wait()
		begin := time.Now()
		if _, err := chain.Authenticate(bearerFrom("192.0.2.2:1", "good-token")); err != nil || time.Since(begin) > 400*time.Millisecond {
			t.Errorf("the good token got %v after %v", err, time.Since(begin))
		}
		all.Wait()
	})
}

// TestCrowd refuses at once those for whom there is no room, and has room again for a
// sender whose requests have gone away.
func TestCrowd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := slowChain(t)
		var all sync.WaitGroup
		var mu sync.Mutex
		crowded := map[string]int{} // by sender
		begin := time.Now()
		for i := range 10_000 {
			address := fmt.Sprintf("192.0.2.%d:1", i%2) // two senders with 256 places each
			if i >= 1000 {
				address = fmt.Sprintf("198.51.100.%d:1", i%100) // a hundred with 90 requests each
			}
			all.Go(func() {
				_, err := chain.Authenticate(bearerFrom(address, fmt.Sprintf("junk-token-%d", i)))
				refusal := refused(t, err)
				if refusal.Status != http.StatusServiceUnavailable || time.Now() != begin {
					return
				}
				if refusal.RetryAfter < time.Second || !strings.Contains(refusal.Cause.Error(), "too many tokens") {
					t.Errorf("got %v after %v because of %v", refusal, refusal.RetryAfter, refusal.Cause)
				}
				mu.Lock()
				crowded[address]++
				mu.Unlock()
			})
			synctest.Wait()
		}
		mu.Lock()
		total := 0
		for _, n := range crowded {
			total += n
		}
		if crowded["192.0.2.0:1"]+crowded["192.0.2.1:1"] != 1000-16-2*256 || total != 10_000-16-4096 {
			t.Errorf("refused at once: %d, of which %d and %d of the first two", total, crowded["192.0.2.0:1"], crowded["192.0.2.1:1"])
		}
		mu.Unlock()
		time.Sleep(11 * time.Second) // nobody waits longer
		synctest.Wait()
		if _, err := chain.Authenticate(bearerFrom("192.0.2.1:1", "good-token")); err != nil {
			t.Errorf("after the crowd: %v", err)
		}
		all.Wait()
	})
}

// TestKnownTokensBehindABalancer: whoever was let in before does not wait for the junk that
// comes from the same address.
func TestKnownTokensBehindABalancer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := slowChain(t)
		if _, err := chain.Authenticate(bearerFrom("192.0.2.1:1", "good-token")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute) // it is asked about again
		var all sync.WaitGroup
		for i := range 1000 {
			r := bearerFrom("192.0.2.1:1", fmt.Sprintf("junk-token-%d", i))
			all.Go(func() { _, _ = chain.Authenticate(r) })
		}
		synctest.Wait()
		begin := time.Now()
		if _, err := chain.Authenticate(bearerFrom("192.0.2.1:1", "good-token")); err != nil || time.Since(begin) > 400*time.Millisecond {
			t.Errorf("the good token got %v after %v", err, time.Since(begin))
		}
		all.Wait()
	})
}

// TestBadTokensDropNoGoodOne floods the memory of tokens: a good one is not asked about again.
func TestBadTokensDropNoGoodOne(t *testing.T) {
	t.Parallel()
	from := newIntrospector()
	from.say("good-token", active())
	source := from.asked(t, nil)
	letIn(t, source, "good-token")
	for i := range 10_001 {
		_, _ = source.Identify(t.Context(), fmt.Sprintf("junk-token-%d", i))
	}
	before := from.count("/introspect")
	if letIn(t, source, "good-token"); from.count("/introspect") != before {
		t.Error("the good token was dropped")
	}
}

// TestJunkKeysDelayNobody floods an issuer with tokens of keys that it does not have, while
// its documents take 5 s: a token of a known key does not wait for any of them.
func TestJunkKeysDelayNobody(t *testing.T) {
	t.Parallel()
	testKeys()
	synctest.Test(t, func(t *testing.T) {
		from := newIssuer("rsa")
		config := from.config()
		config.Transport = slow{from, 5 * time.Second}
		trusted, err := identity.NewJWT(config)
		if err != nil {
			t.Fatal(err)
		}
		letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))
		time.Sleep(11 * time.Second) // the keys may be read again
		var all sync.WaitGroup
		for i := range 1000 {
			junk := assemble(fmt.Sprintf(`{"alg":"RS256","kid":"junk-%d"}`, i), goodClaims(), "x")
			all.Go(func() { refuse(t, trusted, junk, http.StatusUnauthorized) })
		}
		synctest.Wait()
		begin := time.Now()
		letIn(t, trusted, sign(t, "rsa", goodClaims(map[string]any{"jti": "another"}), nil))
		if took := time.Since(begin); took != 0 {
			t.Errorf("the token of a known key took %v", took)
		}
		all.Wait()
		if got := from.count("/keys"); got != 2 {
			t.Errorf("the keys were read %d times, want twice", got)
		}
	})
}
