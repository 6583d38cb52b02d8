package identity

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"airbyte-mcp-server/internal/backoff"
)

// How often an issuer is asked for its keys.
const (
	keysFresh   = 15 * time.Minute // then they are read again, so that a key that was withdrawn goes
	keysStale   = 24 * time.Hour   // then they are worth nothing, if the issuer stays away
	keysSpacing = 10 * time.Second // at least, between two successful readings
)

// pauses are at least between two readings of which the first has failed.
var pauses = backoff.Doubling{First: time.Second, Longest: time.Minute}

var errUnknownKey = errors.New("no such key")

// keyring holds the public keys of one issuer, and reads them when they are first
// needed, when they are old, and when a token names one that is not there. go-oidc's
// own set would never forget a key, and cannot tell an outage from a bad signature.
type keyring struct {
	issuer string
	client *http.Client
	flight singleflight.Group

	mu       sync.Mutex
	keys     []jose.JSONWebKey
	read     time.Time // when the keys were
	next     time.Time // when they may be read again
	failures int       // readings in a row
	failure  error
}

// find returns the keys that may have signed a token: those of its key id, or all if
// it has none. Anew means that those which were found before do not fit. Without any
// the error is errUnknownKey or a *Refusal with 503.
func (k *keyring) find(ctx context.Context, id string, anew bool) ([]jose.JSONWebKey, error) {
	keys, age := k.known(id)
	if len(keys) > 0 && age < keysFresh && !anew {
		return keys, nil
	}
	result := k.flight.DoChan("", k.refresh)
	if len(keys) > 0 && age < keysStale && !anew {
		return keys, nil // the reading goes on behind
	}
	select {
	case <-ctx.Done():
		return nil, unavailable(0, ctx.Err())
	case <-result:
	}
	if keys, age = k.known(id); len(keys) > 0 && age < keysStale {
		return keys, nil
	}
	return nil, k.lack()
}

// known returns keys with an id and the age of all.
func (k *keyring) known(id string) ([]jose.JSONWebKey, time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found []jose.JSONWebKey
	for _, key := range k.keys {
		if id == "" || key.KeyID == id {
			found = append(found, key)
		}
	}
	return found, time.Since(k.read)
}

// lack says why there is no key.
func (k *keyring) lack() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failures == 0 {
		return errUnknownKey
	}
	return unavailable(time.Until(k.next), fmt.Errorf("reading the keys of %s: %w", k.issuer, k.failure))
}

// refresh reads the keys, for all who wait for them and whoever of these gives up,
// unless it is too early to try again.
func (k *keyring) refresh() (any, error) {
	if !k.due() {
		return nil, nil //nolint:nilnil // those who wait look at the keys themselves
	}
	ctx, cancel := context.WithTimeout(context.Background(), clientTimeout)
	defer cancel()
	keys, err := k.fetch(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if err != nil {
		k.failures++
		k.failure, k.next = err, now.Add(pauses.Pause(k.failures))
		return nil, err
	}
	k.keys, k.read, k.next, k.failures, k.failure = keys, now, now.Add(keysSpacing), 0, nil
	return nil, nil //nolint:nilnil // as above
}

func (k *keyring) due() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !time.Now().Before(k.next)
}

// fetch asks where the keys are each time: issuers move them.
func (k *keyring) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, k.client), k.issuer)
	if err != nil {
		return nil, err
	}
	var document struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&document); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, document.Keys, http.NoBody)
	if err != nil {
		return nil, errors.New("the issuer's jwks_uri is no address")
	}
	response, err := k.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return parseKeySet(body)
}

// parseKeySet reads a JWK set (RFC 7517). Keys that are not for us are left out, as
// an issuer may have several kinds.
func parseKeySet(data []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, errors.New("the issuer's key set is no JSON of keys")
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) == nil && isUsable(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the issuer's key set has no key that can check a signature")
	}
	return keys, nil
}

// isUsable is true of public keys for signatures that are strong enough. Symmetric
// keys are none.
func isUsable(key jose.JSONWebKey) bool {
	if short, ok := key.Key.(*rsa.PublicKey); ok && short.N.BitLen() < 2048 {
		return false
	}
	return key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig")
}
