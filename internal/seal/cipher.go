package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
)

const keySize = 32 // AES-256

// Cipher encrypts values with one key (AES-256-GCM), so that they can be neither read nor
// changed without it. It is safe for concurrent use.
type Cipher struct {
	aead cipher.AEAD
}

// NewCipher returns a Cipher whose key follows from a secret (HKDF-SHA256), so that
// processes with the same secret and purpose open what any of them has encrypted.
func NewCipher(secret, purpose string) *Cipher {
	return cipherOf(Key(secret, purpose))
}

// Key is a key of 256 bits that follows from a secret, for one purpose (HKDF-SHA256).
func Key(secret, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, keySize)
	if err != nil {
		panic(err) // the size is one that the function gives
	}
	return key
}

// randomCipher has a key that nobody else has.
func randomCipher() *Cipher {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails
	return cipherOf(key)
}

func cipherOf(key []byte) *Cipher {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has the right length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the right block size
	}
	return &Cipher{aead}
}

// Encrypt encrypts a value. The same binding is needed to decrypt it.
func (c *Cipher) Encrypt(value []byte, binding string) []byte {
	return c.aead.Seal(nil, nil, value, []byte(binding)) //nolint:gosec // this AEAD makes its own nonce
}

// Decrypt returns an encrypted value; an error if it was changed, or encrypted with
// another key or binding.
func (c *Cipher) Decrypt(encrypted []byte, binding string) ([]byte, error) {
	return c.aead.Open(nil, nil, encrypted, []byte(binding))
}
