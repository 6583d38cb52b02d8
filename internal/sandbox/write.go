package sandbox

import (
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/schemas"
)

// create adds a record.
func (c *call) create() (*outcome, error) {
	m := c.holder()
	if target, op, ok := c.operates(); ok {
		if !op.isNew {
			return c.operate(target, op)
		}
		m = target
	}
	sc, err := c.listScope(m)
	if err != nil {
		return nil, err
	}
	if m.base != nil {
		m = m.base
	}
	in := c.v.collection(m, sc.only(m.scope))
	now := c.v.clock().UTC()
	f := c.v.frame(m, in.scope, in.next)
	f.fresh, f.natural = true, ""
	f.time = timeline{created: now, updated: now}
	in.next++
	r := newRecord(f)
	c.write(r, c.values(m))
	c.v.put(in, r)
	c.v.countIn(m, in.scope)
	return &outcome{result: c.written(r)}, nil
}

// countIn lets the record that a new one belongs to count one more: an issue's
// number of comments.
func (v *vendor) countIn(m *model, sc scope) {
	parent := v.parentRecord(m, sc)
	if parent == nil {
		return
	}
	for _, f := range parent.frame.m.fields {
		name := fold(f.Name)
		if name != fold(m.entity.Name) && name != fold(m.entity.Name)+"count" && name != fold(m.name)+"count" {
			continue
		}
		if counted, ok := oneMore(parent.fields[f.Name]); ok {
			frame := *parent.frame
			r := &record{frame: &frame, fields: maps.Clone(parent.fields), extra: parent.extra, written: true}
			r.fields[f.Name] = counted
			v.put(v.collection(frame.m, frame.scope), r)
			return
		}
	}
}

// oneMore adds one to a count, which may be wrapped in an object.
func oneMore(value any) (any, bool) {
	switch v := value.(type) {
	case json.Number:
		n, err := v.Int64()
		return json.Number(strconv.FormatInt(n+1, 10)), err == nil
	case map[string]any:
		count, ok := oneMore(v["totalCount"])
		return overlay(v, map[string]any{"totalCount": count}), ok
	}
	return nil, false
}

// update changes a record.
func (c *call) update() (*outcome, error) {
	if target, op, ok := c.operates(); ok {
		return c.operate(target, op)
	}
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	return c.change(found, c.values(found.record.frame.m)), nil
}

// change puts a changed copy in the place of a record.
func (c *call) change(found *found, values map[string]any) *outcome {
	old := found.record
	f := *old.frame
	r := &record{frame: &f, fields: maps.Clone(old.fields), extra: maps.Clone(old.extra)}
	f.time.updated = c.v.clock().UTC()
	c.write(r, values)
	c.v.put(found.in, r)
	return &outcome{result: c.written(r)}
}

// remove deletes a record.
func (c *call) remove() (*outcome, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	c.v.remove(found.in, found.record)
	if c.action.Result.Kind != "object" || len(c.action.Result.Fields) == 0 {
		if c.switches.is("delete_result", "null") {
			return &outcome{}, nil
		}
		return &outcome{result: map[string]any{}}, nil
	}
	return &outcome{result: c.written(found.record)}, nil
}

// values are the parameters to write into a record. Some vendors wrap them in one
// object, which may be in a list.
func (c *call) values(m *model) map[string]any {
	keys := c.keyParams(m)
	out := map[string]any{}
	for _, p := range c.action.Params {
		value, given := c.Params[p.Name]
		if !given || m.binds(p.Name) || m.bindsLike(c.v.spec, p) || c.Action != schemas.ActionCreate && slices.Contains(keys, p) {
			continue
		}
		if inner := wrapped(value); inner != nil && m.fieldOf(p.Name) == nil {
			maps.Copy(out, unwrap(m, inner))
			continue
		}
		out[p.Name] = value
	}
	return out
}

// unwrap takes the record out of an object that has it under the entity's name, as
// the comment in a ticket.
func unwrap(m *model, object map[string]any) map[string]any {
	for key, value := range object {
		if inner := wrapped(value); inner != nil && m.fieldOf(key) == nil && strings.HasSuffix(fold(m.name), fold(key)) {
			return inner
		}
	}
	return object
}

// wrapped is the object in a value, nil if it is none.
func wrapped(value any) map[string]any {
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	inner, _ := value.(map[string]any)
	return inner
}

// write puts values into a record and keeps its times and its state consistent.
func (c *call) write(r *record, values map[string]any) {
	m := r.frame.m
	r.written = true
	if r.extra == nil {
		r.extra = map[string]any{}
	}
	said := map[string]any{}
	for name, value := range values {
		said[fold(name)], r.extra[fold(name)] = value, value
		if f := m.fieldOf(name); f != nil {
			r.fields[f.Name] = c.fit(r.frame, f, value, r.fields[f.Name])
			c.noteState(r, f)
		}
	}
	for _, f := range m.fields {
		if roleOf(f, f.Name) == roleUpdated {
			r.fields[f.Name] = moment(r.frame.time.updated, f, f.Name)
		}
		if form, ok := otherForm(said, f); ok {
			r.fields[f.Name] = form
		}
	}
}

// otherForms are the parts of names, folded, that tell the forms of one text apart:
// bodyHTML and plain_body are forms of body. True marks HTML.
var otherForms = []struct {
	part string
	html bool
}{{"html", true}, {"rendered", true}, {"plain", false}, {"text", false}}

// otherForm is what a field holds that shows another field's text, if a write says
// that one and not the field itself.
func otherForm(said map[string]any, f *schemas.Field) (any, bool) {
	name := fold(f.Name)
	if _, own := said[name]; own || !f.Type.Has("string") {
		return nil, false
	}
	for _, form := range otherForms {
		source := strings.TrimSuffix(strings.TrimPrefix(name, form.part), form.part)
		text, ok := said[source].(string)
		if ok && form.html {
			text = "<p>" + html.EscapeString(text) + "</p>"
		}
		if ok {
			return text, true
		}
	}
	return nil, false
}

// noteState closes or reopens a record whose state was written.
func (c *call) noteState(r *record, f *schemas.Field) {
	if name := fold(f.Name); name != "state" && name != "status" || !scalar(f) {
		return
	}
	closed := closedWords[strings.ToLower(asText(r.fields[f.Name]))]
	if closed == r.frame.time.closed {
		return
	}
	r.frame.time.closed = closed
	for _, g := range r.frame.m.fields {
		switch {
		case roleOf(g, g.Name) == roleClosed:
			r.fields[g.Name] = r.frame.moment(g, roleClosed)
		case g.Type.Has("boolean") && overFlags[fold(g.Name)]:
			r.fields[g.Name] = closed
		case fold(g.Name) == "statereason" && r.extra["statereason"] == nil:
			r.fields[g.Name] = nil
			if closed {
				r.fields[g.Name] = r.frame.state(r.frame.seed, [2][]string{nil, {"completed"}})
			}
		}
	}
}

// fit gives a written value the shape that reads have.
func (c *call) fit(f *frame, field *schemas.Field, value, old any) any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return c.fitList(f, field, v)
	case map[string]any:
		if before, ok := old.(map[string]any); ok {
			return overlay(before, v)
		}
		return overlay(f.blank(field.Fields), v)
	}
	switch {
	case field.Type.Has("object"):
		return c.fitObject(f, field.Name, field.Fields, value)
	case field.Type.Has("array"):
		return c.fitList(f, field, []any{value})
	}
	return c.fitScalar(f.m, field, value)
}

// fitList writes a list, which reads may wrap into an object of nodes.
func (c *call) fitList(f *frame, field *schemas.Field, list []any) any {
	items := field.Items
	nodes := hasField(field, "nodes")
	if nodes {
		for _, g := range field.Fields {
			if g.Name == "nodes" {
				items = g.Items
			}
		}
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = item
		if items != nil && items.Type.Has("object") && wrapped(item) == nil {
			out[i] = c.fitObject(f, field.Name, items.Fields, item)
		}
	}
	if nodes {
		return map[string]any{"nodes": out}
	}
	return out
}

// names are the fields by which a value alone may name an object, by preference.
var names = []string{"login", "name", "number", "title", "email", "gid", "id", "key", "value"}

// fitObject finds the record that a written value names, such as a label, or makes
// an object of it.
func (c *call) fitObject(f *frame, name string, fields []*schemas.Field, value any) any {
	if target := f.target(name); target != nil {
		text := asText(value)
		if r := c.v.lookup(target, f.scope, names, text); r != nil {
			return trim(r.fields, &schemas.Field{Fields: fields})
		}
	}
	for _, candidate := range names {
		for _, g := range fields {
			if fold(g.Name) == candidate {
				return map[string]any{g.Name: value}
			}
		}
	}
	return map[string]any{"value": value}
}

// fitScalar writes a value in the letter case that reads use.
func (c *call) fitScalar(m *model, field *schemas.Field, value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	for _, known := range m.known[field.Name] {
		if s, ok := known.(string); ok && strings.EqualFold(s, text) {
			return s
		}
	}
	if _, isState := states[snake(field.Name)]; isState && m.upper {
		return strings.ToUpper(text)
	}
	return typed(field, text)
}
