package connectpage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

// TestNoSecretComesBack plants secrets in every field and in every error, and looks
// for them in pages, headers, logs and outcomes.
func TestNoSecretComesBack(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN KEY-----\nfirst" + canary + "\n" + canary + "second\n-----END KEY-----"
	for name, value := range map[string]string{
		"plain": canary, "quotes": canary + `"<&'\` + canary, "lines": pem, "spaces": "  " + canary + "  ", "signs": canary + "+/= ü",
	} {
		for kind, fail := range map[string]func(string) error{
			"raw":  func(s string) error { return fmt.Errorf("the vendor said: %s is wrong", s) },
			"JSON": func(s string) error { b, _ := json.Marshal(s); return fmt.Errorf(`{"token":%s}`, b) },
			"URL": func(s string) error {
				return errors.New("GET /?token=" + url.QueryEscape(s) + "&p=" + url.PathEscape(s))
			},
			"faults": func(s string) error {
				return &schemas.InvalidError{Faults: []schemas.Fault{{Path: "token", Problem: "is " + s}, {Path: s, Problem: s}, {Problem: s}}}
			},
			"line": func(s string) error {
				return errors.New("bad line: " + strings.Split(s, "\n")[0] + "; " + s[strings.LastIndex(s, "\n")+1:])
			},
		} {
			b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
				f.Submit = func(_ context.Context, v setup.Values) (connectpage.Outcome, error) {
					return connectpage.Outcome{}, fail(v.Secrets["token"].Reveal())
				}
			}).browser()
			b.get("")
			fields := good()
			fields["m0.token"], fields["m1.client_secret"] = value, "unused-"+value
			a := b.post("", fields)
			b.want(a, 422)
			for where, text := range map[string]string{"page": a.body, "header": fmt.Sprint(a.header), "form": b.get("").body,
				"log": b.log.String()} {
				if strings.Contains(text, canary) {
					t.Errorf("%s, %s: the %s has the secret: %s", name, kind, where, text)
				}
			}
		}
	}
}

// TestOutcomeHasNoSecret scrubs what a success says, too.
func TestOutcomeHasNoSecret(t *testing.T) {
	t.Parallel()
	b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Submit = func(_ context.Context, v setup.Values) (connectpage.Outcome, error) {
			s := v.Secrets["token"].Reveal()
			return connectpage.Outcome{ConnectorID: "c", ConnectorName: "n " + s, Lines: []string{"l " + s}, Warning: "w " + s}, nil
		}
	}).browser()
	b.get("")
	b.wantAt(b.post("", good()), "/done")
	out, err := b.ticket.Wait(t.Context())
	if err != nil || strings.Contains(fmt.Sprint(out), canary) || strings.Contains(b.get("/done").body, canary) {
		t.Errorf("got %+v, %v", out, err)
	}
}

// TestLog names forms by a hash, and tells nothing else about them.
func TestLog(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.get("")
	bad := good()
	delete(bad, "s.repositories")
	b.want(b.post("", bad), 422)
	b.wantAt(b.post("", good()), "/done")
	text := b.log.String()
	for _, want := range []string{"opened", "visited", "refused", "ended", b.ticket.ID()} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %q: %s", want, text)
		}
	}
	path := b.ticket.URL()[len(publicURL+"/connect/"):]
	for _, never := range []string{path, canary, "acme/site", "my acme", "customer-1", "ann", b.token} {
		if strings.Contains(text, never) {
			t.Errorf("the log has %q: %s", never, text)
		}
	}
}
