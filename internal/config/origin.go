package config

import "fmt"

// level ranks the places a value can come from; the higher one wins.
type level int

const (
	unset level = iota
	byDefault
	airbyteCLI
	configFile
	envFile
	environment
	commandLine
)

// origin is where a value came from. At most one of flag, env and file is set, but for a
// variable of an env file.
type origin struct {
	level level
	flag  string
	env   string
	file  string
	line  int // in file; 0 if it is not known
}

// String says it for `config show`.
func (o origin) String() string {
	switch {
	case o.flag != "":
		return "flag --" + o.flag
	case o.env != "" && o.file != "":
		return "env file " + o.file
	case o.env != "":
		return "environment " + o.env
	case o.file != "":
		return "file " + o.file
	case o.level == byDefault:
		return "default"
	}
	return "not set"
}

// place says it for an error about the setting called name.
func (o origin) place(name string) string {
	switch {
	case o.env != "" && o.file != "":
		return fmt.Sprintf("%s:%d: %s", o.file, o.line, o.env)
	case o.env != "":
		return "environment " + o.env
	case o.file != "" && o.line > 0:
		return fmt.Sprintf("%s:%d: %s", o.file, o.line, name)
	case o.file != "":
		return o.file + ": " + name
	}
	return "--" + name
}
