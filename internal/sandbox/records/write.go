package records

import (
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// create adds a record.
func (c *Call) create() (*Outcome, error) {
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
	in := c.Account.collection(m, sc.only(m.scope))
	now := c.Account.clock().UTC()
	f := c.Account.blueprint(m, in.scope, in.next)
	f.fresh, f.natural = true, ""
	f.time = timeline{created: now, updated: now}
	in.next++
	r := newRecord(f)
	c.write(r, c.values(m))
	c.Account.put(in, r)
	c.Account.countIn(m, in.scope)
	return &Outcome{Result: c.written(r)}, nil
}

// countIn lets the record that a new one belongs to count one more: an issue's
// number of comments.
func (v *Account) countIn(m *model, sc scope) {
	parent := v.parentRecord(m, sc)
	if parent == nil {
		return
	}
	for _, f := range parent.blueprint.m.fields {
		name := naming.Fold(f.Name)
		if name != naming.Fold(m.entity.Name) && name != naming.Fold(m.entity.Name)+"count" && name != naming.Fold(m.name)+"count" {
			continue
		}
		if counted, ok := oneMore(parent.fields[f.Name]); ok {
			frame := *parent.blueprint
			r := &record{blueprint: &frame, fields: maps.Clone(parent.fields), extra: parent.extra, written: true}
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
		return jsonvalue.Overlay(v, map[string]any{"totalCount": count}), ok
	}
	return nil, false
}

// update changes a record.
func (c *Call) update() (*Outcome, error) {
	if target, op, ok := c.operates(); ok {
		return c.operate(target, op)
	}
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	return c.change(found, c.values(found.record.blueprint.m)), nil
}

// change puts a changed copy in the place of a record.
func (c *Call) change(found *found, values map[string]any) *Outcome {
	old := found.record
	f := *old.blueprint
	r := &record{blueprint: &f, fields: maps.Clone(old.fields), extra: maps.Clone(old.extra)}
	f.time.updated = c.Account.clock().UTC()
	c.write(r, values)
	c.Account.put(found.in, r)
	return &Outcome{Result: c.written(r)}
}

// remove deletes a record.
func (c *Call) remove() (*Outcome, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	c.Account.remove(found.in, found.record)
	if c.action.Result.Kind != "object" || len(c.action.Result.Fields) == 0 {
		if c.Choices.Is("delete_result", "null") {
			return &Outcome{}, nil
		}
		return &Outcome{Result: map[string]any{}}, nil
	}
	return &Outcome{Result: c.written(found.record)}, nil
}

// values are the parameters to write into a record. Some vendors wrap them in one
// object, which may be in a list.
func (c *Call) values(m *model) map[string]any {
	keys := c.keyParams(m)
	out := map[string]any{}
	for _, p := range c.action.Params {
		value, given := c.Params[p.Name]
		if !given || m.binds(p.Name) || m.bindsLike(c.Account.spec, p) || c.Action != schemas.ActionCreate && slices.Contains(keys, p) {
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
		if inner := wrapped(value); inner != nil && m.fieldOf(key) == nil && strings.HasSuffix(naming.Fold(m.name), naming.Fold(key)) {
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
func (c *Call) write(r *record, values map[string]any) {
	m := r.blueprint.m
	r.written = true
	if r.extra == nil {
		r.extra = map[string]any{}
	}
	said := map[string]any{}
	for name, value := range values {
		said[naming.Fold(name)], r.extra[naming.Fold(name)] = value, value
		if f := m.fieldOf(name); f != nil {
			r.fields[f.Name] = c.fit(r.blueprint, f, value, r.fields[f.Name])
			c.noteState(r, f)
		}
	}
	for _, f := range m.fields {
		if roleOf(f, f.Name) == roleUpdated {
			r.fields[f.Name] = moment(r.blueprint.time.updated, f, f.Name)
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
	name := naming.Fold(f.Name)
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
func (c *Call) noteState(r *record, f *schemas.Field) {
	if name := naming.Fold(f.Name); name != "state" && name != "status" || !scalar(f) {
		return
	}
	closed := closedWords[strings.ToLower(jsonvalue.AsText(r.fields[f.Name]))]
	if closed == r.blueprint.time.closed {
		return
	}
	r.blueprint.time.closed = closed
	for _, g := range r.blueprint.m.fields {
		switch {
		case roleOf(g, g.Name) == roleClosed:
			r.fields[g.Name] = r.blueprint.moment(g, roleClosed)
		case g.Type.Has("boolean") && overFlags[naming.Fold(g.Name)]:
			r.fields[g.Name] = closed
		case naming.Fold(g.Name) == "statereason" && r.extra["statereason"] == nil:
			r.fields[g.Name] = nil
			if closed {
				r.fields[g.Name] = r.blueprint.state(r.blueprint.seed, [2][]string{nil, {"completed"}})
			}
		}
	}
}

// fit gives a written value the shape that reads have.
func (c *Call) fit(f *blueprint, field *schemas.Field, value, old any) any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return c.fitList(f, field, v)
	case map[string]any:
		if before, ok := old.(map[string]any); ok {
			return jsonvalue.Overlay(before, v)
		}
		return jsonvalue.Overlay(f.blank(field.Fields), v)
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
func (c *Call) fitList(f *blueprint, field *schemas.Field, list []any) any {
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
func (c *Call) fitObject(f *blueprint, name string, fields []*schemas.Field, value any) any {
	if target := f.target(name); target != nil {
		text := jsonvalue.AsText(value)
		if r := c.Account.lookup(target, f.scope, names, text); r != nil {
			return trim(r.fields, &schemas.Field{Fields: fields})
		}
	}
	for _, candidate := range names {
		for _, g := range fields {
			if naming.Fold(g.Name) == candidate {
				return map[string]any{g.Name: value}
			}
		}
	}
	return map[string]any{"value": value}
}

// fitScalar writes a value in the letter case that reads use.
func (c *Call) fitScalar(m *model, field *schemas.Field, value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	for _, known := range m.known[field.Name] {
		if s, ok := known.(string); ok && strings.EqualFold(s, text) {
			return s
		}
	}
	if _, isState := states[naming.Snake(field.Name)]; isState && m.upper {
		return strings.ToUpper(text)
	}
	return typed(field, text)
}
