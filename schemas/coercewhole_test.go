package schemas_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// whole tries what concerns several arguments at once.
func (c *coercing) whole(t *testing.T, conn *schemas.Connector) {
	t.Helper()
	a := c.tool.action
	args := sampler{}.arguments(a)
	c.unwrapped(t, a)
	for _, p := range a.Params {
		if name := schemas.ArgumentName(p.Name); p.Required && len(p.Enum) == 1 {
			c.same(t, "constant", without(args, name), args, []string{name})
		}
	}
	for _, j := range conn.Joined {
		if find(a.Params, j.Param) == nil || find(a.Params, j.With) == nil {
			continue
		}
		joined, want := maps.Clone(args), maps.Clone(args)
		joined[j.Param] = "Acme" + j.By + "site"
		want[j.Param], want[j.With] = "site", "Acme"
		c.same(t, "owner/repo", without(joined, j.With), want, []string{j.Param})
		joined[j.With], want[j.With] = "acme", "acme" // the names differ in case alone
		c.same(t, "owner/repo", joined, want, []string{j.Param})
		joined[j.With] = "other"
		if got := faultsOf(t, c.in, encode(t, joined)); got[0].Path != j.Param {
			t.Errorf("%s: two owners gave %v", c.tool.name, got)
		}
	}
	for name, value := range map[string]any{
		"toolCallId": "call_1", "_meta": object{"progressToken": json.Number("1")}, "tool_call_id": "toolu_1",
	} {
		if find(a.Params, name) == nil {
			given := maps.Clone(args)
			given[name] = value
			c.same(t, "host member", given, args, []string{name})
		}
	}
}

// unwrapped gives what belongs into the only required object beside the other arguments.
func (c *coercing) unwrapped(t *testing.T, a *schemas.Action) {
	t.Helper()
	args := sampler{}.arguments(a)
	wrapper := ""
	for _, p := range a.Params {
		if p.Required && p.Type == "object" && len(p.Properties) > 0 {
			if wrapper != "" {
				return // nobody can tell into which
			}
			wrapper = p.Name
		}
	}
	if wrapper == "" {
		return
	}
	inner := sampler{all: true}.object(find(a.Params, wrapper).Properties)
	want := maps.Clone(args)
	want[wrapper] = inner
	given := without(want, wrapper)
	for name, value := range inner {
		if find(a.Params, name) != nil || strings.ContainsAny(name, ".[") {
			return // the name means the outer one
		}
		given[name] = value
	}
	c.same(t, "unwrapped", given, want, []string{wrapper})
}

// TestEveryActionRefusesWhatIsUncertain writes values that could mean several things, or
// whose bytes somebody would have to guess.
func TestEveryActionRefusesWhatIsUncertain(t *testing.T) {
	var all tally
	connectorsInTurn(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action == nil {
				continue
			}
			c := &coercing{tool: tl, in: tl.input(t, conn), tally: &all}
			for _, p := range tl.action.Params {
				args, name := sampler{}.arguments(tl.action), schemas.ArgumentName(p.Name)
				args[name] = sampler{all: true}.value(p)
				c.refusals(t, args, p, []any{name})
			}
		}
	})
	all.report(t, map[string]int{
		"half a number": 1500, "quoted commas": 100, "plain text for bytes": 4, "an unknown value": 200, "empty and required": 650,
		"null and required": 1000, "words for a truth value": 350, "a time in words": 70,
	}, 950)
}

// refusals tries what must not be taken, at every depth.
func (c *coercing) refusals(t *testing.T, args object, p *schemas.Parameter, path []any) {
	t.Helper()
	for _, s := range uncertain(p) {
		given := replaced(args, path, s.given).(object)
		if s.given == nil {
			given = replaced(args, path, json.RawMessage("null")).(object)
		}
		c.tally.add(s.kind, c.tool.name)
		got, taken, err := c.in.Take([]byte(encode(t, given)))
		if err == nil {
			t.Errorf("%s, %s: %s was taken as %s, noted %q", c.tool.name, s.kind, encode(t, given), got.JSON(), taken.Coerced)
		}
	}
	if p.Items != nil {
		c.refusals(t, args, p.Items, append(slices.Clip(path), 0))
	}
	for _, q := range p.Properties {
		c.refusals(t, args, q, append(slices.Clip(path), q.Name))
	}
}

func uncertain(p *schemas.Parameter) []spelling {
	var list []spelling
	refuse := func(kind string, given any) { list = append(list, spelling{kind: kind, given: given}) }
	if p.Required && !p.Nullable {
		refuse("null and required", nil)
		if p.Format != "document" && p.Type != "string" || len(p.Enum) > 0 || isID(p) {
			refuse("empty and required", "")
		}
	}
	at := p.Format == "unix-seconds" || p.Format == "unix-milliseconds"
	switch {
	case at && p.Type == "integer":
		refuse("a time in words", "yesterday")
	case len(p.Enum) > 0 && p.Type == "string":
		refuse("an unknown value", "no such value")
	case p.Type == "integer":
		refuse("half a number", json.Number("5.5"))
		refuse("half a number", "5.5")
	case p.Type == "boolean":
		refuse("words for a truth value", "yes")
		refuse("words for a truth value", json.Number("1"))
	case p.Format == "byte":
		refuse("plain text for bytes", "plain text, with a comma")
	case p.Type == "array" && p.Items.Type == "string" && len(p.Items.Enum) == 0:
		refuse("quoted commas", `"a,b",c`)
	}
	return list
}
