package packaging

import "path"

// bundle is a bundle for Claude Desktop and hosts like it. Its manifest cannot tell processors apart, so there is one for
// each system: macOS has one program for both processors, Linux two programs, and Windows on ARM runs the other's.
type bundle struct {
	Project  *Project
	Platform string // as Node names it
	Command  string
	Args     []string
	Entry    string
	names    []string // of the programs in the folder server
	paths    []string // of the programs on this machine
}

// BundleFile is the name of the bundle for a system, as Node names it.
func (p *Project) BundleFile(platform string) string {
	return p.Name + "_" + p.Version + "_" + platform + ".mcpb"
}

func (r *Release) bundles() []*bundle {
	name, amd64, arm64 := r.Project.Name, "amd64", "arm64"
	shell := func(platform string, names, paths []string) *bundle {
		return &bundle{
			Project: r.Project, Platform: platform, Entry: "server/start.sh", Command: "/bin/sh",
			Args: []string{"${__dirname}/server/start.sh", "serve"}, names: names, paths: paths,
		}
	}
	windows := Target{"windows", amd64}
	entry := "server/" + windows.Program(name)
	return []*bundle{
		shell("darwin", []string{name}, []string{r.Fat}),
		shell("linux", []string{name + "-" + amd64, name + "-" + arm64},
			[]string{r.Programs[Target{"linux", amd64}], r.Programs[Target{"linux", arm64}]}),
		{
			Project: r.Project, Platform: windows.NodeOS(), Entry: entry, Command: "${__dirname}/" + entry,
			Args: []string{"serve"}, names: []string{path.Base(entry)}, paths: []string{r.Programs[windows]},
		},
	}
}

func (r *Release) writeBundles() error {
	for _, b := range r.bundles() {
		files, err := r.bundleFiles(b)
		if err != nil {
			return err
		}
		data, err := zipped(files, r.Time)
		if err != nil {
			return err
		}
		if err := r.save(r.Project.BundleFile(b.Platform), data); err != nil {
			return err
		}
	}
	return nil
}

func (r *Release) bundleFiles(b *bundle) ([]File, error) {
	manifest, err := render("bundle/manifest.json", b)
	if err != nil {
		return nil, err
	}
	icon, err := asset("icon.png", "icon.png")
	if err != nil {
		return nil, err
	}
	files := []File{{"manifest.json", 0o644, manifest}, icon}
	if b.Command == "/bin/sh" {
		start, err := render("bundle/start.sh", r)
		if err != nil {
			return nil, err
		}
		files = append(files, File{b.Entry, 0o755, start})
	}
	for i, name := range b.names {
		binary, err := program("server/"+name, b.paths[i])
		if err != nil {
			return nil, err
		}
		files = append(files, binary)
	}
	common, err := r.common()
	return append(files, common...), err
}
