package packaging

import (
	"strings"
)

// download is a file of the release, as manifests name it.
type download struct{ Block, URL, Sum string }

// variable is a setting as the registry of MCP servers describes it.
type variable struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Format      string `json:"format,omitempty"`
	IsSecret    bool   `json:"isSecret,omitempty"`
}

// writeManifests writes what tells others where the packages are, and their sums.
func (r *Release) writeManifests() error {
	server, err := r.serverManifest()
	if err != nil {
		return err
	}
	formula, err := r.formula()
	if err != nil {
		return err
	}
	scoop, err := r.scoop()
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{"server.json": server, r.Project.Name + ".rb": formula, r.Project.Name + ".json": scoop} {
		if err := r.save(name, data); err != nil {
			return err
		}
	}
	return nil
}

// download describes a file that has been written.
func (r *Release) download(block, name string) (download, error) {
	sum, err := r.sum(name)
	return download{block, r.Project.Download(name), sum}, err
}

// serverManifest is the entry of the registry of MCP servers.
func (r *Release) serverManifest() ([]byte, error) {
	var variables []variable
	for _, s := range r.Project.Settings {
		format := s.Type
		if format == "string" {
			format = "" // the registry's default
		}
		variables = append(variables, variable{s.Env, s.Description, format, s.Sensitive})
	}
	var bundles []download
	for _, b := range r.bundles() {
		d, err := r.download("", r.Project.BundleFile(b.Platform))
		if err != nil {
			return nil, err
		}
		bundles = append(bundles, d)
	}
	return render("manifests/server.json", struct {
		Project   *Project
		Variables []variable
		Bundles   []download
	}{r.Project, variables, bundles})
}

// formula is the Homebrew formula.
func (r *Release) formula() ([]byte, error) {
	type system struct {
		Block    string
		Archives []download
	}
	var systems []system
	for _, s := range []struct{ block, os string }{{"on_macos", "darwin"}, {"on_linux", "linux"}} {
		made := system{Block: s.block}
		for _, c := range []struct{ block, arch string }{{"on_arm", "arm64"}, {"on_intel", "amd64"}} {
			d, err := r.download(c.block, r.Project.Archive(Target{s.os, c.arch}))
			if err != nil {
				return nil, err
			}
			made.Archives = append(made.Archives, d)
		}
		systems = append(systems, made)
	}
	var class strings.Builder
	for word := range strings.SplitSeq(r.Project.Name, "-") {
		class.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	summary, _, _ := strings.Cut(r.Project.Summary, ".") // one sentence, without its full stop
	return render("manifests/formula.rb", struct {
		Project        *Project
		Class, Summary string
		Systems        []system
	}{r.Project, class.String(), summary, systems})
}

// scoop is the Scoop manifest.
func (r *Release) scoop() ([]byte, error) {
	amd64, err := r.download("", r.Project.Archive(Target{"windows", "amd64"}))
	if err != nil {
		return nil, err
	}
	arm64, err := r.download("", r.Project.Archive(Target{"windows", "arm64"}))
	if err != nil {
		return nil, err
	}
	return render("manifests/scoop.json", struct {
		Project      *Project
		AMD64, ARM64 download
	}{r.Project, amd64, arm64})
}
