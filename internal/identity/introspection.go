package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"airbyte-mcp-server/internal/secret"
)

const (
	longestActive   = time.Minute      // that an answer is remembered
	longestInactive = 10 * time.Second // so that a token that was just made works soon
	maxAsking       = 16               // requests at the same time
	longestKnown    = time.Hour        // that a token which was good waits for no others
)

// Endpoint is an authorization server that is asked about each opaque token (RFC 7662).
type Endpoint struct {
	URL          string
	ClientID     string
	ClientSecret secret.Text
	Audience     Audience // of the tokens
	Mapping      Mapping
	Transport    http.RoundTripper // nil for one of its own
}

// Introspection checks opaque tokens. It is safe for concurrent use.
type Introspection struct {
	endpoint Endpoint
	client   *http.Client
	mapper   *mapper
	good     *cache[Identity]
	bad      *cache[error]    // by itself: any number of bad tokens drop no good one
	known    *cache[struct{}] // tokens that were good, and are asked about again
	flight   singleflight.Group
	asking   turns
}

// verdict is what was found of a token.
type verdict struct {
	identity Identity
	refusal  error
}

// NewIntrospection checks the configuration; it sends nothing.
func NewIntrospection(e Endpoint) (*Introspection, error) {
	_, err := parseEndpoint(e.URL)
	switch {
	case err != nil:
	case e.ClientID == "" || !e.ClientSecret.IsSet():
		err = errors.New("the client id or its secret is missing")
	default:
		err = e.Audience.check()
	}
	var ready *mapper
	if err == nil {
		ready, err = newMapper(e.Mapping, "opaque", e.URL)
	}
	if err != nil {
		return nil, fmt.Errorf("introspection %q: %w", e.URL, err)
	}
	return &Introspection{
		endpoint: e, client: newPoster(e.Transport), mapper: ready,
		good: newCache[Identity](maxCachedTokens), bad: newCache[error](maxCachedTokens),
		known: newCache[struct{}](maxCachedTokens), asking: turns{free: maxAsking},
	}, nil
}

// Identify asks about a token, once for all who send it at the same time. An answer is
// remembered for up to a minute and not beyond the token's end, a refusal for 10
// seconds. Errors are of type *Refusal; if nobody answers, nobody is let in (503).
func (i *Introspection) Identify(ctx context.Context, token string) (Identity, error) {
	key := digestOf(token)
	if found, ok := i.good.lookup(key); ok {
		return found, nil
	}
	if refusal, ok := i.bad.lookup(key); ok {
		return Identity{}, refusal
	}
	// The request belongs to all who wait for it, so none of them can cancel it.
	result := i.flight.DoChan(string(key[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clientTimeout)
		defer cancel()
		return i.judge(ctx, key, token)
	})
	select {
	case <-ctx.Done():
		return Identity{}, unavailable(0, ctx.Err())
	case done := <-result:
		if done.Err != nil {
			return Identity{}, unavailable(0, fmt.Errorf("asking %s about a token: %w", i.endpoint.URL, done.Err))
		}
		found, _ := done.Val.(verdict)
		return found.identity, found.refusal
	}
}

// judge asks about a token and remembers the answer. An error is no answer.
func (i *Introspection) judge(ctx context.Context, key digest, token string) (verdict, error) {
	from := senderIn(ctx)
	if _, known := i.known.lookup(key); known {
		from = "known " + string(key[:]) // behind a balancer all requests come from one sender
	}
	answer, err := i.ask(ctx, from, token)
	if err != nil {
		return verdict{}, err
	}
	now := time.Now()
	var found verdict
	found.identity, found.refusal = i.identity(answer, now)
	if found.refusal != nil {
		i.bad.keep(key, found.refusal, now.Add(longestInactive))
		return found, nil //nolint:nilerr // a refusal is an answer, not a failure
	}
	until := now.Add(longestActive)
	if expires := found.identity.Expires; !expires.IsZero() && expires.Before(until) {
		until = expires
	}
	i.good.keep(key, found.identity, until)
	i.known.keep(key, struct{}{}, now.Add(longestKnown))
	return found, nil
}

// ask posts the token (RFC 7662, section 2.1; RFC 6749, section 2.3.1).
func (i *Introspection) ask(ctx context.Context, from, token string) (claims, error) {
	if err := i.asking.take(ctx, from); err != nil {
		return nil, err
	}
	defer i.asking.give()
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, i.endpoint.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.GetBody = nil // it is sent once
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.SetBasicAuth(url.QueryEscape(i.endpoint.ClientID), url.QueryEscape(i.endpoint.ClientSecret.Reveal()))
	response, err := i.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return parseClaims(body)
}

func (i *Introspection) identity(answer claims, now time.Time) (Identity, error) {
	if active, _ := answer["active"].(bool); !active {
		return Identity{}, BadToken("the token is unknown, was revoked or has expired: get a new one")
	}
	choices, err := i.endpoint.Audience.admit(answer)
	if err != nil {
		return Identity{}, err
	}
	expires, err := answer.checkTimes(now)
	if err != nil {
		return Identity{}, err
	}
	found, err := i.mapper.identity(answer, expires)
	found.Choices = choices
	return found, err
}
