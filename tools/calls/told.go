package calls

import (
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// told remembers what a caller was told once. It is safe for concurrent use.
type told struct {
	keys *ttlcache.Cache[string, struct{}]
}

// A caller is told again after toldFor, and when as many others came since.
const (
	toldFor = time.Hour
	maxTold = 20_000
)

func newTold() told {
	return told{ttlcache.New(
		ttlcache.WithTTL[string, struct{}](toldFor),
		ttlcache.WithCapacity[string, struct{}](maxTold),
		ttlcache.WithDisableTouchOnHit[string, struct{}](),
	)}
}

// first reports whether a caller was not told yet, and notes that it is now.
func (t told) first(key string) bool {
	_, known := t.keys.GetOrSet(key, struct{}{})
	return !known
}
