package packaging_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/packaging"
)

type goreleaser struct {
	Version     int
	ProjectName string `yaml:"project_name"`
	Dist        string
	Env         []string
	Builds      []struct {
		Main, Binary   string
		Goos, Goarch   []string
		Flags, Ldflags []string
		ModTimestamp   string `yaml:"mod_timestamp"`
	}
	Archives []struct{ Files []struct{ Src string } }
	NFPMs    []struct {
		Formats     []string
		License     string
		PackageName string `yaml:"package_name"`
		Contents    []struct{ Src string }
	} `yaml:"nfpms"`
	SBOMs []struct{ Cmd string } `yaml:"sboms"`
}

func goreleaserConfig(t *testing.T) goreleaser {
	t.Helper()
	var c goreleaser
	if err := yaml.Unmarshal([]byte(read(t, "goreleaser.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestGoreleaserBuilds holds goreleaser's configuration to the targets and to how the image is built.
func TestGoreleaserBuilds(t *testing.T) {
	t.Parallel()
	p, c := project(t), goreleaserConfig(t)
	build := c.Builds[0]
	var targets []packaging.Target
	for _, system := range build.Goos {
		for _, arch := range build.Goarch {
			targets = append(targets, packaging.Target{OS: system, Arch: arch})
		}
	}
	if !slices.Equal(targets, packaging.Targets()) {
		t.Errorf("it builds for %v, want %v", targets, packaging.Targets())
	}
	if c.ProjectName != p.Name || build.Binary != p.Name || c.NFPMs[0].PackageName != p.Name || build.Main != "." {
		t.Errorf("it calls the project %q, the program %q and the package %q", c.ProjectName, build.Binary, c.NFPMs[0].PackageName)
	}
	if c.NFPMs[0].License != p.License { // which is no template there
		t.Errorf("the packages are under %s, the project under %s", c.NFPMs[0].License, p.License)
	}
	flags := slices.Concat(c.Env, build.Flags, build.Ldflags)
	if !slices.Equal(flags, []string{"CGO_ENABLED=0", "-trimpath", "-buildvcs=false", "-s -w"}) {
		t.Errorf("it builds with %q %q %q", c.Env, build.Flags, build.Ldflags)
	}
	if build.ModTimestamp != "{{ .Env.PACKAGE_TIMESTAMP }}" || !slices.Equal(c.NFPMs[0].Formats, []string{"deb", "rpm"}) {
		t.Errorf("the time of the program is %q, the packages are %q", build.ModTimestamp, c.NFPMs[0].Formats)
	}
}

// TestGoreleaserFiles proves that the files which go into archives and packages exist, or are made for a release.
func TestGoreleaserFiles(t *testing.T) {
	t.Parallel()
	c := goreleaserConfig(t)
	named := []string{}
	for _, f := range c.Archives[0].Files {
		named = append(named, f.Src)
	}
	for _, f := range c.NFPMs[0].Contents {
		named = append(named, f.Src)
	}
	for _, name := range named {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil && name != "bin/"+packaging.NoticesFile {
			t.Error(err)
		}
	}
	if !slices.Contains(named, "LICENSE") || !slices.Contains(named, "bin/"+packaging.NoticesFile) {
		t.Errorf("archives have %q", named)
	}
}

// TestGoreleaserVariables proves that the tool of releases sets what the configuration reads, and reads what it writes.
func TestGoreleaserVariables(t *testing.T) {
	t.Parallel()
	tool := read(t, root, "tools", "release", "main.go") + read(t, root, "tools", "release", "artifact.go")
	used := regexp.MustCompile(`\.Env\.(\w+)`).FindAllStringSubmatch(read(t, "goreleaser.yaml"), -1)
	if len(used) < 10 {
		t.Fatalf("found %q", used)
	}
	for _, name := range used {
		if !strings.Contains(tool, `"`+name[1]+`="`) {
			t.Errorf("%s is not set", name[1])
		}
	}
	if c := goreleaserConfig(t); c.Dist != "bin/goreleaser" || !strings.Contains(tool, `"bin", "goreleaser", "artifacts.json"`) {
		t.Errorf("goreleaser writes to %s, which is not what is read", c.Dist)
	}
	if pinned := read(t, root, "tools", "release", "go.mod"); !strings.Contains(pinned, "github.com/goreleaser/goreleaser/v2 v2.17.") {
		t.Error("goreleaser is not pinned to 2.17, which is the last one that this Go builds")
	}
}

// TestSettings holds what hosts ask their users for to the settings of the program.
func TestSettings(t *testing.T) {
	t.Parallel()
	fields := map[string]reflect.Type{}
	settings := reflect.TypeFor[config.Settings]()
	for field := range settings.Fields() {
		for name := range strings.SplitSeq(field.Tag.Get("env"), ",") {
			fields[name] = field.Type
		}
	}
	for _, s := range project(t).Settings {
		kind, found := fields[s.Env]
		switch {
		case !found:
			t.Errorf("the program has no setting %s", s.Env)
		case (s.Type == "boolean") != (kind.Kind() == reflect.Bool):
			t.Errorf("%s is %s, asked for as %s", s.Env, kind, s.Type)
		case s.Sensitive != (kind == reflect.TypeFor[secret.Text]()):
			t.Errorf("%s is %s, sensitive: %v", s.Env, kind, s.Sensitive)
		case s.Title == "" || s.Description == "" || s.Key == "":
			t.Errorf("%+v is not described", s)
		}
	}
}
