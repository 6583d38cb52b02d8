package importer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"airbyte-mcp-server/internal/nearest"
)

// faults collects what is wrong in a file.
type faults struct {
	file string
	list []fault
	more int      // faults beyond those that are kept
	seen *[]fault // takes a note of all that is added; nil for none
}

type fault struct {
	line   int
	reason string
}

// maxFaults is how many faults of a file are told: beyond that, they are likely to
// be one and the same mistake.
const maxFaults = 50

func (f *faults) add(line int, format string, args ...any) {
	f.note(fault{line, fmt.Sprintf(format, args...)})
}

func (f *faults) note(found fault) {
	if f.seen != nil && len(*f.seen) < maxFaults {
		*f.seen = append(*f.seen, found)
	}
	switch {
	case slices.Contains(f.list, found): // shared parts are read more than once
	case len(f.list) == maxFaults:
		f.more++
	default:
		f.list = append(f.list, found)
	}
}

// near is nearest.Hint while faults are still told.
func (f *faults) near(name string, candidates []string) string {
	if len(f.list) == maxFaults {
		return ""
	}
	return nearest.Hint(name, candidates)
}

// during returns the faults that something adds. They are added to f as well.
func (f *faults) during(do func()) []fault {
	var found []fault
	outer := f.seen
	f.seen = &found
	do()
	f.seen = outer
	if outer != nil {
		*outer = append(*outer, found...)
	}
	return found
}

// err joins the faults in the order of their lines; it is nil if there are none.
func (f *faults) err() error {
	slices.SortStableFunc(f.list, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	var errs []error
	for _, each := range f.list {
		errs = append(errs, fmt.Errorf("%s:%d: %s", f.file, each.line, each.reason))
	}
	if f.more > 0 {
		errs = append(errs, fmt.Errorf("%s: more faults like these, %d in all", f.file, len(f.list)+f.more))
	}
	return errors.Join(errs...)
}
