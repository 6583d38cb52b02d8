package setup_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/schemas/setup"
)

// TestGitHubSetup is the worked example.
func TestGitHubSetup(t *testing.T) {
	t.Parallel()
	s := setup.Of(connector(t, "github"))
	token := secrets(map[string]string{"token": " ghp_1\n"})
	for name, tt := range map[string]struct {
		values setup.Values
		want   [5]string
	}{
		"personal access token": {
			setup.Values{Fields: map[string]string{"repositories": "a/b"}, Secrets: token},
			[5]string{"githubPAT", `{"token":"ghp_1"}`, `{"credentials":{"option_title":"PAT Credentials","personal_access_token":"ghp_1"}}`,
				`{"repositories":["a/b"]}`},
		},
		"stored keys, and a list in JSON": {
			setup.Values{
				Fields:  map[string]string{"repositories": `["a/b", "c/*"]`},
				Secrets: secrets(map[string]string{"option_title": "PAT Credentials", "personal_access_token": "ghp_1"}),
			},
			[5]string{"githubPAT", `{"token":"ghp_1"}`, `{"credentials":{"option_title":"PAT Credentials","personal_access_token":"ghp_1"}}`,
				`{"repositories":["a/b","c/*"]}`},
		},
		"OAuth": {
			setup.Values{
				Fields:  map[string]string{"repositories": "https://github.com/a/b.git, c/d", "start_date": "2026-01-31"},
				Secrets: secrets(map[string]string{"access_token": "gho_1"}),
			},
			[5]string{"githubOAuth", `{"access_token":"gho_1"}`, `{"credentials":{"option_title":"OAuth Credentials","access_token":"gho_1"}}`,
				`{"repositories":["a/b","c/d"],"start_date":"2026-01-31T00:00:00Z"}`},
		},
		"everything among the secrets": {
			setup.Values{Secrets: secrets(map[string]string{"token": "ghp_1", "repositories": "a/b"})},
			[5]string{"githubPAT", `{"token":"ghp_1"}`, `{"credentials":{"option_title":"PAT Credentials","personal_access_token":"ghp_1"}}`,
				`{"repositories":["a/b"]}`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := s.Check(tt.values)
			if err != nil {
				t.Fatal(err)
			}
			wantSubmission(t, out, tt.want)
		})
	}
}

func TestGitHubSetupFaults(t *testing.T) {
	t.Parallel()
	s := setup.Of(connector(t, "github"))
	token := secrets(map[string]string{"token": "x"})
	const missing = "`repositories` is required: Repositories to reach, as owner/name, or owner/* for all of an owner"
	const keys = "Personal access token (githubPAT): token; OAuth (githubOAuth): access_token"
	const method = "`method` cannot be told: no method has all its keys; give those of one: " + keys
	checkFaults(t, s, map[string]faultyValues{
		"nothing":         {setup.Values{}, []string{method, missing}},
		"no repositories": {setup.Values{Secrets: token}, []string{missing}},
		"an unknown key": {
			setup.Values{Fields: map[string]string{"repos": "a/b"}, Secrets: secrets(map[string]string{"tokn": "x"})},
			[]string{method,
				"`repos` is unknown; did you mean repositories?; allowed: token, access_token, repositories",
				"`tokn` is unknown; did you mean token?; allowed: token, access_token, repositories", missing},
		},
		"two methods": {
			setup.Values{Fields: map[string]string{"repositories": "a/b"}, Secrets: secrets(map[string]string{"token": "x", "access_token": "y"})},
			[]string{"`method` cannot be told: several methods fit the keys; name one, or give the keys of one only: " + keys},
		},
		"a key of the other method": {
			setup.Values{Method: "oauth", Fields: map[string]string{"repositories": "a"}, Secrets: token},
			[]string{"`token` belongs to another method than OAuth, which takes access_token",
				"`access_token` is required: Token that GitHub issued to your OAuth app for this account",
				"`repositories` element 1: must be owner/name, or owner/* for all of an owner"},
		},
		"an unknown method": {
			setup.Values{Method: "PAT", Fields: map[string]string{"repositories": "a/b"}, Secrets: token},
			[]string{"`method` is unknown; did you mean githubPAT?; allowed: githubPAT, githubOAuth"},
		},
	})
}

func TestGitHubStraySettings(t *testing.T) {
	t.Parallel()
	token := secrets(map[string]string{"token": "x"})
	checkFaults(t, setup.Of(connector(t, "github")), map[string]faultyValues{
		"what older callers sent": {
			setup.Values{Fields: map[string]string{"repositories": "a/b"},
				Secrets: secrets(map[string]string{"token": "x", "auth_type": "y", "credentials_title": "z"})},
			[]string{"`auth_type` is not needed: the keys tell the method; leave it out",
				"`credentials_title` is not needed: the keys tell the method; leave it out"},
		},
		"a token where a name belongs": {
			setup.Values{Fields: map[string]string{"repositories": "a/b", "ghp_0123456789abcdefghijklmnop": "x"}, Secrets: token},
			[]string{"`(a name of 30 characters)` is unknown; allowed: token, repositories"},
		},
		"a secret among the settings": {
			setup.Values{Fields: map[string]string{"repositories": "a/b", "token": "x"}},
			[]string{"`token` is a secret: give it among the credentials, never as a setting"},
		},
	})
}

// faultyValues are values that connecting refuses, and how.
type faultyValues struct {
	values setup.Values
	want   []string
}

func checkFaults(t *testing.T, s *setup.Setup, cases map[string]faultyValues) {
	t.Helper()
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := setupFaults(t, s, tt.values); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestHarvestSetup has a setting that is a credential too, and a date that is
// reckoned from today.
func TestHarvestSetup(t *testing.T) {
	s := setup.Of(connector(t, "harvest"))
	synctest.Test(t, func(t *testing.T) { // where time begins on 1 January 2000
		for name, v := range map[string]setup.Values{
			"as a setting":    {Fields: map[string]string{"account_id": "7"}, Secrets: secrets(map[string]string{"token": "x"})},
			"as a credential": {Secrets: secrets(map[string]string{"api_token": "x", "account_id": "7"})},
			"as both":         {Fields: map[string]string{"account_id": "7"}, Secrets: secrets(map[string]string{"token": "x", "account_id": "7"})},
		} {
			out, err := s.Check(v)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			wantSubmission(t, out, [5]string{"bearer", `{"account_id":"7","token":"x"}`,
				`{"account_id":"7","credentials":{"api_token":"x","auth_type":"Token"},` +
					`"replication_start_date":"1999-07-05T00:00:00Z"}`, `{"account_id":"7"}`})
		}
	})
	got := setupFaults(t, s, setup.Values{Fields: map[string]string{"account_id": "7"},
		Secrets: secrets(map[string]string{"token": "x", "account_id": "8"})})
	if len(got) != 2 || !strings.Contains(got[0], "given twice") {
		t.Errorf("two different values: got %q", got)
	}
}
