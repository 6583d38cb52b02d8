package e2e_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the scripts of testdata/script. They call the program by its name.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"emulator": scriptEmulator, "code": scriptCode,
		},
		Setup: func(e *testscript.Env) error {
			path, err := binary()
			e.Setenv("PATH", filepath.Dir(path)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CONFIG_HOME", e.WorkDir+"/config")
			return err
		},
	})
}

// scriptCode is the command "code" of the scripts: it runs a program that must end with the
// given exit code.
func scriptCode(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if failure, ok := errors.AsType[*exec.ExitError](err); ok {
		code = strconv.Itoa(failure.ExitCode())
	} else {
		ts.Check(err)
	}
	if code != args[0] {
		ts.Fatalf("%q ended with %s, want %s", args[1:], code, args[0])
	}
}

// scriptEmulator is the command "emulator" of the scripts: it starts the sandbox with the
// given flags and sets the variables that it prints. The sandbox ends with the script.
func scriptEmulator(ts *testscript.TestScript, _ bool, args []string) {
	path, err := binary()
	ts.Check(err)
	cmd := exec.Command(path, append([]string{"sandbox", "--addr", "127.0.0.1:0", "--dataset", "small", "--log-level", "error"}, args...)...)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for range emulatorLines {
		if !lines.Scan() {
			ts.Fatalf("the sandbox did not start: %s", log.Bytes())
		}
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		ts.Setenv(name, value)
	}
}
