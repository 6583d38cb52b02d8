package schemas

import (
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
)

// AllFields selects whole records where only some fields are given by default.
const AllFields = "*"

// CheckSelection holds the names of fields against those that a record has. Where
// the catalog does not know the fields, every name passes.
func CheckSelection(option string, known []*Field, names []string) []Fault {
	var faults []Fault
	for i, name := range names {
		if name == AllFields && len(names) == 1 {
			continue
		}
		if problem := unknownField(known, name); problem != "" {
			faults = append(faults, Fault{fmt.Sprintf("%s[%d]", option, i), problem})
		}
	}
	return faults
}

// unknownField says what is wrong with a dotted name, "" if nothing.
func unknownField(known []*Field, name string) string {
	var above []string
	for rest := name; len(known) > 0; {
		f, after := findField(known, rest)
		if f == nil {
			names := make([]string, len(known))
			for i, k := range known {
				names[i] = strings.Join(append(slices.Clone(above), k.Name), ".")
			}
			return "names no field of the record" + nearest.Hint(name, names)
		}
		if after == "" || f.Truncated || f.Recursive {
			return ""
		}
		above, rest, known = append(above, f.Name), after, f.inner()
	}
	return ""
}

// findField finds the field with which a dotted name begins, the longest one first:
// names may have dots themselves. It returns what follows.
func findField(known []*Field, name string) (*Field, string) {
	for head := name; ; {
		for _, f := range known {
			if f.Name == head || f.StoredAs == head && head != "" {
				return f, strings.TrimPrefix(name[len(head):], ".")
			}
		}
		dot := strings.LastIndexByte(head, '.')
		if dot < 0 {
			return nil, ""
		}
		head = head[:dot]
	}
}

// inner are the fields of a field: of an object, or of the elements of a list.
func (f *Field) inner() []*Field {
	switch {
	case len(f.Fields) > 0:
		return f.Fields
	case len(f.Properties) > 0:
		return f.Properties
	case f.Items != nil:
		return f.Items.inner()
	default:
		return nil
	}
}

// KnownNames are names of fields as the catalog spells them, where one of the record's
// fields has the name but for the case of its letters.
func KnownNames(known []*Field, names []string) []string {
	spelt := slices.Clone(names)
	for i, name := range names {
		if len(known) == 0 || unknownField(known, name) == "" {
			continue
		}
		found := ""
		for _, f := range known {
			if strings.EqualFold(f.Name, name) && found == "" {
				found = f.Name
			} else if strings.EqualFold(f.Name, name) {
				found = name // which of two is uncertain
			}
		}
		if found != "" {
			spelt[i] = found
		}
	}
	return spelt
}
