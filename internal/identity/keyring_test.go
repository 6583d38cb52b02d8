package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"airbyte-mcp-server/internal/identity"
)

// TestRotation replaces the issuer's key. Time is that of the bubble.
func TestRotation(t *testing.T) {
	t.Parallel()
	testKeys() // outside of the bubble: others use them
	synctest.Test(t, func(t *testing.T) {
		from := newIssuer("rsa")
		trusted := from.trusted(t)
		letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))
		from.publish("rsa", "ec")
		// Too early to read again: the key counts as unknown, however often it comes.
		for range 50 {
			refuse(t, trusted, sign(t, "ec", goodClaims(map[string]any{"jti": time.Now().String()}), nil), http.StatusUnauthorized)
		}
		if got := from.count("/keys"); got != 1 {
			t.Errorf("the keys were read %d times, want once", got)
		}
		time.Sleep(10 * time.Second)
		letIn(t, trusted, sign(t, "ec", goodClaims(), nil))
		for range 50 {
			refuse(t, trusted, sign(t, "other", goodClaims(), nil), http.StatusUnauthorized)
		}
		if got := from.count("/keys"); got != 2 {
			t.Errorf("the keys were read %d times, want twice", got)
		}
	})
}

// TestSameNameRotation replaces a key under its id.
func TestSameNameRotation(t *testing.T) {
	t.Parallel()
	testKeys()
	synctest.Test(t, func(t *testing.T) {
		from := newIssuer("rsa")
		trusted := from.trusted(t)
		letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))
		from.publish("ec")
		time.Sleep(11 * time.Second)
		letIn(t, trusted, signAs(t, algorithms["ec"], testKeys()["ec"], "", goodClaims(), nil))
	})
}

// TestWithdrawnKey is about a key that the issuer trusts no more.
func TestWithdrawnKey(t *testing.T) {
	t.Parallel()
	testKeys()
	synctest.Test(t, func(t *testing.T) {
		from := newIssuer("rsa", "ec")
		trusted := from.trusted(t)
		token := sign(t, "ec", goodClaims(), nil)
		letIn(t, trusted, token)
		from.publish("rsa")
		time.Sleep(15*time.Minute + time.Second)
		_, _ = trusted.Identify(t.Context(), token) // lets the keys be read behind it
		synctest.Wait()
		refuse(t, trusted, sign(t, "ec", goodClaims(), nil), http.StatusUnauthorized)
		letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))
		time.Sleep(6 * time.Minute)
		refuse(t, trusted, token, http.StatusUnauthorized) // it is remembered no more
	})
}

// TestIssuerOutage starts without the issuer, lets it come, go and come again.
func TestIssuerOutage(t *testing.T) {
	t.Parallel()
	testKeys()
	synctest.Test(t, func(t *testing.T) {
		from := newIssuer("rsa")
		from.set(true)
		trusted := from.trusted(t)
		const discovery = "/.well-known/openid-configuration"
		end := time.Now().Add(5 * time.Minute)
		for time.Now().Before(end) {
			refusal := refuse(t, trusted, sign(t, "rsa", goodClaims(), nil), http.StatusServiceUnavailable)
			if refusal.RetryAfter < time.Second || refusal.RetryAfter > time.Minute || refusal.Cause == nil {
				t.Fatalf("got %v after %v because of %v", refusal, refusal.RetryAfter, refusal.Cause)
			}
			time.Sleep(500 * time.Millisecond)
		}
		// At 0, 1, 3, 7, 15, 31, 63 seconds and each minute from there.
		if got := from.count(discovery); got < 9 || got > 11 {
			t.Errorf("the issuer was asked %d times in 5 minutes, want about 10", got)
		}
		from.set(false)
		time.Sleep(time.Minute)
		letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))

		from.set(true)
		time.Sleep(time.Hour)
		letIn(t, trusted, sign(t, "rsa", goodClaims(), nil)) // with the keys that are known
		synctest.Wait()
		refuse(t, trusted, sign(t, "ec", goodClaims(), nil), http.StatusServiceUnavailable) // it may have this one
		time.Sleep(24 * time.Hour)
		refuse(t, trusted, sign(t, "rsa", goodClaims(), nil), http.StatusServiceUnavailable)
		from.set(false)
		time.Sleep(time.Minute)
		letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))
	})
}

// TestSharedReading has many callers wait for one reading of the keys; the first one
// goes away.
func TestSharedReading(t *testing.T) {
	t.Parallel()
	testKeys()
	synctest.Test(t, func(t *testing.T) {
		from := newIssuer("rsa")
		config := from.config()
		config.Transport = slow{from, 2 * time.Second}
		trusted, err := identity.NewJWT(config)
		if err != nil {
			t.Fatal(err)
		}
		token := sign(t, "rsa", goodClaims(), nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			_, err := trusted.Identify(ctx, token)
			if refusal := refused(t, err); refusal.Status != http.StatusServiceUnavailable || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", refusal)
			}
		})
		synctest.Wait()
		for range 200 {
			all.Go(func() { letIn(t, trusted, token) })
		}
		all.Wait()
		if got := from.count("/keys"); got != 1 {
			t.Errorf("the keys were read %d times, want once", got)
		}
	})
}

// TestTokenEndsInCache makes sure that a remembered token is not remembered too long.
func TestTokenEndsInCache(t *testing.T) {
	t.Parallel()
	testKeys()
	synctest.Test(t, func(t *testing.T) {
		trusted := newIssuer("rsa").trusted(t)
		token := sign(t, "rsa", goodClaims(map[string]any{"exp": time.Now().Add(time.Minute).Unix()}), nil)
		for range 59 {
			letIn(t, trusted, token)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Second)
		refuse(t, trusted, token, http.StatusUnauthorized)
	})
}

// slow lets time pass before an answer.
type slow struct {
	next http.RoundTripper
	wait time.Duration
}

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(s.wait):
		return s.next.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// TestHostileIssuer gives answers that must neither be believed nor kept.
func TestHostileIssuer(t *testing.T) {
	t.Parallel()
	const document = "/.well-known/openid-configuration"
	private, err := json.Marshal(jose.JSONWebKey{Key: testKeys()["rsa"], KeyID: "rsa"})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		handler http.Handler
		want    string // in the cause
	}{
		"another issuer": {answerAt(document, `{"issuer":"https://evil.example.com","jwks_uri":"https://evil.example.com/keys"}`),
			"did not match"},
		"no JSON":        {answerAt(document, `<html>`), "decode"},
		"http keys":      {answerAt(document, `{"issuer":"`+issuerURL+`","jwks_uri":"http://auth.example.com/keys"}`), "not https"},
		"no keys":        {answerAt("/keys", `{"keys":[]}`), "no key"},
		"symmetric keys": {answerAt("/keys", `{"keys":[{"kty":"oct","kid":"rsa","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ"}]}`), "no key"},
		"private keys":   {answerAt("/keys", `{"keys":[`+string(private)+`]}`), "no key"},
		"keys to encrypt": {answerAt("/keys", `{"keys":[{"kty":"OKP","crv":"Ed25519","use":"enc","kid":"rsa",`+
			`"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`), "no key"},
		"short keys":       {answerAt("/keys", `{"keys":[{"kty":"RSA","kid":"rsa","e":"AQAB","n":"`+strings.Repeat("f", 172)+`"}]}`), "no key"},
		"endless":          {answerAt("/keys", strings.Repeat(" ", 1<<20)+`{"keys":[]}`), "more than"},
		"to another host":  {http.RedirectHandler("https://evil.example.com/away", http.StatusFound), "redirected to evil.example.com"},
		"to http":          {http.RedirectHandler("http://auth.example.com/away", http.StatusFound), "redirected"},
		"in a circle":      {http.RedirectHandler(issuerURL+"/again", http.StatusTemporaryRedirect), "redirected"},
		"a status as text": {http.NotFoundHandler(), "status 404"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := newIssuer("rsa")
			from.handler = test.handler
			refusal := refuse(t, from.trusted(t), sign(t, "rsa", goodClaims(), nil), http.StatusServiceUnavailable)
			if refusal.Cause == nil || !strings.Contains(refusal.Cause.Error(), test.want) {
				t.Errorf("got the cause %v, want %q in it", refusal.Cause, test.want)
			}
			if from.count("/away") != 0 {
				t.Error("the redirect was followed")
			}
			if len(refusal.Cause.Error()) > 500 {
				t.Errorf("the cause is %d bytes long", len(refusal.Cause.Error()))
			}
		})
	}
}

// answerAt is an issuer with a body of its own at one path.
func answerAt(path, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			_, _ = io.WriteString(w, body)
			return
		}
		_, _ = io.WriteString(w, `{"issuer":"`+issuerURL+`","jwks_uri":"`+issuerURL+`/keys"}`)
	}
}

// TestRedirectWithinTheHost is followed.
func TestRedirectWithinTheHost(t *testing.T) {
	t.Parallel()
	from := newIssuer("rsa")
	config := from.config()
	config.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/keys" {
			return &http.Response{
				StatusCode: http.StatusFound, Header: http.Header{"Location": {issuerURL + "/v2/keys"}}, Body: http.NoBody, Request: r,
			}, nil
		}
		r = r.Clone(r.Context())
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/v2")
		return from.RoundTrip(r)
	})
	trusted, err := identity.NewJWT(config)
	if err != nil {
		t.Fatal(err)
	}
	letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type identifier interface {
	Identify(ctx context.Context, token string) (identity.Identity, error)
}

func letIn(t testing.TB, by identifier, token string) identity.Identity {
	t.Helper()
	got, err := by.Identify(context.Background(), token)
	if err != nil {
		t.Errorf("got %v (%v), want to be let in", err, errors.Unwrap(err))
	}
	return got
}

func refuse(t testing.TB, by identifier, token string, status int) *identity.Refusal {
	t.Helper()
	got, err := by.Identify(context.Background(), token)
	if err == nil {
		t.Fatalf("it was let in as %+v", got)
	}
	refusal := refused(t, err)
	keepsSecret(t, refusal, token)
	if refusal.Status != status {
		t.Errorf("got %v (%v), want %d", refusal, refusal.Cause, status)
	}
	return refusal
}
