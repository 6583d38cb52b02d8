package calls

import (
	"errors"
	"os"
	"sync"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/downloads"
)

const (
	// maxFiles is how many downloads of one tenant are remembered.
	maxFiles = 1000
	// tenantsOfFiles is how many tenants may have files of the largest size at a time.
	tenantsOfFiles = 4
	// reserveStep is how much room is taken for a growing file at a time, in bytes.
	reserveStep = 256 << 10
)

// errNoSpace reports that files of others fill the room for downloads.
var errNoSpace = errors.New("there is no room for this download just now; try again later")

// files knows the downloads of each tenant, and the room that they take. A tenant's oldest
// files make room for its newer ones; other tenants' files never do.
type files struct {
	space *budget.Pool // in bytes; nil for files on the caller's own machine

	mu       sync.Mutex
	byID     map[string]*Download
	byTenant map[string][]*Download // the oldest first
}

// newFiles bounds the files of one tenant by the largest size of a single one.
func newFiles(largest int64) *files {
	share := largest + reserveStep // the last step need not be full
	return &files{space: budget.New(tenantsOfFiles*share, share), byID: map[string]*Download{}, byTenant: map[string][]*Download{}}
}

// add remembers a download. Beyond the bound the tenant's oldest one makes room.
func (f *files) add(tenant string, d *Download) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byID[d.ID] = d
	f.byTenant[tenant] = append(f.byTenant[tenant], d)
	if len(f.byTenant[tenant]) > maxFiles {
		f.dropOldest(tenant)
	}
}

// dropOldest forgets the oldest download of a tenant, and reports false where it has none.
// A file that nobody has a path to is removed. The caller holds the lock.
func (f *files) dropOldest(tenant string) bool {
	own := f.byTenant[tenant]
	if len(own) == 0 {
		return false
	}
	old := own[0]
	if old.Path == "" {
		_ = os.Remove(old.path)
	}
	old.space.Close()
	delete(f.byID, old.ID)
	if f.byTenant[tenant] = own[1:]; len(own) == 1 {
		delete(f.byTenant, tenant)
	}
	return true
}

// reserve takes room for a tenant's file.
func (f *files) reserve(tenant string, size int64) (*budget.Grant, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		room, err := f.space.TryTake(tenant, size)
		if err == nil {
			return room, nil
		}
		if !f.dropOldest(tenant) {
			return nil, errNoSpace
		}
	}
}

// find finds a download of an owner.
func (f *files) find(owner, id string) (*Download, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.byID[id]
	return d, ok && d.owner == owner
}

// newFile begins a file for the caller: on its own machine in the one folder, else in a
// folder of its tenant.
func (c *Call) newFile() (*downloads.File, error) {
	if c.Local {
		return c.runner.opts.Downloads.Create()
	}
	return c.runner.opts.Downloads.CreateFor(c.Workspace)
}

// reserveSpace takes room for a file of the caller. Whoever shares this machine has its
// disk.
func (c *Call) reserveSpace(size int64) (*budget.Grant, error) {
	if c.Local {
		return nil, nil //nolint:nilnil // a nil Grant has no bound
	}
	return c.runner.files.reserve(c.Workspace, size)
}
