package packaging

import "strings"

// NodePackage is the name of the package that has the program for a target.
func (p *Project) NodePackage(t Target) string { return p.NPM + "-" + t.NodeOS() + "-" + t.NodeCPU() }

// NodeArguments start the server by npx, with the package of this version.
func (p *Project) NodeArguments() []string { return []string{"-y", p.NPM + "@" + p.Version, "serve"} }

// nodeFile is the name of a package's tarball, which npm pack would give it.
func nodeFile(name, version string) string {
	return strings.ReplaceAll(strings.TrimPrefix(name, "@"), "/", "-") + "-" + version + ".tgz"
}

// writeNode writes a package with the command, and one with the program for each target, of which npm installs the one
// that fits.
func (r *Release) writeNode() error {
	files, err := r.nodeCommand()
	if err != nil {
		return err
	}
	if err := r.saveNode(r.Project.NPM, files); err != nil {
		return err
	}
	for _, t := range Targets() {
		files, err := r.nodeProgram(t)
		if err != nil {
			return err
		}
		if err := r.saveNode(r.Project.NodePackage(t), files); err != nil {
			return err
		}
	}
	return nil
}

func (r *Release) nodeCommand() ([]File, error) {
	files, err := tree("npm", r.Project)
	if err != nil {
		return nil, err
	}
	for i := range files {
		if files[i].Name == "run.js" {
			files[i].Mode = 0o755
		}
	}
	common, err := r.common()
	return append(files, common...), err
}

func (r *Release) nodeProgram(t Target) ([]File, error) {
	files, err := tree("npm-platform", struct {
		Project *Project
		Target  Target
	}{r.Project, t})
	if err != nil {
		return nil, err
	}
	binary, err := program("bin/"+t.Program(r.Project.Name), r.Programs[t])
	if err != nil {
		return nil, err
	}
	common, err := r.common()
	return append(append(files, binary), common...), err
}

func (r *Release) saveNode(name string, files []File) error {
	data, err := tarball(under("package", files), r.Time)
	if err != nil {
		return err
	}
	return r.save(nodeFile(name, r.Project.Version), data)
}
