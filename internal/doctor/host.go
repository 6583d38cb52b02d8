package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/hostfile"
)

// Names of the layers of a host, in their order.
const (
	layerHost    = "host"
	layerFile    = "file"
	layerEntry   = "entry"
	layerProgram = "program"
	layerSecrets = "secrets"
	layerStart   = "start"
)

// HostSubject is a host whose file is looked at.
type HostSubject struct {
	Host    hostfile.Host
	Machine hostfile.Machine
	Project bool   // the file of the project, not the user's
	Name    string // of the entry
	Version string // of this program

	Found func(Layer) // hears of each layer as it is known; nil for nobody
	// VersionOf asks a program for its version.
	VersionOf func(ctx context.Context, path string) (string, error)
	// Start has the host's entry list its tools, started as the host would.
	Start func(context.Context, hostfile.Entry) (Conversation, error)
}

// hostExam is one look at a host.
type hostExam struct {
	HostSubject

	file  string
	entry hostfile.Entry
	path  string // of the entry's program
}

// hostCheck is how a layer of a host is looked at.
type hostCheck struct {
	name string
	code int
	look func(*hostExam, context.Context) Layer
}

func hostChecks() []hostCheck {
	return []hostCheck{
		{layerHost, 21, (*hostExam).host},
		{layerFile, 22, (*hostExam).content},
		{layerEntry, 23, (*hostExam).ours},
		{layerProgram, 24, (*hostExam).program},
		{layerSecrets, 0, (*hostExam).secrets},
		{layerStart, 25, (*hostExam).start},
	}
}

// HostExitCodes tells the exit code of a problem in each layer of a host.
func HostExitCodes() string {
	var parts []string
	for _, c := range hostChecks() {
		if c.code > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.code, c.name))
		}
	}
	return strings.Join(parts, ", ")
}

// ExamineHost looks at what a host's file says of this program: each layer stands on the
// one before.
func ExamineHost(ctx context.Context, s HostSubject) *Report {
	e := &hostExam{HostSubject: s}
	r := &Report{}
	failed := ""
	for _, c := range hostChecks() {
		l := needing(failed)
		if failed == "" && ctx.Err() == nil {
			l = c.look(e, ctx)
		}
		l.Name = c.name
		r.Layers = append(r.Layers, l)
		if s.Found != nil {
			s.Found(l)
		}
		if l.Status == Problem && failed == "" {
			r.ExitCode, failed = c.code, c.name
		}
	}
	r.judgeHost(ctx, s.Host.Title, failed)
	return r
}

func (r *Report) judgeHost(ctx context.Context, title, failed string) {
	warned := slices.ContainsFunc(r.Layers, func(l Layer) bool { return l.Status == Warn })
	switch {
	case ctx.Err() != nil:
		r.Interrupted, r.ExitCode, r.Verdict = true, 0, "Interrupted: not all layers were looked at."
	case failed != "":
		r.Verdict = fmt.Sprintf("%s cannot use the server: the first problem is the layer %q (exit code %d).", title, failed, r.ExitCode)
	case warned:
		r.Verdict = title + " can use the server; look at what is marked."
	default:
		r.Verdict = title + " can use the server."
	}
}

// command is install for this host, as it is to be typed.
func (e *hostExam) command(flags string) string {
	return strings.TrimRight("airbyte-mcp-server install "+e.Host.Name+" "+flags, " ")
}

func (e *hostExam) host(context.Context) Layer {
	if e.Project || e.Host.IsHere(e.Machine) {
		return Layer{Status: OK, Text: e.Host.Title}
	}
	return Layer{Status: Problem, Text: e.Host.Title + " was not found on this machine",
		Advice: "start it once, or make its file by " + e.command("--create")}
}

// content reads the file.
func (e *hostExam) content(context.Context) Layer {
	file, err := e.Host.File(e.Machine, e.Project)
	if err != nil {
		return Layer{Status: Problem, Text: err.Error()}
	}
	e.file = file
	there, err := hostfile.Exists(file)
	if err == nil && !there {
		return Layer{Status: Problem, Text: "there is no " + file, Advice: e.command("")}
	}
	if err == nil {
		_, err = e.Host.Ours(file)
	}
	if err != nil {
		return Layer{Status: Problem, Text: strings.TrimSuffix(err.Error(), ": "+hostfile.ErrDamaged.Error()),
			Advice: "mend the line that is named; install keeps copies beside the file, which end in .bak"}
	}
	return Layer{Status: OK, Text: file}
}

// ours finds the entry: that of the name, or else the first that starts this program.
func (e *hostExam) ours(context.Context) Layer {
	names, err := e.Host.Ours(e.file)
	if err != nil {
		return Layer{Status: Problem, Text: err.Error()}
	}
	entry, found, err := e.Host.Entry(e.file, e.Name)
	switch {
	case err != nil:
		return Layer{Status: Problem, Text: err.Error()}
	case found && !entry.IsOurs() && entry.URL == "":
		return Layer{Status: Problem, Text: fmt.Sprintf("%q in line %d starts something else: %s", e.Name, entry.Line, entry.Command),
			Advice: "name the entry by --entry, or add one by " + e.command("--name NAME")}
	case !found && len(names) == 0:
		return Layer{Status: Problem, Text: fmt.Sprintf("there is no server %q, nor one that starts this program", e.Name), Advice: e.command("")}
	case !found:
		entry, _, err = e.Host.Entry(e.file, names[0])
	}
	if err != nil {
		return Layer{Status: Problem, Text: err.Error()}
	}
	e.entry = entry
	l := Layer{Status: OK, Text: fmt.Sprintf("%q in line %d", entry.Name, entry.Line)}
	if others := slices.DeleteFunc(names, func(name string) bool { return name == entry.Name }); len(others) > 0 {
		l.Details = append(l.Details, "others that start this program: "+strings.Join(others, ", "))
		l.healthyDetails = len(l.Details)
	}
	if entry.Off {
		l.Status, l.Text = Warn, l.Text+" is switched off there"
		l.Advice = "switch it on in " + e.Host.Title
	}
	return l
}

// program looks at what the entry starts.
func (e *hostExam) program(ctx context.Context) Layer {
	if e.entry.URL != "" {
		return Layer{Status: OK, Text: "none: it is a server at " + e.entry.URL}
	}
	path, ok := hostfile.Program(e.entry.Command, e.Machine)
	switch {
	case path == "":
		return Layer{Status: Problem, Text: e.entry.Command + " is in no folder of PATH", Advice: e.command("")}
	case !ok:
		return Layer{Status: Problem, Text: path + " is not there, or is no program", Advice: e.command("")}
	}
	e.path = path
	l := Layer{Status: OK, Text: path}
	if !strings.ContainsAny(e.entry.Command, `/\`) {
		l.Status, l.Advice = Warn, "hosts that are no terminal may have another PATH: put its whole path there by "+e.command("")
	}
	if (hostfile.Entry{Command: path}).IsOurs() {
		return e.version(ctx, l)
	}
	return l
}

// version compares the program's version with this one's.
func (e *hostExam) version(ctx context.Context, l Layer) Layer {
	version, err := e.VersionOf(ctx, e.path)
	switch {
	case err != nil:
		return Layer{Status: Problem, Text: l.Text + " does not run: " + err.Error(), Advice: e.command("")}
	case version != e.Version:
		l.Status, l.Text = Warn, fmt.Sprintf("%s is version %s, this is %s", l.Text, version, e.Version)
		l.Advice = "if that is not meant so: " + e.command("")
	default:
		l.Text += ", version " + version
	}
	return l
}

// secrets warns of credentials that other programs can read in the file.
func (e *hostExam) secrets(context.Context) Layer {
	var plain []string
	for _, name := range slices.Sorted(maps.Keys(e.entry.Env)) {
		if hostfile.IsSecret(name, e.entry.Env[name]) {
			plain = append(plain, name)
		}
	}
	if len(plain) == 0 {
		return Layer{Status: OK, Text: "none in the file"}
	}
	return Layer{Status: Warn, Text: "plain in the file: " + strings.Join(plain, ", "),
		Advice: "keep them in a file of mode 0600: " + e.command("--env-file PATH")}
}

// start has the entry list its tools.
func (e *hostExam) start(ctx context.Context) Layer {
	if e.entry.URL != "" {
		return Layer{Status: Skipped, Text: "not tried: the host signs in at the URL"}
	}
	said, err := e.Start(ctx, e.entry)
	if errors.Is(err, ErrAsksUser) {
		return Layer{Status: Skipped, Text: "not tried: the host asks for the credentials"}
	}
	if err != nil {
		lines := firstLines(err)
		return Layer{Status: Problem, Text: "started as the host would start it, the server cannot be used: " + lines[0], Details: lines[1:],
			Advice: "airbyte-mcp-server doctor looks at the server's own settings; the host's log: " + e.Host.Logs(e.Machine)}
	}
	return Layer{Status: OK, Text: fmt.Sprintf("started as the host would start it: %d tools listed, MCP %s", said.Tools, said.Protocol)}
}

// ErrAsksUser is a start for which the host asks its user for something first.
var ErrAsksUser = errors.New("the host asks its user first")
