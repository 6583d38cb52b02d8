package airbyte

import (
	"encoding/json"
	"slices"
	"strings"
)

// mask replaces a secret in a configuration, in the API's own form.
const mask = "**********"

// secretWords mark names of fields with secret values.
var secretWords = []string{
	"token", "secret", "password", "passphrase", "api_key", "apikey", "access_key", "private_key",
	"credentials_json", "service_account",
}

// secretExceptions are ends of such names with values that are no secrets.
var secretExceptions = []string{"_url", "_uri", "_type", "_title", "_date", "_at"}

func isSecretName(name string) bool {
	lower := strings.ToLower(name)
	return !isPlainName(lower) && slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(lower, word) })
}

func isPlainName(name string) bool {
	return slices.ContainsFunc(secretExceptions, func(end string) bool { return strings.HasSuffix(name, end) })
}

// masker replaces secrets in configurations. The API usually does so itself, but does not
// promise it.
type masker struct {
	names map[string]bool // of secret fields, from a specification
	known []string        // secret values, under any name
}

// newMasker makes a masker for the configurations of a template.
func newMasker(spec json.RawMessage, known []string) *masker {
	m := &masker{names: map[string]bool{}, known: known}
	var value any
	if json.Unmarshal(spec, &value) == nil {
		m.collectSecretNames("", value)
	}
	return m
}

// collectSecretNames finds the properties marked as secret, at any depth.
func (m *masker) collectSecretNames(name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		if v["airbyte_secret"] == true {
			m.names[name] = true
		}
		for key, item := range v {
			if key == "items" { // the elements of an array have the array's name
				key = name
			}
			m.collectSecretNames(key, item)
		}
	case []any:
		for _, item := range v {
			m.collectSecretNames(name, item)
		}
	}
}

// maskConfig returns a configuration with its secrets masked.
func (m *masker) maskConfig(raw json.RawMessage) json.RawMessage {
	object, err := objectOf(raw)
	if err != nil || object == nil {
		return nil
	}
	out, err := json.Marshal(m.maskValue("", object))
	if err != nil {
		return nil
	}
	return out
}

func (m *masker) maskValue(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = m.maskValue(key, item)
		}
	case []any:
		for i, item := range v {
			v[i] = m.maskValue(name, item)
		}
	case string:
		if v != "" && (m.names[name] || isSecretName(name) || slices.Contains(m.known, v) && !isPlainName(name)) {
			return mask
		}
	}
	return value
}

// secretsIn lists the texts in objects under names of secret fields.
func secretsIn(raws ...json.RawMessage) []string {
	var list []string
	for _, raw := range raws {
		object, _ := objectOf(raw) // no object: no names
		list = appendNamedSecrets(list, "", object)
	}
	return list
}

func appendNamedSecrets(list []string, name string, value any) []string {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			list = appendNamedSecrets(list, key, item)
		}
	case []any:
		for _, item := range v {
			list = appendNamedSecrets(list, name, item)
		}
	case string:
		if isSecretName(name) {
			list = appendTexts(list, v)
		}
	}
	return list
}
