package deploy_test

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// build makes the program once, by the Dockerfile's own command.
var build = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "airbyte-mcp-server-image-")
	if err != nil {
		return "", err
	}
	command := regexp.MustCompile(`CGO_ENABLED=0 [^\n]*\\\n[^\n]*`).Find(text)
	script := strings.NewReplacer("/out/", dir+"/").Replace(string(command))
	cmd := exec.Command("sh", "-ec", script)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "TARGETOS="+runtime.GOOS, "TARGETARCH="+runtime.GOARCH)
	if said, err := cmd.CombinedOutput(); err != nil {
		return dir, &buildError{string(said), err}
	}
	return dir, nil
})

type buildError struct {
	said string
	err  error
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + e.said }

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := build(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// program is the path of the built program.
func program(t testing.TB) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("skipped: the image is for Linux")
	}
	if testing.Short() {
		t.Skip("skipped: the program is not built in short runs")
	}
	dir, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "airbyte-mcp-server")
}

// TestProgramIsStatic proves that it runs on an empty root.
func TestProgramIsStatic(t *testing.T) {
	t.Parallel()
	file, err := elf.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
			t.Errorf("it wants a loader: %s", part.Type)
		}
	}
	if file.Section(".symtab") != nil {
		t.Error("it is not stripped")
	}
	if raw, err := os.ReadFile(program(t)); err != nil || bytes.Contains(raw, []byte(mustAbs(t, ".."))) {
		t.Errorf("it holds the path where it was built: %v", err)
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs + string(filepath.Separator)
}

// TestImageVersion holds the version that the program prints and the label of the image to
// the file VERSION.
func TestImageVersion(t *testing.T) {
	t.Parallel()
	version := strings.TrimSpace(read(t, "VERSION"))
	printed := strings.TrimSpace(run(t, nil, "version"))
	if release, _, _ := strings.Cut(printed, "+"); release != "airbyte-mcp-server "+version {
		t.Errorf("version prints %q, want %s", printed, version)
	}
	if !strings.Contains(read(t, "Dockerfile"), "\nARG VERSION="+version+"\n") {
		t.Errorf("the label of the image is not %s", version)
	}
}

// TestSettingsAreGood lets the program read the settings of Kubernetes' replicas.
func TestSettingsAreGood(t *testing.T) {
	t.Parallel()
	var env []string
	for line := range strings.Lines(read(t, "deploy/kubernetes/settings.env")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			env = append(env, line)
		}
	}
	said := run(t, env, "config", "show")
	for _, want := range []string{"https://mcp.example.com", "workspace", "4MiB"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not in\n%s", want, said)
		}
	}
}

// run runs the program with nothing but env and returns what it says on stdout.
func run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	var stderr bytes.Buffer
	cmd.Stderr, cmd.Dir, cmd.Env = &stderr, t.TempDir(), append([]string{"HOME=" + t.TempDir()}, env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", args, err, &stderr)
	}
	return string(out)
}

// TestDockerfile holds what the image promises.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	text := read(t, "Dockerfile")
	final := text[strings.LastIndex(text, "\nFROM "):]
	for _, want := range []string{
		"\nFROM scratch\n", "\nUSER 65532:65532\n", "/etc/ssl/certs/ca-certificates.crt", " /tmp\n",
		`CMD ["/airbyte-mcp-server", "healthcheck"]`, `ENTRYPOINT ["/airbyte-mcp-server"]`,
		"io.modelcontextprotocol.server.name=$SERVER_NAME", "org.opencontainers.image.version=$VERSION",
		"org.opencontainers.image.revision=$REVISION", "org.opencontainers.image.licenses=",
	} {
		if !strings.Contains(final, want) {
			t.Errorf("the image lacks %q", want)
		}
	}
	for _, flag := range []string{"CGO_ENABLED=0", "-trimpath", `-ldflags="-s -w`} {
		if !strings.Contains(text, flag) {
			t.Errorf("the build lacks %s", flag)
		}
	}
	if strings.Contains(final, "\nRUN ") {
		t.Error("there is nothing in the image that RUN could run")
	}
}

// TestBuildContextHasWhatTheBuildReads: nothing that is embedded is ignored.
func TestBuildContextHasWhatTheBuildReads(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		`{{if not .Standard}}{{if eq .Module.Path "airbyte-mcp-server"}}{{$d := .ImportPath}}`+
			`{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`, ".")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	ignored := strings.Fields(regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(read(t, ".dockerignore"), ""))
	files := strings.Fields(string(out))
	if len(files) < 100 || len(ignored) < 5 {
		t.Fatalf("%d files, %d rules", len(files), len(ignored))
	}
	for _, file := range files {
		file = strings.TrimPrefix(file, "airbyte-mcp-server/")
		for _, rule := range ignored {
			base, anywhere := strings.CutPrefix(rule, "**/")
			matches, _ := filepath.Match(base, filepath.Base(file))
			if anywhere && matches || !anywhere && (file == rule || strings.HasPrefix(file, rule+"/")) {
				t.Errorf("the build reads %s, which %s ignores", file, rule)
			}
		}
	}
}
