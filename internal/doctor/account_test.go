package doctor_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/doctor"
)

func TestToken(t *testing.T) {
	t.Parallel()
	examineEach(t, []illness{
		{"accepted", func(*rig) {}, finding{0, "token", doctor.OK, []string{"accepts the client id and secret"}, nil}},
		{"wrong secret", func(r *rig) {
			r.env["AIRBYTE_CLIENT_SECRET"] = "wrong-secret-4711"
		}, finding{13, "token", doctor.Problem, []string{"HTTP 401"}, []string{"check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"}}},
		{"no service", func(r *rig) {
			r.fault("route=token,status=503,body=5")
		}, finding{13, "token", doctor.Problem, []string{"HTTP 503"}, []string{"try again later"}}},
		{"revoked after it was issued", func(r *rig) {
			r.fault("route=organizations,status=401", "route=workspaces,status=401", "route=connectors,status=401")
		}, finding{13, "token", doctor.Problem, []string{"HTTP 401"}, []string{"revoked"}}},
		{"header removed on the way", func(r *rig) {
			r.env["AIRBYTE_API_HOST"] = r.relay(func(q *http.Request) { q.Header.Del("Authorization") }, nil)
		}, finding{13, "token", doctor.Problem, []string{"Not authenticated"}, []string{"removes the Authorization header"}}},
	})
}

func TestOrganization(t *testing.T) {
	t.Parallel()
	const foreign = "00000000-0000-4000-8000-000000000001"
	examineEach(t, []illness{
		{"the one chosen", func(*rig) {}, finding{0, "organization", doctor.OK,
			[]string{"Sandbox", "5a4db0c5-0000-4000-8000-00000000000a"}, nil}},
		{"the only one", func(r *rig) {
			r.env["AIRBYTE_ORGANIZATION_ID"] = ""
		}, finding{0, "organization", doctor.OK, []string{"the only one"}, nil}},
		{"upper case", func(r *rig) {
			r.env["AIRBYTE_ORGANIZATION_ID"] = strings.ToUpper(r.env["AIRBYTE_ORGANIZATION_ID"])
		}, finding{0, "organization", doctor.OK, []string{"Sandbox"}, nil}},
		{"of somebody else", func(r *rig) {
			r.env["AIRBYTE_ORGANIZATION_ID"] = foreign
		}, finding{14, "organization", doctor.Problem,
			[]string{"not accessible", "the credentials belong to: Sandbox", "environment AIRBYTE_ORGANIZATION_ID"},
			[]string{"check AIRBYTE_ORGANIZATION_ID: these credentials do not belong"}}},
		{"several, none chosen", func(r *rig) {
			r.turn("organizations", "several")
			r.env["AIRBYTE_ORGANIZATION_ID"] = ""
		}, finding{14, "organization", doctor.Problem, []string{"specify target organization"}, []string{"set AIRBYTE_ORGANIZATION_ID"}}},
		{"without a subscription", func(r *rig) {
			r.env["AIRBYTE_ORGANIZATION_ID"] = "5a4db0c5-0000-4000-8000-00000000000d"
		}, finding{14, "organization", doctor.Problem, []string{"subscription"}, []string{"an administrator must subscribe"}}},
		{"cut off", func(r *rig) {
			r.fault("route=organizations,malformed")
		}, finding{14, "organization", doctor.Problem, []string{"not what it promises"}, []string{"--log-level debug"}}},
		{"none", func(r *rig) {
			r.answerOrganizations(`[]`)
		}, finding{14, "organization", doctor.Problem, []string{"belong to no organization"}, []string{"https://app.airbyte.ai"}}},
		{"several, one used unasked", func(r *rig) {
			r.env["AIRBYTE_WORKSPACE"] = "nobody" // else the Context Stores are asked for, and refused
			r.answerOrganizations(`[{"id":"a-1","organization_name":"One"},{"id":"a-2","organization_name":"Two"}]`)
			r.env["AIRBYTE_ORGANIZATION_ID"] = ""
		}, finding{15, "organization", doctor.Warn, []string{"2 organizations, and none is chosen", "One (a-1)", "Two (a-2)"},
			[]string{"set AIRBYTE_ORGANIZATION_ID to the one to use"}}},
		{"one chosen of several", func(r *rig) {
			chosen := r.env["AIRBYTE_ORGANIZATION_ID"]
			r.answerOrganizations(`[{"id":"a-1","organization_name":"One"},{"id":"` + chosen + `","organization_name":"Two"}]`)
		}, finding{0, "organization", doctor.OK, []string{"Two (5a4db0c5-"}, nil}},
		{"accepted, but not listed", func(r *rig) {
			r.answerOrganizations(`[{"id":"a-1","organization_name":"One"}]`)
		}, finding{0, "organization", doctor.Warn, []string{"not among those of the credentials", "One (a-1)"},
			[]string{"check AIRBYTE_ORGANIZATION_ID"}}},
		{"the API tells of none", func(r *rig) {
			r.answerOrganizations("")
		}, finding{0, "organization", doctor.Skipped, []string{"does not tell which there are"}, nil}},
	})
}

// answerOrganizations lets the API have other organizations; "" is none of the kind.
func (r *rig) answerOrganizations(list string) {
	r.Helper()
	relay := r.relay(nil, nil)
	r.host(serve(r.T, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch {
		case !strings.HasSuffix(q.URL.Path, "/organizations"):
			forward(w, q, relay)
		case list == "":
			http.NotFound(w, q)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"organizations":` + list + `}`))
		}
	})))
}

func TestWorkspace(t *testing.T) {
	t.Parallel()
	examineEach(t, []illness{
		{"there", func(*rig) {}, finding{0, "workspace", doctor.OK, []string{`"default" (`}, nil}},
		{"unknown", func(r *rig) {
			r.env["AIRBYTE_WORKSPACE"] = "nobody"
		}, finding{15, "workspace", doctor.Problem,
			[]string{`no workspace named exactly "nobody"`, "there are: default, acme-corp", "environment AIRBYTE_WORKSPACE"},
			[]string{"set AIRBYTE_WORKSPACE to one that exists", `workspaces create "nobody"`}}},
		{"in other case", func(r *rig) {
			r.env["AIRBYTE_WORKSPACE"] = "Acme-Corp"
		}, finding{15, "workspace", doctor.Problem, nil, []string{"upper and lower case matter: set AIRBYTE_WORKSPACE=acme-corp"}}},
		{"list fails", func(r *rig) {
			r.fault("route=workspaces,status=500")
		}, finding{15, "workspace", doctor.Problem, []string{"HTTP 500"}, []string{"try again later"}}},
		{"inactive", func(r *rig) {
			r.deactivate()
		}, finding{0, "workspace", doctor.Warn, []string{"inactive: its syncs stand still"}, []string{"activate the workspace"}}},
		{"renamed meanwhile", func(r *rig) {
			r.host(r.relay(func(q *http.Request) {
				if q.URL.Query().Has("workspace_name") {
					q.URL.RawQuery = "workspace_name=renamed"
				}
			}, nil))
		}, finding{15, "workspace", doctor.Problem, []string{"Workspace not found"}, []string{"exact name of an existing workspace"}}},
	})
}

func (r *rig) deactivate() {
	r.Helper()
	address := r.emulator.URL + "/api/v1/workspaces/" + r.emulator.Credentials().WorkspaceID
	r.send(http.MethodPut, address, r.token(), []byte(`{"status":"inactive"}`), &struct{}{})
}

// token signs in at the emulator.
func (r *rig) token() string {
	r.Helper()
	var grant struct {
		Token string `json:"access_token"`
	}
	k := r.emulator.Credentials()
	body := `{"client_id":"` + k.ClientID + `","client_secret":"` + k.ClientSecret + `"}`
	r.send(http.MethodPost, r.emulator.URL+"/v1/applications/token", "", []byte(body), &grant)
	return grant.Token
}

func TestDialect(t *testing.T) {
	t.Parallel()
	examineEach(t, []illness{
		{"current", func(*rig) {}, finding{0, "dialect", doctor.OK, []string{"current"}, nil}},
		{"older, found out", func(r *rig) {
			r.turn("dialect", "seed")
		}, finding{0, "dialect", doctor.OK, []string{"seed: the older one", "cannot be checked"}, nil}},
		{"older, current configured", func(r *rig) {
			r.turn("dialect", "seed")
			r.env["AIRBYTE_MCP_API_DIALECT"] = "current"
		}, finding{16, "dialect", doctor.Problem,
			[]string{"api-dialect is current, but the API speaks the dialect seed", "environment AIRBYTE_MCP_API_DIALECT"},
			[]string{"AIRBYTE_MCP_API_DIALECT=auto, or seed"}}},
		{"current, older configured", func(r *rig) {
			r.turn("dialect", "current")
			r.env["AIRBYTE_MCP_API_DIALECT"] = "seed"
		}, finding{16, "dialect", doctor.Problem, []string{"but the API speaks the dialect current"}, []string{"AIRBYTE_MCP_API_DIALECT=auto"}}},
		{"another host", func(r *rig) {
			r.host(serve(r.T, http.NotFoundHandler()))
		}, finding{16, "dialect", doctor.Problem, []string{"environment AIRBYTE_API_HOST"}, []string{"this is not the Airbyte API"}}},
		{"another host, with a dialect", func(r *rig) {
			r.host(serve(r.T, http.NotFoundHandler()))
			r.env["AIRBYTE_MCP_API_DIALECT"] = "current"
		}, finding{16, "dialect", doctor.Problem, []string{"environment AIRBYTE_API_HOST"}, []string{"this is not the Airbyte API"}}},
		{"login page of a gateway", func(r *rig) {
			r.host(serve(r.T, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte("<html>Please sign in</html>"))
			})))
		}, finding{16, "dialect", doctor.Problem, []string{"without a usable token"}, []string{"a gateway, a login page or another program"}}},
		{"redirect", func(r *rig) {
			r.host(serve(r.T, http.RedirectHandler("https://elsewhere.example", http.StatusTemporaryRedirect)))
		}, finding{16, "dialect", doctor.Problem, []string{"redirect"}, []string{"redirects are never followed"}}},
	})
}

// TestAnotherLayerIsNamed skips the layer at which a fault shows for the one that has it.
func TestAnotherLayerIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.turn("dialect", "seed")
	r.env["AIRBYTE_MCP_API_DIALECT"] = "current"
	for _, l := range r.examine().Layers {
		want := map[string]string{
			"workspace": "", "connectors": "skipped: needs dialect", "context store": "skipped: needs connectors",
			"check execute": "skipped: needs connectors",
		}[l.Name]
		if want != "" && (l.Status != doctor.Skipped || l.Text != want) {
			t.Errorf("%s: %s, %q, want it skipped with %q", l.Name, l.Status, l.Text, want)
		}
	}
}

// TestRequestsAreNamed tells Airbyte's id of a request that failed, for its support.
func TestRequestsAreNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.host(r.relay(nil, func(a *http.Response) error {
		a.Header.Set("X-Request-Id", "req-4711")
		return nil
	}))
	r.fault("route=workspaces,status=500")
	f := finding{15, "workspace", doctor.Problem, []string{"Airbyte's id of the request: req-4711"}, nil}
	f.compare(t, r.examine())
}

func TestNoAnswerInTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["AIRBYTE_MCP_REQUEST_TIMEOUT"] = "300ms"
	r.fault("route=organizations,hang")
	began := time.Now()
	f := finding{14, "organization", doctor.Problem, []string{"no answer in time"}, []string{"try again later"}}
	f.compare(t, r.examine())
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
}
