package packaging_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/packaging"
)

type bundleManifest struct {
	Version, Icon string
	Server        struct {
		EntryPoint string `json:"entry_point"`
		MCPConfig  struct {
			Command string
			Args    []string
			Env     map[string]string
		} `json:"mcp_config"`
	}
	Tools      []struct{ Name string }
	UserConfig map[string]struct{ Default any } `json:"user_config"`
}

func platforms() []string { return []string{"darwin", "linux", "win32"} }

// valid holds a document to a schema of others.
func valid(t *testing.T, schema, document string) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	resource, err := jsonschema.UnmarshalJSON(strings.NewReader(read(t, "testdata", schema)))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("schema.json", resource); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.MustCompile("schema.json").Validate(value); err != nil {
		t.Errorf("%s: %v", schema, err)
	}
}

// TestBundleManifests holds each manifest to its schema, to the files of the bundle and to itself.
func TestBundleManifests(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	for _, platform := range platforms() {
		files := unpack(t, out, p.BundleFile(platform))
		text := files["manifest.json"].text
		valid(t, "mcpb-manifest-0.3.schema.json", text)
		m := parse[bundleManifest](t, text)
		if m.Version != p.Version || files[m.Server.EntryPoint].mode.Perm() != 0o755 {
			t.Errorf("%s: version %s, entry %s: %v", platform, m.Version, m.Server.EntryPoint, files[m.Server.EntryPoint].mode)
		}
		started := strings.Join(append(m.Server.MCPConfig.Args, m.Server.MCPConfig.Command), "\n")
		if !strings.Contains(started, "${__dirname}/"+m.Server.EntryPoint) {
			t.Errorf("%s starts\n%s", platform, started)
		}
		if icon, err := png.DecodeConfig(bytes.NewReader([]byte(files[m.Icon].text))); err != nil || icon.Width != 512 || icon.Height != 512 {
			t.Errorf("%s: the icon is %d x %d: %v", platform, icon.Width, icon.Height, err)
		}
		for env, value := range m.Server.MCPConfig.Env {
			key := strings.TrimSuffix(strings.TrimPrefix(value, "${user_config."), "}")
			if option, found := m.UserConfig[key]; !found || option.Default == nil {
				t.Errorf("%s: %s is %s, which has no default; hosts would send it as it is", platform, env, value)
			}
		}
	}
}

// TestBundleDocuments proves that the documents to which a manifest leads are in the repository.
func TestBundleDocuments(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	m := parse[struct {
		Documentation   string
		PrivacyPolicies []string `json:"privacy_policies"`
	}](t, unpack(t, out, p.BundleFile("linux"))["manifest.json"].text)
	seen := 0
	for _, address := range append(m.PrivacyPolicies, m.Documentation) {
		if name, isOurs := strings.CutPrefix(address, p.Document("")); isOurs {
			seen++
			read(t, root, filepath.FromSlash(name))
		}
	}
	if seen != 2 {
		t.Errorf("%d documents of the repository are named: %+v", seen, m)
	}
}

// TestBundleTools proves that the tools which a directory shows exist.
func TestBundleTools(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	code := read(t, root, "tools", "search.go") + read(t, root, "tools", "manage", "manage.go")
	m := parse[bundleManifest](t, unpack(t, out, p.BundleFile("linux"))["manifest.json"].text)
	for _, tool := range m.Tools {
		if !regexp.MustCompile(`(Name: +|= )"` + tool.Name + `"`).MatchString(code) {
			t.Errorf("there is no tool %s", tool.Name)
		}
	}
	if len(m.Tools) == 0 {
		t.Error("no tool is shown")
	}
}

// TestBundleStarts starts a bundle whose programs have lost their executable bits, in a folder with a space.
func TestBundleStarts(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	platform := packaging.Target{OS: runtime.GOOS}.NodeOS()
	if platform != "linux" && platform != "darwin" {
		t.Skip("skipped: this system starts the program itself")
	}
	folder := filepath.Join(t.TempDir(), "a folder")
	lay(t, folder, unpack(t, out, p.BundleFile(platform)), false)
	m := parse[bundleManifest](t, read(t, folder, "manifest.json"))
	var args []string
	for _, arg := range m.Server.MCPConfig.Args {
		args = append(args, strings.ReplaceAll(arg, "${__dirname}", folder))
	}
	said, code := start(t, m.Server.MCPConfig.Command, args...)
	if code != 3 || !strings.HasPrefix(said, "started airbyte-mcp-server") || !strings.HasSuffix(said, " with serve\n") {
		t.Errorf("it ends with %d and says\n%s", code, said)
	}
	if platform == "linux" {
		if err := os.Remove(filepath.Join(folder, "server", p.Name+"-"+runtime.GOARCH)); err != nil {
			t.Fatal(err)
		}
		if _, code := start(t, m.Server.MCPConfig.Command, args...); code == 0 || code == 3 {
			t.Errorf("without the program for this processor it ends with %d", code)
		}
	}
}
