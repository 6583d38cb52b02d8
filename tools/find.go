package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// Found is what a call means: whose it is, the tool, the tool's own arguments, and the
// workspace as it was when the tool was found. What runs the call looks at nothing else.
type Found struct {
	Session   Session
	Tool      *Tool
	By        string // the tool to which this one was named: call_read_tool, call_write_tool or a folded search; else ""
	Arguments json.RawMessage
	Snapshot  *Snapshot // nil where the connectors could not be listed
	Unlisted  error     // why not

	set    *Set   // what the session may use
	entity string // that was named to a folded search; else ""
}

// Workspace is the snapshot of the caller's workspace, or why there is none.
func (f *Found) Workspace() (*Snapshot, error) { return f.Snapshot, f.Unlisted }

// Find tells what a call means, if the session is offered it. A call of call_read_tool,
// call_write_tool or a folded search means the tool that it names. The error is an *UnknownToolError, a
// *RefusedError, a *schemas.InvalidError, or why the connectors could not be listed.
func (d *Directory) Find(ctx context.Context, s Session, name string, arguments json.RawMessage) (*Found, error) {
	f := &Found{Session: s, Arguments: arguments}
	var set *Set
	if f.Snapshot, f.Unlisted = d.Snapshot(ctx, s.Workspace); f.Unlisted == nil {
		set, f.Unlisted = f.Snapshot.Select(s)
	}
	if f.Unlisted != nil {
		// Without the API only the tools that help to find out why are left.
		f.Snapshot, set = nil, d.Management(s)
	}
	f.set = set
	t := set.Get(name)
	switch {
	case t == nil && set.fold(name) != nil:
		return f, f.unfold(set.fold(name))
	case t != nil && t.Role == Calling:
		err := d.dispatch(ctx, f, set, t)
		if err != nil {
			(&Found{Session: s, Tool: t, Snapshot: f.Snapshot, set: set}).ShowRightCall(err, "")
		}
		return f, err
	case t != nil && set.offers(t):
		f.Tool = t
		return f, nil
	case t != nil:
		return nil, &UnknownToolError{name, "; it is not listed here: call it by " + t.calledBy() + f.callBy(t)}
	case f.Unlisted != nil:
		return nil, d.lacking(name, f.Unlisted)
	default:
		return nil, d.unknown(set, s, name)
	}
}

// dispatch finds the tool that a call of call_read_tool or call_write_tool names, and its
// arguments.
func (d *Directory) dispatch(ctx context.Context, f *Found, set *Set, by *Tool) error {
	arguments, outer := besideArguments(f.Arguments)
	args, _, err := by.Input.TakeWithin(ctx, arguments)
	if err != nil {
		return Unread(err)
	}
	var wanted struct {
		Name      string
		Arguments json.RawMessage
	}
	if err := json.Unmarshal(args.JSON(), &wanted); err != nil {
		return fmt.Errorf("reading the arguments of %s: %w", by.Name, rawjson.Fault(err))
	}
	t := set.Get(wanted.Name)
	switch {
	case t == nil && f.Unlisted != nil:
		return f.Unlisted
	case t == nil:
		return d.unnamed(set, f.Session, wanted.Name)
	case t.searches():
		args, _ := schemas.SplitObject(json.RawMessage(t.Input.RightCall(nil)))
		args = f.rightCall(t, args, "")
		return &RefusedError{t.Name, "call it by its own name; a right call: " + t.Name + " " + string(args.JSON())}
	case t.calledBy() != by.Name:
		return &RefusedError{t.Name, fmt.Sprintf("its effect is %s: call it with %s%s", t.Effect, t.calledBy(), f.callBy(t))}
	}
	if wanted.Arguments == nil {
		wanted.Arguments = json.RawMessage("{}")
	}
	f.Tool, f.By, f.Arguments = t, by.Name, wanted.Arguments
	if outer != nil {
		f.Arguments = inside(f.Arguments, t.Options.Confirmation, outer)
	}
	return nil
}

// callBy is a right call of a tool by the one that it has to be called by.
func (f *Found) callBy(t *Tool) string {
	args, _ := schemas.SplitObject(json.RawMessage(t.Input.RightCall(nil)))
	return "; a right call: " + t.calledBy() + " " + calledBy(t.Name, f.rightCall(t, args, ""))
}

// besideArguments takes a confirmation from where models put it by mistake: beside
// `arguments`, not in it. It is nil where there is none.
func besideArguments(raw json.RawMessage) (rest json.RawMessage, confirmation json.RawMessage) {
	members, err := rawjson.Members(raw)
	if err != nil {
		return raw, nil
	}
	at := slices.IndexFunc(members, func(m rawjson.Member) bool { return m.Name == confirmationOption })
	if at < 0 {
		return raw, nil
	}
	confirmation = members[at].Value
	return objectOf(slices.Delete(members, at, at+1)), confirmation
}

// inside adds a confirmation to the arguments of a tool that takes one and has none.
func inside(raw json.RawMessage, option string, confirmation json.RawMessage) json.RawMessage {
	members, err := rawjson.Members(raw)
	if err != nil || option == "" || slices.ContainsFunc(members, func(m rawjson.Member) bool { return m.Name == option }) {
		return raw
	}
	return objectOf(append(members, rawjson.Member{Name: option, Value: confirmation}))
}

// objectOf is an object of members.
func objectOf(members []rawjson.Member) json.RawMessage {
	var b bytes.Buffer
	for i, m := range members {
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		b.Write(rawjson.Quote(m.Name))
		b.WriteByte(':')
		b.Write(m.Value)
	}
	if len(members) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes()
}

// lacking is why a tool cannot be found where the connectors could not be listed.
func (d *Directory) lacking(name string, cause error) error {
	if t, err := d.inCatalog(name); err == nil && t == nil {
		return &UnknownToolError{Name: name}
	}
	return cause
}

// unknown explains why a tool is not offered.
func (d *Directory) unknown(offered *Set, s Session, name string) error {
	t, err := d.inCatalog(name)
	switch {
	case err != nil:
		return err
	case t != nil && s.Policy.Refuses(t) != "":
		return &RefusedError{name, s.Policy.Refuses(t)}
	case t != nil && t.searches():
		return &UnknownToolError{name, "; the tools are listed one by one here"}
	case t != nil && t.Connector == "":
		return &UnknownToolError{Name: name}
	case t != nil:
		return &UnknownToolError{name, fmt.Sprintf("; workspace %q has no %s connector that this server may use", s.Workspace, t.Connector)}
	}
	return &UnknownToolError{name, nearest.Hint(name, offered.names())}
}

// unnamed is unknown as a fault of the argument that names the tool.
func (d *Directory) unnamed(set *Set, s Session, name string) error {
	err := d.unknown(set, s, name)
	if unknown, ok := errors.AsType[*UnknownToolError](err); ok {
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: "name", Problem: "is no tool here" + unknown.Hint}}}
	}
	return err
}

// inCatalog finds a tool that some session is offered, nil if there is none. Only
// connectors whose tools are named like it are read: a slip must not cost the whole
// catalog.
func (d *Directory) inCatalog(name string) (*Tool, error) {
	if t := d.Management(Session{Operator: true, Listing: Listing{Surface: Search}}).Get(name); t != nil {
		return t, nil
	}
	heads, err := d.catalog.Heads()
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		if !strings.HasPrefix(name, h.Prefix+"_") {
			continue
		}
		list, err := d.toolsOf(connectorType{h.Name, false})
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if t.Name == name {
				return t, nil
			}
		}
	}
	return nil, nil
}
