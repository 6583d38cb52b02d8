package connectpage_test

import "testing"

// TestLaunchURL leads to the page once, and does not tell its address.
func TestLaunchURL(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	launch := b.ticket.LaunchURL()
	if launch == b.ticket.URL() || len(launch) != len(b.ticket.URL()) {
		t.Fatalf("the address is %s, the page's own %s", launch, b.ticket.URL())
	}
	b.want(b.do(b.request("POST", launch, nil, nil)), 404)
	b.wantAt(b.do(b.request("GET", launch, nil, nil)), "")
	b.want(b.do(b.request("GET", launch, nil, nil)), 404, "not valid")
	b.want(b.get(""), 200, "Connect Acme")
}
