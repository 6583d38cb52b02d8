package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// workflow is the part of a hosted CI file that the tests look at.
type workflow struct {
	On          any               `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]job    `yaml:"jobs"`
}

type job struct {
	Permissions any    `yaml:"permissions"`
	RunsOn      string `yaml:"runs-on"`
	Timeout     int    `yaml:"timeout-minutes"`
	Strategy    struct {
		Matrix map[string][]string `yaml:"matrix"`
	} `yaml:"strategy"`
	Steps []struct {
		Uses string         `yaml:"uses"`
		Run  string         `yaml:"run"`
		With map[string]any `yaml:"with"`
	} `yaml:"steps"`
}

// runs reports whether a step of the job begins with a command.
func (j *job) runs(command string) bool {
	for _, step := range j.Steps {
		if strings.HasPrefix(step.Run, command) {
			return true
		}
	}
	return false
}

// hosted reads a YAML file of the host of the repository.
func hosted(t *testing.T, name string, into any) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(".github", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(text)
}

// TestHostedCI runs all tests on the three systems and the gate on Linux.
func TestHostedCI(t *testing.T) {
	t.Parallel()
	var ci workflow
	hosted(t, "workflows/ci.yml", &ci)
	test, check := ci.Jobs["test"], ci.Jobs["check"]
	systems := test.Strategy.Matrix["os"]
	for _, system := range []string{"ubuntu-latest", "macos-latest", "windows-latest"} {
		if !slices.Contains(systems, system) {
			t.Errorf("the tests do not run on %s: %q", system, systems)
		}
	}
	if test.RunsOn != "${{ matrix.os }}" || !test.runs("go test") {
		t.Errorf("the job test runs on %s: %+v", test.RunsOn, test.Steps)
	}
	if check.RunsOn != "ubuntu-latest" || !check.runs("make check") {
		t.Errorf("the job check runs on %s: %+v", check.RunsOn, check.Steps)
	}
}

// TestHostedWorkflows bounds what workflows may do: read the repository, with actions of a
// major version and the Go version of go.mod, for a bounded time.
func TestHostedWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(".github/workflows/*")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %q: %v", files, err)
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := "workflows/" + filepath.Base(file)
		var w workflow
		text := hosted(t, name, &w)
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: permissions %v, want contents: read", name, w.Permissions)
		}
		for _, forbidden := range []string{"pull_request_target", "secrets.", "github.token", "github.event.pull_request", "github.head_ref"} {
			if strings.Contains(text, forbidden) {
				t.Errorf("%s has %s", name, forbidden)
			}
		}
		if w.On == nil || len(w.Jobs) == 0 {
			t.Errorf("%s does nothing", name)
		}
		for title, j := range w.Jobs {
			j.check(t, name+": "+title, string(makefile))
		}
	}
}

func (j *job) check(t *testing.T, title, makefile string) {
	t.Helper()
	if j.Permissions != nil || j.Timeout == 0 {
		t.Errorf("%s: permissions %v, timeout %d", title, j.Permissions, j.Timeout)
	}
	hasGo := false
	for _, step := range j.Steps {
		action, _, _ := strings.Cut(step.Uses, "@")
		if step.Uses != "" && !regexp.MustCompile(`^actions/[a-z-]+@v\d+$`).MatchString(step.Uses) {
			t.Errorf("%s uses %s, want an official action by its major version", title, step.Uses)
		}
		switch action {
		case "actions/setup-go":
			hasGo = step.With["go-version-file"] == "go.mod" && step.With["go-version"] == nil
		case "actions/checkout":
			if step.With["persist-credentials"] != false {
				t.Errorf("%s keeps the credentials of the checkout", title)
			}
		}
		if target, ok := strings.CutPrefix(step.Run, "make "); ok && !strings.Contains(makefile, "\n"+target+": ") {
			t.Errorf("%s: there is no target %s", title, target)
		}
	}
	if !hasGo {
		t.Errorf("%s does not take the Go version of go.mod", title)
	}
}

// TestHostedForms holds the templates of issues and the updates of dependencies.
func TestHostedForms(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(".github/ISSUE_TEMPLATE/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %q: %v", files, err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		var form struct {
			Name, Description string
			Body              []struct {
				Type       string
				ID         string
				Attributes map[string]any
			}
		}
		hosted(t, "ISSUE_TEMPLATE/"+name, &form)
		if name != "config.yml" && (form.Name == "" || form.Description == "" || len(form.Body) == 0) {
			t.Errorf("%s is not a form: %+v", name, form)
		}
		for _, field := range form.Body {
			if field.Type != "markdown" && (field.ID == "" || field.Attributes["label"] == nil) {
				t.Errorf("%s: a field has no id or label: %+v", name, field)
			}
		}
	}
	var dependabot struct {
		Version int
		Updates []struct {
			Ecosystem string `yaml:"package-ecosystem"`
			Directory string
			Schedule  struct{ Interval string }
		}
	}
	hosted(t, "dependabot.yml", &dependabot)
	var watched []string
	for _, u := range dependabot.Updates {
		if u.Directory == "/" && u.Schedule.Interval != "" {
			watched = append(watched, u.Ecosystem)
		}
	}
	if dependabot.Version != 2 || !slices.Equal(watched, []string{"gomod", "github-actions", "docker"}) {
		t.Errorf("dependabot updates %q", watched)
	}
}
