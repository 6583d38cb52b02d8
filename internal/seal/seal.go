// Package seal protects what a caller carries from one call to the next: it can be
// neither read nor changed, belongs to one caller and one call, lives for a while and
// can be used once.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"time"
)

// ErrForeign is what a caller gets whose sealed text does not belong to its call.
var ErrForeign = errors.New("the answer does not belong to this call, has expired or was used before; call again without it")

// Seal seals and opens with one key. It is safe for concurrent use.
type Seal struct {
	aead cipher.AEAD

	mu    sync.Mutex
	used  map[string]time.Time // what was opened, and when it expires
	swept time.Time
}

// content is what is inside.
type content struct {
	Text    string `json:"t"`
	Expires int64  `json:"e"` // Unix milliseconds
}

// New returns a Seal with a key of its own: nothing that another process has sealed
// can be opened.
func New() *Seal {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
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
	plain, err := json.Marshal(content{text, time.Now().Add(life).UnixMilli()})
	if err != nil {
		panic(err) // plain values
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, []byte(binding))) //nolint:gosec // this AEAD makes its own nonce
}

// Open returns what was sealed, once; later, or under another binding, ErrForeign.
func (s *Seal) Open(sealed, binding string) (string, error) {
	cipherText, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", ErrForeign
	}
	plain, err := s.aead.Open(nil, nil, cipherText, []byte(binding))
	var inside content
	if err != nil || json.Unmarshal(plain, &inside) != nil {
		return "", ErrForeign
	}
	// The bytes count: one text of base64 can be written in several ways.
	return inside.Text, s.use(string(cipherText), time.UnixMilli(inside.Expires))
}

// use marks something sealed as used.
func (s *Seal) use(text string, expires time.Time) error {
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
