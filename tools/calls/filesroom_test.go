package calls

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"airbyte-mcp-server/internal/budget"
)

// A tenant's 1,001st file pushes out its own oldest and never another's.
func TestFilesOfOneTenantPushOutNoOthers(t *testing.T) {
	t.Parallel()
	f := newFiles(1 << 20)
	dir := t.TempDir()
	add := func(tenant string, n int) *Download {
		d := &Download{ID: fmt.Sprint(tenant, n), owner: tenant, path: filepath.Join(dir, fmt.Sprint(tenant, n))}
		if err := os.WriteFile(d.path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		f.add(tenant, d)
		return d
	}
	quiet, first := add("quiet", 0), add("greedy", 0)
	for n := range maxFiles {
		add("greedy", n+1)
	}
	if _, ok := f.find("quiet", quiet.ID); !ok {
		t.Error("another tenant's file is gone")
	}
	if _, ok := f.find("greedy", first.ID); ok {
		t.Error("the tenant's oldest file is still there")
	}
	if _, err := os.Stat(first.path); err == nil {
		t.Error("the file of what was forgotten is still there")
	}
}

// The room for files is taken as they grow. A tenant's own files make room, and what others
// hold stays.
func TestRoomForFilesIsSharedOut(t *testing.T) {
	t.Parallel()
	const largest = 4 * reserveStep
	f := newFiles(largest)
	fill := func(tenant string) (space *budget.Account, err error) {
		space = &budget.Account{}
		for range largest / reserveStep {
			room, err := f.reserve(tenant, reserveStep)
			if err != nil {
				return space, err
			}
			space.Adopt(room)
		}
		return space, nil
	}
	for _, tenant := range []string{"a", "b", "c", "d"} {
		space, err := fill(tenant)
		if err != nil {
			t.Fatal(err)
		}
		f.add(tenant, &Download{ID: tenant, owner: tenant, space: space})
	}
	if _, err := fill("a"); err != nil {
		t.Errorf("a tenant with an old file of its own: %v", err)
	}
	if _, ok := f.find("a", "a"); ok {
		t.Error("the old file did not make room")
	}
	if _, ok := f.find("b", "b"); !ok {
		t.Error("another tenant's file is gone")
	}
	for range tenantsOfFiles + 1 {
		_, _ = f.reserve("e", reserveStep)
	}
	if _, err := f.reserve("e", reserveStep); !errors.Is(err, errNoSpace) {
		t.Errorf("with all the room in use: %v", err)
	}
}
