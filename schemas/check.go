package schemas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/internal/rawjson"
)

// Argument is one argument of a call, its value exactly as it was given.
type Argument struct {
	Name  string
	Value json.RawMessage
}

// Arguments are the arguments of a call in the order given.
type Arguments []Argument

// Check reads the arguments of a call and holds them against the schema. It
// returns them under the names of the API's parameters, values byte for byte as
// given, but for what can be meant in one way only: that becomes what the schema
// asks for. The error is an *InvalidError with every fault found.
func (in *Input) Check(raw json.RawMessage) (Arguments, error) {
	args, _, err := in.Take(raw)
	return args, err
}

// Take is Check, and tells what was taken for something else than was written.
func (in *Input) Take(raw json.RawMessage) (Arguments, *Taken, error) {
	return in.TakeWithin(context.Background(), raw)
}

// TakeWithin is Take for a call that may end before: the error is that of the context then.
func (in *Input) TakeWithin(ctx context.Context, raw json.RawMessage) (Arguments, *Taken, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	args, err := SplitObject(raw)
	if err != nil {
		return nil, nil, in.refusal([]Fault{{Problem: err.Error()}})
	}
	if in.plain().accept(in.required, args) {
		return in.renamed(args), &Taken{}, nil
	}
	kept, taken, found, err := in.read(ctx, args)
	switch {
	case err != nil:
		return nil, nil, err
	case found.found():
		return nil, nil, in.refusal(found.Shown())
	}
	return in.renamed(kept), taken, nil
}

// renamed gives arguments the names of the API's parameters.
func (in *Input) renamed(kept Arguments) Arguments {
	for i, a := range kept {
		if name, ok := in.original[a.Name]; ok {
			kept[i].Name = name
		}
	}
	return kept
}

// read takes arguments for what they can only mean, and finds what is wrong with them.
func (in *Input) read(ctx context.Context, args Arguments) (Arguments, *Taken, *FaultList, error) {
	schema, err := in.compiled()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("compiling an argument schema: %w", err)
	}
	taken, found, beat := &Taken{}, &FaultList{}, &pulse{ctx: ctx}
	if in.translate != nil {
		args = in.translate(args, taken, found, beat)
	}
	args = in.arrange(schema, args, taken, found)
	wrong, read := found.found(), &FaultList{}
	kept, decoded := readArguments(schema, args, taken, &fitLimit{found: read, pulse: beat, looksInside: in.semantics != nil})
	if err := ctx.Err(); err != nil {
		return nil, nil, nil, err
	}
	found.join(read)
	if len(read.worded) == 0 || wrong {
		in.validate(schema, decoded, found)
		found.sort()
	}
	if !found.found() {
		found.Add(in.emptied(kept, taken)...)
	}
	return kept, taken, found, nil
}

// refusal has faults, and a right call where there is one to show.
func (in *Input) refusal(faults []Fault) *InvalidError {
	return &InvalidError{Faults: faults, Example: in.RightCall(faults)}
}

// ValueHints tell why a search with these arguments may have found nothing: values
// that are not among the known ones of their field.
func (in *Input) ValueHints(args Arguments) []string {
	if in.valueHints == nil {
		return nil
	}
	return in.valueHints(args)
}

// readArguments decodes what was given, and drops what was not.
func readArguments(schema *validator.Schema, args Arguments, taken *Taken, limit *fitLimit) (Arguments, map[string]any) {
	everyGiven := slices.ContainsFunc(args, func(a Argument) bool { return refusesNull(schema, a.Name, a.Value) })
	kept, decoded := args[:0], map[string]any{}
	for _, a := range args {
		if limit.skipsMember(schema, a.Name) {
			continue
		}
		value, became, err := readArgument(propertySchema(schema, a.Name), a, taken, limit)
		switch {
		case err != nil:
			limit.found.Add(Fault{clip(a.Name), err.Error()})
			continue
		case isUnset(memberSchema(schema, a.Name), value), everyGiven && value == nil && isOptional(schema, a.Name):
			taken.left(a.Name)
			continue
		}
		decoded[a.Name] = value
		kept = append(kept, Argument{a.Name, became})
	}
	return kept, decoded
}

// JSON writes the arguments as one object.
func (args Arguments) JSON() json.RawMessage {
	size := len("{}")
	for _, a := range args {
		size += len(a.Name) + len(a.Value) + len(`"":,`)
	}
	out := append(make([]byte, 0, size), '{')
	for i, a := range args {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(rawjson.AppendQuote(out, a.Name), ':'), a.Value...)
	}
	return append(out, '}')
}

// With returns the arguments with others merged in, which win.
func (args Arguments) With(others Arguments) Arguments {
	merged := slices.DeleteFunc(slices.Clone(args), func(a Argument) bool { return others.Has(a.Name) })
	return append(merged, others...)
}

// Has reports whether the named argument was given.
func (args Arguments) Has(name string) bool {
	return slices.ContainsFunc(args, func(a Argument) bool { return a.Name == name })
}

// Value returns the value of the named argument, nil if it was not given.
func (args Arguments) Value(name string) json.RawMessage {
	for _, a := range args {
		if a.Name == name {
			return a.Value
		}
	}
	return nil
}

// Take removes the named argument and returns its value, nil if it was not given.
func (args *Arguments) Take(name string) json.RawMessage {
	for i, a := range *args {
		if a.Name == name {
			*args = append((*args)[:i:i], (*args)[i+1:]...)
			return a.Value
		}
	}
	return nil
}

// SplitObject takes an object apart without touching the values. Absent and null
// arguments count as an empty object.
func SplitObject(raw json.RawMessage) (Arguments, error) {
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || string(trimmed) == "null" {
		return nil, nil
	}
	members, err := rawjson.Members(raw)
	var twice *rawjson.DuplicateError
	switch {
	case errors.Is(err, rawjson.ErrNotObject):
		return nil, errors.New("arguments must be a JSON object")
	case errors.As(err, &twice):
		return nil, fmt.Errorf("argument `%s` is given twice", clip(twice.Name))
	case err != nil:
		return nil, fmt.Errorf("arguments are not valid JSON: %w", err)
	}
	args := make(Arguments, len(members))
	for i, m := range members {
		args[i] = Argument(m)
	}
	return args, nil
}

func fmtNumber(n int) json.Number { return json.Number(strconv.Itoa(n)) }
