package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const embeddingDocument = "../docs/embed.md"

// fencedBlock is a block of code in a document, with its language.
var fencedBlock = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// embeddings are the blocks of the document on agents that embed the server, by language.
func embeddings(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(embeddingDocument)
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]string{}
	for _, found := range fencedBlock.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\r\n", "\n"), -1) {
		if _, twice := blocks[found[1]]; twice {
			t.Errorf("%s has two blocks of %s: which is tested?", embeddingDocument, found[1])
		}
		blocks[found[1]] = found[2]
	}
	for _, language := range []string{"text", "sh", "go", "js", "python"} {
		if blocks[language] == "" {
			t.Fatalf("%s has no block of %s", embeddingDocument, language)
		}
	}
	return blocks
}

// TestEmbeddingDocument runs the programs of the document as they stand there, over stdio and
// over HTTP, and compares what they print with what the document says.
func TestEmbeddingDocument(t *testing.T) {
	t.Parallel()
	blocks := embeddings(t)
	for language, command := range map[string]func(*testing.T, string) []string{
		"go": goAgent, "js": nodeAgent, "python": pythonAgent,
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			agent := command(t, blocks[language])
			t.Run("stdio", func(t *testing.T) {
				t.Parallel()
				runAgent(t, agent, blocks["text"])
			})
			t.Run("HTTP", func(t *testing.T) {
				t.Parallel()
				const token = "a-token-of-the-test-0123456789"
				cmd := program(t, serverOf(t, blocks["sh"])...)
				cmd.Env = append(cmd.Env, "AIRBYTE_MCP_BEARER_TOKEN="+token)
				base, _, _ := listening(t, cmd)
				runAgent(t, agent, blocks["text"], "MCP_URL="+base+"/mcp", "MCP_TOKEN="+token)
			})
		})
	}
}

// serverOf is the command line of the server in a script, at a free port.
func serverOf(t *testing.T, script string) []string {
	t.Helper()
	for line := range strings.Lines(strings.ReplaceAll(script, "\\\n", "")) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "airbyte-mcp-server" {
			continue
		}
		if at := slices.Index(words, "--http"); at > 0 {
			words[at+1] = "127.0.0.1:0"
			return append(words[1:], "--log-format", "json")
		}
	}
	t.Fatalf("%s starts no server over HTTP:\n%s", embeddingDocument, script)
	return nil
}

// runAgent runs a program that finds the server's on its PATH.
func runAgent(t *testing.T, agent []string, want string, env ...string) {
	t.Helper()
	server, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, agent[0], agent[1:]...)
	cmd.Dir, cmd.Stderr = t.TempDir(), t.Output()
	path := filepath.Dir(server) + string(os.PathListSeparator) + os.Getenv("PATH")
	cmd.Env = slices.Concat(env, []string{"HOME=" + t.TempDir(), "PATH=" + path, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")})
	got, err := cmd.Output()
	if err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if got := strings.ReplaceAll(string(got), "\r\n", "\n"); got != want {
		t.Errorf("the program printed\n%s\nthe document says\n%s", got, want)
	}
}

// agentFile writes a program into a folder of its own.
func agentFile(t *testing.T, name, code string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// goAgent builds a program within this module, which has the client that the program uses.
func goAgent(t *testing.T, code string) []string {
	t.Helper()
	source := agentFile(t, "main.go", code)
	built := filepath.Join(filepath.Dir(source), "agent")
	if runtime.GOOS == "windows" {
		built += ".exe"
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", built, source)
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return []string{built}
}

// nodeAgent puts a program beside the packages that the tests of other clients install.
func nodeAgent(t *testing.T, code string) []string {
	t.Helper()
	installed := filepath.Join(packages(t, "clients"), "node_modules")
	source := agentFile(t, "agent.mjs", code)
	if err := os.Symlink(installed, filepath.Join(filepath.Dir(source), "node_modules")); err != nil {
		t.Fatal(err)
	}
	return []string{"node", source}
}

// pythonAgent checks what can be checked of a program in Python, and skips where its packages
// are missing.
func pythonAgent(t *testing.T, code string) []string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: needs python3")
	}
	source := agentFile(t, "agent.py", code)
	parse := exec.CommandContext(t.Context(), python, "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", source)
	if out, err := parse.CombinedOutput(); err != nil {
		t.Fatalf("the program is no Python: %v\n%s", err, out)
	}
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import mcp_types").CombinedOutput(); err != nil {
		t.Skipf("skipped: needs version 2 of the package mcp: %s", out)
	}
	return []string{python, source}
}
