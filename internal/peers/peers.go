// Package peers lets any replica of a server take requests for what another one has: pages
// and files, whose ids name their replica. A request is passed on once, to an address that
// the other replica has announced under a key that all replicas have, and to no other.
package peers

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/seal"
)

// How a replica may fail to be reached.
var (
	// ErrStopped says that a replica, and all that it had, is gone.
	ErrStopped = errors.New("the replica that had it has stopped; ask again")
	// ErrAway says that a replica cannot be reached now.
	ErrAway = errors.New("it is at another replica, which cannot be reached now; try again")
)

const (
	idLength    = 16 // characters of 5 random bits each
	separator   = "."
	dialTime    = 2 * time.Second
	maxPassed   = 256 // requests that are passed on at the same time
	tenantShare = maxPassed / 4
)

// Registry is what all replicas can read and nobody else can write.
type Registry interface {
	// Announce keeps a value there as long as this process runs.
	Announce(name string, value func() []byte)
	// Announced returns a value, nil if there is none.
	Announced(ctx context.Context, name string) ([]byte, error)
}

// Options is what New needs to know.
type Options struct {
	Secret   string // the source of the key; the same for all replicas
	Registry Registry
	TLS      *tls.Config // with which this replica serves; nil for plain HTTP
}

// Peers are the replicas of a server, as one of them sees them. It is safe for concurrent
// use. A nil *Peers stands for a server of one replica.
type Peers struct {
	opts      Options
	id        string
	cipher    *seal.Cipher
	transport *http.Transport
	places    *budget.Pool
	taken     *ttlcache.Cache[string, struct{}] // the passes that were used here

	mu      sync.Mutex
	pins    map[string][]byte   // the certificates of announced addresses
	known   map[string]*url.URL // what replicas have announced, by id, while Redis cannot be asked
	answers map[string]func(ctx context.Context, question []byte) ([]byte, error)
}

// announcement is what a replica says about itself.
type announcement struct {
	URL         string // scheme and host
	Certificate []byte `json:",omitempty"` // the hash of the one that it shows
}

// New returns the replicas, of which this one has a new random id.
func New(o Options) *Peers {
	p := &Peers{
		opts: o, id: strings.ToLower(rand.Text()[:idLength]), cipher: seal.NewCipher(o.Secret, "airbyte-mcp-server peers"),
		places: budget.New(maxPassed, tenantShare), taken: ttlcache.New(ttlcache.WithDisableTouchOnHit[string, struct{}]()),
		pins: map[string][]byte{}, known: map[string]*url.URL{}, answers: map[string]func(context.Context, []byte) ([]byte, error){},
	}
	p.transport = &http.Transport{ // without a proxy: the addresses are inside
		DialContext:    (&net.Dialer{Timeout: dialTime}).DialContext,
		DialTLSContext: p.dialTLS, DisableCompression: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
	}
	return p
}

// Close ends connections that are idle.
func (p *Peers) Close() {
	if p != nil {
		p.transport.CloseIdleConnections()
	}
}

// Prefix begins the ids of what this replica has.
func (p *Peers) Prefix() string {
	if p == nil {
		return ""
	}
	return p.id + separator
}

// Elsewhere returns the replica that an id names, "" for this one and for none.
func (p *Peers) Elsewhere(id string) string {
	if p == nil {
		return ""
	}
	owner, _, found := strings.Cut(id, separator)
	if !found || len(owner) != idLength || owner == p.id || strings.Trim(owner, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return ""
	}
	return owner
}

// Announce tells the other replicas where this one is, as long as it runs. The address is
// asked for each time; "" means that it is not known yet.
func (p *Peers) Announce(address func() string) {
	p.opts.Registry.Announce(p.id, func() []byte {
		a := announcement{URL: address()}
		if a.URL == "" {
			return nil
		}
		if p.opts.TLS != nil {
			shown, err := p.opts.TLS.GetCertificate(&tls.ClientHelloInfo{})
			if err != nil || len(shown.Certificate) == 0 {
				return nil
			}
			sum := sha256.Sum256(shown.Certificate[0])
			a.Certificate = sum[:]
		}
		value, _ := json.Marshal(a) // strings and bytes
		return value
	})
}

// locate finds the address that a replica has announced. What it has announced before
// counts as long as the registry cannot be asked, and while it has lost its content: then
// absent is ErrAway, or ErrStopped, if nobody is at the address any more.
func (p *Peers) locate(ctx context.Context, owner string) (at *url.URL, absent, err error) {
	value, err := p.opts.Registry.Announced(ctx, owner)
	absent = ErrAway
	var a announcement
	if err == nil && value != nil && json.Unmarshal(value, &a) == nil {
		if at, err = url.Parse(a.URL); err == nil && at.Host != "" {
			p.remember(owner, at, a.Certificate)
			return at, absent, nil
		}
	}
	if err == nil {
		absent = ErrStopped
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at = p.known[owner]; at != nil {
		return at, absent, nil
	}
	return nil, absent, absent
}

// maxKnown bounds the replicas that are remembered; more than that have stopped.
const maxKnown = 1000

func (p *Peers) remember(owner string, at *url.URL, certificate []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxKnown {
		clear(p.known)
		clear(p.pins)
	}
	p.known[owner] = at
	if at.Scheme == "https" {
		p.pins[at.Host] = certificate
	}
}

// dialTLS trusts the certificate that the replica has announced, and no other: those of
// balancers and public names seldom hold the addresses inside.
func (p *Peers) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	p.mu.Lock()
	pin := p.pins[address]
	p.mu.Unlock()
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTime}, Config: &tls.Config{
		MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, //nolint:gosec // VerifyConnection does it
		VerifyConnection: func(s tls.ConnectionState) error {
			if sum := sha256.Sum256(s.PeerCertificates[0].Raw); string(sum[:]) != string(pin) {
				return errors.New("the certificate is not the one that the replica has announced")
			}
			return nil
		},
	}}
	return d.DialContext(ctx, network, address)
}
