package sandbox

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestIssueToken(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		body    string
		status  int
		message string
		field   string
	}{
		{"good", `{"client_id":"` + clientID + `","client_secret":"` + clientSecret + `"}`, 200, "", ""},
		{"wrong secret", `{"client_id":"` + clientID + `","client_secret":"guess"}`, 401, "invalid client credentials", ""},
		{"wrong id", `{"client_id":"x","client_secret":"` + clientSecret + `"}`, 401, "invalid client credentials", ""},
		{"no secret", `{"client_id":"` + clientID + `"}`, 422, "Field required", "body.client_secret"},
		{"no id", `{}`, 422, "Field required", "body.client_id"},
		{"not a string", `{"client_id":1,"client_secret":"x"}`, 422, "Input should be a valid string", "body.client_id"},
		{"not JSON", `{`, 422, "JSON decode error", "body"},
		{"not an object", `[]`, 422, "Input should be a valid dictionary or object to extract fields from", "body"},
		{"no body", ``, 422, "Field required", "body"},
	}
	c := newClient(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := c.send("POST", "/api/v1/account/applications/token", test.body, nil)
			if a.status != test.status || a.text("message") != test.message || a.text("errors.0.field") != test.field {
				t.Errorf("got %d %s, want %d %q at %q", a.status, a.body, test.status, test.message, test.field)
			}
		})
	}
	a := c.send("POST", "/api/v1/account/applications/token", tests[0].body, nil)
	if a.text("token_type") != "bearer" || a.text("expires_in") != "900" || a.text("organization_id") != organizationID {
		t.Errorf("answer is %s", a.body)
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	good := c.token
	tests := []struct {
		name   string
		header string
		status int
		text   string
	}{
		{"good", "Bearer " + good, 200, ""},
		{"lower case scheme", "bearer " + good, 200, ""},
		{"none", "", 403, "Not authenticated"},
		{"other scheme", "Basic " + good, 403, "Not authenticated"},
		{"empty", "Bearer ", 403, "Not authenticated"},
		{"garbage", "Bearer garbage", 401, "Invalid authentication credentials"},
		{"changed", "Bearer " + good[:len(good)-2] + "AA", 401, "Invalid authentication credentials"},
	}
	c.token = ""
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := c.send("GET", "/api/v1/workspaces", nil, http.Header{"Authorization": {test.header}})
			if a.status != test.status || a.text("message") != test.text {
				t.Errorf("got %d %s, want %d %q", a.status, a.body, test.status, test.text)
			}
		})
	}
}

func TestTokenExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(o *Options) { o.TokenLife = time.Minute })
		status := func() int { return c.get("/api/v1/workspaces").status }
		time.Sleep(59 * time.Second)
		if got := status(); got != 200 {
			t.Errorf("after 59 s the token gives %d, want 200", got)
		}
		time.Sleep(time.Second)
		if got := status(); got != 401 {
			t.Errorf("after 60 s the token gives %d, want 401", got)
		}
		c.token = c.signIn()
		if got := status(); got != 200 {
			t.Errorf("a new token gives %d, want 200", got)
		}
	})
}

func TestExpireTokens(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	if a := c.send("POST", "/__sandbox/expire-tokens", nil, nil); a.status != 200 {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if got := c.get("/api/v1/workspaces").status; got != 401 {
		t.Errorf("the old token gives %d, want 401", got)
	}
	c.token = c.signIn()
	if got := c.get("/api/v1/workspaces").status; got != 200 {
		t.Errorf("a new token gives %d, want 200", got)
	}
}

func TestOrganizationHeader(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	tests := map[string]int{"": 200, organizationID: 200, dormantOrganizationID: 403, "3b9d6c1e-7a42-4f0d-8e55-91c6a7d2e0b4": 403,
		"nonsense": 403}
	for id, want := range tests {
		if got := c.send("GET", "/api/v1/workspaces", nil, http.Header{"X-Organization-Id": {id}}).status; got != want {
			t.Errorf("organization %q: got %d, want %d", id, got, want)
		}
	}
}
