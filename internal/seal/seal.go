// Package seal protects what a caller carries from one call to the next: it can be
// neither read nor changed, belongs to one caller and one call, lives for a while and
// can be used once.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"time"
)

// ErrForeign is what a caller gets whose sealed text does not belong to its call.
var ErrForeign = errors.New("the answer does not belong to this call, has expired or was used before; call again without it")

// ErrUnclear is what a caller gets while nobody can tell whether a sealed text was used
// before.
var ErrUnclear = errors.New("it cannot be told just now whether the answer was used before; try again later")

// Seal seals and opens with one key. It is safe for concurrent use.
type Seal struct {
	aead cipher.AEAD
	once Once // nil to remember here

	mu    sync.Mutex
	used  map[string]time.Time // what was opened, and when it expires
	swept time.Time
}

// Once tells for several processes whether a key, made at a time, is used for the first
// time within its life. The error is for when nobody can tell.
type Once func(key string, made time.Time, life time.Duration) (first bool, err error)

// content is what is inside. Times are Unix milliseconds.
type content struct {
	Text    string `json:"t"`
	Expires int64  `json:"e"`
	Made    int64  `json:"m"`
}

// New returns a Seal with a key of its own: nothing that another process has sealed
// can be opened.
func New() *Seal {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails
	return withKey(key)
}

const keySize = 32 // AES-256

// Shared returns a Seal whose key follows from a secret, so that processes with the same
// secret and purpose open what any of them has sealed.
func Shared(secret, purpose string, once Once) *Seal {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, keySize)
	if err != nil {
		panic(err) // the size is one that the function gives
	}
	s := withKey(key)
	s.once = once
	return s
}

func withKey(key []byte) *Seal {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has the right length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the right block size
	}
	return &Seal{aead: aead, used: map[string]time.Time{}}
}

// Close seals a text for what the binding says, until it expires.
func (s *Seal) Close(text, binding string, life time.Duration) string {
	now := time.Now()
	plain, err := json.Marshal(content{text, now.Add(life).UnixMilli(), now.UnixMilli()})
	if err != nil {
		panic(err) // plain values
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, []byte(binding))) //nolint:gosec // this AEAD makes its own nonce
}

// Open returns what was sealed, once; later, or under another binding, ErrForeign.
func (s *Seal) Open(sealed, binding string) (string, error) {
	inside, cipherText, err := s.read(sealed, binding)
	if err != nil {
		return "", err
	}
	// The bytes count: one text of base64 can be written in several ways.
	return inside.Text, s.use(string(cipherText), time.UnixMilli(inside.Made), time.UnixMilli(inside.Expires))
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
	plain, err := s.aead.Open(nil, nil, cipherText, []byte(binding))
	if err != nil || json.Unmarshal(plain, &inside) != nil {
		return inside, nil, ErrForeign
	}
	return inside, cipherText, nil
}

// use marks something sealed as used.
func (s *Seal) use(text string, made, expires time.Time) error {
	if s.once != nil {
		return s.useShared(text, made, time.Until(expires))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if now.Sub(s.swept) >= time.Second { // not each time: there may be many
		s.swept = now
		maps.DeleteFunc(s.used, func(_ string, until time.Time) bool { return now.After(until) })
	}
	if _, again := s.used[text]; again || !now.Before(expires) {
		return ErrForeign
	}
	s.used[text] = expires
	return nil
}

// useShared asks whether any process has used it.
func (s *Seal) useShared(text string, made time.Time, life time.Duration) error {
	if life <= 0 {
		return ErrForeign
	}
	sum := sha256.Sum256([]byte(text))
	first, err := s.once(hex.EncodeToString(sum[:]), made, life)
	switch {
	case err != nil:
		return ErrUnclear
	case !first:
		return ErrForeign
	default:
		return nil
	}
}
