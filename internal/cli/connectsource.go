package cli

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

// allFields are the fields that any method asks for, and the settings.
func allFields(asked *setup.Setup) []setup.Field {
	var all []setup.Field
	for _, m := range asked.Methods {
		all = append(all, m.Fields...)
	}
	return append(all, asked.Settings...)
}

// fromEnv reads PREFIX_FIELD for every field there is.
func (c *connectCmd) fromEnv(a *app, asked *setup.Setup, v *setup.Values) error {
	var names []string
	found := false
	for _, f := range allFields(asked) {
		name := c.variable(f.Name)
		names = append(names, name)
		if text, ok := a.LookupEnv(name); ok && strings.TrimSpace(text) != "" {
			v.Secrets[f.Name] = secret.New(text)
			found = true
		}
	}
	if !found {
		slices.Sort(names)
		return &usageError{fmt.Errorf("--from-env: none of these variables has a value: %s", strings.Join(slices.Compact(names), ", "))}
	}
	return nil
}

// variable is the name of a field's variable: "github" and "token" make GITHUB_TOKEN.
func (c *connectCmd) variable(field string) string {
	prefix := strings.ToUpper(strings.TrimSuffix(c.FromEnv, "_")) + "_"
	return prefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(field))
}

// maxValues bounds a file of credentials, in bytes.
const maxValues = 1 << 20

// readValuesFile reads a file that is its owner's alone.
func readValuesFile(path string, asked *setup.Setup, v *setup.Values) error {
	file, err := os.Open(path)
	if err != nil {
		return &usageError{fmt.Errorf("--from-file: %w", err)}
	}
	defer file.Close()
	info, err := file.Stat() // of what is read, whatever the path means by now
	if err != nil {
		return &usageError{fmt.Errorf("--from-file: %w", err)}
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return &usageError{fmt.Errorf("--from-file: %s is open to other users (mode %04o): run chmod 600 on it", path, info.Mode().Perm())}
	}
	return readValues(file, asked, v)
}

// readValues reads a JSON object, or lines of FIELD=VALUE. No error holds what was
// read.
func readValues(r io.Reader, asked *setup.Setup, v *setup.Values) error {
	data, err := io.ReadAll(io.LimitReader(r, maxValues+1))
	if err != nil {
		return fmt.Errorf("reading the credentials: %w", err)
	}
	if len(data) > maxValues {
		return &usageError{errors.New("the credentials: more than 1 MiB is no credentials")}
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
		return &usageError{err}
	case len(given) == 0:
		return &usageError{errors.New("there are no credentials: want a JSON object, or FIELD=VALUE lines")}
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
