// Package config holds every setting of the program once: its flag, its
// environment name, its default, its help and its group.
//
// A value comes from the first of these that has one:
//
//  1. the flag
//  2. the environment
//  3. the env file (--env-file)
//  4. the config file (--config)
//  5. the Airbyte CLI's login, for the credentials only
//  6. the default
//
// The root struct of the command line embeds Settings, kong.New gets Options,
// and Settings.Complete runs after parsing. The package reads files, but no
// state of the process: that comes in by Env.
package config

import (
	"path/filepath"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// Env is what the package may know of the process that it runs in.
type Env struct {
	// LookupEnv returns an environment variable, like os.LookupEnv; nil means an
	// empty environment. White space around a value is dropped, quotes are kept,
	// and an empty value counts as unset.
	LookupEnv func(name string) (value string, ok bool)
	// HomeDir is the user's home, where the Airbyte CLI keeps its login and which
	// ~/ stands for in paths. Empty: neither is looked up.
	HomeDir string
	// ConfigDir is the folder of the user's configuration, like os.UserConfigDir.
	// Empty: there is no default config file.
	ConfigDir string
}

// Options returns what kong.New needs to resolve the flags of the whole model
// through env and the config file: a flag with an `env` tag, of Settings or of a
// command, takes its value from env.LookupEnv, and its name is a key of the file.
func Options(env Env) []kong.Option {
	l := &loader{env: env, vars: map[*kong.Value][]string{}}
	return []kong.Option{
		kong.PostBuild(l.takeVars),
		kong.ValueFormatter(l.help),
		kong.Bind(l),
		kong.KindMapper(reflect.String, kong.MapperFunc(decodeText)),
	}
}

// decodeText takes a text, and one of a few choices in capitals too.
func decodeText(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("string", &text); err != nil {
		return err
	}
	if ctx.Value.Enum != "" && ctx.Value.EnumMap()[strings.ToLower(text)] {
		text = strings.ToLower(text)
	}
	target.SetString(text)
	return nil
}

// lookup returns a variable that has a value.
func (e Env) lookup(name string) (string, bool) {
	if e.LookupEnv == nil {
		return "", false
	}
	value, _ := e.LookupEnv(name)
	value = strings.TrimSpace(value)
	return value, value != ""
}

// defaultFile is the config file that is read if it exists.
func (e Env) defaultFile() string {
	if e.ConfigDir == "" {
		return ""
	}
	return filepath.Join(e.ConfigDir, "airbyte-mcp-server", "config.yaml")
}

// expand replaces a leading ~/, since hosts start the server without a shell.
func (e Env) expand(path string) string {
	rest, ok := strings.CutPrefix(filepath.ToSlash(path), "~/")
	if !ok || e.HomeDir == "" {
		return path
	}
	return filepath.Join(e.HomeDir, rest)
}
