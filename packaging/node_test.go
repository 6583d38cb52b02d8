package packaging_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/packaging"
)

type nodePackage struct {
	Name, Version, MCPName string
	OS, CPU                []string
	Bin                    map[string]string
	OptionalDependencies   map[string]string
	Scripts                map[string]string
}

func nodeFile(p *packaging.Project, name string) string { return name + "-" + p.Version + ".tgz" }

// TestNodePackages holds the package with the command to those with the programs.
func TestNodePackages(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	files := unpack(t, out, nodeFile(p, p.NPM))
	command := parse[nodePackage](t, files["package/package.json"].text)
	if command.Version != p.Version || command.MCPName != p.Server() || len(command.OptionalDependencies) != len(packaging.Targets()) {
		t.Errorf("the command's package is %+v", command)
	}
	run := "package/" + command.Bin[p.Name]
	if files[run].mode.Perm() != 0o755 || !strings.HasPrefix(files[run].text, "#!/usr/bin/env node\n") {
		t.Errorf("%s is %v", run, files[run])
	}
	for _, target := range packaging.Targets() {
		name := p.NodePackage(target)
		files := unpack(t, out, nodeFile(p, name))
		made := parse[nodePackage](t, files["package/package.json"].text)
		if command.OptionalDependencies[name] != p.Version || made.Name != name || made.Version != p.Version {
			t.Errorf("%s %s is asked for as %q", made.Name, made.Version, command.OptionalDependencies[name])
		}
		if !slices.Equal(made.OS, []string{target.NodeOS()}) || !slices.Equal(made.CPU, []string{target.NodeCPU()}) {
			t.Errorf("%s is for %v %v", name, made.OS, made.CPU)
		}
		if program := files["package/bin/"+target.Program(p.Name)]; program.mode.Perm() != 0o755 || program.text != fake {
			t.Errorf("%s has no program: %v", name, program)
		}
		if len(made.Scripts)+len(command.Scripts) > 0 {
			t.Errorf("%s runs something at installation", name)
		}
	}
}

// TestNodeCommand starts the command as npm lays it out: arguments, output and exit code pass through.
func TestNodeCommand(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil || runtime.GOOS == "windows" {
		t.Skip("skipped: needs node and a shell")
	}
	p, out, folder := project(t), write(t), t.TempDir()
	target := packaging.Target{OS: runtime.GOOS, Arch: runtime.GOARCH}
	lay(t, filepath.Join(folder, "node_modules", p.NPM), inPackage(unpack(t, out, nodeFile(p, p.NPM))), true)
	run := filepath.Join(folder, "node_modules", p.NPM, "run.js")
	said, code := start(t, "node", run, "demo")
	if code != 1 || !strings.Contains(said, p.NodePackage(target)+" is not installed") {
		t.Errorf("without the package for this system it ends with %d and says\n%s", code, said)
	}
	lay(t, filepath.Join(folder, "node_modules", p.NodePackage(target)), inPackage(unpack(t, out, nodeFile(p, p.NodePackage(target)))), true)
	said, code = start(t, "node", run, "demo", "a b")
	if code != 3 || said != "started airbyte-mcp-server with demo a b\n" {
		t.Errorf("it ends with %d and says\n%s", code, said)
	}
}

func inPackage(files map[string]packed) map[string]packed {
	moved := map[string]packed{}
	for name, f := range files {
		moved[strings.TrimPrefix(name, "package/")] = f
	}
	return moved
}

// start runs a command and returns what it says, and its exit code.
func start(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(said), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(said), 0
}
