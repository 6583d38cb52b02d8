package schemas

import (
	"fmt"
	"slices"
)

const (
	// maxFaults bounds what is said about arguments that are wrong throughout.
	maxFaults = 50
	// mostWorded bounds the faults that are worded, of which those that are said first are
	// chosen. The search for the names that a misspelt one may mean is what costs most.
	mostWorded = 500
)

// FaultList gathers what is wrong with some arguments. It words the first faults and counts
// the others, so that arguments that are wrong throughout cost little more than right ones.
type FaultList struct {
	worded []Fault
	more   int
	isCut  bool // the rest has not been looked at
}

// Full reports whether further faults are only counted, so that they need no words.
func (l *FaultList) Full() bool { return len(l.worded) >= mostWorded }

// Add notes a fault.
func (l *FaultList) Add(faults ...Fault) {
	for _, f := range faults {
		if l.Full() {
			l.more++
			continue
		}
		l.worded = append(l.worded, f)
	}
}

// count notes a fault without words.
func (l *FaultList) count() { l.more++ }

// cut notes a fault behind which nothing is looked at.
func (l *FaultList) cut() { l.more, l.isCut = l.more+1, true }

// found reports whether anything is wrong.
func (l *FaultList) found() bool { return len(l.worded)+l.more > 0 }

// join adds the faults of another list.
func (l *FaultList) join(other *FaultList) {
	l.Add(other.worded...)
	l.more += other.more
	l.isCut = l.isCut || other.isCut
}

// sort puts the faults into a stable order, each once.
func (l *FaultList) sort() { l.worded = sortedFaults(l.worded) }

// Err is an *InvalidError with the first faults and the number of the others, nil without
// faults.
func (l *FaultList) Err() error {
	if !l.found() {
		return nil
	}
	return l.invalid()
}

func (l *FaultList) invalid() *InvalidError { return &InvalidError{Faults: l.Shown()} }

// Shown are the first faults, and behind them how many others there are.
func (l *FaultList) Shown() []Fault {
	shown := l.worded[:min(len(l.worded), maxFaults)]
	more := len(l.worded) - len(shown) + l.more
	words := "and %d more faults"
	switch {
	case more == 0:
		return shown
	case l.isCut:
		words = "and more than %d other faults"
	}
	return append(slices.Clip(shown), Fault{Problem: fmt.Sprintf(words, more)})
}
