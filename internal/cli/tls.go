package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// tlsConfig is what the settings say about TLS, nil for none.
func (a *app) tlsConfig() (*tls.Config, error) {
	s := a.settings
	if s.TLSCert == "" {
		return nil, nil //nolint:nilnil // there is no TLS, and nothing wrong
	}
	c := &certificate{cert: s.TLSCert, key: s.TLSKey, reread: func(err error) {
		if err != nil {
			a.log.Error().Err(err).Msg("the changed certificate could not be read; the one in use stays")
			return
		}
		a.log.Info().Str("file", s.TLSCert).Msg("certificate read again")
	}}
	if err := c.load(); err != nil {
		return nil, &usageError{err: err}
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}
	if s.TLSClientCA != "" {
		data, err := readPEM(s.TLSClientCA)
		if err != nil {
			return nil, &usageError{err: fmt.Errorf("tls-client-ca: %w", err)}
		}
		roots := x509.NewCertPool() // not the system's: anybody can have a certificate of those
		if !roots.AppendCertsFromPEM(data) {
			return nil, &usageError{err: fmt.Errorf("tls-client-ca: %s has no certificate in PEM form", s.TLSClientCA)}
		}
		// Other callers than the proxy have no certificate, and show who they are by a token.
		config.ClientCAs, config.ClientAuth = roots, tls.VerifyClientCertIfGiven
	}
	return config, nil
}

// certificate is a pair of files that are read again when they have changed.
type certificate struct {
	cert, key string
	reread    func(error) // called after each further reading

	mu     sync.Mutex
	pair   *tls.Certificate
	marks  fileMarks // of the files when they were read, or could not be read
	looked time.Time
}

func (c *certificate) load() error {
	c.marks = fileMarksOf(c.cert, c.key)
	pair, err := readPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("tls-cert and tls-key: %w", err)
	}
	c.pair = &pair
	return nil
}

// readPair reads a certificate and its key.
func readPair(certPath, keyPath string) (tls.Certificate, error) {
	cert, certErr := readPEM(certPath)
	key, keyErr := readPEM(keyPath)
	if err := errors.Join(certErr, keyErr); err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// readPEM reads a PEM file. Behind a byte order mark, which some editors write, its first
// block would not be seen.
func readPEM(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	return bytes.TrimPrefix(data, []byte("\ufeff")), err
}

// get is the certificate for a connection.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) > recheck {
		c.looked = now
		if !fileMarksOf(c.cert, c.key).equal(c.marks) {
			c.reread(c.load())
		}
	}
	return c.pair, nil
}
