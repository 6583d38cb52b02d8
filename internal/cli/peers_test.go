package cli

import "testing"

func TestPeerURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]bool{ // accepted by a replica without TLS, and with
		"": {true, true}, "http://10.1.2.3:8080": {true, false}, "https://10.1.2.3:8443": {false, true}, "http://[fd00::1]:8080": {true, false},
		"http://10.1.2.3:8080/": {false, false}, "http://u:p@10.1.2.3": {false, false}, "http://10.1.2.3?a=b": {false, false},
		"10.1.2.3:8080": {false, false}, "http://": {false, false}, "redis://10.1.2.3": {false, false},
	} {
		for i, secure := range []bool{false, true} {
			if err := checkPeerURL(text, secure); (err == nil) != want[i] {
				t.Errorf("%q, TLS %v: %v", text, secure, err)
			}
		}
	}
}

// TestReachable: where a listener on all addresses is reached depends on where Redis is.
func TestReachable(t *testing.T) {
	t.Parallel()
	for listens, want := range map[string]string{
		"": "", "http://10.1.2.3:8080": "http://10.1.2.3:8080", "http://localhost:1": "http://localhost:1",
		"http://0.0.0.0:8080": "http://127.0.0.1:8080", "https://[::]:8443": "https://127.0.0.1:8443",
	} {
		if got := reachable(listens, "redis://127.0.0.1/0"); got != want {
			t.Errorf("%q: got %q, want %q", listens, got, want)
		}
	}
}
