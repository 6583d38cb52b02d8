package cli

import (
	"context"
	"io/fs"
	"os"
	"time"
)

// recheck is how often files are looked at that may change while serving.
const recheck = 10 * time.Second

// fileMarks tell files from what they were before: nil stands for one that is not there. A
// path may lead over symbolic links that are turned to other files, as in the volume of a
// Kubernetes Secret.
type fileMarks []fs.FileInfo

// fileMarksOf looks at files, and reads none.
func fileMarksOf(paths ...string) fileMarks {
	marks := make(fileMarks, len(paths))
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil {
			marks[i] = info
		}
	}
	return marks
}

// equal reports whether nothing has changed between two looks at the same paths.
func (m fileMarks) equal(other fileMarks) bool {
	if len(m) != len(other) {
		return false
	}
	for i, before := range m {
		after := other[i]
		switch {
		case before == nil || after == nil:
			if before != after {
				return false
			}
		case !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) ||
			before.Size() != after.Size() || before.Mode() != after.Mode():
			return false
		}
	}
	return true
}

// onChange calls a function after each change of a file since it was marked, until ctx ends.
func onChange(ctx context.Context, path string, marks fileMarks, changed func()) {
	tick := time.NewTicker(recheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := fileMarksOf(path); !now.equal(marks) {
			marks = now // before it is read: what changes meanwhile is noticed at the next look
			changed()
		}
	}
}
