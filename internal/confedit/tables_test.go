package confedit_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/confedit"
)

const tomlFile = `# my settings
model = "gpt" # the good one

[mcp_servers.docs] # keep
command = 'docs'
note = """
[mcp_servers.x]
"""

# ours
[mcp_servers.x]
command = "/old" # by hand
args = [
  "serve", # all
]
startup_timeout_sec = 20

[mcp_servers.x.tools.search]
approval_mode = "approve"

# profiles follow
[profiles.a]
model = "o"
`

// TestTOML changes tables whose text only looks alike.
func TestTOML(t *testing.T) {
	t.Parallel()
	path := confedit.Keys("mcp_servers", "x")
	appended := "[mcp_servers.x]\ncommand = \"/bin/x\"\nargs = [\"serve\", \"--a=b c\"]\nenv = { K = \"v\" }\n"
	for name, tt := range map[string]struct {
		before, want string
		edit         func(*confedit.Document) error
	}{
		"nothing": {"", appended, func(d *confedit.Document) error { return d.Set(path, entry()) }},
		"others": {"a = 1\n[mcp_servers.y]\nurl = 'u'", "a = 1\n[mcp_servers.y]\nurl = 'u'\n\n" + appended,
			func(d *confedit.Document) error { return d.Set(path, entry()) }},
		"header of all": {"[mcp_servers]\n", "[mcp_servers]\n\n" + appended,
			func(d *confedit.Document) error { return d.Set(path, entry()) }},
		"one value": {tomlFile, strings.Replace(tomlFile, `"/old"`, `"/new"`, 1),
			func(d *confedit.Document) error {
				return d.Set(path.Then(confedit.Step{Name: "command"}), "/new")
			}},
		"a list": {tomlFile, strings.Replace(tomlFile, "[\n  \"serve\", # all\n]", `["serve", "--sandbox"]`, 1),
			func(d *confedit.Document) error {
				return d.Set(path.Then(confedit.Step{Name: "args"}), []string{"serve", "--sandbox"})
			}},
		"a new value": {tomlFile, strings.Replace(tomlFile, "sec = 20\n", "sec = 20\nenv = { K = \"C:\\\\x\" }\n", 1),
			func(d *confedit.Document) error {
				return d.Set(path.Then(confedit.Step{Name: "env"}), confedit.Object{{"K", `C:\x`}})
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := edited(t, confedit.TOML, tt.before, tt.edit); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			dos := edited(t, confedit.TOML, strings.ReplaceAll(tt.before, "\n", "\r\n"), tt.edit)
			if strings.Contains(tt.before, "\n") && dos != strings.ReplaceAll(tt.want, "\n", "\r\n") {
				t.Errorf("with the ends of lines of Windows: got %q", dos)
			}
		})
	}
}

// TestTOMLTables takes away, and changes what is in tables of two kinds.
func TestTOMLTables(t *testing.T) {
	t.Parallel()
	path := confedit.Keys("mcp_servers", "x")
	appended := "[mcp_servers.x]\ncommand = \"/bin/x\"\nargs = [\"serve\", \"--a=b c\"]\nenv = { K = \"v\" }\n"
	for name, tt := range map[string]struct {
		before, want string
		edit         func(*confedit.Document) error
	}{
		"one value removed": {tomlFile, strings.Replace(tomlFile, "startup_timeout_sec = 20\n", "", 1),
			func(d *confedit.Document) error {
				return d.Remove(path.Then(confedit.Step{Name: "startup_timeout_sec"}))
			}},
		"removed": {tomlFile, upTo(tomlFile, "[mcp_servers.x]\ncommand") + from(tomlFile, "\n# profiles"),
			func(d *confedit.Document) error { return d.Remove(path) }},
		"the only one removed": {appended, "", func(d *confedit.Document) error { return d.Remove(path) }},
		"in brackets": {"[mcp_servers.x]\nenv = {A = \"1\"} # e\n", "[mcp_servers.x]\nenv = { K = \"v\" } # e\n",
			func(d *confedit.Document) error {
				return d.Set(path.Then(confedit.Step{Name: "env"}), confedit.Object{{"K", "v"}})
			}},
		"a table of its own": {"[mcp_servers.x.env]\nA = \"1\"\nB = \"2\" # b\n", "[mcp_servers.x.env]\nB = \"3\" # b\n",
			func(d *confedit.Document) error {
				return d.Set(path.Then(confedit.Step{Name: "env"}), confedit.Object{{"B", "3"}})
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := edited(t, confedit.TOML, tt.before, tt.edit); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			dos := edited(t, confedit.TOML, strings.ReplaceAll(tt.before, "\n", "\r\n"), tt.edit)
			if strings.Contains(tt.before, "\n") && dos != strings.ReplaceAll(tt.want, "\n", "\r\n") {
				t.Errorf("with the ends of lines of Windows: got %q", dos)
			}
		})
	}
}

const yamlFile = `# mine
GOOSE_MODE: auto   # careful
extensions:
  developer:
    enabled: true
    type: builtin

  # the airbyte one
  x:
    type: stdio
    cmd: /old # by hand
    args:
    - serve
    timeout: 300
    envs: {}

  # after it
  memory:
    enabled: false
prompt: |
  extensions:
    x: 1

  # not a comment
`

// TestYAML changes maps and lists of maps.
func TestYAML(t *testing.T) {
	t.Parallel()
	path := confedit.Keys("extensions", "x")
	block := "  x:\n    command: /bin/x\n    args:\n      - serve\n      - \"--a=b c\"\n    env:\n      K: v\n"
	set := func(d *confedit.Document) error { return d.Set(path, entry()) }
	for name, tt := range map[string]struct {
		before, want string
		edit         func(*confedit.Document) error
	}{
		"nothing":       {"", "extensions:\n" + block, set},
		"comments":      {"# only\n", "# only\nextensions:\n" + block, set},
		"others":        {"a: 1", "a: 1\nextensions:\n" + block, set},
		"null":          {"extensions: # none\na: 1\n", "extensions: # none\n" + block + "a: 1\n", set},
		"empty":         {"extensions: {} # none\na: 1\n", "extensions: # none\n" + block + "a: 1\n", set},
		"in the middle": {"extensions:\n  y:\n    a: 1\n\n# b\nb: 2\n", "extensions:\n  y:\n    a: 1\n" + block + "\n# b\nb: 2\n", set},
		"four spaces": {"extensions:\n    y:\n        a: 1\n", "extensions:\n    y:\n        a: 1\n    x:\n      command: c\n",
			func(d *confedit.Document) error { return d.Set(path, confedit.Object{{"command", "c"}}) }},
		"braces": {"extensions: {y: {a: 1}} # b\n", "extensions: {\"x\": {\"command\": \"c\"}, y: {a: 1}} # b\n",
			func(d *confedit.Document) error { return d.Set(path, confedit.Object{{"command", "c"}}) }},
		"one value": {yamlFile, strings.Replace(yamlFile, "/old #", "/new #", 1),
			func(d *confedit.Document) error { return d.Set(path.Then(confedit.Step{Name: "cmd"}), "/new") }},
		"a list": {yamlFile, strings.Replace(yamlFile, "    - serve\n", "      - serve\n      - --sandbox\n", 1),
			func(d *confedit.Document) error {
				return d.Set(path.Then(confedit.Step{Name: "args"}), []string{"serve", "--sandbox"})
			}},
		"into braces that hold nothing": {yamlFile, strings.Replace(yamlFile, "envs: {}", "envs:\n      A: \"1\"", 1),
			func(d *confedit.Document) error {
				return d.Set(path.Then(confedit.Step{Name: "envs"}), confedit.Object{{"A", "1"}})
			}},
		"removed": {yamlFile, upTo(yamlFile, "  x:\n    type") + from(yamlFile, "\n  # after"),
			func(d *confedit.Document) error { return d.Remove(path) }},
		"the only one removed": {"extensions: # all\n  x:\n    a: 1\nb: 2\n", "extensions: {} # all\nb: 2\n",
			func(d *confedit.Document) error { return d.Remove(path) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := edited(t, confedit.YAML, tt.before, tt.edit); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestYAMLItems changes items of a list, which have names.
func TestYAMLItems(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before, want string
		edit         func(*confedit.Document) error
	}{
		"an item": {"mcpServers:\n  - name: y\n    url: u\n# c\n", "mcpServers:\n  - name: y\n    url: u\n  - name: x\n    url: v\n# c\n",
			func(d *confedit.Document) error { return d.Set(item(), confedit.Object{{"name", "x"}, {"url", "v"}}) }},
		"an item at the margin": {"mcpServers:\n- name: y\na: 1\n", "mcpServers:\n- name: y\n- name: x\na: 1\n",
			func(d *confedit.Document) error { return d.Set(item(), confedit.Object{{"name", "x"}}) }},
		"a first item": {"name: a\nmcpServers: []\n", "name: a\nmcpServers:\n  - name: x\n    args:\n      - a\n",
			func(d *confedit.Document) error {
				return d.Set(item(), confedit.Object{{"name", "x"}, {"args", []string{"a"}}})
			}},
		"a value of an item": {"mcpServers:\n  - url: u # c\n    name: x\n", "mcpServers:\n  - url: v # c\n    name: x\n",
			func(d *confedit.Document) error { return d.Set(item().Then(confedit.Step{Name: "url"}), "v") }},
		"the first value of an item removed": {"mcpServers:\n  - url: u\n    name: x\n", "mcpServers:\n  - name: x\n",
			func(d *confedit.Document) error { return d.Remove(item().Then(confedit.Step{Name: "url"})) }},
		"an item removed": {"mcpServers:\n  - name: x\n    a: 1\n  # y\n  - name: y\n", "mcpServers:\n  # y\n  - name: y\n",
			func(d *confedit.Document) error { return d.Remove(item()) }},
		"the only item removed": {"mcpServers:\n  - name: x\n    a: 1\n", "mcpServers: []\n",
			func(d *confedit.Document) error { return d.Remove(item()) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := edited(t, confedit.YAML, tt.before, tt.edit); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// upTo and from are the parts of a text before something and from there on.
func upTo(text, mark string) string {
	before, _, _ := strings.Cut(text, mark)
	return before
}

func from(text, mark string) string { return text[len(upTo(text, mark)):] }

func item() confedit.Path {
	return confedit.Keys("mcpServers").Then(confedit.Step{Name: "x", By: "name"})
}

// TestRefusals leaves alone what cannot be changed without touching other things.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		format confedit.Format
		text   string
		path   confedit.Path
		value  any
	}{
		{confedit.TOML, "a = 1\nmcp_servers = { y = { command = \"c\" } }\n", confedit.Keys("mcp_servers", "x"), entry()},
		{confedit.TOML, "a = 1\n[mcp_servers]\nx = 1\n", confedit.Keys("mcp_servers", "x", "command"), "c"},
		{confedit.YAML, "base: &b\n  y: 1\nextensions: *b\n", confedit.Keys("extensions", "x"), entry()},
		{confedit.YAML, "a: 1\rb: 2\n", confedit.Keys("extensions", "x"), entry()},
		{confedit.YAML, "a: 1\nextensions: text\n", confedit.Keys("extensions", "x"), entry()},
		{confedit.YAML, "a: 1\nextensions: {x: {cmd: old}}\n", confedit.Keys("extensions", "x", "cmd"), "new"},
		{confedit.JSON, "{\n  \"m\": []\n}", confedit.Keys("m", "x"), entry()},
		{confedit.JSON, "{\n  \"m\": \"text\"\n}", confedit.Keys("m", "x"), entry()},
	} {
		d, err := confedit.Parse(tt.format, []byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Set(tt.path, tt.value); err == nil || !strings.Contains(err.Error(), ": ") {
			t.Errorf("%q: got %v and\n%s", tt.text, err, d.Bytes())
		}
		if string(d.Bytes()) != tt.text {
			t.Errorf("%q was changed to %q", tt.text, d.Bytes())
		}
	}
}
