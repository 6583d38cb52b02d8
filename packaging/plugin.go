package packaging

// plugins are the folders for hosts that have plugins: what a plugin's files stand under, and where its icon goes.
func plugins() []struct{ host, folder, icon string } {
	return []struct{ host, folder, icon string }{
		{"claude", "plugin/", ""},
		{"codex", "plugin/", "icon.png"},
		{"cursor", "", "icon.svg"},
	}
}

// PluginFile is the name of the archive with a host's plugin.
func (p *Project) PluginFile(host string) string {
	return p.Name + "_" + p.Version + "_" + host + "_plugin.zip"
}

func (r *Release) writePlugins() error {
	for _, p := range plugins() {
		files, err := r.pluginFiles(p.host, p.folder, p.icon)
		if err != nil {
			return err
		}
		data, err := zipped(under(r.Project.Name, files), r.Time)
		if err != nil {
			return err
		}
		if err := r.save(r.Project.PluginFile(p.host), data); err != nil {
			return err
		}
	}
	return r.writeGemini()
}

func (r *Release) pluginFiles(host, folder, icon string) ([]File, error) {
	files, err := tree("plugins/"+host, r.Project)
	if err != nil {
		return nil, err
	}
	skill, err := asset("skill.md", folder+"skills/airbyte/SKILL.md")
	if err != nil {
		return nil, err
	}
	files = append(files, skill)
	if icon != "" {
		picture, err := asset(icon, folder+icon)
		if err != nil {
			return nil, err
		}
		files = append(files, picture)
	}
	license, err := r.common()
	return append(files, license[:1]...), err
}

// GeminiFile is the name of the extension for a system, as Node names it: Gemini CLI looks for its own system's name at
// the beginning.
func (p *Project) GeminiFile(platform string) string { return platform + "." + p.Name + ".tar.gz" }

func (r *Release) writeGemini() error {
	files, err := tree("gemini", r.Project)
	if err != nil {
		return err
	}
	skill, err := asset("skill.md", "skills/airbyte/SKILL.md")
	if err != nil {
		return err
	}
	license, err := r.common()
	if err != nil {
		return err
	}
	data, err := tarball(append(files, skill, license[0]), r.Time)
	if err != nil {
		return err
	}
	for _, platform := range []string{"darwin", "linux", "win32"} {
		if err := r.save(r.Project.GeminiFile(platform), data); err != nil {
			return err
		}
	}
	return nil
}
