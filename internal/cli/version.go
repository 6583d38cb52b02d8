package cli

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(a *app) error {
	_, err := fmt.Fprintln(a.Stdout, "airbyte-mcp-server", a.version())
	return err
}

// version is what the program calls itself everywhere: to users, hosts, the API and
// telemetry.
func (p Process) version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(p.Version, info)
}

// versionOf is the release alone if the build is of its tag or does not know its commit,
// as in an image; else the release with the commit as build metadata: 1.2.0+7d38512f04aa.
func versionOf(release string, info *debug.BuildInfo) string {
	if info.Main.Version == "v"+release {
		return release
	}
	var revision, changed string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = "+" + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ".modified"
		}
	}
	if revision == "" {
		return release
	}
	return release + revision + changed
}
