package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "7d38512f04aa5d2945bfd4af713236fe552b6300"}
	changed := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	clean := debug.BuildSetting{Key: "vcs.modified", Value: "false"}
	for _, tt := range []struct {
		name, module, want string
		settings           []debug.BuildSetting
	}{
		{"tag", "v1.2.0", "1.2.0", []debug.BuildSetting{commit, clean}},
		{"installed by go install", "v1.2.0", "1.2.0", nil},
		{"another tag", "v1.1.0", "1.2.0+7d38512f04aa", []debug.BuildSetting{commit, clean}},
		{"commit after a tag", "v1.2.1-0.20261130120000-7d38512f04aa", "1.2.0+7d38512f04aa", []debug.BuildSetting{commit, clean}},
		{"changed files", "v1.2.0+dirty", "1.2.0+7d38512f04aa.modified", []debug.BuildSetting{commit, changed}},
		{"no repository", "(devel)", "1.2.0", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			info := &debug.BuildInfo{Main: debug.Module{Version: tt.module}, Settings: tt.settings}
			if got := versionOf("1.2.0", info); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
