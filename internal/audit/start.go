package audit

import (
	"cmp"
	"fmt"
	"slices"
)

// start is the chain of one process start, as it was found.
type start struct {
	id       string
	file     string // where it was seen first
	line     int
	pieces   []*piece
	current  *piece          // the last in the file that is being read
	highest  uint64          // number in the file that is being read
	changed  []Finding       // lines that are not as they were written
	spoiled  int             // how many of them
	bad      map[uint64]bool // the numbers that they show
	stopped  bool
	lastFile string // of the line with the highest number
	lastLine int
	last     uint64
}

// piece is lines that follow each other.
type piece struct {
	first, last uint64
	prev, mac   string // the code before the first line, and that of the last
	file        string
	line        int
	moved       bool   // a later line of the chain stands before it
	above       uint64 // the number of that line
}

// take puts a genuine line to its place.
func (s *start) take(p *verified, file string, line int) {
	c := s.current
	if c != nil && p.Number == c.last+1 && p.Prev == c.mac {
		c.last, c.mac = p.Number, p.MAC
	} else {
		s.current = &piece{first: p.Number, last: p.Number, prev: p.Prev, mac: p.MAC, file: file, line: line,
			moved: p.Number <= s.highest, above: s.highest}
		s.pieces = append(s.pieces, s.current)
	}
	s.highest = max(s.highest, p.Number)
	if p.Number >= s.last {
		s.last, s.lastFile, s.lastLine = p.Number, file, line
	}
}

// lacks reports whether a line of a range is missing: not even there in a changed form.
func (s *start) lacks(from, to uint64) bool {
	for n := from; n <= to; n++ {
		if !s.bad[n] {
			return true
		}
	}
	return false
}

// judge tells what is wrong with the chain.
func (s *start) judge(r *Report) {
	if len(s.pieces) == 0 {
		r.problem(Finding{KindForeign, s.file, s.line, s.id,
			fmt.Sprintf("no line of start %s (%d lines) fits the key: it was written with another, or all of it was changed", s.id, s.spoiled)})
		return
	}
	for _, f := range s.changed {
		r.problem(f)
	}
	r.Omitted += s.spoiled - len(s.changed)
	slices.SortStableFunc(s.pieces, func(a, b *piece) int { return cmp.Compare(a.first, b.first) })
	next, mac := uint64(1), ""
	for _, p := range s.pieces {
		s.judgePiece(r, p, next, mac)
		if p.last >= next {
			next, mac = p.last+1, p.mac
		}
	}
	if !s.stopped {
		r.note(Finding{KindUnended, s.lastFile, s.lastLine, s.id, fmt.Sprintf("start %s has no stop line after line %d: "+
			"the process runs, was killed, or the end was cut off", s.id, s.last)})
	}
}

// judgePiece holds a piece against the lines before it.
func (s *start) judgePiece(r *Report, p *piece, next uint64, mac string) {
	found := func(kind, text string) { r.problem(Finding{kind, p.file, p.line, s.id, text}) }
	switch {
	case p.first < next:
		found(KindRepeated, fmt.Sprintf("line %d of start %s is there already", p.first, s.id))
	case p.moved:
		found(KindMoved, fmt.Sprintf("line %d of start %s stands after line %d", p.first, s.id, p.above))
	case p.first == next && p.prev != mac:
		found(KindChanged, fmt.Sprintf("line %d of start %s does not follow the line before", p.first, s.id))
	}
	if p.first > next && s.lacks(next, p.first-1) {
		found(KindGap, fmt.Sprintf("lines %d to %d of start %s are missing before this line", next, p.first-1, s.id))
	}
}
