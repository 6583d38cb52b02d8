package schemas

import "slices"

// Taken tells what Check took for something else than was written.
type Taken struct {
	Coerced []string // names of arguments, never values
	Notes   []string // for the answer: what a caller must know of it

	someLeft bool // null or empty members
}

// left notes that a member was left out of an argument.
func (t *Taken) left(argument string) {
	t.someLeft = true
	t.coerced(argument)
}

// mostCoerced bounds the names that are noted: the audit log has them.
const mostCoerced = 100

func (t *Taken) coerced(argument string) {
	if len(t.Coerced) < mostCoerced && !slices.Contains(t.Coerced, argument) {
		t.Coerced = append(t.Coerced, argument)
	}
}

// time notes a time that was written as a date.
func (t *Taken) time(name string, zoned bool) {
	if zoned {
		return
	}
	if note := "`" + name + "` had no time zone and was taken as UTC"; !slices.Contains(t.Notes, note) {
		t.Notes = append(t.Notes, note)
	}
}
