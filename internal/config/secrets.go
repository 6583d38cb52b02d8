package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/secret"
)

// ErrMissingCredentials is what the error of MissingCredentials wraps.
const ErrMissingCredentials = sentinel("airbyte credentials are missing")

// sentinel is an error that can be a constant.
type sentinel string

func (e sentinel) Error() string { return string(e) }

// MissingCredentials returns nil if the client id and the client secret are
// known or the sandbox needs none. Otherwise its one error, which is
// ErrMissingCredentials, names the variables to set and where to get the values.
func (s *Settings) MissingCredentials() error {
	var missing []string
	if s.ClientID == "" {
		missing = append(missing, "AIRBYTE_CLIENT_ID")
	}
	if !s.ClientSecret.IsSet() {
		missing = append(missing, "AIRBYTE_CLIENT_SECRET")
	}
	switch {
	case s.Sandbox:
		return nil
	case len(missing) == 0:
		return s.unexpandedCredentials()
	}
	err := fmt.Errorf("%w: set %s (in the Airbyte app, https://app.airbyte.ai: Profile page, API credentials), or try --sandbox, which "+
		"needs no account",
		ErrMissingCredentials, strings.Join(missing, " and "))
	if s.given != nil && s.given().login != nil {
		err = fmt.Errorf("%w; the Airbyte CLI's login was not used: %w", err, s.given().login)
	}
	return err
}

// unexpandedCredentials names the credentials that hold a placeholder in place of a value.
// Its error is ErrMissingCredentials.
func (s *Settings) unexpandedCredentials() error {
	var faults []error
	for _, c := range []struct{ name, value string }{
		{"client-id", s.ClientID}, {"client-secret", s.ClientSecret.Reveal()}, {"organization-id", s.OrganizationID},
	} {
		if secret.IsPlaceholder(c.value) {
			faults = append(faults, fmt.Errorf("%s %s", s.origin(c.name).place(c.name), secret.PlaceholderHint))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrMissingCredentials, errors.Join(faults...))
}

// checkExpanded names the other settings of which the value is a placeholder.
func (s *Settings) checkExpanded() error {
	var faults []error
	for _, c := range []struct{ name, value string }{
		{"workspace", s.Workspace}, {"api-host", s.APIHost}, {"cloud-host", s.CloudHost}, {"public-url", s.PublicURL},
		{"bearer-token", s.BearerToken.Reveal()}, {"audit-key", s.AuditKey.Reveal()}, {"proxy-secret", s.ProxySecret.Reveal()},
		{"introspection-url", s.IntrospectionURL}, {"introspection-client-id", s.IntrospectionClientID},
		{"introspection-client-secret", s.IntrospectionClientSecret.Reveal()}, {"oauth-audience", s.OAuthAudience},
	} {
		if secret.IsPlaceholder(c.value) {
			faults = append(faults, fmt.Errorf("%s: the value %s", s.origin(c.name).place(c.name), secret.PlaceholderHint))
		}
	}
	return errors.Join(append(faults, s.checkParts()...)...)
}

// checkParts names the lists and maps of which an element is a placeholder.
func (s *Settings) checkParts() []error {
	var faults []error
	values := reflect.ValueOf(s).Elem()
	for i := range values.NumField() {
		name := values.Type().Field(i).Tag.Get("name")
		var parts []string
		switch value := values.Field(i); {
		case name == "":
			continue
		case value.Type() == reflect.TypeFor[[]string]():
			parts = value.Interface().([]string)
		case value.Type() == reflect.TypeFor[map[string]string]():
			for key, inner := range value.Interface().(map[string]string) {
				parts = append(parts, key, inner)
			}
		}
		if slices.ContainsFunc(parts, secret.IsUnexpanded) {
			faults = append(faults, fmt.Errorf("%s: a part of the value %s", s.origin(name).place(name), secret.PlaceholderHint))
		}
	}
	return faults
}

// readSecrets finds the values that have no flag.
func (s *Settings) readSecrets(env Env) (err error) {
	if s.ClientSecret, err = s.readSecret(env, "client-secret", s.ClientSecretFile); err != nil {
		return err
	}
	if s.AuditKey, err = s.readSecret(env, "audit-key", s.AuditKeyFile); err != nil {
		return err
	}
	for name, target := range map[string]*secret.Text{
		"keys": &s.Keys, "introspection-client-secret": &s.IntrospectionClientSecret, "proxy-secret": &s.ProxySecret,
	} {
		if *target, err = s.readSecret(env, name, ""); err != nil {
			return err
		}
	}
	s.BearerToken, err = s.readSecret(env, "bearer-token", s.BearerTokenFile)
	return err
}

// readSecret takes a secret from where it stands itself or from the file at
// path, whichever was said at the higher level.
func (s *Settings) readSecret(env Env, name, path string) (secret.Text, error) {
	text, from := s.given().find(env, name, secretVars(name))
	pathFrom := s.origin(name + "-file")
	switch {
	case path == "" || from.level > pathFrom.level:
	case from.level == pathFrom.level:
		return secret.Text{}, fmt.Errorf("%s and %s are both set: remove one of them", from.place(name), pathFrom.place(name+"-file"))
	default:
		data, err := readPrivate(path)
		if err != nil {
			return secret.Text{}, fmt.Errorf("%s: %w", pathFrom.place(name+"-file"), err)
		}
		text, from = data, origin{level: pathFrom.level, file: path}
	}
	s.given().origins[name] = from
	return secret.New(text), nil
}

func secretVars(name string) []string {
	for _, f := range fields() {
		if f.secret && f.name == name {
			return f.vars
		}
	}
	return nil
}

// readPrivate reads a file that holds one secret and that is its owner's alone.
func readPrivate(path string) (string, error) {
	data, mode, err := readFile(path)
	if err != nil {
		return "", err
	}
	if err := checkPrivate(path, mode); err != nil {
		return "", err
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "", fmt.Errorf("%s is UTF-16, as Windows PowerShell writes it: save it as UTF-8", path)
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("%s is empty: write the secret into it", path)
	}
	return text, nil
}
