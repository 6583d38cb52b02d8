package schemas

import (
	"cmp"
	"slices"
	"strings"
)

// KeepWords takes over what an earlier form of the same connector has beside its
// facts, where this one has nothing of its own: an import knows a connector's calls,
// not what people call it, and its tools must keep the names that they had.
func (c *Connector) KeepWords(before *Connector) {
	c.Prefix, c.Aliases = cmp.Or(before.Prefix, c.Prefix), before.Aliases
	c.Showcase, c.Called = cmp.Or(c.Showcase, before.Showcase), cmp.Or(c.Called, before.Called)
	if c.Joined == nil {
		c.Joined = before.Joined
	}
	if c.Terms == nil { // for parameters of which the import has no words
		c.Terms = before.Terms
	}
	c.IDs, c.Emulator = cmp.Or(c.IDs, before.IDs), cmp.Or(c.Emulator, before.Emulator)
	for _, e := range c.Entities {
		if earlier := before.Entity(e.Name); earlier != nil {
			e.Called = cmp.Or(e.Called, earlier.Called)
			e.keepFormats(earlier)
			e.keepMeanings(earlier)
		}
	}
	for i, option := range c.Auth {
		for _, earlier := range before.Auth {
			if earlier.Name == option.Name {
				c.Auth[i].MadeAt = cmp.Or(option.MadeAt, earlier.MadeAt)
				keepSettings(c.Auth[i].Fields, earlier.Fields)
			}
		}
	}
	keepSettings(c.Config.Environment, before.Config.Environment)
	keepSettings(c.Config.Replication, before.Config.Replication)
}

// keepMeanings takes over what actions are called and do, which no specification says.
func (e *Entity) keepMeanings(before *Entity) {
	for _, a := range e.Actions {
		if earlier := before.Action(a.Name); earlier != nil {
			a.Title, a.Effect = cmp.Or(a.Title, earlier.Title), cmp.Or(a.Effect, earlier.Effect)
			a.Destroys = a.Destroys || earlier.Destroys
			a.Result.HidesErrors = a.Result.HidesErrors || earlier.Result.HidesErrors
			if a.Requirements == nil && earlier.Requirements != nil && a.has(earlier.Requirements.names()) {
				a.Requirements = earlier.Requirements
			}
			if a.DefaultFields == nil && a.returns(earlier.DefaultFields) {
				a.DefaultFields = earlier.DefaultFields
			}
		}
	}
}

// names are the parameters that requirements speak of.
func (r *Requirements) names() []string {
	names := slices.Concat(r.AnyOf...)
	for _, part := range r.AllOf {
		names = append(names, part.names()...)
	}
	for _, c := range r.When {
		names = append(append(names, c.Param), c.Require...)
	}
	return names
}

// has reports whether an action has all of the parameters, each named in full or by a dotted
// path into one.
func (a *Action) has(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		first, _, _ := strings.Cut(name, ".")
		return !slices.ContainsFunc(a.Params, func(p *Parameter) bool { return p.Name == name || p.Name == first })
	})
}

// returns reports whether the records of an action have all of the fields.
func (a *Action) returns(fields []string) bool {
	return !slices.ContainsFunc(fields, func(field string) bool {
		first, _, _ := strings.Cut(field, ".")
		return !slices.ContainsFunc(a.Result.Fields, func(f *Field) bool { return f.Name == first })
	})
}

func keepSettings(settings, before []Setting) {
	for i := range settings {
		for _, earlier := range before {
			if s := &settings[i]; s.Name == earlier.Name {
				s.Title, s.Description = cmp.Or(s.Title, earlier.Title), cmp.Or(s.Description, earlier.Description)
				s.Example, s.Form = cmp.Or(s.Example, earlier.Example), cmp.Or(s.Form, earlier.Form)
			}
		}
	}
}

// keepFormats takes over what the texts and numbers of an entity stand for, which an
// import seldom says.
func (e *Entity) keepFormats(before *Entity) {
	if e.ContextStore != nil && before.ContextStore != nil {
		keepFieldFormats(e.ContextStore.Fields, before.ContextStore.Fields)
	}
	for _, a := range e.Actions {
		if earlier := before.Action(a.Name); earlier != nil {
			keepParameterFormats(a.Params, earlier.Params)
			if a.Result.ShapedBy == nil {
				a.Result.ShapedBy = earlier.Result.ShapedBy
			}
		}
	}
}

func keepFieldFormats(fields, before []*Field) {
	for _, f := range fields {
		for _, earlier := range before {
			if f.Name == earlier.Name && slices.Equal(f.Type, earlier.Type) {
				f.Format = cmp.Or(f.Format, earlier.Format)
				keepFieldFormats(f.Properties, earlier.Properties)
			}
		}
	}
}

func keepParameterFormats(params, before []*Parameter) {
	for _, p := range params {
		for _, earlier := range before {
			if p.Name != earlier.Name || p.Type != earlier.Type {
				continue
			}
			p.SendDefault = p.SendDefault || earlier.SendDefault
			if p.Format == "" || isOwnFormat(earlier.Format) {
				p.Format = earlier.Format
			}
			for _, form := range p.OneOf {
				if form.Type == earlier.Type && isOwnFormat(earlier.Format) {
					form.Format = earlier.Format
				}
			}
			keepParameterFormats(p.Properties, earlier.Properties)
			if p.Items != nil && earlier.Items != nil {
				keepParameterFormats([]*Parameter{p.Items}, []*Parameter{earlier.Items})
			}
		}
	}
}
