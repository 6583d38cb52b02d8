package cli

import (
	"os"

	"airbyte-mcp-server/internal/budget"
)

// memory is the memory budget of the process. The Go runtime is told of it, unless the
// environment has told it something else.
func (a *app) memory() *budget.Memory {
	total := int64(a.settings.MemoryBudget)
	if total == 0 {
		total = budget.FromSystem(os.DirFS("/"))
	}
	m := budget.NewMemory(max(total, leastMemory), a.settings.Remote())
	if _, set := a.LookupEnv("GOMEMLIMIT"); !set && a.SetMemoryLimit != nil {
		a.SetMemoryLimit(m.GoLimit())
	}
	return m
}

// leastMemory is taken where the system allows even less.
const leastMemory = 32 << 20
