package doctor

import "io"

// Printed writes a whole report.
func Printed(r *Report, w io.Writer, symbols, verbose bool) error {
	p := NewScreen(w, symbols, verbose)
	for _, l := range r.Layers {
		p.Layer(l)
	}
	return p.Verdict(r)
}
