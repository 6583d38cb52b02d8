package tools_test

import (
	"path/filepath"
	"testing"
)

// evalHalf is one half of a set of questions that was written before the ranking was
// tuned on the other one.
type evalHalf struct {
	file      string
	held      bool // the half that was not looked at
	rewritten bool // asked in the API's words
	least     int  // questions with a right tool among the first five
}

var evalHalves = []evalHalf{
	{"named", false, false, 0}, {"named", true, false, 0},
	{"keywords", false, false, 0}, {"keywords", true, false, 0},
	{"languages", false, false, 0}, {"languages", true, false, 0},
	{"jobs", false, false, 0}, {"jobs", true, false, 0},
	{"jobs", false, true, 0}, {"jobs", true, true, 0},
}

func (h evalHalf) name() string {
	name := h.file
	if h.rewritten {
		name += ", rewritten"
	}
	if h.held {
		return name + ", held out"
	}
	return name + ", tuned"
}

// questions are every second one of the file.
func (h evalHalf) questions(t *testing.T) []question {
	t.Helper()
	var half []question
	for i, q := range readQuestions(t, filepath.Join("testdata", "questions", h.file+".json")) {
		if h.rewritten {
			q.Query = q.Rewritten
		}
		if i%2 == 1 == h.held {
			half = append(half, q)
		}
	}
	return half
}
