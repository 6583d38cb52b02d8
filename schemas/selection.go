package schemas

import (
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
)

// AllFields selects whole records where only some fields are given by default.
const AllFields = "*"

// CheckSelection holds the names of fields against those that a record has, and notes the
// wrong ones. Where the catalog does not know the fields, every name passes.
func CheckSelection(option string, known []*Field, names []string, found *FaultList) {
	for i, name := range names {
		if name == AllFields && len(names) == 1 || isKnown(known, name) {
			continue
		}
		if found.Full() {
			found.count()
			continue
		}
		_, near := lookUp(known, name)
		found.Add(Fault{fmt.Sprintf("%s[%d]", option, i), "names no field of the record" + nearest.Hint(name, near())})
	}
}

// isKnown reports whether a dotted name may be a field's.
func isKnown(known []*Field, name string) bool {
	ok, _ := lookUp(known, name)
	return ok
}

// lookUp follows a dotted name. Of one that leads nowhere it knows the names that could
// stand in its place.
func lookUp(known []*Field, name string) (ok bool, near func() []string) {
	var above []string
	for rest := name; len(known) > 0; {
		f, after := findField(known, rest)
		if f == nil {
			return false, func() []string {
				names := make([]string, len(known))
				for i, k := range known {
					names[i] = strings.Join(append(slices.Clone(above), k.Name), ".")
				}
				return names
			}
		}
		if after == "" || f.Truncated || f.Recursive {
			return true, nil
		}
		above, rest, known = append(above, f.Name), after, f.inner()
	}
	return true, nil
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
		if len(known) == 0 || isKnown(known, name) {
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
