package airbyte_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/airbyte"
)

const seedTokenPath = "/api/v1/applications/token"

func inDialect(d airbyte.Dialect) func(*airbyte.Config) {
	return func(cfg *airbyte.Config) { cfg.Dialect = d }
}

func inScope(s airbyte.TokenScope) func(*airbyte.Config) {
	return func(cfg *airbyte.Config) { cfg.TokenScope = s }
}

// token is a handler that gives an application token.
func token(w http.ResponseWriter, r *http.Request) {
	say(200, `{"access_token":"the-token"}`)(w, r)
}

var absent = say(404, `{"detail":"Not Found"}`)

func TestDialectIsFoundByTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		configured    airbyte.Dialect
		current, seed http.HandlerFunc
		want          airbyte.Dialect // "" for a failure
		wantTokens    int             // requests at the two token endpoints
	}{
		"current":                       {"", token, token, airbyte.DialectCurrent, 1},
		"seed, 404":                     {"", absent, token, airbyte.DialectSeed, 2},
		"seed, 405":                     {"", say(405, `{"detail":"Method Not Allowed"}`), token, airbyte.DialectSeed, 2},
		"current refuses the secret":    {"", say(401, `{"message":"invalid client credentials"}`), token, "", 1},
		"current wants another form":    {"", say(422, `{}`), token, "", 1},
		"current points elsewhere":      {"", say(307, ``), token, "", 1},
		"current is in trouble":         {"", say(503, ``), token, "", 1},
		"current breaks":                {"", hangUp, token, "", 1},
		"neither":                       {"", absent, absent, "", 2},
		"seed refuses the secret":       {"", absent, say(401, `{}`), "", 2},
		"configured seed":               {airbyte.DialectSeed, token, token, airbyte.DialectSeed, 0},
		"configured current, but older": {airbyte.DialectCurrent, absent, token, airbyte.DialectCurrent, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.token, a.others["POST "+seedTokenPath] = test.current, test.seed
			ctx, cancel := hasty(t)
			defer cancel()
			got, err := a.serve(t, inDialect(test.configured)).Dialect(ctx)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			if got := a.mints() + len(a.requests(seedTokenPath)); got != test.wantTokens {
				t.Errorf("got %d requests for a token, want %d", got, test.wantTokens)
			}
		})
	}
}

// What has answered settles the dialect, a gateway in trouble does not.
func TestDialectStaysSettled(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		first, then http.HandlerFunc // of the current endpoint
		wantErr     bool             // of the second mint
		wantSeed    int              // requests at the seed's endpoint
	}{
		"settled by a token":        {say(200, `{"access_token":"t","expires_in":60}`), absent, true, 0},
		"settled by a refusal":      {say(401, ``), absent, true, 0},
		"not settled by a gateway":  {say(503, ``), absent, false, 1},
		"not settled by a throttle": {say(429, ``), absent, false, 1},
		"not settled by silence":    {hangUp, absent, false, 1},
		"settled on the seed":       {absent, token, false, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.token = inTurn(test.first, test.then)
				a.others["POST "+seedTokenPath] = say(200, `{"access_token":"t","expires_in":60}`)
				client := a.serveInMemory(t)
				ctx, cancel := hasty(t)
				defer cancel()
				_ = client.CheckToken(ctx)
				time.Sleep(2 * time.Minute) // beyond the token's life, or the pause after a failure
				if err := client.CheckToken(t.Context()); (err != nil) != test.wantErr {
					t.Errorf("got %v, want a failure: %t", err, test.wantErr)
				}
				if got := len(a.requests(seedTokenPath)); got != test.wantSeed {
					t.Errorf("got %d requests at the seed's endpoint, want %d", got, test.wantSeed)
				}
			})
		})
	}
}

func TestNoTokenEndpointAtAll(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.token, a.others["POST "+seedTokenPath] = absent, absent
	client := a.serve(t)
	host := client.Hosts(airbyte.DialectCurrent)[0]
	failure := run(t.Context(), t, client, createIssue)
	if failure == nil || failure.Outcome != airbyte.OutcomeNotSent || failure.Code != airbyte.CodeNotFound {
		t.Fatalf("got %+v, want not_found and not_sent", failure)
	}
	for _, word := range []string{host + tokenPath, host + seedTokenPath} {
		if !strings.Contains(failure.Message, word) {
			t.Errorf("got message %q, want %s in it", failure.Message, word)
		}
	}
	for _, word := range []string{"AIRBYTE_API_HOST", "AIRBYTE_CLOUD_HOST"} {
		if !strings.Contains(failure.Hint, word) {
			t.Errorf("got hint %q, want %s in it", failure.Hint, word)
		}
	}
}

// A client with one base URL breaks on the seed dialect: its token endpoint is at
// another host. The secret goes to these two, and the bearer to the API alone.
func TestSeedHasTwoHosts(t *testing.T) {
	t.Parallel()
	for _, dialect := range []airbyte.Dialect{airbyte.DialectAuto, airbyte.DialectSeed} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			api, cloud := newAPI(), newAPI()
			api.token = absent
			api.others["POST "+seedTokenPath] = absent
			cloud.others["POST "+seedTokenPath] = token
			cloudServer := httptest.NewServer(cloud)
			t.Cleanup(cloudServer.Close)
			var log lines
			client := api.serve(t, inDialect(dialect), func(cfg *airbyte.Config) {
				cfg.CloudHost, cfg.Log = cloudServer.URL, zerolog.New(&log)
			})
			for range 3 {
				mustRun(t.Context(), t, client, listIssues)
			}
			const path = "/api/v1/connectors/sources/c-1/execute"
			if got := api.requests(path); len(got) != 3 || got[0].bearer != "the-token" {
				t.Errorf("got %+v, want 3 executions at the API's host", got)
			}
			if got := len(cloud.all()); got != 1 || cloud.all()[0].bearer != "" {
				t.Errorf("got %+v at the cloud host, want one request for a token", cloud.all())
			}
			if dialect == airbyte.DialectAuto &&
				!strings.Contains(log.String(), `"level":"info","dialect":"seed","host":"`+strings.TrimPrefix(cloudServer.URL, "http://")) {
				t.Errorf("got log %s, want the dialect and the host", log.String())
			}
			if got := strings.Count(log.String(), `"dialect"`); got > 1 || dialect == airbyte.DialectSeed && got > 0 {
				t.Errorf("got %d lines about the dialect, want one where it was found", got)
			}
		})
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	const ours, cloud = "https://api.example.com", "https://cloud.example.com"
	tests := []struct {
		host, cloud string
		dialect     airbyte.Dialect
		want        []string
	}{
		{"", "", airbyte.DialectCurrent, []string{airbyte.DefaultHost}},
		{"", "", airbyte.DialectSeed, []string{airbyte.DefaultHost, airbyte.DefaultCloudHost}},
		{"", "", airbyte.DialectAuto, []string{airbyte.DefaultHost, airbyte.DefaultCloudHost}},
		{airbyte.DefaultHost + "/", "", airbyte.DialectSeed, []string{airbyte.DefaultHost, airbyte.DefaultCloudHost}},
		{ours, "", airbyte.DialectSeed, []string{ours}},
		{ours, cloud, airbyte.DialectSeed, []string{ours, cloud}},
		{ours, cloud, airbyte.DialectCurrent, []string{ours}},
	}
	for _, test := range tests {
		client := newClient(t, test.host, func(cfg *airbyte.Config) { cfg.CloudHost = test.cloud })
		if got := client.Hosts(test.dialect); !slices.Equal(got, test.want) {
			t.Errorf("Hosts(%s) of %q and %q: got %q, want %q", test.dialect, test.host, test.cloud, got, test.want)
		}
	}
}

func TestPreviewSpeaksTheDialect(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		dialect airbyte.Dialect
		want    string
	}{
		{airbyte.DialectCurrent, executePath},
		{airbyte.DialectSeed, "/api/v1/connectors/sources/c-1/execute"},
		{airbyte.DialectAuto, executePath},
	} {
		client := newClient(t, "https://api.example.com", inDialect(test.dialect))
		method, target, body, err := client.Preview("c-1", createIssue)
		if err != nil || method != http.MethodPost || target != "https://api.example.com"+test.want ||
			!strings.Contains(string(body), `"title":"x"`) {
			t.Errorf("%s: got %s %s %s, %v, want %s", test.dialect, method, target, body, err, test.want)
		}
	}
}

func TestCheckToken(t *testing.T) {
	t.Parallel()
	a := newAPI()
	if err := a.serve(t).CheckToken(t.Context()); err != nil || len(a.all()) != 1 {
		t.Errorf("got %v after %d requests, want success after 1", err, len(a.all()))
	}
	b := newAPI()
	b.token = say(401, `{"message":"invalid client credentials"}`)
	failure := failureOf(t, b.serve(t).CheckToken(t.Context()))
	if failure == nil || failure.Error() != "minting a token: invalid client credentials (HTTP 401)" {
		t.Errorf("got %v, want a plain refusal", failure)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if failure := failureOf(t, newAPI().serve(t).CheckToken(ended)); failure == nil || failure.Code != airbyte.CodeCanceled {
		t.Errorf("got %v, want canceled", failure)
	}
}

func TestNewRefusesUnknownChoices(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*airbyte.Config){
		inDialect("new"), inScope("everything"), func(cfg *airbyte.Config) { cfg.CloudHost = "http://cloud.airbyte.com" },
	} {
		cfg := airbyte.Config{ClientID: "id", ClientSecret: secretText("s")}
		change(&cfg)
		if client, err := airbyte.New(cfg); err == nil {
			client.Close()
			t.Errorf("%+v was accepted", fmt.Sprint(cfg.Dialect, cfg.TokenScope, cfg.CloudHost))
		}
	}
}
