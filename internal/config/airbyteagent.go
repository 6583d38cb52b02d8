package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"airbyte-mcp-server/internal/secret"
)

// login is the part of the Airbyte CLI's ~/.airbyte-agent/settings.json that
// counts here. Other keys are the CLI's own business.
type login struct {
	Settings struct {
		Credentials struct {
			ClientID     string      `json:"client_id"`
			ClientSecret secret.Text `json:"client_secret"`
		} `json:"credentials"`
		OrganizationID string `json:"organization_id"`
		Workspace      string `json:"workspace"`
	} `json:"settings"`
}

// adoptLogin uses the Airbyte CLI's login if nothing says anything of an id or a
// secret: all or nothing, so that two accounts never mix. A login that cannot be
// read is no error before credentials are missing for want of it.
func (s *Settings) adoptLogin(env Env) {
	if s.Sandbox || env.HomeDir == "" || s.Given("client-id") || s.Given("client-secret") {
		return
	}
	path := filepath.Join(env.HomeDir, ".airbyte-agent", "settings.json")
	found, err := readLogin(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.given().login = err
	}
	credentials := found.Settings.Credentials
	if err != nil || credentials.ClientID == "" || !credentials.ClientSecret.IsSet() {
		return
	}
	from := origin{level: airbyteCLI, file: path}
	adopt(s, "client-id", &s.ClientID, credentials.ClientID, from)
	if !s.Given("client-secret") {
		s.ClientSecret = credentials.ClientSecret
		s.given().origins["client-secret"] = from
	}
	adopt(s, "organization-id", &s.OrganizationID, found.Settings.OrganizationID, from)
	adopt(s, "workspace", &s.Workspace, found.Settings.Workspace, from)
}

// adopt sets a setting unless something of a higher level has.
func adopt(s *Settings, name string, target *string, value string, from origin) {
	if value != "" && !s.Given(name) {
		*target = value
		s.given().origins[name] = from
	}
}

// Given reports whether flag, environment or config file say something.
func (s *Settings) Given(name string) bool { return s.origin(name).level > airbyteCLI }

// readLogin reads the file. Its errors quote nothing of it.
func readLogin(path string) (login, error) {
	var l login
	data, mode, err := readFile(path)
	if err != nil {
		return l, err
	}
	if err := checkPrivate(path, mode); err != nil {
		return l, err
	}
	if err := json.Unmarshal(data, &l); err != nil {
		return l, fmt.Errorf("%s:%d: not the JSON that the Airbyte CLI writes: log in with it again", path, errorLine(data, err))
	}
	return l, nil
}

// errorLine returns the line of a JSON error.
func errorLine(data []byte, err error) int {
	offset := int64(0)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte("\n"))
}
