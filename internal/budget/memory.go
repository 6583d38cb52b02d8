package budget

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// DefaultMemory is the memory budget where the system sets no limit.
const DefaultMemory = 256 << 20

// Memory is the memory budget of a process, in parts. A request takes from Bodies first,
// then from Upstream, then from Answers: since nothing is taken in another order, no two
// requests wait for each other.
type Memory struct {
	Total    int64
	Bodies   *Pool // messages of clients, from before they are read until they are answered
	Upstream *Pool // answers of the API, until the call that asked has been answered
	Answers  *Pool // answers to clients, until they are written
	Kept     int64 // results that are kept in memory for later
}

// NewMemory divides a budget. Of several callers each may hold a half of each part.
func NewMemory(total int64, severalCallers bool) *Memory {
	part := func(size int64) *Pool {
		if severalCallers {
			return New(size, size/2)
		}
		return New(size, size)
	}
	return &Memory{Total: total, Bodies: part(total / 8), Upstream: part(total / 2), Answers: part(total / 4), Kept: total / 8}
}

// GoLimit is what the Go runtime may use under the budget. The program's code and the
// kernel's share of the process take the rest.
func (m *Memory) GoLimit() int64 { return m.Total / 4 * 3 }

// unlimited is more than any machine has: version 1 of control groups says "no limit" so.
const unlimited = 1 << 50

// FromSystem is half of the memory limit of the process's control group (version 2 or 1),
// read from the system's root folder, or DefaultMemory where there is none.
func FromSystem(root fs.FS) int64 {
	limit := int64(unlimited)
	for _, file := range limitFiles(root) {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
			limit = min(limit, n)
		}
	}
	if limit >= unlimited {
		return DefaultMemory
	}
	return limit / 2
}

// limitFiles are the files that may hold a limit: those of the process's own group and of
// the groups around it.
func limitFiles(root fs.FS) []string {
	files := []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"}
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return files
	}
	for line := range strings.Lines(string(groups)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		folder, file := "sys/fs/cgroup", "memory.max"
		if fields[1] == "memory" {
			folder, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if fields[0] != "0" {
			continue
		}
		for group := path.Clean("/" + fields[2]); group != "/"; group = path.Dir(group) {
			files = append(files, path.Join(folder, group, file))
		}
	}
	return files
}
