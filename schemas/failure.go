package schemas

import (
	"cmp"
	"fmt"
	"strings"
)

// Kind names the failure for logs.
func (e *InvalidError) Kind() string { return "invalid_arguments" }

// Words says to a model what is wrong with the arguments of a tool.
func (e *InvalidError) Words(tool, _ string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The arguments of %s do not fit; nothing was sent.", tool)
	for _, f := range e.Faults {
		b.WriteString("\n- " + f.String())
	}
	if e.Example != "" {
		b.WriteString("\nA right call: " + cmp.Or(e.ExampleOf, tool) + " " + e.Example)
	}
	return b.String()
}
