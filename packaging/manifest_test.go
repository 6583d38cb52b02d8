package packaging_test

import (
	"regexp"
	"strings"
	"testing"

	"airbyte-mcp-server/packaging"
)

// sumIn is the sum of a file of a release, as its checksums have it.
func sumIn(t *testing.T, out, name string) string {
	t.Helper()
	for line := range strings.Lines(read(t, out, packaging.Checksums)) {
		if sum, of, _ := strings.Cut(strings.TrimSpace(line), "  "); of == name {
			return sum
		}
	}
	t.Fatalf("%s is not among the checksums", name)
	return ""
}

type serverManifest struct {
	Name, Version string
	Packages      []struct {
		RegistryType, Identifier, Version, FileSha256 string
		EnvironmentVariables                          []struct {
			Name     string
			IsSecret bool
		}
	}
}

// TestServerManifest holds the entry of the registry to the registry's schema, and to the packages.
func TestServerManifest(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	text := read(t, out, "server.json")
	valid(t, "server-2025-12-11.schema.json", text)
	m := parse[serverManifest](t, text)
	if m.Name != p.Server() || m.Version != p.Version || len(m.Packages) != 5 {
		t.Errorf("the entry is %+v", m)
	}
	for _, made := range m.Packages {
		switch made.RegistryType {
		case "npm":
			if made.Identifier != p.NPM || made.Version != p.Version {
				t.Errorf("the package for Node is %+v", made)
			}
		case "oci":
			if made.Identifier != p.Image+":"+p.Version {
				t.Errorf("the image is %+v", made)
			}
		case "mcpb":
			name := made.Identifier[strings.LastIndex(made.Identifier, "/")+1:]
			if made.FileSha256 != sumIn(t, out, name) {
				t.Errorf("%s has the sum %s", name, made.FileSha256)
			}
			continue
		}
		for i, v := range made.EnvironmentVariables {
			if v.Name != p.Settings[i].Env || v.IsSecret != p.Settings[i].Sensitive {
				t.Errorf("%s: %+v stands for %+v", made.RegistryType, v, p.Settings[i])
			}
		}
	}
}

// TestFormula holds the Homebrew formula to the archives.
func TestFormula(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	text := read(t, out, p.Name+".rb")
	found := regexp.MustCompile(`url "[^"]*/([^/"]+)"\s+sha256 "([^"]+)"`).FindAllStringSubmatch(text, -1)
	if len(found) != 4 || !strings.HasPrefix(text, "class AirbyteMcpServer < Formula\n") {
		t.Fatalf("the formula is\n%s", text)
	}
	for _, pair := range found {
		if sumIn(t, out, pair[1]) != pair[2] {
			t.Errorf("%s has the sum %s", pair[1], pair[2])
		}
	}
	for _, pair := range []string{"on_macos", "on_linux"} {
		block := regexp.MustCompile(`(?s)` + pair + ` do(.*?)\n  end`).FindString(text)
		system := map[string]string{"on_macos": "darwin", "on_linux": "linux"}[pair]
		arm, intel, _ := strings.Cut(block, "on_intel")
		if !strings.Contains(arm, system+"_arm64") || !strings.Contains(intel, system+"_amd64") {
			t.Errorf("%s has\n%s", pair, block)
		}
	}
}

// TestScoop holds the Scoop manifest to the archives.
func TestScoop(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	m := parse[struct {
		Version, Bin string
		Architecture map[string]struct{ URL, Hash string }
	}](t, read(t, out, p.Name+".json"))
	for scoop, arch := range map[string]string{"64bit": "amd64", "arm64": "arm64"} {
		name := p.Archive(packaging.Target{OS: "windows", Arch: arch})
		if got := m.Architecture[scoop]; got.URL != p.Download(name) || got.Hash != sumIn(t, out, name) {
			t.Errorf("%s is %+v", scoop, got)
		}
	}
	if m.Version != p.Version || m.Bin != p.Name+".exe" {
		t.Errorf("the manifest is %+v", m)
	}
}
