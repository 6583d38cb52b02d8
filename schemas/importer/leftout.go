package importer

import (
	"fmt"
	"strings"

	"airbyte-mcp-server/schemas"
)

// leftOut is what of a file is not taken over, such as actions that are newer than this
// program.
type leftOut struct {
	list    []fault
	more    int
	damaged faults          // of the operations that are left out because of them
	gone    map[string]bool // entities of operations that are left out
}

// leave notes that something is left out.
func (l *leftOut) leave(line int, format string, args ...any) {
	if len(l.list) == maxFaults {
		l.more++
		return
	}
	l.list = append(l.list, fault{line, fmt.Sprintf(format, args...)})
}

// operation notes that an operation is left out.
func (l *leftOut) operation(op *operation, line int, reason string) {
	if l.gone == nil {
		l.gone = map[string]bool{}
	}
	l.gone[op.entity] = true
	l.leave(line, "%s: %s", op.label, strings.TrimPrefix(reason, op.label+": "))
}

// lines are what was left out in the form of faults.
func (l *leftOut) lines(file string) []string {
	var lines []string
	for _, each := range l.list {
		lines = append(lines, fmt.Sprintf("%s:%d: left out %s", file, each.line, each.reason))
	}
	if l.more > 0 {
		lines = append(lines, fmt.Sprintf("%s: left out %d more", file, l.more))
	}
	return lines
}

// keep writes into the connector what was left out, so that it can be told later on.
func (l *leftOut) keep(conn *schemas.Connector) {
	for _, each := range l.list {
		conn.LeftOut = append(conn.LeftOut, fmt.Sprintf("%s (line %d)", each.reason, each.line))
	}
	if l.more > 0 {
		conn.LeftOut = append(conn.LeftOut, fmt.Sprintf("%d more", l.more))
	}
}

// attempt reads an operation. One with a fault is left out; its faults are those of the file
// only if nothing else is in it.
func (r *reader) attempt(op *operation, read func()) (sound bool) {
	before := r.faults
	r.list, r.more = nil, 0
	read()
	found := r.faults
	r.faults = before
	switch {
	case len(found.list) == 0:
		return true
	case r.budget < 0: // the file as a whole is too large
		for _, each := range found.list {
			r.note(each)
		}
		return false
	}
	for _, each := range found.list {
		r.left.damaged.note(each)
	}
	r.left.damaged.more += found.more
	reason := found.list[0].reason
	if further := len(found.list) - 1 + found.more; further > 0 {
		reason += fmt.Sprintf("; and %d more faults", further)
	}
	r.left.operation(op, found.list[0].line, reason)
	return false
}
