package peers

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// Header has the pass of a request that comes from another replica. Balancers remove it.
const Header = "X-Airbyte-Mcp-Peer"

const (
	// maxDelay is how old a pass may be, by the clocks of two replicas.
	maxDelay = 2 * time.Minute
	// remembered is longer than a pass is good for, from the clock that is behind to the
	// one that is ahead.
	remembered = 3 * maxDelay
)

// errRefused is all that a stranger learns about its pass.
var errRefused = errors.New("this request is not for this replica")

// pass is what a replica says about a request that it passes on: sealed for one start of
// one replica, for one request, good once. What was seen of the caller is in it, since the
// connection shows the replica instead.
type pass struct {
	Nonce  string          `json:"n"`
	Sent   int64           `json:"t"` // Unix milliseconds
	Method string          `json:"m"`
	Target string          `json:"u"` // as in the request line
	Host   string          `json:"h,omitempty"`
	Remote string          `json:"r,omitempty"`
	Kind   string          `json:"k,omitempty"` // of a question, "" for a request that is passed on
	Facts  json.RawMessage `json:"f,omitempty"` // whom the request acts for, or the question
}

func (p *Peers) sealPass(owner string, s pass) (string, error) {
	s.Nonce, s.Sent = rand.Text(), time.Now().UnixMilli()
	plain, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(p.cipher.Encrypt(plain, "pass:"+owner)), nil
}

// openPass takes the pass of a request, once.
func (p *Peers) openPass(r *http.Request) (*pass, error) {
	if p == nil {
		return nil, errRefused
	}
	encrypted, err := base64.RawURLEncoding.DecodeString(r.Header.Get(Header))
	if err != nil {
		return nil, errRefused
	}
	plain, err := p.cipher.Decrypt(encrypted, "pass:"+p.id)
	var s pass
	if err != nil || json.Unmarshal(plain, &s) != nil {
		return nil, errRefused
	}
	late := time.Since(time.UnixMilli(s.Sent)).Abs() > maxDelay
	if late || s.Method != r.Method || s.Target != r.URL.RequestURI() {
		return nil, errRefused
	}
	p.taken.DeleteExpired() // no process in the background does
	if _, used := p.taken.GetOrSet(s.Nonce, struct{}{}, ttlcache.WithTTL[string, struct{}](remembered)); used {
		return nil, errRefused
	}
	return &s, nil
}

// IsPassed reports whether a request claims to come from another replica.
func IsPassed(r *http.Request) bool { return len(r.Header.Values(Header)) > 0 }

// Accept takes a request that another replica has passed on: as it came to that one, and
// whom it acts for. It answers a request that only claims to be one, and returns nil.
func (p *Peers) Accept(w http.ResponseWriter, r *http.Request) (passed *http.Request, facts []byte) {
	s, err := p.openPass(r)
	if err != nil || s.Kind != "" {
		refusePass(w)
		return nil, nil
	}
	return s.restore(r), s.Facts
}

func (s *pass) restore(r *http.Request) *http.Request {
	restored := r.Clone(r.Context())
	restored.Header.Del(Header)
	restored.Host, restored.RemoteAddr = s.Host, s.Remote
	return restored
}

func refusePass(w http.ResponseWriter) {
	http.Error(w, errRefused.Error(), http.StatusMisdirectedRequest)
}
