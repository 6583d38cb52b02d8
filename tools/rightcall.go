package tools

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// ShowRightCall puts into a refusal a call that works in its session: of the tool whose
// arguments were refused, with the session's own connectors and tools for names. Kept is
// the handle of a result that the caller may read, "" for none.
func (f *Found) ShowRightCall(err error, kept string) {
	if f.Tool == nil || f.Tool.Input == nil || f.set == nil {
		return
	}
	if invalid, ok := errors.AsType[*schemas.InvalidError](err); ok {
		args, _ := schemas.SplitObject(json.RawMessage(cmp.Or(invalid.Example, f.Tool.Input.RightCall(invalid.Faults))))
		invalid.ExampleOf, invalid.Example = f.shown(f.rightCall(f.Tool, args, kept))
	}
	if unclear, ok := errors.AsType[*airbyte.LocateError](err); ok && len(unclear.Candidates) > 0 {
		args, _ := schemas.SplitObject(json.RawMessage(f.Tool.Input.RightCall(nil)))
		args = f.rightCall(f.Tool, args, kept)
		name := cmp.Or(f.Tool.Options.Connector, "connector")
		if args.Has(name) || f.Tool.Options.Connector != "" {
			args = args.With(schemas.Arguments{{Name: name, Value: rawjson.Quote(f.referenceTo(unclear.Candidates[0]))}})
			tool, call := f.shown(args)
			unclear.RightCall = cmp.Or(tool, f.Tool.Name) + " " + call
		}
	}
}

// shown is a right call as the caller has to make it: by the tool that it is called by.
func (f *Found) shown(args schemas.Arguments) (tool, arguments string) {
	switch {
	case args == nil:
		return "", ""
	case f.By == "":
		return "", string(args.JSON())
	case f.entity != "":
		return f.By, string(slices.Concat(schemas.Arguments{{Name: schemas.ArgEntity, Value: rawjson.Quote(f.entity)}}, args).JSON())
	}
	return f.By, calledBy(f.Tool.Name, args)
}

func calledBy(name string, args schemas.Arguments) string {
	return string(schemas.Arguments{{Name: "name", Value: rawjson.Quote(name)}, {Name: "arguments", Value: args.JSON()}}.JSON())
}

// rightCall puts what the session has into the arguments of a right call, nil where there
// is nothing to put.
func (f *Found) rightCall(t *Tool, args schemas.Arguments, kept string) schemas.Arguments {
	if t.Options.Confirmation != "" {
		args.Take(t.Options.Confirmation)
	}
	for _, option := range []string{t.Options.SelectFields, t.Options.ExcludeFields} {
		if args.Has(option) && option != "" {
			args = putFields(args, option, t.Fields)
		}
	}
	if t.Connector != "" {
		if args.Has(t.Options.Connector) || t.Options.Connector != "" && f.hasSeveral(t.Connector) {
			args = put(args, t.Options.Connector, f.reference(t.Connector))
		}
	} else if args = f.rightCallOfOwn(t, args, kept); args == nil {
		return nil
	}
	if t.Options.DryRun != "" && t.Effect != Read { // nobody must do to a record what an example says
		args = args.With(schemas.Arguments{{Name: t.Options.DryRun, Value: json.RawMessage("true")}})
	}
	return args
}

func put(args schemas.Arguments, name, text string) schemas.Arguments {
	return args.With(schemas.Arguments{{Name: name, Value: rawjson.Quote(text)}})
}

// putFields names a field that a record has.
func putFields(args schemas.Arguments, option string, known []*schemas.Field) schemas.Arguments {
	name := "id"
	if len(known) > 0 {
		name = known[0].Name
	}
	return args.With(schemas.Arguments{{Name: option, Value: rawjson.Join([]json.RawMessage{rawjson.Quote(name)})}})
}

// rightCallOfOwn is rightCall for a tool of the server itself.
func (f *Found) rightCallOfOwn(t *Tool, args schemas.Arguments, kept string) schemas.Arguments {
	switch t.Name {
	case FindTools:
		args = put(args, "query", "list the newest records")
	case DescribeTool, callReadTool, callWriteTool:
		return f.callOfAnother(t, args)
	case "execute_action":
		args = f.anyAction(args)
	case readResult:
		if kept == "" {
			return nil
		}
		args.Take("path")
		return put(args, "handle", kept)
	case "connect_connector":
		args, _ = schemas.SplitObject(json.RawMessage(t.Input.RightCall([]schemas.Fault{{Path: "type"}})))
	case "update_connector":
		args.Take("config")
		args = put(args, "name", "New name")
	}
	if args.Has("connector") {
		ref := f.reference("")
		if t.Name == FindTools {
			ref = f.slug()
		}
		if ref == "" {
			return nil
		}
		args = put(args, "connector", ref)
	}
	return args
}

// callOfAnother names a tool of the session, with arguments of its own where they are wanted.
func (f *Found) callOfAnother(t *Tool, args schemas.Arguments) schemas.Arguments {
	other := f.another(t)
	if other == nil {
		return nil
	}
	args = put(args, "name", other.Name)
	if t.Name == DescribeTool {
		return args
	}
	inner, _ := schemas.SplitObject(json.RawMessage(other.Input.RightCall(nil)))
	return args.With(schemas.Arguments{{Name: "arguments", Value: f.rightCall(other, inner, "").JSON()}})
}

// another is a tool that a tool of the search surface can be about: rather a list than
// anything else, and rather of a connector than of the server.
func (f *Found) another(t *Tool) *Tool {
	fits := func(o *Tool) bool {
		return !o.searches() && o.Name != readResult && (t.Name == DescribeTool || o.calledBy() == t.Name)
	}
	for _, better := range []func(*Tool) bool{
		func(o *Tool) bool {
			return o.Connector != "" && (o.Effect != Read || o.Action == schemas.ActionList && len(o.Input.Required()) == 0)
		},
		func(o *Tool) bool { return o.Connector != "" },
		func(o *Tool) bool { return o.Role == Companion },
	} {
		if i := slices.IndexFunc(f.set.Tools, func(o *Tool) bool { return fits(o) && better(o) }); i >= 0 {
			return f.set.Tools[i]
		}
	}
	return nil
}

// reference is a name that means one connector of the session, of a type if one is given;
// "" where there is none.
func (f *Found) reference(slug string) string {
	if f.Snapshot == nil {
		return ""
	}
	for _, i := range f.Snapshot.instances {
		if f.Session.Policy.Admits(i) && (slug == "" || i.Slug == slug) {
			return f.referenceTo(i.Connector)
		}
	}
	return ""
}

// hasSeveral reports whether the session has several connectors of a type, so that a call
// has to say which.
func (f *Found) hasSeveral(slug string) bool {
	return f.Snapshot != nil && slices.Contains(f.Snapshot.types(f.Session.Policy), connectorType{slug, true})
}

func (f *Found) referenceTo(c airbyte.Connector) string {
	if f.Snapshot != nil {
		for _, i := range f.Snapshot.instances {
			if i.ID == c.ID {
				return cmp.Or(i.Alias, i.Slug, i.ID)
			}
		}
	}
	return c.ID
}

// slug is a type of connector of which the session has tools, "" for none.
func (f *Found) slug() string {
	if slugs := f.set.connectors(); len(slugs) > 0 {
		return slugs[0]
	}
	return ""
}

// anyAction names an entity and an action of a connector of the session.
func (f *Found) anyAction(args schemas.Arguments) schemas.Arguments {
	for _, t := range f.set.Tools {
		if ref := f.reference(t.Connector); t.Connector != "" && ref != "" && t.Action == schemas.ActionList {
			args = put(put(put(args, "connector", ref), "entity", t.Entity), "action", t.Action)
			inner, _ := schemas.SplitObject(json.RawMessage(t.Input.RightCall(nil)))
			return args.With(schemas.Arguments{{Name: "params", Value: inner.JSON()}})
		}
	}
	return nil
}
