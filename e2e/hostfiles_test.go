package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/hostfile"
)

// editedFile is a host's file before and after install, for compare.mjs.
type editedFile struct {
	Host   string   `json:"host"`
	Format string   `json:"format"`
	Before string   `json:"before"`
	After  string   `json:"after"`
	Path   []string `json:"path"`
	By     string   `json:"by"`
	Name   string   `json:"name"`
}

// hostLayouts are files as people keep them, by format.
func hostLayouts() map[string][]string {
	return map[string][]string{
		"json": {
			"",
			"{}\n",
			"{\n  // the servers\n  \"KEY\": {\n    \"other\": {\"command\": \"x\", \"args\": [\"a\", \"b\",]}, // keep\n  },\n  /* the end */\n}\n",
			"\ufeff{\r\n\t\"theme\": \"One\", // dark\r\n\t\"KEY\": {\r\n\t\t// none yet\r\n\t},\r\n\t\"n\": 1.50e3\r\n}",
			"// all mine\n{\"a\": {\"b\": [1, {\"c\": null}]}, \"KEY\": {\"other\": {\"url\": \"https://o.example//x\"}}} // end",
			"{\n    \"KEY\":\n    {\n        \"z\": { \"command\": \"z\" } // last\n    }\n}\n",
		},
		"toml": {
			"",
			"# mine\nmodel = \"m\" # good\n\n[KEY.other] # keep\ncommand = 'x'\nenv = { A = \"1\" }\n\n" +
				"[profiles.\"a.b\"]\nwhen = 2026-01-01T00:00:00Z\n",
			"[KEY]\n# none yet\n[[hooks]]\nrun = \"\"\"\n[KEY.airbyte]\n\"\"\"\n[[hooks]]\nrun = 'b'\r\n",
			"\ufeffn = 0xff\r\nlist = [ # of all\r\n  1.5,\r\n  inf, # last\r\n]\r\n",
		},
		"yaml": {
			"",
			"# mine\nGOOSE_MODE: auto   # careful\n\nprompt: |\n  # no comment\n  KEY: {}\n# end\n",
			"version: 1.10 # as text\nanchors: &a {x: 1}\nuse: *a\nKEY: # servers\n  # none yet\nlast: 'it''s'\n",
			"KEY: EMPTY # nothing\r\nn: 010\r\n",
		},
	}
}

// keyOf is where a host's file has its servers.
func keyOf(name string) string {
	switch name {
	case "vscode":
		return "servers"
	case "zed":
		return "context_servers"
	case "codex":
		return "mcp_servers"
	case "goose":
		return "extensions"
	case "opencode":
		return "mcp"
	}
	return "mcpServers"
}

// TestHostFilesForOtherParsers has install write into the files of all hosts, however they
// are laid out, and reads them with the parsers that hosts use: our entry is there, all else
// means what it meant, comments too, and --remove brings back what was.
func TestHostFilesForOtherParsers(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: the folders of the hosts are others")
	}
	folder := packages(t, "parsers", "compare.mjs")
	var files []editedFile
	for round := range 6 {
		files = append(files, editedFiles(t, round)...)
	}
	if len(files) < 60 {
		t.Errorf("%d files were edited", len(files))
	}
	input, err := json.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "compare.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = folder, bytes.NewReader(input), t.Output()
	out, err := cmd.Output()
	var faults []string
	if err != nil || json.Unmarshal(out, &faults) != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}

// editedFiles lays the files of all hosts out in one of several ways, and installs.
func editedFiles(t *testing.T, round int) []editedFile {
	t.Helper()
	home := t.TempDir()
	var files []editedFile
	var paths []string
	for _, h := range hostfile.All() {
		layouts := hostLayouts()[string(h.Format)]
		f := editedFile{Host: h.Name, Format: string(h.Format), Path: []string{keyOf(h.Name)}, Name: "airbyte"}
		empty := "{}"
		if h.Name == "continue" {
			f.By, empty = "name", "[]"
		}
		f.Before = strings.NewReplacer("KEY", keyOf(h.Name), "EMPTY", empty).Replace(layouts[round%len(layouts)])
		path, err := h.File(hostfile.Machine{OS: runtime.GOOS, Home: home}, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.Before), 0o600); err != nil {
			t.Fatal(err)
		}
		files, paths = append(files, f), append(paths, path)
	}
	runInHome(t, home, "install", "--sandbox", "--yes", "--no-start")
	for i, path := range paths {
		files[i].After = readText(t, path)
	}
	runInHome(t, home, "install", "--remove", "--yes")
	for i, path := range paths {
		got, want := readText(t, path), files[i].Before
		if got != want && len(strings.Fields(want)) > 1 && strings.Contains(want, `"other"`) {
			t.Errorf("%s: after --remove there is\n%q\nwas\n%q", files[i].Host, got, want)
		}
		if strings.Contains(got, "airbyte-mcp-server") {
			t.Errorf("%s: after --remove there is\n%s", files[i].Host, got)
		}
	}
	return files
}

func runInHome(t *testing.T, home string, args ...string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir, cmd.Env = home, []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v: %s", args, err, out)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
