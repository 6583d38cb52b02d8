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
	found  *FaultList
}

// collect turns the validator's tree of errors into faults.
func (f *faultWording) collect(e *validator.ValidationError) {
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		f.choices(e)
		return
	case *kind.Required:
		path := f.path(e)
		for _, name := range k.Missing {
			f.found.Add(Fault{join(path, name), "is required"})
		}
		return
	case *kind.AdditionalProperties:
		f.unknown(e, k.Properties)
		return
	case *kind.PropertyNames:
		// The location of these errors cannot be relied on: the validator overwrites
		// it when it goes on. The check of queries finds the same names.
		return
	}
	if len(e.Causes) == 0 {
		f.leaf(e)
	}
	for _, cause := range e.Causes {
		f.collect(cause)
	}
}

func (f *faultWording) leaf(e *validator.ValidationError) {
	if f.found.Full() {
		f.found.count()
		return
	}
	f.found.Add(Fault{f.path(e), problem(e.ErrorKind)})
}

const unknownName = "is unknown"

// unknown words properties that an object must not have.
func (f *faultWording) unknown(e *validator.ValidationError, names []string) {
	path, known := f.path(e), f.knownProperties(e.InstanceLocation)
	slices.Sort(names)
	for i, name := range names {
		words := unknownName
		if slices.Contains(known, name) {
			words = "does not go with the other members"
		} else if i < maxFaults && !f.found.Full() {
			words += AllowedNames(name, known)
		}
		f.found.Add(Fault{join(path, clip(name)), words})
	}
}

// choices words the failure of a value that may have several types: which types it
// may have, or, where a type fits, what else is wrong.
func (f *faultWording) choices(e *validator.ValidationError) {
	var want []string
	var other *FaultList // of the form that the value is nearest to
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
		faults := &FaultList{}
		(&faultWording{f.schema, f.args, faults}).collect(cause)
		if faults.found() && (other == nil || faults.distance() < other.distance()) {
			other = faults
		}
	}
	if other != nil {
		f.found.join(other)
		return
	}
	f.found.Add(Fault{f.path(e), fmt.Sprintf("must be %s (got %s)", oneOf(want), got)})
}

// distance is how far a value is from a form: members that the form does not have are farther
// than what is missing or wrong.
func (l *FaultList) distance() int {
	total := len(l.worded) + l.more
	for _, fault := range l.worded {
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
