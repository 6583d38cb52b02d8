package peers

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// TestPassAges: a pass that was kept back is refused, and one is not good again when its
// use has been forgotten.
func TestPassAges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Secret: "a secret"})
		request := func() *http.Request {
			sealed, err := p.sealPass(p.id, pass{Method: http.MethodGet, Target: "/connect/x"})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/connect/x", nil)
			r.Header.Set(Header, sealed)
			return r
		}
		used, kept, late := request(), request(), request()
		if _, err := p.openPass(used); err != nil {
			t.Error(err)
		}
		time.Sleep(maxDelay - time.Second)
		if _, err := p.openPass(kept); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Second)
		for name, r := range map[string]*http.Request{"used": used, "kept": kept, "late": late} {
			if _, err := p.openPass(r); err == nil {
				t.Errorf("the %s pass is taken", name)
			}
		}
	})
}
