package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/doctor"
	"airbyte-mcp-server/schemas"
)

func TestBinary(t *testing.T) {
	t.Parallel()
	own := func(content string) func(*rig) {
		return func(r *rig) {
			folder := r.TempDir()
			if content != "" {
				if err := os.WriteFile(filepath.Join(folder, "acme.json"), []byte(content), 0o600); err != nil {
					r.Fatal(err)
				}
			}
			r.subject.CatalogFolder, r.subject.Catalog = folder, schemas.WithFolder(folder)
		}
	}
	linear, err := schemas.Embedded().Connector("linear")
	if err != nil {
		t.Fatal(err)
	}
	data, err := schemas.Format(linear)
	if err != nil {
		t.Fatal(err)
	}
	acme := strings.Replace(string(data), `"linear"`, `"acme"`, 1)
	examineEach(t, []illness{
		{"built in", func(*rig) {}, finding{0, "binary", doctor.OK, []string{"airbyte-mcp-server v1.2.3, 51 connectors in the catalog"}, nil}},
		{"folder that does not exist", func(r *rig) {
			r.subject.CatalogFolder = filepath.Join(r.TempDir(), "nowhere")
		}, finding{0, "binary", doctor.OK, []string{"51 connectors in the catalog"}, nil}},
		{"own file", own(acme), finding{0, "binary", doctor.OK, []string{"52 connectors in the catalog, 1 of them from "}, nil}},
		{"own file broken", own(`{"name":`), finding{10, "binary", doctor.Problem,
			[]string{"the catalog cannot be read", "acme"}, []string{"mend or remove the file in ", "catalog check"}}},
	})
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	long := make([]error, 12)
	for i := range long {
		long[i] = fmt.Errorf("wrong setting number %d", i)
	}
	faulty := func(err error) func(*rig) { return func(r *rig) { r.subject.Fault = err } }
	examineEach(t, []illness{
		{"shown with its origins", func(*rig) {}, finding{0, "configuration", doctor.OK,
			[]string{"no configuration file", "client-secret: REDACTED (environment AIRBYTE_CLIENT_SECRET)"}, nil}},
		{"one wrong setting", faulty(errors.New("AIRBYTE_MCP_CALL_TIMEOUT: want a duration")), finding{11, "configuration", doctor.Problem,
			[]string{"AIRBYTE_MCP_CALL_TIMEOUT: want a duration"}, []string{"change what is named here"}}},
		{"many", faulty(errors.Join(long...)), finding{11, "configuration", doctor.Problem,
			[]string{"wrong setting number 0", "wrong setting number 7", "and 4 more"}, []string{"change what is named here"}}},
		{"no credentials", faulty(errors.New("credentials are missing: set AIRBYTE_CLIENT_ID")), finding{11, "configuration", doctor.Problem,
			[]string{"credentials are missing"}, []string{"set AIRBYTE_CLIENT_ID"}}},
	})
}

func TestSelfTest(t *testing.T) {
	t.Parallel()
	says := func(advice string, err error) func(*rig) {
		return func(r *rig) {
			r.subject.SelfTest = func(context.Context) (doctor.Conversation, error) { return doctor.Conversation{Advice: advice}, err }
		}
	}
	examineEach(t, []illness{
		{"answers", func(*rig) {}, finding{0, "MCP self-test", doctor.OK, []string{"it speaks MCP 2025-11-25; 75 tools usable, 75 listed"}, nil}},
		{"no answer", says("", errors.New("no answer within 20s\nlast words")), finding{20, "MCP self-test", doctor.Problem,
			[]string{"gets no usable answer", "no answer within 20s", "last words"}, []string{"run airbyte-mcp-server serve in a terminal"}}},
		{"listens elsewhere", says("unset AIRBYTE_MCP_HTTP", errors.New("serve listens over HTTP")), finding{20, "MCP self-test", doctor.Problem,
			[]string{"serve listens over HTTP"}, []string{"unset AIRBYTE_MCP_HTTP"}}},
		{"fewer tools than there should be", func(r *rig) {
			r.subject.SelfTest = func(context.Context) (doctor.Conversation, error) {
				return doctor.Conversation{Protocol: "x", Tools: 3}, nil
			}
		}, finding{0, "MCP self-test", doctor.Warn, []string{"75 tools usable, 3 listed, though there should be 75"},
			[]string{"compare airbyte-mcp-server config show"}}},
		{"the API away", func(r *rig) {
			r.fault("route=token,status=503,body=5")
		}, finding{13, "MCP self-test", doctor.OK, []string{"only its own, since the API cannot be asked"}, nil}},
	})
}

// TestExitCodeIsOfTheFirstProblem in the order of the layers, not in that of their codes
// or of their discovery.
func TestExitCodeIsOfTheFirstProblem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.subject.SelfTest = func(context.Context) (doctor.Conversation, error) { return doctor.Conversation{}, errors.New("silent") }
	r.env["AIRBYTE_WORKSPACE"] = "nobody"
	report := r.examine()
	if report.ExitCode != 15 || !strings.Contains(report.Verdict, `"workspace" (exit code 15)`) {
		t.Errorf("exit code %d, verdict %q; want those of the workspace", report.ExitCode, report.Verdict)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if got := r.examine().Verdict; got != "All is well." {
		t.Errorf("got %q", got)
	}
	r.env["AIRBYTE_WORKSPACE"] = "acme-corp"
	if got, want := r.examine().Verdict, "It works; look at: connectors, context store."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSecretsAreNotTold looks for the client secret in all that a report has.
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	for _, cause := range []func(*rig){
		func(*rig) {},
		func(r *rig) { r.env["AIRBYTE_CLIENT_SECRET"] = "wrong-secret-4711" },
		func(r *rig) { r.create("invalid-vendor-token-2203"); r.subject.Execute = true },
	} {
		r := newRig(t)
		cause(r)
		var b strings.Builder
		if err := doctor.Printed(r.examine(), &b, true, true); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{r.env["AIRBYTE_CLIENT_SECRET"], "invalid-vendor-token-2203", "eyJ"} {
			if strings.Contains(b.String(), secret) {
				t.Errorf("%q was printed:\n%s", secret, b.String())
			}
		}
	}
}
