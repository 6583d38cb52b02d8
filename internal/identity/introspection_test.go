package identity_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/secret"
)

// introspector answers about tokens in this process.
type introspector struct {
	*issuer
	mu      sync.Mutex
	answers map[string]any // by token
}

func newIntrospector() *introspector {
	i := &introspector{issuer: newIssuer(), answers: map[string]any{}}
	i.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.Method != http.MethodPost || user != "mcp%3A1" || password != "s%26cret" ||
			r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		i.mu.Lock()
		defer i.mu.Unlock()
		answer, known := i.answers[r.PostFormValue("token")]
		if !known {
			answer = map[string]any{"active": false}
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
	return i
}

func (i *introspector) say(token string, answer any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answers[token] = answer
}

func (i *introspector) endpoint() identity.Endpoint {
	return identity.Endpoint{
		URL: issuerURL + "/introspect", ClientID: "mcp:1", ClientSecret: secret.New("s&cret"), Audience: identity.Audience{Resource: resource},
		Mapping: identity.Mapping{Workspace: "tenant-{claims.org}"}, Transport: i,
	}
}

func (i *introspector) asked(t testing.TB, change func(*identity.Endpoint)) *identity.Introspection {
	t.Helper()
	endpoint := i.endpoint()
	if change != nil {
		change(&endpoint)
	}
	source, err := identity.NewIntrospection(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func active(changes ...map[string]any) map[string]any {
	return goodClaims(append([]map[string]any{{"active": true}}, changes...)...)
}

func TestIntrospection(t *testing.T) {
	t.Parallel()
	from := newIntrospector()
	source := from.asked(t, nil)
	tests := map[string]struct {
		answer any
		status int // 0 for a token that is let in
	}{
		"good":        {active(), 0},
		"no end":      {active(map[string]any{"exp": nil}), 0},
		"inactive":    {active(map[string]any{"active": false}), http.StatusUnauthorized},
		"active text": {active(map[string]any{"active": "true"}), http.StatusUnauthorized},
		"nothing":     {map[string]any{}, http.StatusUnauthorized},
		"no aud":      {active(map[string]any{"aud": nil}), http.StatusUnauthorized},
		"other aud":   {active(map[string]any{"aud": []string{"https://other.example.com"}}), http.StatusUnauthorized},
		"expired":     {active(map[string]any{"exp": time.Now().Add(-time.Second).Unix()}), http.StatusUnauthorized},
		"not yet":     {active(map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}), http.StatusUnauthorized},
		"no scope":    {active(map[string]any{"scope": nil}), http.StatusForbidden},
		"no org":      {active(map[string]any{"org": nil}), http.StatusForbidden},
		"no JSON":     {json.RawMessage(`"text"`), http.StatusServiceUnavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := "opaque-" + strings.ReplaceAll(name, " ", "-")
			from.say(token, test.answer)
			if test.status != 0 {
				refuse(t, source, token, test.status)
				return
			}
			got := letIn(t, source, token)
			if got.Workspace != "tenant-acme" || !strings.HasPrefix(got.Principal, "opaque:") || !got.Effects.Allows("read") ||
				got.Effects.Allows("create") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestIntrospectionMemory counts what is asked. Time is that of the bubble.
func TestIntrospectionMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from := newIntrospector()
		source := from.asked(t, func(e *identity.Endpoint) { e.Transport = slow{from, time.Second} })
		asked := func(want int) {
			t.Helper()
			if got := from.count("/introspect"); got != want {
				t.Errorf("asked %d times, want %d", got, want)
			}
		}
		from.say("good-token", active())
		from.say("short-token", active(map[string]any{"exp": time.Now().Add(20 * time.Second).Unix()}))
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { letIn(t, source, "good-token") })
		}
		all.Wait()
		asked(1)
		time.Sleep(58 * time.Second)
		letIn(t, source, "good-token")
		asked(1)
		from.say("good-token", map[string]any{"active": false}) // it is revoked
		time.Sleep(2 * time.Second)
		refuse(t, source, "good-token", http.StatusUnauthorized)
		asked(2)
		from.say("good-token", active())
		time.Sleep(9 * time.Second)
		refuse(t, source, "good-token", http.StatusUnauthorized)
		asked(2)
		time.Sleep(time.Second)
		letIn(t, source, "good-token")
		asked(3)
		from.say("short-token", active(map[string]any{"exp": time.Now().Add(5 * time.Second).Unix()}))
		letIn(t, source, "short-token")
		time.Sleep(5 * time.Second)
		refuse(t, source, "short-token", http.StatusUnauthorized)
		asked(5)
	})
}

// TestIntrospectionOutage lets nobody in whom nobody vouches for, and heals at once.
func TestIntrospectionOutage(t *testing.T) {
	t.Parallel()
	from := newIntrospector()
	source := from.asked(t, nil)
	from.say("good-token", active())
	from.set(true)
	refusal := refuse(t, source, "good-token", http.StatusServiceUnavailable)
	if refusal.RetryAfter <= 0 || refusal.WWWAuthenticate("") != "" || !strings.Contains(refusal.Cause.Error(), "status 502") {
		t.Errorf("got %v, %v", refusal, refusal.Cause)
	}
	from.set(false)
	letIn(t, source, "good-token")
}

// TestTokensStayHome sends the introspection away from where it belongs.
func TestTokensStayHome(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"https://evil.example.com/", issuerURL + "/elsewhere"} {
		from := newIntrospector()
		from.handler = http.RedirectHandler(target, http.StatusTemporaryRedirect)
		source := from.asked(t, nil)
		refusal := refuse(t, source, "good-token", http.StatusServiceUnavailable)
		if !strings.Contains(refusal.Cause.Error(), "status 307") || from.count("/") != 0 || from.count("/elsewhere") != 0 {
			t.Errorf("got %v; the token was sent on", refusal.Cause)
		}
	}
}

// TestFewQuestions bounds what a flood of tokens makes of requests.
func TestFewQuestions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from := newIntrospector()
		var mu sync.Mutex
		running, most := 0, 0
		source := from.asked(t, func(e *identity.Endpoint) {
			e.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(100 * time.Millisecond)
				mu.Lock()
				running--
				mu.Unlock()
				return from.RoundTrip(r)
			})
		})
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() { refuse(t, source, fmt.Sprintf("flood-token-%d", i), http.StatusUnauthorized) })
		}
		all.Wait()
		if most != 16 {
			t.Errorf("%d requests at the same time, want 16", most)
		}
	})
}

func TestIntrospectionConfiguration(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*identity.Endpoint){
		"not https":           func(e *identity.Endpoint) { e.URL = "http://auth.example.com/introspect" },
		"audience is missing": func(e *identity.Endpoint) { e.Audience = identity.Audience{} },
		"secret is missing":   func(e *identity.Endpoint) { e.ClientSecret = secret.Text{} },
		"workspace":           func(e *identity.Endpoint) { e.Mapping.Workspace = "{claims.}" },
	} {
		endpoint := newIntrospector().endpoint()
		change(&endpoint)
		if _, err := identity.NewIntrospection(endpoint); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
