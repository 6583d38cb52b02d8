package schemas

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"airbyte-mcp-server/internal/nearest"
)

// Fault is one thing wrong with the arguments of a call.
type Fault struct {
	Path    string // of the argument, such as "labels[0]" or "query.filter"; empty for the arguments as a whole
	Problem string // what is wrong and what is expected, never the offending text itself
}

func (f Fault) String() string {
	if f.Path == "" {
		return f.Problem
	}
	return "`" + f.Path + "` " + f.Problem
}

// InvalidError reports arguments that do not fit a tool's schema. Nothing was sent.
type InvalidError struct {
	Faults    []Fault
	Example   string // arguments that would be right, "" for none
	ExampleOf string // the tool that takes them, "" for the one that was called
}

func (e *InvalidError) Error() string {
	words := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		words[i] = f.String()
	}
	text := "invalid arguments: " + strings.Join(words, "; ")
	if e.Example != "" {
		text += "; a right call: " + strings.TrimPrefix(e.ExampleOf+" "+e.Example, " ")
	}
	return text
}

// validate notes everything that is wrong with decoded arguments.
func (in *Input) validate(s *validator.Schema, args map[string]any, found *FaultList) {
	var faults FaultList
	err := s.Validate(args)
	var invalid *validator.ValidationError
	switch {
	case errors.As(err, &invalid):
		(&faultWording{s, args, &faults}).collect(invalid)
	case err != nil:
		faults.Add(Fault{Problem: err.Error()})
	}
	if in.semantics != nil {
		faults.Add(in.semantics()(args)...)
	}
	if err != nil && !faults.found() {
		faults.Add(Fault{Problem: "do not fit the schema"})
	}
	found.join(&faults)
}

func sortedFaults(faults []Fault) []Fault {
	slices.SortFunc(faults, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Problem, b.Problem))
	})
	return slices.Compact(faults)
}

// problem words a leaf of the validator's tree.
func problem(k validator.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("must be %s (got %s)", oneOf(k.Want), k.Got)
	case *kind.Enum:
		return "must be one of " + QuoteAll(k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("must be at least %s (got %s)", number(k.Want), number(k.Got))
	case *kind.Maximum:
		return fmt.Sprintf("must be at most %s (got %s)", number(k.Want), number(k.Got))
	case *kind.MinLength:
		return fmt.Sprintf("must have at least %d characters (has %d)", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("must have at most %d characters (has %d)", k.Want, k.Got)
	case *kind.Pattern:
		return "must match the pattern " + k.Want
	case *kind.Format:
		return "must be " + FormatHint(k.Want)
	case *kind.UniqueItems:
		return "must not hold the same value twice"
	default:
		return "does not fit the schema"
	}
}

// FormatHint words what a text of a format looks like.
func FormatHint(format string) string {
	switch format {
	case formatDateTime:
		return "a date and time like 2026-01-31T15:04:05Z"
	case formatDate:
		return "a date like 2026-01-31"
	case formatOffset:
		return "a date and time like 2026-01-31T15:04:05.000+0000"
	case formatUnixSeconds:
		return "seconds since 1970, or a date and time like 2026-01-31T15:04:05Z"
	case formatUnixMillis:
		return "milliseconds since 1970, or a date and time like 2026-01-31T15:04:05Z"
	case formatBytes:
		return "base64, which nobody makes of plain text for you; the bytes of `hello` are aGVsbG8="
	default:
		return "in the format " + format
	}
}

// maxListed is how many known names are listed; the operators of a search fit in.
const maxListed = 20

// AllowedNames words the nearest known names, or all of them while they are few.
func AllowedNames(name string, known []string) string {
	near := nearest.Hint(name, known)
	switch {
	case len(known) == 0:
		return ""
	case len(known) <= maxListed:
		return near + "; allowed: " + strings.Join(known, ", ")
	case near != "":
		return near
	default:
		return "; allowed: " + strings.Join(known[:maxListed], ", ") + ", …"
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// clip shortens a name that a caller made up.
func clip(name string) string {
	const most = 64
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}

func oneOf(types []string) string {
	switch len(types) {
	case 0:
		return "of another type"
	case 1:
		return types[0]
	default:
		return strings.Join(types[:len(types)-1], ", ") + " or " + types[len(types)-1]
	}
}

// QuoteAll lists values as JSON.
func QuoteAll(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		b, err := json.Marshal(v)
		if err != nil {
			b = fmt.Append(nil, v)
		}
		words[i] = string(b)
	}
	return strings.Join(words, ", ")
}

func number(r *big.Rat) string {
	if r.IsInt() {
		return clip(r.Num().String())
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}
