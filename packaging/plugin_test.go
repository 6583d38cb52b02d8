package packaging_test

import (
	"path"
	"slices"
	"strings"
	"testing"
)

type hostServer struct {
	Command string
	Args    []string
	Env     map[string]string
	EnvVars []string `json:"env_vars"`
}

type pluginManifest struct {
	Name, Version string
	Logo          string
	Skills        string
	MCPServers    any
	UserConfig    map[string]struct{ Default any }
	Interface     struct{ Logo, ComposerIcon string }
}

// TestPlugins holds each host's plugin to its files, and all of them to one version and skill.
func TestPlugins(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	for _, c := range []struct{ host, folder, manifest, servers, market string }{
		{"claude", "/plugin/", ".claude-plugin/plugin.json", ".claude-plugin/plugin.json", "/.claude-plugin/marketplace.json"},
		{"codex", "/plugin/", ".codex-plugin/plugin.json", ".mcp.json", "/.agents/plugins/marketplace.json"},
		{"cursor", "/", ".cursor-plugin/plugin.json", "mcp.json", ""},
	} {
		files := unpack(t, out, p.PluginFile(c.host))
		folder := p.Name + c.folder
		m := parse[pluginManifest](t, files[folder+c.manifest].text)
		if m.Name != p.Name || m.Version != p.Version {
			t.Errorf("%s: %s %s", c.host, m.Name, m.Version)
		}
		skill := files[folder+"skills/airbyte/SKILL.md"].text
		if !strings.HasPrefix(skill, "---\nname: airbyte\ndescription: ") || strings.Count(skill, "\n") > 60 {
			t.Errorf("%s: the skill is\n%s", c.host, skill)
		}
		for _, name := range []string{m.Logo, m.Interface.Logo, m.Interface.ComposerIcon} {
			if _, found := files[path.Join(folder, name)]; name != "" && !found {
				t.Errorf("%s: %s is not there", c.host, name)
			}
		}
		servers := parse[struct{ MCPServers map[string]hostServer }](t, files[folder+c.servers].text).MCPServers
		if server := servers["airbyte"]; server.Command != "npx" || !slices.Equal(server.Args, p.NodeArguments()) {
			t.Errorf("%s starts %+v", c.host, server)
		}
		if c.market != "" && !strings.Contains(files[p.Name+c.market].text, `"./plugin"`) {
			t.Errorf("%s: the marketplace does not lead to the plugin", c.host)
		}
	}
}

// TestPluginSettings proves that each host hands on all settings that it asks for, or can pass on.
func TestPluginSettings(t *testing.T) {
	t.Parallel()
	p, out := project(t), write(t)
	claude := unpack(t, out, p.PluginFile("claude"))[p.Name+"/plugin/.claude-plugin/plugin.json"].text
	m := parse[pluginManifest](t, claude)
	env := parse[struct{ MCPServers map[string]hostServer }](t, claude).MCPServers["airbyte"].Env
	codex := unpack(t, out, p.PluginFile("codex"))[p.Name+"/plugin/.mcp.json"].text
	passed := parse[struct{ MCPServers map[string]hostServer }](t, codex).MCPServers["airbyte"].EnvVars
	gemini := parse[struct {
		Version  string
		Settings []struct {
			EnvVar    string
			Sensitive bool
		}
	}](t, unpack(t, out, p.GeminiFile("linux"))["gemini-extension.json"].text)
	if gemini.Version != p.Version || len(gemini.Settings) != len(p.Settings) {
		t.Fatalf("Gemini's extension is %+v", gemini)
	}
	for i, s := range p.Settings {
		if env[s.Env] != "${user_config."+s.Key+"}" || m.UserConfig[s.Key].Default == nil {
			t.Errorf("Claude Code hands on %s as %q, by default %v", s.Env, env[s.Env], m.UserConfig[s.Key].Default)
		}
		if !slices.Contains(passed, s.Env) {
			t.Errorf("Codex does not hand on %s", s.Env)
		}
		if gemini.Settings[i].EnvVar != s.Env || gemini.Settings[i].Sensitive != s.Sensitive {
			t.Errorf("Gemini CLI has %+v for %s", gemini.Settings[i], s.Env)
		}
	}
}
