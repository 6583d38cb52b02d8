package demo

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"strings"
)

// The looks of a recording, in pixels and seconds.
const (
	rowsShown    = 34
	lineHeight   = 18
	columnTenths = 79 // tenths, of a monospaced font of 13 px
	margin       = 16
	secondsRow   = 0.42 // for reading one line
	secondsLeast = 1.2
	secondsLast  = 8
)

// beat is a moment in which a reader gets time for the lines so far.
type beat struct{ lines int }

// Record plays the demo and draws it as an animated SVG, which scrolls by CSS alone
// and stands still for readers who want no motion.
func (d *Demo) Record(ctx context.Context) ([]byte, error) {
	var out bytes.Buffer
	var beats []beat
	d.Out = &out
	d.Beat = func(lines int) { beats = append(beats, beat{lines}) }
	if err := d.Play(ctx); err != nil {
		return nil, err
	}
	return draw(strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), beats), nil
}

func draw(lines []string, beats []beat) []byte {
	width := Width*columnTenths/10 + 2*margin
	height := rowsShown*lineHeight + 2*margin
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n",
		width, height, "Recording of airbyte-mcp-server demo")
	b.WriteString("<style>\n" + looks + motion(beats) + "</style>\n")
	fmt.Fprintf(&b, `<rect class="screen" width="%d" height="%d" rx="8"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<svg x="%d" y="%d" width="%d" height="%d">`+"\n", margin, margin, width-2*margin, rowsShown*lineHeight)
	b.WriteString(`<g class="scroll">` + "\n")
	for i, line := range lines {
		fmt.Fprintf(&b, `<text y="%d"%s>`, (i+1)*lineHeight-5, class(line))
		_ = xml.EscapeText(&b, []byte(line)) // a buffer takes everything
		b.WriteString("</text>\n")
	}
	b.WriteString("</g>\n")
	fmt.Fprintf(&b, `<rect class="screen cover" width="%d" height="%d"/>`+"\n", width, rowsShown*lineHeight)
	b.WriteString("</svg>\n</svg>\n")
	return b.Bytes()
}

const looks = `text {
  font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  fill: #c9d1d9; white-space: pre;
}
.screen { fill: #0d1117; }
.act { fill: #f0b72f; font-weight: bold; }
.step { fill: #58a6ff; }
.said { fill: #7ee787; }
.asked { fill: #ffa657; }
.cover { transform: translateY(100%); }
`

// class says by its first character what a line is.
func class(line string) string {
	for prefix, name := range map[string]string{
		"══": "act", "──": "step", "$ ": "said", "> ": "said", "? ": "asked", "! ": "asked",
	} {
		if strings.HasPrefix(line, prefix) {
			return ` class="` + name + `"`
		}
	}
	return ""
}

// motion scrolls so that the lines so far end at the bottom, and covers what is still
// to come.
func motion(beats []beat) string {
	starts, total := times(beats)
	var scroll, cover strings.Builder
	for i, b := range beats {
		percent := 100 * starts[i] / total
		fmt.Fprintf(&scroll, "%.2f%% { transform: translateY(%dpx); }\n", percent, -lineHeight*max(0, b.lines-rowsShown))
		fmt.Fprintf(&cover, "%.2f%% { transform: translateY(%dpx); }\n", percent, lineHeight*min(b.lines, rowsShown))
	}
	return fmt.Sprintf(`@media (prefers-reduced-motion: no-preference) {
.scroll { animation: scroll %[1]fs step-end infinite; }
.cover { animation: cover %[1]fs step-end infinite; }
}
@keyframes scroll {
%[2]s}
@keyframes cover {
%[3]s}
`, total, scroll.String(), cover.String())
}

// times are when each beat starts: after the reader had time for the lines of the one before.
func times(beats []beat) (starts []float64, total float64) {
	for i := range beats {
		starts = append(starts, total)
		before := 0
		if i > 0 {
			before = beats[i-1].lines
		}
		total += max(secondsLeast, secondsRow*float64(beats[i].lines-before))
	}
	return starts, total + secondsLast
}
