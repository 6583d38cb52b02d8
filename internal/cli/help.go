package cli

import (
	"strings"

	"airbyte-mcp-server/internal/cli/manual"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/doctor"
)

// helpCmd stands for help in the list of commands. The command line is taken for --help
// before it is parsed, so that help needs no settings.
type helpCmd struct {
	Of []string `arg:"" optional:"" name:"command" completion-predictor:"page" help:"A command, or a topic from help topics."`
}

// manualFor is the manual, which tells of what is asked about in the arguments.
func manualFor(args []string) *manual.Manual {
	m := &manual.Manual{Serving: "serve", Secrets: secrets(), ExitCodes: exitMeanings(), Further: furtherExits()}
	if len(args) > 0 && args[0] == "help" {
		m.Words = helpWords(args[1:])
	}
	return m
}

// helpWords are what help is asked about.
func helpWords(args []string) []string {
	words := []string{}
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			words = append(words, arg)
		}
	}
	if len(words) == 0 && len(args) > 0 {
		return []string{"help"} // help --help
	}
	return words
}

// secrets are the settings without a flag, for the pages on settings.
func secrets() []manual.Setting {
	var list []manual.Setting
	for _, s := range config.Secrets() {
		list = append(list, manual.Setting(s))
	}
	return list
}

// furtherExits is what the list of exit codes does not say.
func furtherExits() string {
	return "serve and sandbox end with 0 when they are told to end; sandbox -- COMMAND ends as the command does. " +
		"doctor ends with 0, or with the code of the first layer that has a problem: " + doctor.ExitCodes() +
		"; with --host: " + doctor.HostExitCodes() + "."
}
