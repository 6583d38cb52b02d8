package tools_test

import (
	"path/filepath"
	"testing"
)

// evalHalf is every second question of a set that was written before the ranking was tuned
// on the others, or a set that was written when all was tuned.
type evalHalf struct {
	file      string
	part      part
	rewritten bool // asked in the API's words
	least     int  // questions with a right tool among the first five
}

type part string

// The parts of sets.
const (
	tuned   part = "tuned"
	heldOut part = "held out"
	unseen  part = "unseen"
)

var evalHalves = []evalHalf{
	{"named", tuned, false, 58}, {"named", heldOut, false, 57},
	{"keywords", tuned, false, 33}, {"keywords", heldOut, false, 32},
	{"languages", tuned, false, 24}, {"languages", heldOut, false, 24},
	{"jobs", tuned, false, 24}, {"jobs", heldOut, false, 24},
	{"jobs", tuned, true, 31}, {"jobs", heldOut, true, 31},
	{"later", unseen, false, 17}, {"later", unseen, true, 29},
}

func (h evalHalf) name() string {
	name := h.file
	if h.rewritten {
		name += ", rewritten"
	}
	return name + ", " + string(h.part)
}

// questions are those of the part.
func (h evalHalf) questions(t *testing.T) []question {
	t.Helper()
	var list []question
	for i, q := range readQuestions(t, filepath.Join("testdata", "questions", h.file+".json")) {
		if h.rewritten {
			q.Query = q.Rewritten
		}
		if h.part == unseen || (i%2 == 0) == (h.part == tuned) {
			list = append(list, q)
		}
	}
	return list
}
