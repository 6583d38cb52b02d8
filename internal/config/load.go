package config

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// loader brings the environment to the places where kong asks for it.
type loader struct {
	env  Env
	vars map[*kong.Value][]string // environment names of the model's flags
}

// takeVars takes the environment names out of the model, where kong would look
// them up in the process by itself.
func (l *loader) takeVars(k *kong.Kong) error {
	return kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok && len(flag.Tag.Envs) > 0 {
			l.vars[flag.Value] = flag.Tag.Envs
			flag.Tag.Envs, flag.Envs = nil, nil
		}
		return next(nil)
	})
}

// help is kong's own help text, with the names that takeVars took.
func (l *loader) help(value *kong.Value) string {
	shown, tag := *value, *value.Tag
	tag.Envs = l.vars[value]
	shown.Tag = &tag
	return kong.DefaultHelpValueFormatter(&shown)
}

// keys returns what may stand in the config file: every flag that has an
// environment name, and the secrets.
func (l *loader) keys(app *kong.Application) (map[string]key, error) {
	keys := map[string]key{}
	for _, f := range fields() {
		if f.secret {
			keys[f.name] = key{vars: f.vars, secret: true}
		}
	}
	err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok && len(l.vars[flag.Value]) > 0 && !isPathOfFile(flag.Name) {
			keys[flag.Name] = key{vars: l.vars[flag.Value], list: flag.IsSlice(), named: flag.IsMap()}
		}
		return next(nil)
	})
	return keys, err
}

// given is what one command line, its environment and its config file say.
type given struct {
	*loader
	config  string // path of the config file that was read
	file    map[string]entry
	envFile string // path of the env file that was read
	envVars EnvVars
	origins map[string]origin // by name of the flag or setting
	login   error             // why the Airbyte CLI's login could not be used
}

// BeforeResolve is called by kong once the arguments are read. It loads the env
// file and the config file and has kong ask for the flags that the arguments leave open.
func (s *Settings) BeforeResolve(kctx *kong.Context, l *loader) error {
	g := &given{loader: l, origins: map[string]origin{}}
	s.given = func() *given { return g }
	kctx.AddResolver(g)
	if err := g.readEnvFile(kctx); err != nil {
		return err
	}
	return g.readConfig(kctx)
}

// readConfig reads the config file; only the default one may be missing.
func (g *given) readConfig(kctx *kong.Context) error {
	path, from := g.pathOf(kctx, "config")
	if from.level == unset {
		path, from = g.env.defaultFile(), origin{level: byDefault}
	}
	if path == "" {
		return nil
	}
	keys, err := g.keys(kctx.Model)
	if err != nil {
		return err
	}
	g.file, err = readConfig(path, keys)
	if from.level == byDefault && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("config file (%s): %w", from, err)
	}
	g.config, g.origins["config"] = path, from
	return nil
}

// isPathOfFile reports whether a setting names a file that holds other settings.
func isPathOfFile(name string) bool { return name == "config" || name == "env-file" }

// pathOf returns the file to read of those that isPathOfFile names. An empty flag means
// none.
func (g *given) pathOf(kctx *kong.Context, name string) (string, origin) {
	for _, el := range kctx.Path {
		if el.Flag != nil && el.Flag.Name == name {
			return g.env.expand(kctx.Value(el).String()), origin{level: commandLine, flag: name}
		}
	}
	for _, flag := range kctx.Flags() {
		if flag.Name != name {
			continue
		}
		if text, from := g.find(g.env, name, g.vars[flag.Value]); from.level > unset {
			return g.env.expand(text), from
		}
	}
	return "", origin{}
}

// find returns what the environment, or else the env file, or else the config file, says
// of a setting.
func (g *given) find(env Env, name string, vars []string) (string, origin) {
	for _, v := range vars {
		if text, ok := env.lookup(v); ok {
			return text, origin{level: environment, env: v}
		}
	}
	for _, v := range vars {
		if text, ok := g.envVars.Lookup(v); ok {
			return text, origin{level: envFile, env: v, file: g.envFile, line: g.envVars[v].line}
		}
	}
	if e, ok := g.file[name]; ok {
		return e.text, e.origin
	}
	return "", origin{}
}

// Validate is part of kong.Resolver; readConfig has checked the file already.
func (g *given) Validate(*kong.Application) error { return nil }

// Resolve tells kong the value of a flag that is not among the arguments.
func (g *given) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	text, from := g.find(g.env, flag.Name, g.vars[flag.Value])
	if from.level == unset {
		return nil, nil
	}
	if err := tryValue(flag, text); err != nil {
		return nil, fmt.Errorf("%s: %w", from.place(flag.Name), err)
	}
	g.origins[flag.Name] = from
	return text, nil
}

// tryValue parses a value as kong will, whose own error would not say where the
// value stands.
func tryValue(flag *kong.Flag, text string) error {
	target := reflect.New(flag.Target.Type()).Elem()
	switch target.Kind() {
	case reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
	case reflect.Map:
		target.Set(reflect.MakeMap(target.Type()))
	}
	scan := kong.Scan().PushTyped(text, kong.FlagValueToken)
	if err := flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, target); err != nil {
		return err
	}
	if flag.Enum != "" && target.Kind() == reflect.String && !flag.EnumMap()[target.String()] {
		return fmt.Errorf("want one of %s but got %q", strings.Join(flag.EnumSlice(), ", "), text)
	}
	return nil
}

// noteOrigins adds what the resolver does not see: arguments and defaults.
func (g *given) noteOrigins(kctx *kong.Context) {
	for _, el := range kctx.Path {
		if el.Flag != nil && !el.Resolved {
			g.origins[el.Flag.Name] = origin{level: commandLine, flag: el.Flag.Name}
		}
	}
	for _, f := range fields() {
		if g.origins[f.name].level == unset && f.hasDefault {
			g.origins[f.name] = origin{level: byDefault}
		}
	}
}

// origin returns where a setting's value came from.
func (s *Settings) origin(name string) origin {
	if s.given == nil {
		return origin{}
	}
	return s.given().origins[name]
}
