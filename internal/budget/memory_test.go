package budget_test

import (
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/internal/budget"
)

func TestMemoryIsHalfOfTheControlGroupsLimit(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  int64
	}{
		"none":         {fstest.MapFS{}, budget.DefaultMemory},
		"version 2":    {fstest.MapFS{"sys/fs/cgroup/memory.max": file("536870912")}, 256 << 20},
		"unlimited":    {fstest.MapFS{"sys/fs/cgroup/memory.max": file("max")}, budget.DefaultMemory},
		"version 1":    {fstest.MapFS{"sys/fs/cgroup/memory/memory.limit_in_bytes": file("268435456")}, 128 << 20},
		"no limit, v1": {fstest.MapFS{"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712")}, budget.DefaultMemory},
		"a group within a group": {fstest.MapFS{
			"proc/self/cgroup":                                file("0::/user.slice/app.service"),
			"sys/fs/cgroup/user.slice/memory.max":             file("1073741824"),
			"sys/fs/cgroup/user.slice/app.service/memory.max": file("max"),
		}, 512 << 20},
		"a group of version 1": {fstest.MapFS{
			"proc/self/cgroup": file("5:cpu:/other\n4:memory:/docker/abc"),
			"sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": file("104857600"),
			"sys/fs/cgroup/memory/other/memory.limit_in_bytes":      file("1048576"),
		}, 50 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := budget.FromSystem(c.files); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestMemoryPartsAreWithinTheTotal(t *testing.T) {
	t.Parallel()
	for _, several := range []bool{false, true} {
		m := budget.NewMemory(256<<20, several)
		sum := m.Kept + m.Bodies.Use().Size + m.Upstream.Use().Size + m.Answers.Use().Size
		if sum > m.Total || m.GoLimit() >= m.Total {
			t.Errorf("the parts are %d and the Go limit %d of %d", sum, m.GoLimit(), m.Total)
		}
		want := m.Upstream.Use().Size
		if several {
			want /= 2
		}
		if got := m.Upstream.Share(); got != want {
			t.Errorf("several callers %v: a share of %d, want %d", several, got, want)
		}
	}
}
