package audit

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Verify reads files of one or several logs, in any order, and reports what is missing,
// changed or without a result. It holds little in memory however large they are.
func Verify(key []byte, paths ...string) (*Report, error) {
	v := &verifier{coder: newCoder(key), report: &Report{Problems: []Finding{}, Open: []OpenIntent{}, Notes: []Finding{}},
		starts: map[string]*start{}, open: map[string]OpenIntent{}, closed: map[string]bool{},
		missed: map[string]uint64{}}
	for _, path := range paths {
		if err := v.read(path); err != nil {
			return nil, err
		}
	}
	v.finish()
	return v.report, nil
}

// verifier goes through the lines.
type verifier struct {
	coder  coder
	report *Report
	starts map[string]*start // by id
	order  []string          // of the ids
	open   map[string]OpenIntent
	closed map[string]bool   // results whose intent has not been seen, as files may come in any order
	missed map[string]uint64 // of each start, the last line that is known to be missing
	file   string
	line   int
}

// verified is what is looked at in a line.
type verified struct {
	OpenIntent

	Number uint64    `json:"n"`
	Prev   string    `json:"prev"`
	MAC    string    `json:"mac"`
	Event  string    `json:"event"`
	After  *position `json:"after"`
}

func (v *verifier) read(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading an audit log: %w", err)
	}
	defer file.Close()
	v.file, v.line = path, 0
	v.report.Files++
	for _, s := range v.starts {
		s.current, s.highest = nil, 0
	}
	lines := bufio.NewReaderSize(file, 2*maxLine)
	for {
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			v.line++
			v.problem(KindForeign, "", "the line is longer than any of an audit log")
			if err = skipLine(lines); err == nil {
				continue
			}
		case len(line) > 0:
			v.line++
			v.take(bytes.TrimSuffix(line, []byte{'\n'}))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading an audit log: %w", err)
		}
	}
}

func skipLine(lines *bufio.Reader) error {
	for {
		if _, err := lines.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// take looks at a line. The beginning of a line whose writing failed may stand before it,
// written by another process.
func (v *verifier) take(line []byte) {
	if i := bytes.LastIndex(line, []byte(linePrefix)); i > 0 && !json.Valid(line) {
		v.takeFragment(line[:i])
		line = line[i:]
	}
	var parsed verified
	switch err := json.Unmarshal(line, &parsed); {
	case err != nil:
		v.takeFragment(line)
	case parsed.Log == "" || parsed.Number == 0 || !bytes.HasPrefix(line, []byte(linePrefix)):
		v.problem(KindForeign, "", "the line belongs to no chain")
	default:
		parsed.File, parsed.Line = v.file, v.line
		v.place(&parsed, v.isGenuine(line))
	}
}

// takeFragment looks at what is no whole line.
func (v *verifier) takeFragment(text []byte) {
	begins := bytes.HasPrefix(text, []byte(linePrefix)) || bytes.HasPrefix([]byte(linePrefix), text)
	if begins && !bytes.HasSuffix(text, []byte(lineEnd)) {
		v.report.note(Finding{KindTorn, v.file, v.line, "", "the beginning of a line, whose writing failed"})
		return
	}
	v.problem(KindChanged, "", "the line is no record")
}

// isGenuine reports whether a line is as it was written.
func (v *verifier) isGenuine(line []byte) bool {
	i := bytes.LastIndex(line, []byte(macMark))
	if i < 0 {
		return false
	}
	return hmac.Equal(line[i:], []byte(macMark+v.coder.code(line[:i])+lineEnd))
}

// place puts a line into its chain.
func (v *verifier) place(p *verified, genuine bool) {
	id := p.Log
	s := v.starts[id]
	if s == nil {
		s = &start{id: id, file: v.file, line: v.line, bad: map[uint64]bool{}}
		v.starts[id] = s
		v.order = append(v.order, id)
	}
	if !genuine {
		s.spoiled++
		if len(s.changed) < maxFindings {
			s.bad[p.Number] = true
			s.changed = append(s.changed, Finding{KindChanged, v.file, v.line, id, "the line is not as it was written"})
		}
		return
	}
	v.report.Lines++
	s.take(p, v.file, v.line)
	v.pair(p)
	s.stopped = s.stopped || p.Event == eventStop
	v.checkAfter(p)
}

// checkAfter holds that the line of another chain that a line names still stands before it.
func (v *verifier) checkAfter(p *verified) {
	after := p.After
	if after == nil {
		return
	}
	seen := v.missed[after.Log]
	if s := v.starts[after.Log]; s != nil {
		seen = max(seen, s.highest)
		if !s.lacks(seen+1, after.Number) {
			return
		}
	}
	if seen < after.Number {
		v.missed[after.Log] = after.Number
		v.problem(KindGap, after.Log, fmt.Sprintf("when line %d of start %s was written, line %d of start %s stood before; "+
			"%d lines are missing", p.Number, p.Log, after.Number, after.Log, after.Number-seen))
	}
}

// pair matches intents with what came of them.
func (v *verifier) pair(p *verified) {
	if p.Call == "" {
		return
	}
	key := p.Log + "/" + p.Call
	switch _, waits := v.open[key]; {
	case p.Event != "intent" && waits:
		delete(v.open, key)
	case p.Event == "result":
		v.closed[key] = true
	case p.Event != "intent":
	case v.closed[key]:
		delete(v.closed, key)
	default:
		v.open[key] = p.OpenIntent
	}
}

func (v *verifier) problem(kind, log, text string) {
	v.report.problem(Finding{kind, v.file, v.line, log, text})
}

// finish judges the chains as a whole.
func (v *verifier) finish() {
	v.report.Starts = len(v.order)
	for _, id := range v.order {
		v.starts[id].judge(v.report)
	}
	for _, o := range v.open {
		v.report.Open = append(v.report.Open, o)
	}
	slices.SortFunc(v.report.Open, func(a, b OpenIntent) int { return a.Time.Compare(b.Time) })
	slices.SortStableFunc(v.report.Problems, func(a, b Finding) int {
		if a.File != b.File {
			return 0 // as the files were given
		}
		return a.Line - b.Line
	})
}
