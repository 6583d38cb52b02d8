package connectpage_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas/setup"
)

// TestConnect is the main story: look, fill in, send, read the result.
func TestConnect(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.want(b.get(""), 200, "<h1>Connect Acme</h1>", "customer-1", `lang="en"`, "https://docs.example/acme", `value="acme main"`)
	b.wantAt(b.post("", good()), "/done")
	for range 2 { // reloading is harmless
		b.want(b.get("/done"), 200, "Acme is connected", "my acme", "customer-1", "the token works", "no issues were found")
	}
	if n := len(b.sent()); n != 1 {
		t.Fatalf("submitted %d times, want once", n)
	}
	v := b.sent()[0]
	if v.Method != "acmePAT" || v.Name != "my acme" || v.Secrets["token"].Reveal() != canary ||
		v.Fields["repositories"] != "acme/site\nacme/app" {
		t.Errorf("got %+v", v)
	}
	out, err := b.ticket.Wait(t.Context())
	if err != nil || out.ConnectorID != "c-1" {
		t.Errorf("waited for %+v, %v", out, err)
	}
}

// TestUsedOnce shows no form and takes none after a success.
func TestUsedOnce(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.get("")
	b.post("", good())
	b.want(b.get(""), 410, "has been used")
	b.wantAt(b.post("", good()), "/done")
	b.wantAt(b.post("/cancel", nil), "/done")
	if n := len(b.sent()); n != 1 {
		t.Errorf("submitted %d times, want once", n)
	}
	if body := b.get("").body; strings.Contains(body, "my acme") || strings.Contains(body, "acme/site") {
		t.Errorf("the used page still holds data: %s", body)
	}
}

// TestOnlyTheChosenWayCounts leaves out what was typed for another way.
func TestOnlyTheChosenWayCounts(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.get("")
	fields := good()
	fields["m1.client_id"], fields["m1.client_secret"] = "other", "other-secret"
	fields["m9.token"], fields["s.unknown"] = "stray", "stray"
	b.wantAt(b.post("", fields), "/done")
	v := b.sent()[0]
	if got := slices.Sorted(maps.Keys(v.Secrets)); !slices.Equal(got, []string{"token"}) {
		t.Errorf("credentials %v, want only the token", got)
	}
	if got := slices.Sorted(maps.Keys(v.Fields)); !slices.Equal(got, []string{"repositories"}) {
		t.Errorf("settings %v, want only the one that was filled in", got)
	}
}

// TestPreselection opens a way by its link, for browsers that show all ways at once.
func TestPreselection(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	for page, want := range map[string]string{"": "acmePAT", "?method=acmeOAuth": "acmeOAuth", "?method=nonsense": "acmePAT"} {
		found := regexp.MustCompile(`type="radio"[^>]* value="([^"]+)"[^>]* checked`).FindAllStringSubmatch(b.get(page).body, -1)
		if len(found) != 1 || found[0][1] != want {
			t.Errorf("%q: checked %q, want %q alone", page, found, want)
		}
	}
	b.want(b.get(""), 200, `?method=acmeOAuth"`)
}

// TestNoWayChosen is a fault of the form, which is shown with what was filled in.
func TestNoWayChosen(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.get("")
	fields := good()
	fields["method"] = "nonsense"
	b.want(b.post("", fields), 422, "The way to sign in is not chosen", `href="#method-0"`, "acme/site", `aria-describedby="method-problem"`)
	if len(b.sent()) != 0 {
		t.Error("it was submitted")
	}
}

// TestFaults shows each fault beside its field and in the summary, keeps what is no
// secret, and takes the form again.
func TestFaults(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.get("")
	fields := map[string]string{
		"method": "acmeOAuth", "m1.client_id": "id-123", "m1.client_secret": canary, "s.window": "900",
		"s.region": "us", "s.archived": "false", "name": "kept name",
	}
	a := b.post("", fields)
	b.want(a, 422, "<title>Error: Connect Acme", `role="alert"`, "autofocus", `href="#s-3">Window must be at most 90`,
		`href="#s-6">Repositories is required.`, `id="s-3-problem"`, `value="id-123"`, `value="900"`, `value="kept name"`,
		`<option value="us" selected>`, `<option value="false" selected>`, "Enter again")
	window := regexp.MustCompile(`<input id="s-3"[^>]*>`).FindString(a.body)
	if !strings.Contains(window, `aria-invalid="true"`) || !strings.Contains(window, "s-3-problem") {
		t.Errorf("the field does not tell its fault: %s", window)
	}
	if strings.Contains(a.body, canary) {
		t.Error("the secret was put back into the form")
	}
	b.wantAt(b.post("", good()), "/done")
}

// TestOtherErrors are shown above the form, which can be sent again.
func TestOtherErrors(t *testing.T) {
	t.Parallel()
	fails := true
	r := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Submit = func(context.Context, setup.Values) (connectpage.Outcome, error) {
			if fails {
				return connectpage.Outcome{}, errors.New("Acme refused <the> token")
			}
			return connectpage.Outcome{ConnectorID: "c-2"}, nil
		}
	})
	b := r.browser()
	b.get("")
	b.want(b.post("", good()), 422, "That did not work", "Acme refused &lt;the&gt; token", "Enter again")
	if n := len(r.sent()); n != 1 {
		t.Errorf("sent %d times, want once", n)
	}
	fails = false
	b.wantAt(b.post("", good()), "/done")
}

// TestPanic is no end of the form, and its text is not shown.
func TestPanic(t *testing.T) {
	t.Parallel()
	b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Submit = func(context.Context, setup.Values) (connectpage.Outcome, error) { panic("inner " + canary) }
	}).browser()
	b.get("")
	a := b.post("", good())
	b.want(a, 422, "something went wrong in this program")
	if strings.Contains(a.body, "inner") {
		t.Error("the panic was shown")
	}
}

// TestFieldsFitTheirValues checks the elements of each kind of field.
func TestFieldsFitTheirValues(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Setup.Methods[0].Fields = append(f.Setup.Methods[0].Fields, setup.Field{Name: "private_key", Type: "string", Secret: true})
	})
	body := r.browser().get("").body
	for _, want := range []string{
		`<input id="m0-0" name="m0.token" type="password" autocomplete="off" autocapitalize="none" spellcheck="false" aria-required="true" ` +
			`aria-describedby="m0-0-about">`,
		`<textarea id="m0-1" name="m0.private_key" rows="3" class="masked"`,
		`<label for="m0-1">private_key <span class="optional">(optional)</span></label>`,
		`<input id="s-1" name="s.day" type="date"`,
		`<input id="s-2" name="s.contact" type="email"`,
		`<input id="s-3" name="s.window" type="text" value="14" inputmode="numeric"`,
		`A whole number from 1 to 90.`,
		`<option value="true">Yes</option>`,
		`<option value="eu" selected>eu</option>`,
		`<textarea id="s-6" name="s.repositories" rows="3" placeholder="acme/site"`,
		`A date such as 2026-01-31`,
		"<code>read:all</code>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

// TestMultiLineSecret arrives with its lines.
func TestMultiLineSecret(t *testing.T) {
	t.Parallel()
	b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) { f.Setup.Methods[0].Fields[0].Format = "pem" }).browser()
	b.get("")
	fields := good()
	fields["m0.token"] = "-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----"
	b.wantAt(b.post("", fields), "/done")
	if got, want := b.sent()[0].Secrets["token"], secret.New("-----BEGIN KEY-----\nabc\n-----END KEY-----"); got.Reveal() != want.Reveal() {
		t.Errorf("got %q", got.Reveal())
	}
}

// TestOneWayAndNoWay ask for no choice where there is none.
func TestOneWayAndNoWay(t *testing.T) {
	t.Parallel()
	for name, methods := range map[string]int{"one way": 1, "none": 0} {
		b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) { f.Setup.Methods = f.Setup.Methods[:methods] }).browser()
		if body := b.get("").body; strings.Contains(body, `type="radio"`) {
			t.Errorf("%s: there is a choice", name)
		}
		fields := good()
		delete(fields, "method")
		b.wantAt(b.post("", fields), "/done")
		if got := len(b.sent()[0].Secrets); got != methods {
			t.Errorf("%s: %d credentials, want %d", name, got, methods)
		}
	}
}

// TestEveryTypeOfTheCatalog can be asked for, with a label for each input.
func TestEveryTypeOfTheCatalog(t *testing.T) {
	t.Parallel()
	labelled := regexp.MustCompile(`<(?:input|select|textarea) (?:type="radio" name="method" )?id="([^"]+)"`)
	for _, c := range everyConnector(t) {
		r := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) { f.Setup = setup.Of(c) })
		a := r.browser().get("")
		ids := labelled.FindAllStringSubmatch(a.body, -1)
		if a.status != http.StatusOK || len(ids) < 2 {
			t.Errorf("%s: status %d, %d fields", c.Name, a.status, len(ids))
		}
		for _, id := range ids {
			if strings.Count(a.body, `id="`+id[1]+`"`) != 1 || !strings.Contains(a.body, `<label for="`+id[1]+`"`) {
				t.Errorf("%s: %s has no label of its own", c.Name, id[1])
			}
		}
		if strings.Contains(a.body, "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", c.Name)
		}
	}
}
