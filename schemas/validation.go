package schemas

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// faultWording words the validator's errors about some arguments.
type faultWording struct {
	schema *validator.Schema
	args   map[string]any
}

// collect turns the validator's tree of errors into faults.
func (f *faultWording) collect(e *validator.ValidationError) []Fault {
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		return f.choices(e)
	case *kind.Required:
		path := f.path(e)
		faults := make([]Fault, len(k.Missing))
		for i, name := range k.Missing {
			faults[i] = Fault{join(path, name), "is required"}
		}
		return faults
	case *kind.AdditionalProperties:
		return f.unknown(e, k.Properties)
	case *kind.PropertyNames:
		// The location of these errors cannot be relied on: the validator overwrites
		// it when it goes on. The check of queries finds the same names.
		return nil
	}
	if len(e.Causes) == 0 {
		return []Fault{{f.path(e), problem(e.ErrorKind)}}
	}
	var faults []Fault
	for _, cause := range e.Causes {
		faults = append(faults, f.collect(cause)...)
	}
	return faults
}

const unknownName = "is unknown"

// unknown words properties that an object must not have.
func (f *faultWording) unknown(e *validator.ValidationError, names []string) []Fault {
	path, known := f.path(e), f.knownProperties(e.InstanceLocation)
	slices.Sort(names)
	var faults []Fault
	for i, name := range names {
		words := unknownName
		if slices.Contains(known, name) {
			words = "does not go with the other members"
		} else if i < maxFaults {
			words += AllowedNames(name, known)
		}
		faults = append(faults, Fault{join(path, clip(name)), words})
	}
	return faults
}

// choices words the failure of a value that may have several types: which types it
// may have, or, where a type fits, what else is wrong.
func (f *faultWording) choices(e *validator.ValidationError) []Fault {
	var want []string
	var other []Fault // of the form that the value is nearest to
	got := ""
	for _, cause := range e.Causes {
		leaf := cause
		for len(leaf.Causes) == 1 {
			leaf = leaf.Causes[0]
		}
		if k, ok := leaf.ErrorKind.(*kind.Type); ok && len(leaf.InstanceLocation) == len(e.InstanceLocation) {
			got = k.Got
			for _, name := range k.Want {
				if !slices.Contains(want, name) {
					want = append(want, name)
				}
			}
			continue
		}
		if faults := f.collect(cause); len(faults) > 0 && (other == nil || distance(faults) < distance(other)) {
			other = faults
		}
	}
	if len(other) > 0 {
		return other
	}
	return []Fault{{f.path(e), fmt.Sprintf("must be %s (got %s)", oneOf(want), got)}}
}

// distance is how far a value is from a form: members that the form does not have are farther
// than what is missing or wrong.
func distance(faults []Fault) int {
	total := len(faults)
	for _, fault := range faults {
		if !strings.HasSuffix(fault.Problem, " required") {
			total++
		}
	}
	return total
}

// knownProperties lists the properties that the object at a location may have.
func (f *faultWording) knownProperties(location []string) []string {
	s := f.schema
	f.walk(location, func(step string, isIndex bool) {
		if isIndex {
			s = itemSchema(s)
		} else {
			s = propertySchema(s, step)
		}
	})
	var names []string
	for _, a := range alternatives(s) {
		names = slices.AppendSeq(names, maps.Keys(a.Properties))
	}
	slices.Sort(names)
	return names
}

// path writes the place of an error as "labels[0].name".
func (f *faultWording) path(e *validator.ValidationError) string {
	path := ""
	f.walk(e.InstanceLocation, func(step string, isIndex bool) {
		if isIndex {
			path += "[" + step + "]"
		} else {
			path = join(path, clip(step))
		}
	})
	return path
}

// walk visits the steps to a location. Only the arguments can tell whether a step
// of digits is an index or a name.
func (f *faultWording) walk(location []string, visit func(step string, isIndex bool)) {
	var value any = f.args
	for _, step := range location {
		list, isList := value.([]any)
		visit(step, isList)
		object, _ := value.(map[string]any)
		value = object[step]
		if i, err := strconv.Atoi(step); isList && err == nil && i < len(list) {
			value = list[i]
		}
	}
}
