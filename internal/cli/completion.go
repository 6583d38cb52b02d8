package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"github.com/posener/complete"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"Shell to print it for: ${enum}."`
}

// Help is shown below the flags.
func (*completionCmd) Help() string {
	return "bash: source <(airbyte-mcp-server completion bash), in ~/.bashrc. zsh: the same in ~/.zshrc. " +
		"fish: airbyte-mcp-server completion fish | source, in config.fish. " +
		"PowerShell: airbyte-mcp-server completion powershell | Out-String | Invoke-Expression, in $PROFILE. " +
		"Commands, flags, types and tools are completed from the catalog; connectors and workspaces are asked for."
}

// completionScripts register this program for its own name; %[1]s is its path. In bash and
// zsh the line that is typed travels in a variable anyway, in the others the script does it.
//
// The library for completion has such scripts as templates, for which the linker would keep
// all methods of all types of the program.
var completionScripts = map[string]string{
	"bash": "complete -o default -o bashdefault -C %[1]s airbyte-mcp-server\n",
	"zsh": "autoload -U +X bashcompinit && bashcompinit\n" +
		"complete -o default -o bashdefault -C %[1]s airbyte-mcp-server\n",
	"fish": `function __complete_airbyte-mcp-server
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct)
    and set COMP_LINE "$COMP_LINE "
    %[1]s
end
complete -f -c airbyte-mcp-server -a "(__complete_airbyte-mcp-server)"
`,
	"powershell": `Register-ArgumentCompleter -Native -CommandName airbyte-mcp-server -ScriptBlock {
    param($word, $line, $cursor)
    $env:COMP_LINE = $line.ToString().PadRight($cursor).Substring(0, $cursor)
    & '%[1]s' | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
    Remove-Item Env:COMP_LINE
}
`,
}

// Run prints what a shell needs to complete this program's command lines.
func (c *completionCmd) Run(a *app) error {
	path := a.Executable
	if c.Shell == "powershell" {
		path = strings.ReplaceAll(path, "'", "''")
	}
	_, err := fmt.Fprintf(a.Stdout, completionScripts[c.Shell], path)
	return err
}

// completionLine is in the environment where a shell asks for completions: what is typed, up
// to the cursor.
const completionLine = "COMP_LINE"

// completionTime bounds the questions to the API. Somebody has pressed a key and waits.
const completionTime = 2 * time.Second

// completes answers a shell that asks how a line could go on. It reports false if none asks.
// It is silent about all that goes wrong.
func (p Process) completes(ctx context.Context, env config.Env) bool {
	line, asked := p.lookup(completionLine)
	if !asked || line == "" {
		return false
	}
	quiet := p
	quiet.Stderr = io.Discard
	root := &program{}
	parser, err := quiet.parser(root, env)
	if err != nil {
		return true
	}
	typed := typedWords(line)
	c := &completer{ctx: ctx, process: quiet, env: env, typed: typed}
	command, err := kongcompletion.Command(parser, kongcompletion.WithPredictors(map[string]complete.Predictor{
		"type": complete.PredictFunc(c.types), "tool": complete.PredictFunc(c.tools), "page": complete.PredictFunc(c.pages(parser)),
		"connector": complete.PredictFunc(c.connectors), "workspace": complete.PredictFunc(c.workspaces),
	}))
	if err != nil {
		return true
	}
	last := typed[len(typed)-1]
	keepServing(&command, parser.Model, typed)
	options := command.Predict(complete.Args{
		All: typed, Completed: typed[:len(typed)-1], Last: last, LastCompleted: lastOf(typed[:len(typed)-1]),
	})
	slices.Sort(options)
	for _, option := range slices.Compact(options) {
		if strings.HasPrefix(option, last) {
			fmt.Fprintln(p.Stdout, option)
		}
	}
	return true
}

// keepServing leaves out the settings of a server over HTTP where another command is typed.
func keepServing(command *complete.Command, model *kong.Application, typed []string) {
	if slices.Contains(typed, "serve") {
		return
	}
	for _, flag := range model.Flags {
		if flag.Group != nil && (flag.Group.Key == "HTTP" || flag.Group.Key == "Callers") {
			delete(command.GlobalFlags, "--"+flag.Name)
		}
	}
}

// typedWords are the words behind the program's name, the one that is being typed last, which
// may be empty. The value of a flag is a word.
func typedWords(line string) []string {
	words := strings.Fields(line)
	if len(words) > 0 {
		words = words[1:]
	}
	if len(words) == 0 || strings.HasSuffix(line, " ") {
		words = append(words, "")
	}
	if name, value, ok := strings.Cut(words[len(words)-1], "="); ok && strings.HasPrefix(name, "-") {
		words = append(words[:len(words)-1], name, value)
	}
	return words
}

func lastOf(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// completer knows names.
type completer struct {
	ctx     context.Context //nolint:containedctx // it serves one line
	process Process
	env     config.Env
	typed   []string
}

// app has the settings as far as they count for names: of the environment and the config
// file, and what is typed of the workspace and the catalog.
func (c *completer) app() (*app, error) {
	args := []string{"version"}
	for i, word := range c.typed[:len(c.typed)-1] {
		name, _, valued := strings.Cut(word, "=")
		isOurs := slices.Contains([]string{"--workspace", "--catalog", "--config", "--env-file"}, name)
		switch {
		case name == "--sandbox" || isOurs && valued:
			args = append(args, word)
		case isOurs && i+2 < len(c.typed):
			args = append(args, word, c.typed[i+1])
		}
	}
	root := &program{}
	parser, err := c.process.parser(root, c.env)
	if err != nil {
		return nil, err
	}
	kctx, err := parser.Parse(args)
	if err == nil {
		err = root.Settings.Complete(kctx, c.env)
	}
	return &app{Process: c.process, settings: &root.Settings, log: zerolog.Nop()}, err
}

// asking are names from the API, none if it does not answer soon.
func (c *completer) asking(ask func(context.Context, *backend) ([]string, error)) []string {
	a, err := c.app()
	if err != nil {
		return nil
	}
	p, err := a.open()
	if err != nil {
		return nil
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(c.ctx, completionTime)
	defer cancel()
	names, err := ask(ctx, p)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return strings.ContainsAny(name, " \t\n'\"") })
}

func (c *completer) types(complete.Args) []string {
	a, err := c.app()
	if err != nil {
		return nil
	}
	names, err := a.catalog().Names()
	if err != nil {
		return nil
	}
	return names
}

// mostToolsOf is of how many connectors all tools are proposed.
const mostToolsOf = 3

// tools are the names of tools, or while that would be very many, how they begin.
func (c *completer) tools(typed complete.Args) []string {
	a, err := c.app()
	if err != nil {
		return nil
	}
	heads, err := a.catalog().Heads()
	if err != nil {
		return nil
	}
	var names, prefixes []string
	for _, h := range heads {
		prefix := (&schemas.Connector{Name: h.Name, Prefix: h.Prefix}).ToolPrefix() + "_"
		if strings.HasPrefix(prefix, typed.Last) || strings.HasPrefix(typed.Last, prefix) {
			names, prefixes = append(names, h.Name), append(prefixes, prefix)
		}
	}
	if len(names) > mostToolsOf {
		return prefixes
	}
	var all []string
	for _, name := range names {
		conn, err := a.catalog().Connector(name)
		if err != nil {
			continue
		}
		for _, e := range conn.Entities {
			for _, action := range e.ActionNames() {
				all = append(all, conn.ToolName(e.Name, action))
			}
		}
	}
	return all
}

func (c *completer) connectors(typed complete.Args) []string {
	return c.asking(func(ctx context.Context, p *backend) ([]string, error) {
		return p.manager.Directory().Complete(ctx, p.session, tools.CompleteConnector, typed.Last, tools.Known{})
	})
}

func (c *completer) workspaces(complete.Args) []string {
	return c.asking(func(ctx context.Context, p *backend) ([]string, error) {
		list, err := p.client.Workspaces(ctx)
		var names []string
		for _, w := range list {
			names = append(names, w.Name)
		}
		return names, err
	})
}

// pages are what help tells of.
func (c *completer) pages(parser *kong.Kong) func(complete.Args) []string {
	return func(complete.Args) []string { return manualFor(nil).Names(parser.Model) }
}
