package tools

import (
	"fmt"
	"strings"
)

// Format is how the text of a result is written.
type Format string

// Formats.
const (
	ExactJSON   Format = "json"    // the whole envelope, the vendor's bytes as they came
	CompactJSON Format = "compact" // without what says nothing; the exact bytes are kept
	TableJSON   Format = "table"   // compact, and lists of records as rows under their columns
)

// Answers is how a caller wants results. The zero Answers is exact, as text alone.
type Answers struct {
	Format     Format
	Structured Structured
}

// IsExact reports whether results are written as they are.
func (a Answers) IsExact() bool { return a.Format == "" || a.Format == ExactJSON }

// ParseFormat reads a Format.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(name))
	if f != ExactJSON && f != CompactJSON && f != TableJSON {
		return "", fmt.Errorf("answer format %q: want compact, json or table", name)
	}
	return f, nil
}

// Structured says whether results have structured content beside their text, and tools an
// output schema.
type Structured string

// Whether results have structured content.
const (
	StructuredAuto Structured = "auto" // for clients that are known to read nothing else
	StructuredOn   Structured = "on"
	StructuredOff  Structured = "off"
)

// ParseStructured reads a Structured.
func ParseStructured(name string) (Structured, error) {
	switch s := Structured(strings.ToLower(name)); s {
	case StructuredAuto, StructuredOn, StructuredOff:
		return s, nil
	case "true":
		return StructuredOn, nil
	case "false":
		return StructuredOff, nil
	default:
		return "", fmt.Errorf("structured %q: want auto, on or off", name)
	}
}
