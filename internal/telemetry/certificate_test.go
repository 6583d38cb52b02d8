package telemetry_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"airbyte-mcp-server/internal/telemetry"
)

// TestCertificatesOfWindows begin with a byte order mark: authority, certificate and key.
func TestCertificatesOfWindows(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(folder, name)
		text := append([]byte("\ufeff"), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("cert.pem", "CERTIFICATE", certificate)
	v := variables{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "https://localhost:4318", "OTEL_EXPORTER_OTLP_CERTIFICATE": file,
		"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": file, "OTEL_EXPORTER_OTLP_CLIENT_KEY": write("key.pem", "EC PRIVATE KEY", private),
	}
	tracer, err := telemetry.NewTracer(telemetry.TracerOptions{LookupEnv: v.lookup})
	if err != nil || !tracer.Enabled() {
		t.Errorf("the tracer is on: %t, error %v", tracer.Enabled(), err)
	}
	_ = tracer.Close(t.Context())
}
