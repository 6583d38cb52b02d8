// Package deploy_test holds the files of this folder, the Dockerfile and compose.yaml to
// the program and to each other, and runs what can be run without a container.
package deploy_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// read returns a file of the project, named from its root.
func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// shipped are the files that this package is about.
func shipped(t *testing.T) []string {
	t.Helper()
	list := []string{"Dockerfile", "compose.yaml", "compose.sandbox.yaml"}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(name) != ".go" {
			list = append(list, filepath.Join("deploy", name))
		}
		return err
	})
	if err != nil || len(list) < 10 {
		t.Fatalf("found %q: %v", list, err)
	}
	return list
}

// documents decodes all documents of a YAML text.
func documents(t *testing.T, name, text string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for d := yaml.NewDecoder(bytes.NewReader([]byte(text))); ; {
		var one map[string]any
		err := d.Decode(&one)
		switch {
		case errors.Is(err, io.EOF):
			return list
		case err != nil:
			t.Fatalf("%s: %v", name, err)
		case one != nil:
			list = append(list, one)
		}
	}
}

// at walks to a part of a document: names of members and indexes, between dots. It
// returns nil where there is none.
func at(from any, path string) any {
	for key := range strings.SplitSeq(path, "/") {
		switch x := from.(type) {
		case map[string]any:
			from = x[key]
		case []any:
			if len(x) != 1 || key != "0" {
				return nil // what there may be several of is not looked into by number
			}
			from = x[0]
		default:
			return nil
		}
	}
	return from
}

func TestYAMLParses(t *testing.T) {
	t.Parallel()
	for _, name := range shipped(t) {
		if filepath.Ext(name) == ".yaml" && len(documents(t, name, read(t, name))) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

// settings are the names of all environment variables that the program reads.
func settings(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	tag := regexp.MustCompile(`env:"([A-Z_,]+)"`)
	for _, pattern := range []string{"../internal/config/*.go", "../internal/cli/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			for _, found := range tag.FindAllStringSubmatch(read(t, file[len("../"):]), -1) {
				for name := range strings.SplitSeq(found[1], ",") {
					known[name] = true
				}
			}
		}
	}
	return known
}

// TestSettingsExist finds names that the program would not read.
func TestSettingsExist(t *testing.T) {
	t.Parallel()
	known := settings(t)
	if !known["AIRBYTE_MCP_HTTP"] || !known["AIRBYTE_CLIENT_ID"] {
		t.Fatal("the settings were not found")
	}
	used := 0
	for _, name := range shipped(t) {
		for _, found := range regexp.MustCompile(`\bAIRBYTE_[A-Z_]+\b`).FindAllString(read(t, name), -1) {
			if used++; !known[found] {
				t.Errorf("%s: there is no setting %s", name, found)
			}
		}
	}
	if used < 20 {
		t.Errorf("only %d names were seen", used)
	}
}

// TestPortsAgree names every place where the server's port stands.
func TestPortsAgree(t *testing.T) {
	t.Parallel()
	for _, place := range [][2]string{
		{"Dockerfile", `(?m)^EXPOSE (\d+)$`},
		{"compose.yaml", `AIRBYTE_MCP_HTTP: ":(\d+)"`},
		{"compose.yaml", `MCP_REPLICAS: server:(\d+)`},
		{"compose.yaml", `ports: \["127\.0\.0\.1:\d+:(\d+)"\]`},
		{"compose.yaml", `AIRBYTE_MCP_PUBLIC_URL: http://localhost:(\d+)`},
		{"deploy/haproxy/haproxy.cfg", `presetenv MCP_REPLICAS server:(\d+)`},
		{"deploy/haproxy/haproxy.cfg", `(?m)^    bind :(\d+)$`},
		{"deploy/nginx/airbyte-mcp-server.conf", `server 10\.0\.0\.11:(\d+) `},
		{"deploy/kubernetes/settings.env", `AIRBYTE_MCP_HTTP=:(\d+)`},
		{"deploy/kubernetes/deployment.yaml", `containerPort: (\d+)`},
	} {
		checkPort(t, place[0], place[1], "8080")
	}
	for _, place := range [][2]string{
		{"compose.sandbox.yaml", `AIRBYTE_API_HOST: https://sandbox:(\d+)`},
		{"deploy/haproxy/sandbox-tls.cfg", `bind :(\d+) ssl`},
	} {
		checkPort(t, place[0], place[1], "8443")
	}
	for _, place := range [][2]string{
		{"compose.sandbox.yaml", `command: \[sandbox, --addr, "127\.0\.0\.1:(\d+)"\]`},
		{"deploy/haproxy/sandbox-tls.cfg", `server sandbox 127\.0\.0\.1:(\d+)`},
	} {
		checkPort(t, place[0], place[1], "8899")
	}
	for _, place := range [][2]string{
		{"compose.yaml", `redis://redis:(\d+)`},
		{"deploy/kubernetes/secret.example.yaml", `@redis:(\d+)`},
		{"deploy/kubernetes/networkpolicy.yaml", `port: (6\d+)`},
	} {
		checkPort(t, place[0], place[1], "6379")
	}
}

func checkPort(t *testing.T, file, pattern, want string) {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(read(t, file))
	if found == nil || found[1] != want {
		t.Errorf("%s: %s is %q, want %s", file, pattern, found, want)
	}
}

// images are what the shipped files build on or pull, by file.
func images(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	for file, pattern := range map[string]string{
		"Dockerfile": `(?m)^FROM (?:--platform=\S+ )?(\S+)`, "compose.yaml": `(?m)^\s+image: (\S+)$`,
		"compose.sandbox.yaml": `(?m)^\s+image: (\S+)$`, "deploy/kubernetes/deployment.yaml": `(?m)^\s+image: (\S+)$`,
	} {
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, file), -1) {
			list[file] = append(list[file], found[1])
		}
	}
	return list
}

// TestImages holds what is pulled to the official images of one registry, by a tag that
// names one release, and one tag for each image.
func TestImages(t *testing.T) {
	t.Parallel()
	official := regexp.MustCompile(`^docker\.io/library/([a-z]+):(\d+\.\d+\.\d+)(-alpine)?(@sha256:[0-9a-f]{64})?$`)
	ours := map[string]bool{"scratch": true, "airbyte-mcp-server": true}
	seen, releases := 0, map[string]string{}
	for file, list := range images(t) {
		for _, image := range list {
			seen++
			parts := official.FindStringSubmatch(image)
			switch {
			case ours[image]:
			case parts == nil:
				t.Errorf("%s: image %s", file, image)
			case releases[parts[1]] == "":
				releases[parts[1]] = image
			case releases[parts[1]] != image:
				t.Errorf("%s: image %s, elsewhere %s", file, image, releases[parts[1]])
			}
		}
	}
	if seen < 8 || len(releases) != 3 {
		t.Errorf("only these images were seen: %d, %q", seen, releases)
	}
	if tag := regexp.MustCompile(`(?m)^    newTag: v\d+\.\d+\.\d+$`); !tag.MatchString(read(t, "deploy/kubernetes/kustomization.yaml")) {
		t.Error("the kustomization does not name one release")
	}
}
