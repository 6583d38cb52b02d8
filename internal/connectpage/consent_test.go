package connectpage_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

const vendorURL = "https://vendor.example/authorize?client_id=a&state=b"

// consentRig is a form with a consent, whose functions can be made to fail.
type consentRig struct {
	*browser
	target      string
	startErr    error
	reportErr   error
	started     []setup.Values
	redirectURL string
	reported    []string
}

func newConsentRig(t *testing.T) *consentRig {
	t.Helper()
	c := &consentRig{target: vendorURL}
	c.browser = newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Consent = func(_ context.Context, v setup.Values, redirectURL string) (string, error) {
			c.started, c.redirectURL = append(c.started, v), redirectURL
			return c.target, c.startErr
		}
		f.Consented = func(_ context.Context, id string) (connectpage.Outcome, error) {
			c.reported = append(c.reported, id)
			return connectpage.Outcome{ConnectorID: id, ConnectorName: "by consent"}, c.reportErr
		}
	}).browser()
	return c
}

// start goes as far as the page before the vendor's.
func (c *consentRig) start() {
	c.Helper()
	c.get("")
	c.wantAt(c.post("", map[string]string{"method": "consent:acmeOAuth", "s.repositories": "acme/site", "m0.token": canary,
		"name": "kept name"}), "/consent")
}

// returns is what the vendor's redirect makes a browser ask for: as it comes from
// another site, it sends no strict cookie.
func (c *consentRig) returns(query string) answer {
	c.Helper()
	return c.do(c.request(http.MethodGet, c.ticket.URL()+"/callback?"+query, nil, func(r *http.Request) {
		r.Header.Del("Cookie")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		for _, cookie := range c.cookies {
			if cookie.SameSite == http.SameSiteLaxMode {
				r.AddCookie(cookie)
			}
		}
	}))
}

// TestConsent is the story of a sign-in at the vendor.
func TestConsent(t *testing.T) {
	t.Parallel()
	c := newConsentRig(t)
	c.want(c.get(""), 200, "Sign in at Acme", "Continue at Acme", "OAuth with keys of your own",
		`value="consent:acmeOAuth" class="consent" checked`)
	c.start()
	if v := c.started[0]; v.Method != "acmeOAuth" || len(v.Secrets) != 0 || v.Fields["repositories"] != "acme/site" || v.Name != "kept name" {
		t.Errorf("started with %+v", v)
	}
	if want := c.ticket.URL() + "/callback"; c.redirectURL != want {
		t.Errorf("redirect URL %q, want %q", c.redirectURL, want)
	}
	c.want(c.get("/consent"), 200, "vendor.example", `href="`+strings.ReplaceAll(vendorURL, "&", "&amp;")+`"`)
	c.wantAt(c.returns("connector_id=c-9"), "/done")
	c.want(c.get("/done"), 200, "Acme is connected", "by consent")
	if out, err := c.ticket.Wait(t.Context()); err != nil || out.ConnectorID != "c-9" {
		t.Errorf("got %+v, %v", out, err)
	}
	if len(c.sent()) != 0 {
		t.Error("it was submitted as well")
	}
	c.want(c.returns("connector_id=c-10"), 410, "has been used")
	if len(c.reported) != 1 {
		t.Errorf("reported %v, want one", c.reported)
	}
}

// TestConsentCookie survives the way back from the vendor, as the form's must not.
func TestConsentCookie(t *testing.T) {
	t.Parallel()
	c := newConsentRig(t)
	c.get("")
	got := c.post("", map[string]string{"method": "consent:acmeOAuth"}).header.Values("Set-Cookie")
	want := `^__Host-consent-[0-9a-f]{16}=[A-Za-z0-9_-]{43}; Path=/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$`
	if len(got) != 1 || !regexp.MustCompile(want).MatchString(got[0]) {
		t.Errorf("got %q", got)
	}
}

// TestRefusedConsent comes back to the form in words, which can be sent again.
func TestRefusedConsent(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"error=access_denied&error_description=The+user+said+no": "Access was not given at Acme. It was said: access_denied The user said no",
		"error=server_error":                    "Acme is not able to answer just now",
		"error=invalid_scope":                   "does not give the access that was asked for",
		"error=%3Cb%3E&error_description=x%0Ay": "The consent ended with an error. It was said: &lt;b&gt; x y",
		"":                                      "came back without a connector",
		"secret_id=123":                         "came back without a connector",
		"connector_id=..%2F..%2Fx":              "came back without a connector",
	} {
		c := newConsentRig(t)
		c.start()
		c.wantAt(c.returns(query), "")
		a := c.get("")
		c.want(a, 200, want, `value="kept name"`, "acme/site", `role="alert"`)
		if strings.Contains(a.body, canary) {
			t.Error("the secret of another way was kept")
		}
		c.want(c.returns("connector_id=c-1"), 409)
		c.wantAt(c.post("", good()), "/done")
		if len(c.reported) != 0 {
			t.Errorf("%s: reported %v", query, c.reported)
		}
	}
}

// TestStrayCallbacks report no connector: none was asked for, or another browser
// was sent away.
func TestStrayCallbacks(t *testing.T) {
	t.Parallel()
	c := newConsentRig(t)
	c.get("")
	c.want(c.returns("connector_id=c-1"), 409, "No consent is under way")
	c.start()
	stranger := c.rig.browser()
	c.want(stranger.get("/callback?connector_id=c-1"), 403, "not the browser that was sent away")
	c.want(stranger.get("/callback?error=access_denied"), 403)
	if len(c.reported) != 0 {
		t.Errorf("reported %v", c.reported)
	}
	c.wantAt(c.returns("connector_id=c-1"), "/done")
}

// TestConsentThatFails to start is an error of the form.
func TestConsentThatFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		target string
		err    error
		want   string
	}{
		"error": {"", errors.New("no template for Acme"), "No template for Acme."},
		"faults": {"", &schemas.InvalidError{Faults: []schemas.Fault{{Path: "repositories", Problem: "is required"}}},
			`href="#s-6">Repositories is required.`},
		"script":      {"javascript:alert(1)", nil, "not a safe one"},
		"clear text":  {"http://vendor.example/", nil, "not a safe one"},
		"no URL":      {"", nil, "not a safe one"},
		"control":     {"https://vendor.example/\x00", nil, "not a safe one"},
		"a data page": {"data:text/html,x", nil, "not a safe one"},
	} {
		c := newConsentRig(t)
		c.target, c.startErr = tt.target, tt.err
		c.get("")
		a := c.post("", map[string]string{"method": "consent:acmeOAuth"})
		if c.want(a, 422, tt.want); strings.Contains(a.body, "javascript:") {
			t.Errorf("%s: %s", name, a.body)
		}
		c.wantAt(c.get("/consent"), "")
	}
}

// TestConsentedThatFails can be tried again: the connector is there.
func TestConsentedThatFails(t *testing.T) {
	t.Parallel()
	c := newConsentRig(t)
	c.start()
	c.reportErr = errors.New("Airbyte does not answer")
	c.want(c.returns("connector_id=c-9"), 502, "The consent went through. Airbyte does not answer", `/callback?connector_id=c-9"`)
	c.reportErr = nil
	c.wantAt(c.returns("connector_id=c-9"), "/done")
}

// TestConsentTakesTime: the form lives for as long again, once.
func TestConsentTakesTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newConsentRig(t)
		time.Sleep(9 * time.Minute)
		c.start()
		time.Sleep(9 * time.Minute)
		synctest.Wait()
		c.start()
		time.Sleep(time.Minute)
		synctest.Wait()
		c.want(c.returns("connector_id=c-9"), 410, "has expired")
	})
}

// TestWayWithoutConsent offers none.
func TestWayWithoutConsent(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	if body := b.get("").body; strings.Contains(body, "Sign in at") || strings.Contains(body, "Continue at") {
		t.Error("a consent is offered")
	}
	b.want(b.post("", map[string]string{"method": "consent:acmeOAuth"}), 422, "is not chosen")
	b.wantAt(b.get("/consent"), "")
}
