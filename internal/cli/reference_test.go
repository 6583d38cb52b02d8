package cli

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/cli/manual"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/doctor"
)

var update = flag.Bool("update", false, "rewrite docs/commands.md")

// TestCommandsDocument keeps docs/commands.md true: it is generated from the command line
// itself, by make golden.
func TestCommandsDocument(t *testing.T) {
	t.Parallel()
	const path = "../../docs/commands.md"
	want := commandsDocument(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s differs from the commands; run make golden and review the diff", path)
	}
}

const commandsIntroduction = "Generated from the program by `make golden`. The program itself tells the same: " +
	"`airbyte-mcp-server help COMMAND`, `help settings`, `help exit-codes`, `help topics`."

const settingsIntroduction = "A setting comes from its flag, else from its environment variable, else from a file that " +
	"`--env-file` names, else from the config file, where its key is the flag's name without `--`; `config show` tells which. " +
	"Durations are written like `50s` or `5m`, sizes like `4MiB`, lists with commas. Secrets have no flag. Flags may stand " +
	"before and after a command's own."

func commandsDocument(t *testing.T) string {
	t.Helper()
	model := grammar(t).Model
	var out strings.Builder
	fmt.Fprintf(&out, "# Commands and settings\n\n%s\n", wrapped(commandsIntroduction))
	for _, g := range manual.Groups() {
		fmt.Fprintf(&out, "\n## %s\n", g.Title)
		for _, c := range model.Children {
			if c.Group != nil && c.Group.Key == g.Key && !c.Hidden {
				commandSection(&out, c)
			}
		}
	}
	fmt.Fprintf(&out, "\n## Settings\n\n%s\n", wrapped(settingsIntroduction))
	var subjects []string
	for _, f := range model.Flags {
		if f.Group != nil && !slices.Contains(subjects, f.Group.Key) {
			subjects = append(subjects, f.Group.Key)
			settingsTable(&out, model, f.Group.Key)
		}
	}
	out.WriteString("\n## Exit codes\n\n| Code | Says |\n|---|---|\n")
	for _, e := range exitMeanings() {
		fmt.Fprintf(&out, "| %d | %s |\n", e.Code, cmp.Or(e.Meaning, e.Short))
	}
	fmt.Fprintf(&out, "\n%s\n", wrapped(furtherExits()))
	return out.String()
}

// commandSection tells of a command and of those that it has.
func commandSection(out *strings.Builder, node *kong.Node) {
	level := "###" + strings.Repeat("#", min(node.Depth(), 1))
	fmt.Fprintf(out, "\n%s %s\n\n%s\n", level, node.Path(), wrapped(node.Help+" "+node.Detail))
	var rows []string
	for _, arg := range node.Positional {
		rows = append(rows, fmt.Sprintf("| `%s` | %s |", arg.Summary(), cell(arg.Help)))
	}
	for _, f := range node.Flags {
		if !f.Hidden && f.Name != "help" {
			rows = append(rows, fmt.Sprintf("| `%s` | %s |", flagWords(f), cell(f.Help)))
		}
	}
	if len(rows) > 0 {
		fmt.Fprintf(out, "\n| Argument or flag | Meaning |\n|---|---|\n%s\n", strings.Join(rows, "\n"))
	}
	if len(node.Children) == 0 {
		out.WriteString("\n```sh\n")
		lines := manual.Examples()
		for i, line := range lines {
			if !slices.Contains(lines[:i], line) && strings.HasPrefix(line+" ", node.Path()+" ") {
				fmt.Fprintf(out, "airbyte-mcp-server %s\n", line)
			}
		}
		out.WriteString("```\n")
	}
	for _, c := range node.Children {
		if !c.Hidden {
			commandSection(out, c)
		}
	}
}

// settingsTable has the settings of one subject.
func settingsTable(out *strings.Builder, model *kong.Application, subject string) {
	fmt.Fprintf(out, "\n### %s\n\n| Flag | Variable | Meaning |\n|---|---|---|\n", subject)
	for _, f := range model.Flags {
		if f.Group != nil && f.Group.Key == subject {
			variables := strings.Join(strings.Split(f.Tag.Get("env"), ","), "`, `")
			fmt.Fprintf(out, "| `%s` | `%s` | %s |\n", flagWords(f), variables, cell(f.Help))
		}
	}
	for _, s := range config.Secrets() {
		if s.Group == subject {
			fmt.Fprintf(out, "| | `%s` | %s |\n", s.Variable, cell(s.Help))
		}
	}
}

func flagWords(f *kong.Flag) string {
	if f.IsBool() {
		return "--" + f.Name
	}
	return "--" + f.Name + "=" + strings.ReplaceAll(f.FormatPlaceHolder(), "|", `\|`)
}

// cell is a text within a table.
func cell(text string) string { return strings.NewReplacer("|", `\|`, "*", `\*`).Replace(text) }

// wrapped breaks a paragraph into the lines of a document.
func wrapped(text string) string {
	const width = 120
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}

// TestCommandsDocumentIsWhole: each command, setting and exit code is named.
func TestCommandsDocumentIsWhole(t *testing.T) {
	t.Parallel()
	text := commandsDocument(t)
	for _, c := range commands(t) {
		if !strings.Contains(text, " "+c.Path()+"\n") {
			t.Errorf("no section on %s", c.Path())
		}
	}
	for _, v := range (&config.Settings{}).Report() {
		if !strings.Contains(text, "--"+v.Name) && !strings.Contains(text, strings.ToUpper(strings.ReplaceAll(v.Name, "-", "_"))) {
			t.Errorf("no row on %s", v.Name)
		}
	}
	if !strings.Contains(strings.Join(strings.Fields(text), " "), doctor.ExitCodes()) {
		t.Error("the exit codes of doctor are missing")
	}
}
