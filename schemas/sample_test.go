package schemas_test

import (
	"encoding/json"
	"maps"
	"math/big"
	"strings"

	"airbyte-mcp-server/schemas"
)

// sampler makes valid arguments from the catalog's facts, by rules of its own and
// not by the schemas under test.
type sampler struct{ all bool } // all parameters, or only what is required

// arguments are valid arguments of an action.
func (s sampler) arguments(a *schemas.Action) object {
	args := s.object(a.Params)
	if a.Requirements != nil {
		s.meet(a, args, a.Requirements)
	}
	renamed := object{}
	for name, value := range args {
		renamed[schemas.ArgumentName(name)] = value
	}
	return renamed
}

func (s sampler) object(params []*schemas.Parameter) object {
	o := object{}
	for _, p := range params {
		if s.all || p.Required {
			o[p.Name] = s.value(p)
		}
	}
	return o
}

func (s sampler) value(p *schemas.Parameter) any {
	if len(p.Enum) > 0 {
		return p.Enum[0]
	}
	switch p.Type {
	case "integer", "number":
		return json.Number(sampleNumber(p))
	case "boolean":
		return true
	case "array":
		return []any{s.value(p.Items)}
	case "object":
		return s.properties(p)
	default:
		return sampleText(p)
	}
}

// properties adds a property of the caller's own to an object that is open.
func (s sampler) properties(p *schemas.Parameter) object {
	o := s.object(p.Properties)
	var values schemas.Parameter
	switch extra := string(p.AdditionalProperties); {
	case strings.HasPrefix(extra, "{") && json.Unmarshal(p.AdditionalProperties, &values) == nil:
		o["own key"] = s.value(&values)
	case extra == "true", extra == "" && len(p.Properties) == 0:
		o["own key"] = []any{"anything", object{"at": json.Number("1")}}
	}
	return o
}

func sampleNumber(p *schemas.Parameter) string {
	switch {
	case p.Minimum != "":
		return p.Minimum.String()
	case p.Maximum != "":
		return p.Maximum.String()
	default:
		return "9007199254740993" // what a float cannot hold
	}
}

func sampleText(p *schemas.Parameter) string {
	switch {
	case p.Format == "byte":
		return "eA=="
	case p.Format == "date-time-offset":
		return "2026-01-31T15:04:05.000+0000"
	case p.Format == "date-time":
		return "2026-01-31T15:04:05Z"
	case p.Format == "date":
		return "2026-01-31"
	case p.Pattern == "^[0-9]{10}$":
		return "1234567890"
	case p.MinLength != nil:
		return strings.Repeat("x", max(1, int(*p.MinLength)))
	default:
		return "x"
	}
}

// meet makes arguments keep to requirements: the first of the groups complete and,
// of exclusive ones, nothing of the others.
func (s sampler) meet(a *schemas.Action, args object, r *schemas.Requirements) {
	for _, part := range r.AllOf {
		s.meet(a, args, part)
	}
	for _, c := range r.When {
		if args[c.Param] == c.Equals {
			s.put(a, args, c.Require)
		}
	}
	if r.Exclusive {
		for _, group := range r.AnyOf[1:] {
			for _, name := range group {
				delete(args, name)
			}
		}
	}
	if len(r.AnyOf) > 0 {
		s.put(a, args, r.AnyOf[0])
	}
}

// put gives values to the parameters that dotted names mean.
func (s sampler) put(a *schemas.Action, args object, names []string) {
	for _, name := range names {
		if p := find(a.Params, name); p != nil {
			args[name] = s.value(p)
			continue
		}
		outer, inner, _ := strings.Cut(name, ".")
		p := find(a.Params, outer)
		o, _ := args[outer].(object)
		if o == nil {
			o = object{}
		}
		o[inner] = s.value(find(p.Properties, inner))
		args[outer] = o
	}
}

func find(params []*schemas.Parameter, name string) *schemas.Parameter {
	for _, p := range params {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// beyond is a number on the far side of a bound.
func beyond(bound json.Number, step int64) json.Number {
	r, _ := new(big.Rat).SetString(bound.String())
	return json.Number(r.Add(r, big.NewRat(step, 1)).RatString())
}

// change is one thing to break in valid arguments.
type change struct {
	path  []any // of names and, in arrays, indexes
	value any   // instead of what is there; nil to remove it
	fault schemas.Fault
}

// apply returns changed arguments, and leaves the given ones as they are.
func (c change) apply(args object) object { return replaced(args, c.path, c.value).(object) }

func replaced(value any, path []any, with any) any {
	if len(path) == 0 {
		return with
	}
	switch step := path[0].(type) {
	case int:
		list := append([]any{}, value.([]any)...)
		list[step] = replaced(list[step], path[1:], with)
		return list
	default:
		o := maps.Clone(value.(object))
		if len(path) == 1 && with == nil {
			delete(o, step.(string))
		} else {
			o[step.(string)] = replaced(o[step.(string)], path[1:], with)
		}
		return o
	}
}
