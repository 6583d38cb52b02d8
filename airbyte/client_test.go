package airbyte_test

import (
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*airbyte.Config)
		want   string // a part of the error; "" for none
	}{
		"defaults":           {func(*airbyte.Config) {}, ""},
		"other host":         {host("https://api.example.com"), ""},
		"slash at the end":   {host("https://api.example.com/"), ""},
		"path before ours":   {host("https://example.com/proxy"), ""},
		"this machine":       {host("http://127.0.0.1:8080"), ""},
		"this machine, IPv6": {host("http://[::1]:8080"), ""},
		"localhost":          {host("http://localhost:8080"), ""},
		"plain http":         {host("http://api.airbyte.ai"), "use https"},
		"like localhost":     {host("http://localhost.evil.com"), "use https"},
		"like loopback":      {host("http://127.0.0.1.evil.com"), "use https"},
		"no scheme":          {host("api.airbyte.ai"), "want a URL"},
		"other scheme":       {host("ftp://api.airbyte.ai"), "want a URL"},
		"port only":          {host("https://:443"), "want a URL"},
		"query":              {host("https://api.airbyte.ai?x=1"), "want a URL"},
		"fragment":           {host("https://api.airbyte.ai#x"), "want a URL"},
		"user and password":  {host("https://user:hunter2@api.airbyte.ai"), "without user name"},
		"broken":             {host("https://user:hunter2@[::1"), "want a URL"},
		"no id":              {func(c *airbyte.Config) { c.ClientID = "" }, "required"},
		"no secret":          {func(c *airbyte.Config) { c.ClientSecret = secret.Text{} }, "required"},
		"organization":       {func(c *airbyte.Config) { c.OrganizationID = "o-1\r\nX-Evil: 1" }, "on one line"},
		"user agent":         {func(c *airbyte.Config) { c.UserAgent = "a\nb" }, "on one line"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := airbyte.Config{ClientID: "the-client-id", ClientSecret: secret.New("the-client-secret")}
			test.change(&cfg)
			client, err := airbyte.New(cfg)
			if err == nil {
				client.Close()
			}
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v, want a client", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q in it", err, test.want)
			case err != nil && strings.Contains(err.Error(), "hunter2"):
				t.Errorf("got %v, want no password in it", err)
			}
		})
	}
}

func host(h string) func(*airbyte.Config) { return func(c *airbyte.Config) { c.Host = h } }

// A certificate that nobody vouches for ends the request before a byte of it left.
func TestUntrustedCertificate(t *testing.T) {
	t.Parallel()
	a := newAPI()
	server := httptest.NewUnstartedServer(a)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	failure := run(t.Context(), t, newClient(t, server.URL), createIssue)
	if failure == nil || failure.Outcome != airbyte.OutcomeNotSent || !strings.Contains(failure.Message, "TLS handshake failed") {
		t.Errorf("got %+v, want not_sent because of the handshake", failure)
	}
	if got := len(a.seen); got != 0 {
		t.Errorf("got %d requests, want none", got)
	}
}
