package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/yamlfile"
)

// envEntry is a variable of an env file.
type envEntry struct {
	text string
	line int
}

// readEnvFile reads the file that stands for a part of the environment, if one is named.
// Hosts differ in what they do with ${VARIABLES} and with files of them, or know neither:
// this program reads such a file itself.
func (g *given) readEnvFile(kctx *kong.Context) error {
	path, from := g.pathOf(kctx, "env-file")
	if path == "" {
		return nil
	}
	vars, err := ReadEnvFile(path)
	if err != nil {
		return fmt.Errorf("env file (%s): %w", from, err)
	}
	g.envFile, g.envVars = path, vars
	return nil
}

// ReadEnvFile reads the variables of a file that must be its owner's alone. Its errors
// quote no value.
func ReadEnvFile(path string) (EnvVars, error) {
	data, mode, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if err := checkPrivate(path, mode); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("%s is UTF-16, as Windows PowerShell writes it: save it as UTF-8", path)
	}
	vars, err := parseEnv(string(data))
	return vars, yamlfile.In(path, err)
}

// EnvVars are the variables of an env file by their names.
type EnvVars map[string]envEntry

// Lookup returns a variable that has a value.
func (v EnvVars) Lookup(name string) (string, bool) {
	e := v[name]
	return e.text, e.text != ""
}

// envLine is a line with a variable; export is what shells want.
var envLine = lazyregexp.New(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$`)

// parseEnv reads lines like NAME=value, NAME="value" and export NAME='value'. A variable is
// there once, and no value goes over several lines: what is not meant so is a mistake.
func parseEnv(text string) (EnvVars, error) {
	vars := EnvVars{}
	line := 0
	for raw := range strings.SplitSeq(text, "\n") {
		line++
		raw = strings.TrimRight(raw, "\r")
		trimmed := strings.TrimSpace(raw)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		match := envLine.FindStringSubmatch(raw)
		if match == nil || !utf8.ValidString(raw) || strings.ContainsRune(raw, 0) {
			return nil, &yamlfile.Error{Line: line, Err: errors.New("want a line like AIRBYTE_CLIENT_ID=value")}
		}
		name := match[1]
		if before, twice := vars[name]; twice {
			return nil, &yamlfile.Error{Line: line, Err: fmt.Errorf("%s is in line %d already", name, before.line)}
		}
		value, err := envValue(match[2])
		if err != nil {
			return nil, &yamlfile.Error{Line: line, Err: fmt.Errorf("%s: %w", name, err)}
		}
		vars[name] = envEntry{strings.TrimSpace(value), line}
	}
	return vars, nil
}

// envValue takes the quotes off a value. Between single quotes all is as it is; between
// double quotes a backslash escapes, as in shells; without quotes, # after white space
// begins a comment.
func envValue(text string) (string, error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		if text != "" && text[0] == '#' {
			return "", nil
		}
		if at := envComment.FindStringIndex(text); at != nil {
			text = text[:at[0]]
		}
		return text, nil
	}
	quote := text[0]
	var value strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == quote:
			if rest := strings.TrimSpace(text[i+1:]); rest != "" && rest[0] != '#' {
				return "", errors.New("there is more after the closing quote")
			}
			return value.String(), nil
		case quote == '"' && text[i] == '\\' && i+1 < len(text):
			i++
			value.WriteString(unescaped(text[i]))
		default:
			value.WriteByte(text[i])
		}
	}
	return "", errors.New("the quote is not closed on its line")
}

// envComment is a comment behind a value.
var envComment = lazyregexp.New(`\s+#`)

// unescaped is what a backslash and a letter stand for.
func unescaped(letter byte) string {
	switch letter {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '"', '\\', '$', '`':
		return string(letter)
	}
	return `\` + string(letter)
}
