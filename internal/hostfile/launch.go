package hostfile

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Launch is how a host should start a program that is at a path now: the command, and
// arguments before all others. Paths with a version in them vanish with the next one, so
// where a package manager has put the program, the path is its lasting one.
func Launch(executable string, m Machine) (command string, before []string) {
	slashed := filepath.ToSlash(executable)
	if strings.Contains(slashed, "/_npx/") {
		if npx := m.lookPath("npx"); npx != "" {
			return npx, []string{"-y", program}
		}
	}
	name := slashed[strings.LastIndexByte(slashed, '/')+1:]
	for _, candidate := range append(lasting(slashed), m.lookPath(strings.TrimSuffix(name, ".exe"))) {
		if candidate != "" && isSame(candidate, executable) {
			return filepath.FromSlash(candidate), nil
		}
	}
	return executable, nil
}

// lasting are the links that package managers keep at their newest version.
func lasting(path string) []string {
	var list []string
	if root, rest, ok := strings.Cut(path, "/Cellar/"); ok { // Homebrew: Cellar/NAME/VERSION/bin/NAME
		parts := strings.Split(rest, "/")
		list = append(list, root+"/bin/"+parts[len(parts)-1], root+"/opt/"+parts[0]+"/bin/"+parts[len(parts)-1])
	}
	if root, rest, ok := strings.Cut(path, "/scoop/apps/"); ok { // Scoop: apps/NAME/VERSION/NAME.exe
		if parts := strings.SplitN(rest, "/", 3); len(parts) == 3 {
			list = append(list, root+"/scoop/apps/"+parts[0]+"/current/"+parts[2])
		}
	}
	return list
}

// IsPassing reports whether a program is where it will not stay: it was built for one run.
func IsPassing(executable string) bool {
	slashed := filepath.ToSlash(executable)
	return strings.Contains(slashed, "/go-build") && strings.Contains(slashed, "/exe/")
}

func isSame(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// lookPath finds a program among the folders of PATH; "" if it is not there.
func (m Machine) lookPath(name string) string {
	endings := []string{""}
	if m.OS == "windows" {
		endings = []string{".exe", ".cmd"}
	}
	for _, folder := range filepath.SplitList(m.variable("PATH", "")) {
		for _, ending := range endings {
			path := filepath.Join(folder, name+ending)
			if filepath.IsAbs(path) && isExecutable(path) {
				return path
			}
		}
	}
	return ""
}

// isExecutable reports whether a path is a program. Windows does not say so in the mode.
func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode().Perm()&0o111 != 0)
}

// Program is the file that a host would start for a command, and whether it is one.
func Program(command string, m Machine) (path string, ok bool) {
	path = command
	if !strings.ContainsAny(command, `/\`) {
		path = m.lookPath(command)
	}
	return path, path != "" && isExecutable(path)
}

// Environment is what a host passes on of its own environment to a server, besides what its
// file sets: what the SDKs of the protocol pass on.
func (m Machine) Environment(file map[string]string) []string {
	names := []string{"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"}
	if m.OS == "windows" {
		names = []string{
			"APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PROCESSOR_ARCHITECTURE", "PROGRAMFILES", "SYSTEMDRIVE",
			"SYSTEMROOT", "TEMP", "USERNAME", "USERPROFILE",
		}
	}
	var list []string
	for _, name := range names {
		if value := m.variable(name, ""); value != "" {
			list = append(list, name+"="+value)
		}
	}
	for name, value := range file {
		list = append(list, name+"="+value)
	}
	return list
}
