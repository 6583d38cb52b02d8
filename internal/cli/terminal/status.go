package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

const (
	statusTick = 200 * time.Millisecond // how often the line is drawn; what is over before is not shown
	showsTime  = 2 * time.Second        // from when on the line says how long it has taken
	usualWidth = 80
)

// Status is one line at the bottom of a terminal that says what is being waited for. Whatever
// is written through it comes above that line. A nil Status shows nothing.
type Status struct {
	out   io.Writer
	width func() int

	mu    sync.Mutex
	text  string // "" for no line
	began time.Time
	drawn int  // characters of the line that is shown
	open  bool // the last write has not ended its line: somebody is being asked
	stop  chan struct{}
	ended chan struct{}
}

// OpenStatus returns nil if the output is no terminal.
func OpenStatus(out io.Writer) *Status {
	file, ok := out.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return &Status{out: out, width: func() int {
		width, _, err := term.GetSize(int(file.Fd()))
		if err != nil || width < 1 {
			return usualWidth
		}
		return width
	}}
}

// Show says what is being waited for, until another Show or Stop.
func (s *Status) Show(format string, parts ...any) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == "" {
		s.began = time.Now()
	}
	s.open = false
	s.text = strings.Join(strings.Fields(Plain(fmt.Sprintf(format, parts...))), " ")
	if s.stop == nil {
		s.stop, s.ended = make(chan struct{}), make(chan struct{})
		go s.tick(s.stop, s.ended)
	}
}

// Stop takes the line away.
func (s *Status) Stop() {
	if s == nil {
		return
	}
	s.mu.Lock()
	stop, ended := s.stop, s.ended
	s.text, s.stop = "", nil
	s.clear()
	s.mu.Unlock()
	if stop != nil {
		close(stop)
		<-ended
	}
}

// Write implements [io.Writer].
func (s *Status) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.open = len(b) > 0 && b[len(b)-1] != '\n'
	return s.out.Write(b)
}

// Fd lets what is written through a Status be told to be a terminal.
func (s *Status) Fd() uintptr {
	if file, ok := s.out.(interface{ Fd() uintptr }); ok {
		return file.Fd()
	}
	return ^uintptr(0)
}

func (s *Status) tick(stop, ended chan struct{}) {
	defer close(ended)
	ticker := time.NewTicker(statusTick)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			s.draw()
		}
	}
}

// draw puts the line where it was. Only blanks and returns move the cursor: every terminal
// knows these.
func (s *Status) draw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == "" || s.open {
		return
	}
	line := s.text
	if took := time.Since(s.began); took >= showsTime {
		line += fmt.Sprintf(" (%d s)", int(took.Seconds()))
	}
	line = clip(line, s.width()-1)
	n := utf8.RuneCountInString(line)
	_, _ = io.WriteString(s.out, "\r"+line+strings.Repeat(" ", max(0, s.drawn-n))) // nobody reads it if this fails
	s.drawn = n
}

// clear takes away what is shown. The caller holds the lock.
func (s *Status) clear() {
	if s.drawn > 0 {
		_, _ = io.WriteString(s.out, "\r"+strings.Repeat(" ", s.drawn)+"\r")
		s.drawn = 0
	}
}

// clip shortens a line to the width of a terminal.
func clip(line string, width int) string {
	runes := []rune(line)
	if len(runes) <= width || width < 2 {
		return line
	}
	return string(runes[:width-1]) + "…"
}

// Around lets what is written to another output of the same terminal, its file, come above
// the line.
func (s *Status) Around(out *os.File) io.Writer {
	if s == nil || !term.IsTerminal(int(out.Fd())) {
		return out
	}
	return &around{out, s}
}

// around is a file with the methods of one.
type around struct {
	*os.File

	status *Status
}

// Write implements [io.Writer].
func (a *around) Write(b []byte) (int, error) {
	a.status.mu.Lock()
	defer a.status.mu.Unlock()
	a.status.clear()
	return a.File.Write(b)
}

// WriteString is Write for strings.
func (a *around) WriteString(text string) (int, error) { return a.Write([]byte(text)) }

// ReadFrom keeps io.Copy from going past Write.
func (a *around) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{a}, r) }
