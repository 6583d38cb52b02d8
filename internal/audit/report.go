package audit

import (
	"fmt"
	"io"
	"time"
)

// Kinds of findings.
const (
	KindChanged  = "changed"  // the line, or its code, is not as it was written
	KindGap      = "gap"      // lines are missing
	KindRepeated = "repeated" // the line is there twice
	KindMoved    = "moved"    // the line stands after a later one
	KindForeign  = "foreign"  // the line belongs to no chain, or to one of another key
	KindTorn     = "torn"     // the beginning of a line whose writing failed
	KindUnended  = "unended"  // a chain without a stop line
)

// Finding is something that is not as it should be, and where.
type Finding struct {
	Kind string `json:"kind"`
	File string `json:"file"`
	Line int    `json:"line"`
	Log  string `json:"log,omitempty"` // the id of the process start
	Text string `json:"text"`
}

// OpenIntent is a write that was about to be made and of which nothing more is known.
type OpenIntent struct {
	File        string    `json:"file"`
	Line        int       `json:"line"`
	Log         string    `json:"log"`
	Call        string    `json:"call"`
	Time        time.Time `json:"time"`
	Principal   string    `json:"principal,omitempty"`
	Workspace   string    `json:"workspace,omitempty"`
	Tool        string    `json:"tool"`
	ConnectorID string    `json:"connector_id,omitempty"`
	Entity      string    `json:"entity,omitempty"`
	Action      string    `json:"action,omitempty"`
}

// Report is what Verify has found.
type Report struct {
	Files    int          `json:"files"`
	Lines    int          `json:"lines"` // of records that are as they were written
	Starts   int          `json:"starts"`
	Problems []Finding    `json:"problems"`
	Omitted  int          `json:"omitted"` // problems beyond those listed
	Open     []OpenIntent `json:"open"`
	Notes    []Finding    `json:"notes"` // no problem by themselves
}

// maxFindings bounds what a Report lists of each sort.
const maxFindings = 1000

// Fine reports whether there is neither a problem nor an open intent.
func (r *Report) Fine() bool { return len(r.Problems) == 0 && len(r.Open) == 0 }

func (r *Report) problem(f Finding) {
	if len(r.Problems) == maxFindings {
		r.Omitted++
		return
	}
	r.Problems = append(r.Problems, f)
}

func (r *Report) note(f Finding) {
	if len(r.Notes) < maxFindings {
		r.Notes = append(r.Notes, f)
	}
}

// Print writes the report for a person.
func (r *Report) Print(w io.Writer) error {
	for _, f := range r.Problems {
		fmt.Fprintf(w, "%s:%d: %s: %s\n", f.File, f.Line, f.Kind, f.Text)
	}
	if r.Omitted > 0 {
		fmt.Fprintf(w, "… and %d problems more\n", r.Omitted)
	}
	for _, o := range r.Open {
		fmt.Fprintf(w, "%s:%d: open: %s %s (%s %s) on connector %s in workspace %q has no result: it may have happened\n",
			o.File, o.Line, o.Time.Format(time.RFC3339Nano), o.Tool, o.Action, o.Entity, orNone(o.ConnectorID), o.Workspace)
	}
	for _, f := range r.Notes {
		fmt.Fprintf(w, "%s:%d: note: %s: %s\n", f.File, f.Line, f.Kind, f.Text)
	}
	_, err := fmt.Fprintf(w, "%s, %s, %s: %s, %s\n", counted(r.Files, "file"), counted(r.Lines, "line"), counted(r.Starts, "process start"),
		counted(len(r.Problems)+r.Omitted, "problem"), counted(len(r.Open), "open intent"))
	return err
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func orNone(text string) string {
	if text == "" {
		return "(none yet)"
	}
	return fmt.Sprintf("%q", text)
}
