package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// writePair writes a certificate of a name and its key, as if at a time.
func writePair(t *testing.T, folder, name string, at time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: at.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func nameOf(t *testing.T, pair *tls.Certificate) string {
	t.Helper()
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf.Subject.CommonName
}

// TestCertificateIsReadAgain when its files have changed, and stays when they are broken.
func TestCertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		cert, key := writePair(t, folder, "old", began)
		failures, successes := 0, 0
		c := &certificate{cert: cert, key: key, reread: func(err error) {
			if err != nil {
				failures++
			} else {
				successes++
			}
		}}
		if err := c.load(); err != nil {
			t.Fatal(err)
		}
		serves := func(want string) {
			t.Helper()
			time.Sleep(recheck + time.Second)
			pair, err := c.get(nil)
			if err != nil || nameOf(t, pair) != want {
				t.Errorf("serves %v, %v; want %s", nameOf(t, pair), err, want)
			}
		}
		serves("old")
		writePair(t, folder, "new", began.Add(time.Minute))
		serves("new")
		if err := os.WriteFile(cert, []byte("broken"), 0o600); err != nil {
			t.Fatal(err)
		}
		serves("new")
		serves("new")
		writePair(t, folder, "newest", began.Add(2*time.Minute))
		serves("newest")
		if failures != 1 || successes != 2 {
			t.Errorf("told of %d broken pairs and %d good ones, want 1 and 2", failures, successes)
		}
	})
}
