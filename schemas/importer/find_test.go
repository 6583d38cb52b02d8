package importer_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas/importer"
)

// checkout lays out folders as a repository and a package have them.
func checkout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, file := range []string{
		"repo/specs/beta/connector.yaml", "repo/specs/alpha/connector.yaml", "repo/specs/alpha/other.yaml",
		"repo/.git/connector.yaml", "repo/node_modules/x/connector.yaml", "repo/connector.yaml.bak",
		"one/deep/down/connector.yaml", "none/readme.md", "named.yaml",
		"forms/a/connector.yml", "forms/b/connector.json", "forms/c/connector.json", "forms/c/connector.yaml", "forms/c/connector.yml",
	} {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(sound), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(root, "one"), filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	return root
}

// findCases are paths below the folder of checkout.
var findCases = []struct {
	name  string
	paths []string
	want  []string
	fails string
}{
	{"nothing asked", nil, nil, ""},
	{"folder", []string{"repo"}, []string{"repo/specs/alpha/connector.yaml", "repo/specs/beta/connector.yaml"}, ""},
	{"hidden folder, asked for", []string{"repo/.git"}, []string{"repo/.git/connector.yaml"}, ""},
	{"file of another name", []string{"named.yaml"}, []string{"named.yaml"}, ""},
	{
		"other forms, one of a folder", []string{"forms"},
		[]string{"forms/a/connector.yml", "forms/b/connector.json", "forms/c/connector.yaml"}, "",
	},
	{"JSON by its name", []string{"forms/c/connector.json"}, []string{"forms/c/connector.json"}, ""},
	{"link to a folder", []string{"link"}, []string{"link/deep/down/connector.yaml"}, ""},
	{
		"several, sorted, each once", []string{"repo/specs", "one", "repo/specs/alpha/../alpha/connector.yaml"},
		[]string{"one/deep/down/connector.yaml", "repo/specs/alpha/connector.yaml", "repo/specs/beta/connector.yaml"}, "",
	},
	{"folder without any", []string{"one", "none"}, nil, "none: no connector.yaml in it"},
	{"no such path", []string{"nowhere"}, nil, "nowhere: no such file"},
	{"no YAML", []string{"none/readme.md"}, nil, "readme.md: no connector.yaml in it"},
}

func TestFind(t *testing.T) {
	t.Parallel()
	root := checkout(t)
	for _, tt := range findCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var paths []string
			for _, path := range tt.paths {
				paths = append(paths, root+"/"+path)
			}
			got, err := importer.Find(paths...)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || got != nil {
					t.Errorf("got %v and the error %v, want %q in it", got, err, tt.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], root+"/")
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReadFolder(t *testing.T) {
	t.Parallel()
	root := checkout(t)
	for _, path := range []string{"one", "one/deep/down", "link", "named.yaml", "forms/a", "forms/b", "forms/c/connector.json"} {
		conn, _, err := importer.Read(filepath.Join(root, path))
		if err != nil {
			t.Errorf("Read(%s): %v", path, err)
		} else if conn.Name != "acme" {
			t.Errorf("Read(%s) is called %q, want acme", path, conn.Name)
		}
	}
	_, _, err := importer.Read(filepath.Join(root, "repo"))
	if err == nil || !strings.Contains(err.Error(), "holds 2 connectors; name one, such as ") {
		t.Errorf("Read of a folder with two connectors: got the error %v", err)
	}
}
