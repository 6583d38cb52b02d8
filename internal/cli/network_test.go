package cli

import (
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestPagesOnTheNetwork are those with an address that is not this machine.
func TestPagesOnTheNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080": false, "http://[::1]:8080": false, "http://localhost": false,
		"https://tools.example": true, "http://10.0.0.1:80": true, "http://0.0.0.0:80": true, "://": true, "": true,
	} {
		if got := (forms{address: func() string { return address }}).isOnNetwork(); got != want {
			t.Errorf("%q is on the network: %t, want %t", address, got, want)
		}
	}
	if (forms{}).isOnNetwork() {
		t.Error("pages of this machine are on the network")
	}
}

// device is an output that is a terminal, or cannot be asked.
type device struct {
	strings.Builder

	mode fs.FileMode
	err  error
}

type deviceInfo struct {
	fs.FileInfo

	mode fs.FileMode
}

func (i deviceInfo) Mode() fs.FileMode { return i.mode }

func (d *device) Stat() (fs.FileInfo, error) { return deviceInfo{mode: d.mode}, d.err }

func TestSymbolsAreForTerminalsThatKnowThem(t *testing.T) {
	t.Parallel()
	terminal := &device{mode: fs.ModeDevice | fs.ModeCharDevice}
	for _, test := range []struct {
		out  *device
		vars map[string]string
		want bool
	}{
		{terminal, map[string]string{"LANG": "de_DE.UTF-8"}, true}, {terminal, map[string]string{"LANG": "en_US.utf8"}, true},
		{terminal, map[string]string{"LANG": "C"}, false}, {terminal, nil, false},
		{terminal, map[string]string{"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, false},
		{terminal, map[string]string{"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, true},
		{&device{mode: 0}, map[string]string{"LANG": "de_DE.UTF-8"}, false},
		{&device{mode: fs.ModeCharDevice, err: os.ErrClosed}, map[string]string{"LANG": "de_DE.UTF-8"}, false},
	} {
		a := &app{Process: Process{Stdout: test.out, LookupEnv: func(name string) (string, bool) {
			v, ok := test.vars[name]
			return v, ok
		}}}
		if got := a.showsSymbols(); got != test.want {
			t.Errorf("%v with %v shows symbols: %t, want %t", test.out.mode, test.vars, got, test.want)
		}
	}
	if (&app{Process: Process{Stdout: &strings.Builder{}}}).showsSymbols() {
		t.Error("a text is no terminal")
	}
}

func TestIndent(t *testing.T) {
	t.Parallel()
	if indent([]byte(`{"a":1}`)) != "{\n  \"a\": 1\n}" || indent([]byte(`no JSON`)) != "no JSON" {
		t.Errorf("got %q and %q", indent([]byte(`{"a":1}`)), indent([]byte(`no JSON`)))
	}
}
