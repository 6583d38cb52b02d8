package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// installation is what doctor looks at: an emulator, and the environment and arguments of
// the program. A case of TestDoctorNamesTheIllness breaks a part of it.
type installation struct {
	url  string
	env  []string
	args []string
}

func (in *installation) set(name, value string) { in.env = append(in.env, name+"="+value) }

// newInstallation starts an emulator and returns a healthy installation.
func newInstallation(t *testing.T, options ...string) *installation {
	t.Helper()
	env := startEmulator(t, append([]string{"--dataset", "small"}, options...)...)
	url := strings.TrimPrefix(env[0], "AIRBYTE_API_HOST=")
	return &installation{url: url, env: env, args: []string{"doctor", "--json", "--connectors", "github"}}
}

// control sends a request to the control interface of the emulator.
func (in *installation) control(t *testing.T, method, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, in.url+"/__sandbox/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: got %d", method, path, response.StatusCode)
	}
}

// fault adds rules to the faults of the emulator.
func (in *installation) fault(t *testing.T, rules ...string) {
	t.Helper()
	body, err := json.Marshal(map[string][]string{"rules": rules})
	if err != nil {
		t.Fatal(err)
	}
	in.control(t, http.MethodPost, "faults", string(body))
}

// setSwitch sets a switch of the emulator.
func (in *installation) setSwitch(t *testing.T, name, value string) {
	t.Helper()
	in.control(t, http.MethodPut, "config", `{"switches":{"`+name+`":"`+value+`"}}`)
}

// token signs in and returns the access token.
func (in *installation) token(t *testing.T) string {
	t.Helper()
	var grant struct {
		Token string `json:"access_token"`
	}
	body := `{"client_id":"` + in.variable("AIRBYTE_CLIENT_ID") + `","client_secret":"` + in.variable("AIRBYTE_CLIENT_SECRET") + `"}`
	exchangeJSON(t, http.MethodPost, in.url+"/v1/applications/token", "", body, &grant)
	return grant.Token
}

// variable returns a variable of the environment.
func (in *installation) variable(name string) string {
	for _, line := range in.env {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// host points the program at another host.
func (in *installation) host(url string) {
	in.set("AIRBYTE_API_HOST", url)
	in.set("AIRBYTE_CLOUD_HOST", url)
}

// runDoctor runs doctor and returns its output and its exit code.
func (in *installation) runDoctor(t *testing.T) (stdout string, code int) {
	t.Helper()
	cmd := program(t, in.args...)
	cmd.Env = append(cmd.Env, in.env...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	err := cmd.Run()
	if failure, ok := errors.AsType[*exec.ExitError](err); ok {
		code = failure.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if strings.Contains(out.String()+log.String(), secret) {
			t.Errorf("the secret %q was printed:\n%s%s", secret, out.String(), log.String())
		}
	}
	if t.Failed() || code == 2 {
		t.Logf("%s%s", out.String(), log.String())
	}
	return out.String(), code
}

// secrets are the secrets of all cases; the program may print none.
var secrets = []string{
	"sandbox-client-secret-not-a-secret", "wrong-secret-4711", "proxy-password-8813", "invalid-vendor-token-2203", "unfound-token-9921", "eyJ",
}

// create makes a GitHub connector with a token and returns its id.
func (in *installation) create(t *testing.T, token string) string {
	t.Helper()
	var made struct{ ID string }
	body := `{"workspace_name":"default","connector_type":"github","name":"GitHub - second",` +
		`"credentials":{"token":"` + token + `"},"replication_config":{"repositories":["acme/widgets"]}}`
	exchangeJSON(t, http.MethodPost, in.url+"/api/v1/integrations/connectors", in.token(t), body, &made)
	return made.ID
}

// delete deletes a connector.
func (in *installation) delete(t *testing.T, id string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, in.url+"/api/v1/integrations/connectors/"+id, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+in.token(t))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("deleting: got %d", response.StatusCode)
	}
}

// createUnmapped makes a connector by the older dialect, which stores its credentials
// where no execution finds them.
func (in *installation) createUnmapped(t *testing.T) {
	t.Helper()
	var templates struct {
		Data []struct {
			ID   string
			Slug string `json:"connector_name"`
		}
	}
	token := in.token(t)
	exchangeJSON(t, http.MethodGet, in.url+"/api/v1/integrations/templates/sources", token, "", &templates)
	for _, template := range templates.Data {
		if template.Slug != "github" {
			continue
		}
		workspace := in.variable("AIRBYTE_CLOUD_WORKSPACE_ID")
		body := `{"source_template_id":"` + template.ID + `","workspace_id":"` + workspace + `","name":"GitHub - older",` +
			`"auth_config":{"credentials":{"secret_sauce":"unfound-token-9921"}},"source_config":{"repositories":["acme/widgets"]}}`
		exchangeJSON(t, http.MethodPost, in.url+"/api/v1/embedded/sources", token, body, &struct{}{})
		return
	}
	t.Fatal("there is no template of type github")
}

// writeFile makes a file in a new folder and returns its path.
func writeFile(t testing.TB, name, content string, mode os.FileMode) string {
	t.Helper()
	path := t.TempDir() + "/" + name
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// strangeCatalog is a catalog folder with a type of connector that is not built in.
func strangeCatalog(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../schemas/catalog/linear.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for key, value := range map[string]string{
		"name": `"acme-tracker"`, "title": `"Acme Tracker"`, "definition_id": `"00000000-0000-4000-8000-00000000abcd"`,
	} {
		text = strings.Replace(text, string(file[key]), value, 1)
	}
	return filepath.Dir(writeFile(t, "acme-tracker.json", text, 0o600))
}
