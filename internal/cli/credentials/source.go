// Package credentials takes what a connector needs from where a person has it: the
// environment, a file, standard input or the person at the terminal. No error holds a
// value.
package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas/setup"
)

// SourceError says that a source of credentials cannot be used as it is.
type SourceError struct{ err error }

func (e *SourceError) Error() string { return e.err.Error() }
func (e *SourceError) Unwrap() error { return e.err }

// allFields are the fields that any method asks for, and the settings.
func allFields(asked *setup.Setup) []setup.Field {
	var all []setup.Field
	for _, m := range asked.Methods {
		all = append(all, m.Fields...)
	}
	return append(all, asked.Settings...)
}

// FromEnv reads PREFIX_FIELD for every field there is.
func FromEnv(lookup func(string) (string, bool), prefix string, asked *setup.Setup, v *setup.Values) error {
	var names []string
	found := false
	for _, f := range allFields(asked) {
		name := variable(prefix, f.Name)
		names = append(names, name)
		if text, ok := lookup(name); ok && strings.TrimSpace(text) != "" {
			v.Secrets[f.Name] = secret.New(text)
			found = true
		}
	}
	if !found {
		slices.Sort(names)
		return &SourceError{fmt.Errorf("--from-env: none of these variables has a value: %s", strings.Join(slices.Compact(names), ", "))}
	}
	return nil
}

// variable is the name of a field's variable: "github" and "token" make GITHUB_TOKEN.
func variable(prefix, field string) string {
	prefix = strings.ToUpper(strings.TrimSuffix(prefix, "_")) + "_"
	return prefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(field))
}

// maxBytes bounds a file of credentials, in bytes.
const maxBytes = 1 << 20

// FromFile reads a file that is its owner's alone.
func FromFile(path string, asked *setup.Setup, v *setup.Values) error {
	file, err := os.Open(path)
	if err != nil {
		return &SourceError{fmt.Errorf("--from-file: %w", err)}
	}
	defer file.Close()
	info, err := file.Stat() // of what is read, whatever the path means by now
	if err != nil {
		return &SourceError{fmt.Errorf("--from-file: %w", err)}
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return &SourceError{fmt.Errorf("--from-file: %s is open to other users (mode %04o): run chmod 600 on it", path, info.Mode().Perm())}
	}
	return Read(file, asked, v)
}

// Read reads a JSON object, or lines of FIELD=VALUE.
func Read(r io.Reader, asked *setup.Setup, v *setup.Values) error {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return fmt.Errorf("reading the credentials: %w", err)
	}
	if len(data) > maxBytes {
		return &SourceError{errors.New("the credentials: more than 1 MiB is no credentials")}
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff"))
	given := map[string]string{}
	if strings.HasPrefix(text, "{") {
		err = readObject(text, asked, given)
	} else {
		err = readLines(text, given)
	}
	switch {
	case err != nil:
		return &SourceError{err}
	case len(given) == 0:
		return &SourceError{errors.New("there are no credentials: want a JSON object, or FIELD=VALUE lines")}
	}
	for name, value := range given {
		v.Secrets[fieldOf(asked, name)] = secret.New(value)
	}
	return nil
}

// readObject reads JSON; objects in it that are no values themselves make dotted names.
func readObject(text string, asked *setup.Setup, given map[string]string) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return errors.New("the credentials: they begin like a JSON object, but are none")
	}
	flatten("", object, asked, given)
	return nil
}

func flatten(prefix string, object map[string]json.RawMessage, asked *setup.Setup, given map[string]string) {
	for name, raw := range object {
		name = prefix + name
		var text string
		var inner map[string]json.RawMessage
		isKnown := slices.ContainsFunc(allFields(asked), func(f setup.Field) bool { return f.Name == name })
		switch {
		case json.Unmarshal(raw, &text) == nil: // null is nothing, too
			given[name] = text
		case !isKnown && json.Unmarshal(raw, &inner) == nil:
			flatten(name+".", inner, asked, given)
		default:
			given[name] = string(raw)
		}
	}
}

// readLines reads what shells and .env files have.
func readLines(text string, given map[string]string) error {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		if !ok {
			return fmt.Errorf("the credentials: line %d is not FIELD=VALUE, and the whole is no JSON object", number)
		}
		given[strings.TrimSpace(name)] = unquote(strings.TrimSpace(value))
	}
	return nil
}

// unquote drops one pair of quotes around a value.
func unquote(value string) string {
	for _, quote := range []string{`"`, `'`} {
		if len(value) >= 2 && strings.HasPrefix(value, quote) && strings.HasSuffix(value, quote) {
			return value[1 : len(value)-1]
		}
	}
	return value
}

// fieldOf is the field that a name means: .env files have them in upper case.
func fieldOf(asked *setup.Setup, name string) string {
	for _, f := range allFields(asked) {
		if strings.EqualFold(f.Name, name) {
			return f.Name
		}
	}
	return name
}

// IsSecret reports whether any method or setting has a secret of that name.
func IsSecret(asked *setup.Setup, name string) bool {
	isThis := func(f setup.Field) bool { return f.Name == name && f.Secret }
	return slices.ContainsFunc(asked.Settings, isThis) ||
		slices.ContainsFunc(asked.Methods, func(m setup.Method) bool { return slices.ContainsFunc(m.Fields, isThis) })
}

// IsCredential reports whether a name is that of a secret, or of what is given together
// with one, and of no setting.
func IsCredential(asked *setup.Setup, name string) bool {
	if IsSecret(asked, name) {
		return true
	}
	isThis := func(f setup.Field) bool { return f.Name == name }
	return !slices.ContainsFunc(asked.Settings, isThis) &&
		slices.ContainsFunc(asked.Methods, func(m setup.Method) bool { return slices.ContainsFunc(m.Fields, isThis) })
}

// Choices lists the values that a field may have, "" if they are free.
func Choices(f setup.Field) string {
	words := make([]string, len(f.Enum))
	for i, v := range f.Enum {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}
