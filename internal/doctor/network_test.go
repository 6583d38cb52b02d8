package doctor_test

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/doctor"
)

func TestNetwork(t *testing.T) {
	t.Parallel()
	examineEach(t, []illness{
		{"reached", func(*rig) {}, finding{0, "network", doctor.OK, []string{"can be reached", " ms"}, nil}},
		{"no such name", func(r *rig) {
			r.host("https://nothing.invalid")
		}, finding{12, "network", doctor.Problem, []string{"nothing.invalid", "environment AIRBYTE_API_HOST"}, []string{"DNS"}}},
		{"nobody listens", func(r *rig) {
			r.host("http://" + closedAddress(r.T))
		}, finding{12, "network", doctor.Problem, []string{"connection refused"}, []string{"check the host and port"}}},
		{"no TLS", func(r *rig) {
			r.host("https" + r.emulator.URL[len("http"):])
		}, finding{12, "network", doctor.Problem, []string{"no TLS is spoken"}, []string{"check the host and port"}}},
		{"older host away, not needed", func(r *rig) {
			r.env["AIRBYTE_CLOUD_HOST"] = "http://" + closedAddress(r.T)
		}, finding{0, "network", doctor.Warn, []string{"only the API's older dialect needs this host"},
			[]string{"check the host and port", "\nor set AIRBYTE_MCP_API_DIALECT=current"}}},
		{"older host away, needed", func(r *rig) {
			r.env["AIRBYTE_CLOUD_HOST"], r.env["AIRBYTE_MCP_API_DIALECT"] = "http://"+closedAddress(r.T), "seed"
		}, finding{12, "network", doctor.Problem, []string{"connection refused", "environment AIRBYTE_CLOUD_HOST"},
			[]string{"check the host and port"}}},
		{"certificate of an unknown authority", func(r *rig) {
			r.host(secured(r))
		}, finding{12, "network", doctor.Problem, []string{"does not trust"}, []string{"set AIRBYTE_MCP_CA_FILE"}}},
		{"authorities of a file", func(r *rig) {
			r.env["AIRBYTE_MCP_CA_FILE"] = "/etc/ours.pem"
		}, finding{0, "network", doctor.OK, []string{"trusted besides the system's authorities: /etc/ours.pem"}, nil}},
	})
}

func TestClock(t *testing.T) {
	t.Parallel()
	dated := func(off time.Duration) func(*http.Response) error {
		return func(a *http.Response) error {
			a.Header.Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
			return nil
		}
	}
	examineEach(t, []illness{
		{"right", func(*rig) {}, finding{0, "clock", doctor.OK, []string{"within two minutes"}, nil}},
		{"a little ahead", func(r *rig) {
			r.host(r.relay(nil, dated(-90*time.Second)))
		}, finding{0, "clock", doctor.OK, nil, nil}},
		{"ahead", func(r *rig) {
			r.host(r.relay(nil, dated(-time.Hour)))
		}, finding{12, "clock", doctor.Problem, []string{"ahead of the server's", "1h0m", "here ", "at http://127.0.0.1"}, []string{"(NTP)"}}},
		{"behind", func(r *rig) {
			r.host(r.relay(nil, dated(time.Hour)))
		}, finding{12, "clock", doctor.Problem, []string{"behind the server's"}, []string{"(NTP)"}}},
		{"no time told", func(r *rig) {
			r.host(r.relay(nil, func(a *http.Response) error {
				a.Header.Del("Date")
				return nil
			}))
		}, finding{0, "clock", doctor.Skipped, []string{"no host tells its time"}, nil}},
	})
}

// TestNothingWorksWithoutTheNetwork skips whatever needs it, and names it.
func TestNothingWorksWithoutTheNetwork(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.host("http://" + closedAddress(t))
	report := r.examine()
	for _, l := range report.Layers {
		switch l.Name {
		case "binary", "configuration", "network", "MCP self-test":
		case "clock", "token":
			if l.Status != doctor.Skipped || l.Text != "skipped: needs network" {
				t.Errorf("%s: %s, %q", l.Name, l.Status, l.Text)
			}
		default:
			if l.Status != doctor.Skipped || !strings.HasPrefix(l.Text, "skipped: needs ") {
				t.Errorf("%s: %s, %q", l.Name, l.Status, l.Text)
			}
		}
	}
	if want := `Not well: the first problem is the layer "network" (exit code 12).`; report.Verdict != want {
		t.Errorf("the verdict is %q, want %q", report.Verdict, want)
	}
}

// closedAddress is one at which nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// secured starts a server with a certificate that nobody trusts.
func secured(r *rig) string {
	r.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	r.Cleanup(s.Close)
	return s.URL
}
