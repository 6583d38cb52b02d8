package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSandboxBehindTLS makes the certificate as compose.sandbox.yaml does and reaches the
// emulator through HAProxy with it, as the replicas do.
func TestSandboxBehindTLS(t *testing.T) {
	t.Parallel()
	dir, addr, running := t.TempDir(), freePort(t), startSandbox(t)
	makeCertificate(t, dir)
	config := edited(t, "deploy/haproxy/sandbox-tls.cfg", "bind :8443", "bind "+addr,
		"/tls/sandbox.pem", dir+"/sandbox.pem", "127.0.0.1:8899", strings.TrimPrefix(running.URL, "http://"))
	start(t, nil, "haproxy", "-db", "-f", config)
	k := running.Credentials()
	_, port, _ := strings.Cut(addr, ":")
	env := []string{
		"AIRBYTE_API_HOST=https://localhost:" + port, "AIRBYTE_MCP_CA_FILE=" + dir + "/cert.pem", "AIRBYTE_CLIENT_ID=" + k.ClientID,
		"AIRBYTE_CLIENT_SECRET=" + k.ClientSecret, "AIRBYTE_ORGANIZATION_ID=" + k.OrganizationID, "AIRBYTE_WORKSPACE=" + k.Workspace,
	}
	awaitListener(t, addr)
	if said := run(t, env, "connectors"); !strings.Contains(said, "github") {
		t.Errorf("connectors: %s", said)
	}
}

// makeCertificate runs compose.sandbox.yaml's own script, here and for this machine's name.
func makeCertificate(t *testing.T, dir string) {
	t.Helper()
	script, _ := at(composeSandbox(t), "services/certificate/command").([]any)
	text, _ := script[len(script)-1].(string)
	for _, part := range []string{"/usr/local/go/", "-host sandbox", "chown 99:99 new.pem"} {
		if !strings.Contains(text, part) {
			t.Fatalf("the script has no %q:\n%s", part, text)
		}
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	text = strings.NewReplacer("/usr/local/go/", string(bytes.TrimSpace(root))+"/",
		"-host sandbox", "-host localhost", "chown 99:99", "true").Replace(text)
	for range 2 { // the second time there is nothing to do
		cmd := exec.CommandContext(t.Context(), "sh", "-ec", text)
		cmd.Dir = dir
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	info, err := os.Stat(filepath.Join(dir, "sandbox.pem"))
	if err != nil || info.Mode().Perm() != 0o400 || len(left) != 2 {
		t.Errorf("the script left %q; %v", left, err)
	}
}

func awaitListener(t testing.TB, addr string) {
	t.Helper()
	for range 100 {
		if conn, err := dial(t, addr); err == nil {
			conn.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nobody listens on %s", addr)
}
