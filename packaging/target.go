package packaging

// Target is a system and a processor, as Go names them.
type Target struct{ OS, Arch string }

// Targets are what the program is released for.
func Targets() []Target {
	return []Target{
		{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
	}
}

func (t Target) String() string { return t.OS + "/" + t.Arch }

// Program is the name of the program's file.
func (t Target) Program(name string) string {
	if t.OS == "windows" {
		return name + ".exe"
	}
	return name
}

// NodeOS is the system as Node names it.
func (t Target) NodeOS() string {
	if t.OS == "windows" {
		return "win32"
	}
	return t.OS
}

// NodeCPU is the processor as Node names it.
func (t Target) NodeCPU() string {
	if t.Arch == "amd64" {
		return "x64"
	}
	return t.Arch
}
