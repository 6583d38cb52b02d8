package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/cli/manual"
	"airbyte-mcp-server/internal/config"
)

// helped runs a command and returns what it prints.
func helped(t *testing.T, args ...string) (text string, code int) {
	t.Helper()
	var out bytes.Buffer
	code = Main(t.Context(), Process{Args: args, Version: "1.2.3", Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out})
	return out.String(), code
}

// grammar is the command line of the program.
func grammar(t *testing.T) *kong.Kong {
	t.Helper()
	parser, err := kong.New(&program{}, append(optionsFor(config.Env{}), kong.Name("airbyte-mcp-server"),
		kong.ExplicitGroups(manual.Groups()), kong.BindTo(t.Context(), (*context.Context)(nil)))...)
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// commands are all commands of the program, with those that have commands of their own.
func commands(t *testing.T) []*kong.Node {
	t.Helper()
	var all []*kong.Node
	var visit func(*kong.Node)
	visit = func(n *kong.Node) {
		for _, c := range n.Children {
			if !c.Hidden {
				all = append(all, c)
				visit(c)
			}
		}
	}
	visit(grammar(t).Model.Node)
	if len(all) < 30 {
		t.Fatalf("found %d commands", len(all))
	}
	return all
}

// TestHelpOfCommands: the page of a command has its flags, two examples and its exit codes on
// one screen, and no setting of the server.
func TestHelpOfCommands(t *testing.T) {
	t.Parallel()
	for _, node := range commands(t) {
		text, code := helped(t, append([]string{"help"}, strings.Fields(node.Path())...)...)
		if again, _ := helped(t, append(strings.Fields(node.Path()), "--help")...); again != text {
			t.Errorf("%s: --help is\n%s\nand help is\n%s", node.Path(), again, text)
		}
		lines := strings.Count(text, "\n")
		if code != 0 || lines > 25 && node.Name != "serve" {
			t.Errorf("%s: help has %d lines, exit code %d:\n%s", node.Path(), lines, code, text)
		}
		for _, flag := range node.Flags {
			if !flag.Hidden && flag.Name != "help" && !strings.Contains(text, "--"+flag.Name) {
				t.Errorf("%s: help does not have --%s", node.Path(), flag.Name)
			}
		}
		if strings.Count(text, "\n  airbyte-mcp-server ") < 2 || !strings.Contains(text, "Exit codes: ") {
			t.Errorf("%s: help lacks two examples or exit codes:\n%s", node.Path(), text)
		}
		if hasSetting := strings.Contains(text, "--tenant-rate"); hasSetting != (node.Name == "serve") {
			t.Errorf("%s: a setting of the server is in its help: %t", node.Path(), hasSetting)
		}
	}
}

// TestHelpExamples: what help shows can be given as it is.
func TestHelpExamples(t *testing.T) {
	t.Parallel()
	for _, example := range manual.Examples() {
		if _, err := grammar(t).Parse(shellWords(example)); err != nil {
			t.Errorf("example %q: %v", example, err)
		}
	}
}

// shellWords splits a command line as a shell does, with single quotes.
func shellWords(text string) []string {
	var words []string
	for i, part := range strings.Split(text, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

// TestHelpOverview: the commands stand in groups, on one screen.
func TestHelpOverview(t *testing.T) {
	t.Parallel()
	text, _ := helped(t)
	if again, code := helped(t, "--help"); again != text || code != 0 {
		t.Errorf("--help says\n%s\nnothing at all says\n%s", again, text)
	}
	if n := strings.Count(text, "\n"); n > 60 || strings.Count(text, "\n  airbyte-mcp-server ") != 3 {
		t.Errorf("the overview has %d lines:\n%s", n, text)
	}
	for _, c := range grammar(t).Model.Children {
		if !c.Hidden && !strings.Contains(text, "\n  "+c.Name+" ") {
			t.Errorf("the overview lacks %s: it has no group of manual.Groups", c.Name)
		}
	}
}

// TestHelpTopics: each topic has a page, each setting is in help settings.
func TestHelpTopics(t *testing.T) {
	t.Parallel()
	settings, _ := helped(t, "help", "settings")
	for _, v := range (&config.Settings{}).Report() {
		if !strings.Contains(settings, "--"+v.Name) && !strings.Contains(settings, strings.ToUpper(strings.ReplaceAll(v.Name, "-", "_"))) {
			t.Errorf("help settings lacks %s", v.Name)
		}
	}
	topics, _ := helped(t, "help", "topics")
	for _, want := range []string{"settings", "exit-codes", "credentials", "writes", "files", "faults"} {
		if text, code := helped(t, "help", want); code != 0 || !strings.Contains(topics, "\n  "+want+" ") || len(text) < 100 {
			t.Errorf("help %s: exit code %d\n%s", want, code, text)
		}
	}
	if text, _ := helped(t, "help", "settings", "logging"); !strings.Contains(text, "--log-level") || strings.Contains(text, "--http") {
		t.Errorf("help settings logging:\n%s", text)
	}
	if text, _ := helped(t, "help", "settings", "cooking"); !strings.Contains(text, "Subjects: airbyte, ") {
		t.Errorf("help settings cooking:\n%s", text)
	}
	for wrong, want := range map[string]string{"conect": "did you mean connect?", "setings": "did you mean settings?"} {
		if text, code := helped(t, "help", wrong); code != 2 || !strings.Contains(text, want) {
			t.Errorf("help %s: exit code %d: %s", wrong, code, text)
		}
	}
}

// TestHelpNeedsNoSettings: whoever has broken them may need it most.
func TestHelpNeedsNoSettings(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"help", "serve"}, {"help", "settings"}, {"call", "--help"}} {
		var out bytes.Buffer
		code := Main(t.Context(), Process{Args: args, Stdout: &out, Stderr: &out, LookupEnv: func(string) (string, bool) { return "soon", true }})
		if code != 0 {
			t.Errorf("%q: exit code %d: %s", args, code, &out)
		}
	}
}
