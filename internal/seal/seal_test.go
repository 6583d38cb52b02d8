package seal_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/seal"
)

// TestSeal opens once, in time, for the binding alone.
func TestSeal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := seal.New()
		sealed := s.Close("memory", "ann", time.Minute)
		for name, open := range map[string]func() (string, error){
			"another binding": func() (string, error) { return s.Open(sealed, "bob") },
			"another key":     func() (string, error) { return seal.New().Open(sealed, "ann") },
			"one bit flipped": func() (string, error) { return s.Open("A"+sealed[1:], "ann") },
			"cut off":         func() (string, error) { return s.Open(sealed[:8], "ann") },
			"no base64":       func() (string, error) { return s.Open("§", "ann") },
			"empty":           func() (string, error) { return s.Open("", "ann") },
			"expired": func() (string, error) {
				old := s.Close("memory", "ann", time.Minute)
				time.Sleep(time.Minute)
				return s.Open(old, "ann")
			},
		} {
			if sealed[0] == 'A' && name == "one bit flipped" {
				continue
			}
			if got, err := open(); !errors.Is(err, seal.ErrForeign) {
				t.Errorf("%s: got %q, %v, want ErrForeign", name, got, err)
			}
		}
		fresh := s.Close("memory", "ann", time.Minute)
		if got, err := s.Open(fresh, "ann"); err != nil || got != "memory" {
			t.Errorf("got %q, %v", got, err)
		}
		if _, err := s.Open(fresh, "ann"); !errors.Is(err, seal.ErrForeign) {
			t.Errorf("a second time: got %v, want ErrForeign", err)
		}
	})
}

// The last character of unpadded base64 has bits that do not count; changing them
// must not make a used text new.
func TestUsedInAnotherSpelling(t *testing.T) {
	t.Parallel()
	s := seal.New()
	sealed := s.Close("x", "ann", time.Minute)
	if _, err := s.Open(sealed, "ann"); err != nil {
		t.Fatal(err)
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for _, last := range alphabet {
		if _, err := s.Open(sealed[:len(sealed)-1]+string(last), "ann"); err == nil {
			t.Errorf("opened again with %q at the end", last)
		}
	}
}

// TestRead opens again and again, until the end alone.
func TestRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := seal.New()
		sealed := s.Close("memory", "ann", time.Minute)
		end := time.Now().Add(time.Minute)
		for range 2 {
			text, expires, err := s.Read(sealed, "ann")
			if err != nil || text != "memory" || !expires.Equal(end.Truncate(time.Millisecond)) {
				t.Errorf("got %q until %v, %v; want it until %v", text, expires, err, end)
			}
		}
		if _, _, err := s.Read(sealed, "bob"); !errors.Is(err, seal.ErrForeign) {
			t.Errorf("another binding: got %v, want ErrForeign", err)
		}
		time.Sleep(time.Minute - time.Millisecond)
		if _, _, err := s.Read(sealed, "ann"); err != nil {
			t.Errorf("before its end: %v", err)
		}
		time.Sleep(time.Millisecond)
		if _, _, err := s.Read(sealed, "ann"); !errors.Is(err, seal.ErrForeign) {
			t.Errorf("at its end: got %v, want ErrForeign", err)
		}
	})
}

// TestMarksAreNeverCrowdedOut: however many are opened, none can be opened twice.
func TestMarksAreNeverCrowdedOut(t *testing.T) {
	t.Parallel()
	s := seal.New()
	first := s.Close("x", "ann", time.Hour)
	if _, err := s.Open(first, "ann"); err != nil {
		t.Fatal(err)
	}
	for range 20_000 {
		if _, err := s.Open(s.Close("x", "ann", time.Hour), "ann"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Open(first, "ann"); !errors.Is(err, seal.ErrForeign) {
		t.Errorf("got %v, want ErrForeign", err)
	}
}

// TestCipher: the secret, the purpose and the binding have to be the same.
func TestCipher(t *testing.T) {
	t.Parallel()
	encrypted := seal.NewCipher("secret", "a").Encrypt([]byte("value"), "key")
	if got, err := seal.NewCipher("secret", "a").Decrypt(encrypted, "key"); err != nil || string(got) != "value" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"secret":  func() ([]byte, error) { return seal.NewCipher("secre", "a").Decrypt(encrypted, "key") },
		"purpose": func() ([]byte, error) { return seal.NewCipher("secret", "b").Decrypt(encrypted, "key") },
		"binding": func() ([]byte, error) { return seal.NewCipher("secret", "a").Decrypt(encrypted, "kex") },
		"nothing": func() ([]byte, error) { return seal.NewCipher("secret", "a").Decrypt(nil, "key") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("another %s: got %q", name, got)
		}
	}
}
