package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

const (
	widestCell = 40
	columnGap  = 2
)

// Is reports whether an output is a terminal.
func Is(out io.Writer) bool {
	file, ok := out.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// WriteTable writes rows under their columns. Long cells are shortened, and columns that a
// line has no room for are named below.
func WriteTable(out io.Writer, columns []string, rows [][]string) error {
	width := usualWidth
	if file, ok := out.(interface{ Fd() uintptr }); ok {
		if w, _, err := term.GetSize(int(file.Fd())); err == nil && w > 0 {
			width = w
		}
	}
	return writeTable(out, width, columns, rows)
}

func writeTable(out io.Writer, width int, columns []string, rows [][]string) error {
	widths, used, fit := make([]int, len(columns)), 0, 0
	for i, name := range columns {
		widths[i] = cellWidth(name)
		for _, row := range rows {
			if i < len(row) {
				widths[i] = max(widths[i], cellWidth(row[i]))
			}
		}
		if used += widths[i] + columnGap; used-columnGap <= width && fit == i || i == 0 {
			fit = i + 1
		}
	}
	var text strings.Builder
	for _, row := range append([][]string{columns}, rows...) {
		var line strings.Builder
		for i := range min(fit, len(row)) {
			cell := oneLine(row[i])
			line.WriteString(cell + strings.Repeat(" ", widths[i]+columnGap-utf8.RuneCountInString(cell)))
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	if fit < len(columns) {
		fmt.Fprintf(&text, "no room for %d more columns: %s\n", len(columns)-fit, Plain(strings.Join(columns[fit:], ", ")))
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func cellWidth(text string) int { return utf8.RuneCountInString(oneLine(text)) }

// oneLine is a cell without what would break its line, and shortened.
func oneLine(text string) string {
	return clip(strings.Join(strings.Fields(Plain(text)), " "), widestCell)
}
