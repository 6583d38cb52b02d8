// Package seal protects what a caller carries from one call to the next: it can be
// neither read nor changed, belongs to one caller and one call, lives for a while and
// can be used once.
package seal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// ErrForeign is what a caller gets whose sealed text does not belong to its call.
var ErrForeign = errors.New("the answer does not belong to this call, has expired or was used before; call again without it")

// ErrUnclear is what a caller gets while nobody can tell whether a sealed text was used
// before.
var ErrUnclear = errors.New("it cannot be told just now whether the answer was used before; try again later")

// Seal seals and opens with one key. It is safe for concurrent use.
type Seal struct {
	cipher *Cipher
	shared Issuers // nil for this process alone
	used   *marks  // without shared
}

// Issuers are several processes, each of which remembers what was opened of that which it
// has sealed.
type Issuers interface {
	Self() string
	// Claim reports whether a key that a process has issued is used for the first time. The
	// error is for when nobody can tell.
	Claim(issuer, key string, life time.Duration) (first bool, err error)
}

// content is what is inside. Times are Unix milliseconds.
type content struct {
	Text    string `json:"t"`
	Expires int64  `json:"e"`
	Issuer  string `json:"i,omitempty"`
}

// New returns a Seal with a key of its own: nothing that another process has sealed
// can be opened.
func New() *Seal {
	return &Seal{cipher: randomCipher(), used: newMarks()}
}

// Shared returns a Seal whose key follows from a secret, so that processes with the same
// secret and purpose open what any of them has sealed, together once. Without issuers each
// process remembers for itself.
func Shared(secret, purpose string, issuers Issuers) *Seal {
	return &Seal{cipher: NewCipher(secret, purpose), used: newMarks(), shared: issuers}
}

// marks are what was opened, until it expires. However many there are, none goes before
// its time: it could be opened again.
type marks = ttlcache.Cache[string, struct{}]

func newMarks() *marks { return ttlcache.New(ttlcache.WithDisableTouchOnHit[string, struct{}]()) }

// Close seals a text for what the binding says, until it expires.
func (s *Seal) Close(text, binding string, life time.Duration) string {
	inside := content{Text: text, Expires: time.Now().Add(life).UnixMilli()}
	if s.shared != nil {
		inside.Issuer = s.shared.Self()
	}
	plain, err := json.Marshal(inside)
	if err != nil {
		panic(err) // plain values
	}
	return base64.RawURLEncoding.EncodeToString(s.cipher.Encrypt(plain, binding))
}

// Open returns what was sealed, once; later, or under another binding, ErrForeign.
func (s *Seal) Open(sealed, binding string) (string, error) {
	inside, cipherText, err := s.read(sealed, binding)
	if err != nil {
		return "", err
	}
	// The bytes count: one text of base64 can be written in several ways.
	return inside.Text, s.use(string(cipherText), inside.Issuer, time.UnixMilli(inside.Expires))
}

// Read is Open for what may be used again and again until it expires.
func (s *Seal) Read(sealed, binding string) (text string, expires time.Time, err error) {
	inside, _, err := s.read(sealed, binding)
	expires = time.UnixMilli(inside.Expires)
	if err == nil && !time.Now().Before(expires) {
		err = ErrForeign
	}
	return inside.Text, expires, err
}

func (s *Seal) read(sealed, binding string) (inside content, cipherText []byte, err error) {
	cipherText, err = base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return inside, nil, ErrForeign
	}
	plain, err := s.cipher.Decrypt(cipherText, binding)
	if err != nil || json.Unmarshal(plain, &inside) != nil {
		return inside, nil, ErrForeign
	}
	return inside, cipherText, nil
}

// use marks something sealed as used.
func (s *Seal) use(text, issuer string, expires time.Time) error {
	life := time.Until(expires)
	if life <= 0 {
		return ErrForeign
	}
	if s.shared != nil {
		return s.useShared(text, issuer, life)
	}
	s.used.DeleteExpired() // there is no process in the background that would
	if _, again := s.used.GetOrSet(text, struct{}{}, ttlcache.WithTTL[string, struct{}](life)); again {
		return ErrForeign
	}
	return nil
}

// useShared asks the issuer whether it was used.
func (s *Seal) useShared(text, issuer string, life time.Duration) error {
	sum := sha256.Sum256([]byte(text))
	first, err := s.shared.Claim(issuer, hex.EncodeToString(sum[:]), life)
	switch {
	case err != nil:
		return ErrUnclear
	case !first:
		return ErrForeign
	default:
		return nil
	}
}
