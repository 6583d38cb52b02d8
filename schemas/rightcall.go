package schemas

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/rawjson"
)

// rightCall makes arguments that an input takes as they are, for a refusal to show: what
// is required, and what was wrong. Values are those of the descriptions, or say what
// belongs there; none is of the caller.
type rightCall struct {
	in     *Input
	conn   *Connector
	action *Action // nil for a tool of no connector
	params []*Parameter
}

// arguments are a right call beside some faults, "" where none can be made.
func (r *rightCall) arguments(faults []Fault) string {
	for _, shown := range [][]string{places(faults), nil} {
		args := Arguments{}
		for _, p := range r.params {
			if name := ArgumentName(p.Name); p.Required || isShown(shown, name) {
				args = append(args, Argument{name, r.value(p, name, shown)})
			}
		}
		if r.action != nil && r.action.Requirements != nil {
			args = r.meet(args, r.action.Requirements)
		}
		if r.in.isRight(args.JSON()) {
			return string(args.JSON())
		}
	}
	return ""
}

// RightCall is arguments that the input takes as they are, and which show what was wrong in
// others; "" where none can be made.
func (in *Input) RightCall(faults []Fault) string {
	if in.example == nil {
		return ""
	}
	return in.example(faults)
}

var indexes = lazyregexp.New(`\[\d+\]`)

// places are where faults are, without the indexes of lists.
func places(faults []Fault) []string {
	list := make([]string, len(faults))
	for i, f := range faults {
		list[i] = indexes.ReplaceAllString(f.Path, "")
	}
	return list
}

// isShown reports whether one of some places is at or below a place.
func isShown(places []string, at string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return p == at || strings.HasPrefix(p, at+".") })
}

// isRight reports whether arguments are taken as they are.
func (in *Input) isRight(raw json.RawMessage) bool {
	args, err := SplitObject(raw)
	if err != nil {
		return false
	}
	_, taken, found, err := in.read(context.Background(), args)
	return err == nil && !found.found() && len(taken.Coerced) == 0
}

// meet adds what requirements ask for: the first of the groups, and nothing of the others
// where they exclude each other.
func (r *rightCall) meet(args Arguments, of *Requirements) Arguments {
	for _, part := range of.AllOf {
		args = r.meet(args, part)
	}
	if len(of.AnyOf) == 0 {
		return args
	}
	if of.Exclusive {
		for _, name := range slices.Concat(of.AnyOf[1:]...) {
			args.Take(ArgumentName(name))
		}
	}
	for _, name := range of.AnyOf[0] {
		args = r.put(args, name)
	}
	return args
}

// put adds a parameter, or a member of one that a dotted path names.
func (r *rightCall) put(args Arguments, name string) Arguments {
	whole := func(name string) *Parameter {
		if i := slices.IndexFunc(r.params, func(p *Parameter) bool { return p.Name == name }); i >= 0 {
			return r.params[i]
		}
		return nil
	}
	if p := whole(name); p != nil {
		if args.Has(ArgumentName(name)) {
			return args
		}
		return append(args, Argument{ArgumentName(name), r.value(p, ArgumentName(name), nil)})
	}
	outer, inner, _ := strings.Cut(name, ".")
	p := whole(outer)
	if p == nil {
		return args
	}
	members, _ := SplitObject(args.Take(ArgumentName(outer)))
	for _, q := range p.Properties {
		if q.Name == inner && !members.Has(inner) {
			members = append(members, Argument{inner, r.value(q, q.Name, nil)})
		}
	}
	return append(args, Argument{ArgumentName(outer), members.JSON()})
}

// exampleInWords is an example of a description.
var exampleInWords = lazyregexp.New("(?:e\\.g\\.|such as|like|[Ee]xample:?) `([^`]+)`")

// value is a value of a parameter at a place: an element has that of its list. It has the
// members that are shown.
func (r *rightCall) value(p *Parameter, at string, shown []string) json.RawMessage {
	if m := exampleInWords.FindStringSubmatch(r.conn.describe(r.action, p)); m != nil && len(p.Enum) == 0 {
		if value := r.told(p, m[1]); value != nil {
			return value
		}
	}
	switch {
	case len(p.Enum) > 0:
		return encodedValue(p.Enum[0])
	case p.Type == "integer", p.Type == "number":
		return r.number(p)
	case p.Type == "boolean":
		return json.RawMessage("true")
	case p.Type == "array":
		return rawjson.Join([]json.RawMessage{r.value(p.Items, at, shown)})
	case p.Type == "object":
		return r.object(p, at, shown)
	default:
		return rawjson.Quote(sampleOf(p, at[strings.LastIndexByte(at, '.')+1:]))
	}
}

// told is an example of the description as a value, nil where it is of another type.
func (r *rightCall) told(p *Parameter, text string) json.RawMessage {
	var value json.RawMessage
	switch {
	case p.Type == "string" && p.Format != formatJSON:
		value = rawjson.Quote(text)
	case p.Type == "array" && p.Items.Type == "string" && !strings.HasPrefix(text, "["):
		value = rawjson.Join([]json.RawMessage{rawjson.Quote(text)})
	case !json.Valid([]byte(text)):
		return nil
	case p.Type == "string":
		value = rawjson.Quote(text)
	default:
		value = json.RawMessage(text)
	}
	schema, err := r.in.compiled()
	if err != nil {
		return nil
	}
	own := propertySchema(schema, ArgumentName(p.Name))
	if own == nil || own.Validate(decodedValue(value)) != nil {
		return nil
	}
	return value
}

func (r *rightCall) number(p *Parameter) json.RawMessage {
	switch p.Format {
	case formatUnixSeconds:
		return json.RawMessage("1769871845")
	case formatUnixMillis:
		return json.RawMessage("1769871845000")
	}
	switch {
	case p.Minimum != "" && p.Minimum != "0":
		return json.RawMessage(p.Minimum)
	case p.Maximum != "":
		return json.RawMessage(strconv.Itoa(min(10, atoi(p.Maximum))))
	default:
		return json.RawMessage("1")
	}
}

func atoi(n json.Number) int {
	if i, err := strconv.Atoi(n.String()); err == nil {
		return i
	}
	return 1
}

// object has the members of an object that are required or shown, else the first one.
func (r *rightCall) object(p *Parameter, at string, shown []string) json.RawMessage {
	if p.Format == formatDocument {
		return document("Text.")
	}
	args := Arguments{}
	for _, q := range p.Properties {
		if place := at + "." + q.Name; q.Required || isShown(shown, place) {
			args = append(args, Argument{q.Name, r.value(q, place, shown)})
		}
	}
	if len(args) == 0 && len(p.Properties) > 0 {
		q := p.Properties[0]
		args = append(args, Argument{q.Name, r.value(q, at+"."+q.Name, shown)})
	}
	return args.JSON()
}

// sampleOf is a text for a parameter: in its format, or what belongs there.
func sampleOf(p *Parameter, name string) string {
	switch p.Format {
	case formatDateTime:
		return "2026-01-31T15:04:05Z"
	case formatDate:
		return "2026-01-31"
	case formatOffset:
		return "2026-01-31T15:04:05.000+0000"
	case formatUnixSeconds:
		return "1769871845"
	case formatUnixMillis:
		return "1769871845000"
	case formatBytes:
		return "aGVsbG8="
	case formatJSON:
		return "{}"
	}
	if p.Pattern != "" {
		return matching(p.Pattern)
	}
	text := "<" + strings.Join(nameWords(name), " ") + ">"
	if p.MinLength != nil && uint64(len(text)) < *p.MinLength {
		text = strings.Repeat("x", int(min(*p.MinLength, 64)))
	}
	if p.MaxLength != nil && uint64(len(text)) > *p.MaxLength {
		text = strings.Repeat("x", int(*p.MaxLength))
	}
	return text
}

// matching is a text that a pattern takes, of those that patterns ask for: a name or an
// account's digits.
func matching(pattern string) string {
	texts := []string{"name", "1234567890", "123", "2026-01-31", "A1"}
	re, err := regexp.Compile(pattern)
	if i := slices.IndexFunc(texts, func(text string) bool { return err == nil && re.MatchString(text) }); i >= 0 {
		return texts[i]
	}
	return ""
}

func encodedValue(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // read from JSON
	}
	return b
}

func decodedValue(raw json.RawMessage) (v any) {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	_ = dec.Decode(&v) // made or looked at by us
	return v
}
