package schemas_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"airbyte-mcp-server/schemas"
)

// spelling is one way to write a value: what is given, and what it can only mean. Where
// both are the same it is taken as it is. The clean value of a member that counts as not
// given is absent.
type spelling struct {
	kind         string
	given, clean any
}

type absent struct{}

// tally counts the cases of each kind, so that a kind without any is noticed.
type tally struct {
	mu    sync.Mutex
	cases map[string]int
	tools map[string]bool
}

func (y *tally) add(kind, tool string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.cases == nil {
		y.cases, y.tools = map[string]int{}, map[string]bool{}
	}
	y.cases[kind]++
	y.tools[tool] = true
}

// report fails the test where a kind had fewer cases than expected.
func (y *tally) report(t *testing.T, least map[string]int, tools int) {
	t.Helper()
	total := 0
	for kind, n := range y.cases {
		total += n
		if least[kind] == 0 {
			t.Errorf("nobody expects cases of %q", kind)
		}
	}
	for kind, want := range least {
		if y.cases[kind] < want {
			t.Errorf("%q: %d cases, want at least %d", kind, y.cases[kind], want)
		}
	}
	if len(y.tools) < tools {
		t.Errorf("%d tools had cases, want at least %d", len(y.tools), tools)
	}
	t.Logf("%d cases of %d tools: %v", total, len(y.tools), y.cases)
}

// connectorsInTurn runs a test for each connector, and returns when all have ended.
func connectorsInTurn(t *testing.T, test func(*testing.T, *schemas.Connector)) {
	t.Helper()
	t.Run("all", func(t *testing.T) {
		t.Run("of", func(t *testing.T) { everyConnector(t, test) })
	})
}

// TestEveryActionTakesWhatIsCertain writes each parameter of each action in each way that
// can be meant in one way only, at every depth. It must do what the plain form does, and
// be noted.
func TestEveryActionTakesWhatIsCertain(t *testing.T) {
	var all tally
	connectorsInTurn(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action == nil {
				continue
			}
			c := &coercing{tool: tl, in: tl.input(t, conn), tally: &all}
			for _, p := range tl.action.Params {
				c.parameter(t, p)
			}
			c.whole(t, conn)
		}
	})
	all.report(t, map[string]int{
		"enum in another case": 800, "one value for a list": 250, "commas for a list": 150, "JSON text": 380, "5.0": 850, "5e0": 850,
		"text for a number": 1700, "text for a truth value": 350, "number for a text": 2000, "document": 9, "object for JSON text": 23,
		"over the maximum": 700, "ISO date": 75, "offset": 1, "null": 2500, "kept null": 40, "empty": 1800, "kept empty": 750,
		"unwrapped": 30, "constant": 1, "owner/repo": 55, "host member": 3100,
	}, 1050)
}

// coercing tries spellings of one action's arguments.
type coercing struct {
	tool  tool
	in    *schemas.Input
	tally *tally
}

// parameter tries the spellings of a parameter and of all that is in it, beside what is
// required.
func (c *coercing) parameter(t *testing.T, p *schemas.Parameter) {
	t.Helper()
	args, name := sampler{}.arguments(c.tool.action), schemas.ArgumentName(p.Name)
	args[name] = sampler{all: true}.value(p)
	c.walk(t, args, p, []any{name}, c.tool.action)
}

func (c *coercing) walk(t *testing.T, args object, p *schemas.Parameter, path []any, root *schemas.Action) {
	t.Helper()
	for _, s := range spellingsOf(root, p) {
		c.try(t, args, path, s)
	}
	if _, inList := path[len(path)-1].(int); !inList && !p.Required {
		for _, s := range unsetOf(root, p) {
			c.try(t, args, path, s)
		}
	}
	if p.Items != nil {
		c.walk(t, args, p.Items, append(slices.Clone(path), 0), nil)
	}
	for _, q := range p.Properties {
		c.walk(t, args, q, append(slices.Clone(path), q.Name), nil)
	}
	if p.Type == "object" && string(p.AdditionalProperties) != "false" && (len(p.Properties) == 0 || p.AdditionalProperties != nil) {
		for _, s := range []spelling{{"kept null", nil, nil}, {"kept empty", "", ""}} {
			c.try(t, args, append(slices.Clone(path), "own key"), s)
		}
	}
}

// try holds a spelling at a place of the arguments against the plain form.
func (c *coercing) try(t *testing.T, args object, path []any, s spelling) {
	t.Helper()
	put := func(value any) object {
		switch value.(type) {
		case nil:
			value = json.RawMessage("null") // replaced would remove what is there
		case absent:
			value = nil
		}
		return replaced(args, path, value).(object)
	}
	var noted []string
	if !reflect.DeepEqual(s.given, s.clean) {
		noted = []string{path[0].(string)}
	}
	c.same(t, s.kind, put(s.given), put(s.clean), noted)
}

// same checks that arguments do what others do, and that some are noted.
func (c *coercing) same(t *testing.T, kind string, given, want object, noted []string) {
	t.Helper()
	c.tally.add(kind, c.tool.name)
	got, taken, err := c.in.Take([]byte(encode(t, given)))
	plain, as, wrong := c.in.Take([]byte(encode(t, want)))
	var invalid *schemas.InvalidError
	switch {
	case wrong != nil && err != nil && wrong.Error() == err.Error():
		if c.tool.action.Requirements == nil { // else the parameter excludes another one
			t.Errorf("%s, %s: %s: %v", c.tool.name, kind, encode(t, want), wrong)
		}
	case errors.As(err, &invalid) && strings.HasPrefix(invalid.Faults[0].Problem, "nothing is left to write"):
	case err != nil || wrong != nil:
		t.Errorf("%s, %s: %s: %v; as %s: %v", c.tool.name, kind, encode(t, given), err, encode(t, want), wrong)
	case !sameJSON(got.JSON(), plain.JSON()):
		t.Errorf("%s, %s: %s became %s, want %s", c.tool.name, kind, encode(t, given), got.JSON(), plain.JSON())
	case len(as.Coerced) > 0 || !slices.Equal(taken.Coerced, noted):
		t.Errorf("%s, %s: %s noted %q, want %q; the plain form %q", c.tool.name, kind, encode(t, given), taken.Coerced, noted, as.Coerced)
	}
}

// sameJSON compares JSON with its numbers as they are written.
func sameJSON(a, b []byte) bool {
	read := func(raw []byte) (v any) {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if dec.Decode(&v) != nil {
			return string(raw)
		}
		return v
	}
	return bytes.Equal(a, b) || reflect.DeepEqual(read(a), read(b))
}
