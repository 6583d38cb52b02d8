package records

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// TestReadsAgreeWithWrites carries out random sequences of actions and compares
// everything that is read with a plain model of what was written.
func TestReadsAgreeWithWrites(t *testing.T) {
	t.Parallel()
	const steps = 200
	for i := range trialSubjects {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s %s, seed %d", trialSubjects[i].connector, trialSubjects[i].entity, seed), func(t *testing.T) {
				t.Parallel()
				x := newTrial(t, &trialSubjects[i], seed)
				for range steps {
					x.step()
				}
				x.list()
			})
		}
	}
}

// trial is one sequence of actions and the model that it is held against.
type trial struct {
	*subject
	t     *testing.T
	c     *client
	spec  *schemas.Entity
	where P // the place of the records: what every action wants to know beside
	r     *rand.Rand
	keys  []string     // of all records, in the order of the list
	rows  map[string]P // what is known of them
	gone  []string
	done  []string // the sequence so far
	texts []string // written so far
}

// openTrial begins a sequence that has read nothing so far.
func openTrial(t *testing.T, s *subject, size string) *trial {
	x := &trial{subject: s, t: t, c: newClient(t, func(o *settings) { o.Dataset = size }), rows: map[string]P{}}
	spec := x.c.vendor(s.connector).spec
	x.spec = spec.Entity(s.entity)
	x.where = sampleParams(t, x.c, spec, x.spec, x.spec.Action("list"))
	return x
}

func newTrial(t *testing.T, s *subject, seed uint64) *trial {
	x := openTrial(t, s, [...]string{"normal", "small", "small"}[seed%3])
	x.r = rand.New(rand.NewPCG(seed, 1))
	for _, row := range x.pages("list", nil, 100) {
		x.keys = append(x.keys, jsonvalue.AsText(row[s.key]))
		x.rows[jsonvalue.AsText(row[s.key])] = row
	}
	x.texts = []string{"nothing of the kind"}
	return x
}

func (x *trial) fail(format string, args ...any) {
	x.t.Helper()
	x.t.Fatalf(format+"\nafter this sequence:\n%s", append(args, strings.Join(x.done, "\n"))...)
}

// do carries an action out; it must succeed.
func (x *trial) do(action string, params P) *answer {
	x.t.Helper()
	a := x.try(action, params)
	if a.status != 200 {
		x.fail("%s: %d %.300s", action, a.status, a.body)
	}
	return a
}

func (x *trial) try(action string, params P) *answer {
	x.t.Helper()
	whole := P{}
	if action != schemas.ActionAPISearch && action != schemas.ActionContextStoreSearch {
		maps.Copy(whole, x.where)
	}
	maps.Copy(whole, params)
	raw, err := json.Marshal(whole)
	if err != nil {
		x.t.Fatal(err)
	}
	x.done = append(x.done, action+" "+string(raw))
	return x.c.execute(x.connector, x.entity, action, whole)
}

// step carries out one action, or one reading of all pages.
func (x *trial) step() {
	x.t.Helper()
	steps := []func(){x.create, x.create, x.change, x.change, x.remove, x.get, x.get, x.get, x.search, x.store, x.store, x.missing}
	if n := x.r.IntN(20 * len(steps)); n < 4 {
		x.list()
	} else {
		steps[n%len(steps)]()
	}
}

// any is the key of some record, more likely of one that was written.
func (x *trial) any() string {
	return x.keys[len(x.keys)-1-min(x.r.IntN(len(x.keys)), x.r.IntN(len(x.keys)))]
}

// values are some of what can be written.
func (x *trial) values(all bool) (written, shown P) {
	text := fmt.Sprintf("%s %d", [...]string{"zebra", "yak", "Öre", "x-ray"}[x.r.IntN(4)], x.r.IntN(30))
	x.texts = append(x.texts, text)
	written = x.write(text)
	for i, name := range slices.Sorted(maps.Keys(written)) {
		if !all && x.r.IntN(2) == 0 && (i > 0 || len(written) > 1) {
			delete(written, name)
		}
	}
	// What is compared is what arrives: numbers and lists of JSON.
	raw, err := json.Marshal(written)
	if err == nil {
		err = jsonvalue.Decode(raw, &shown)
	}
	if err != nil {
		x.t.Fatal(err)
	}
	if x.shown != nil {
		shown = x.shown(shown)
	}
	return written, shown
}

func (x *trial) wrapped(values P) P {
	if x.wrap == "" {
		return values
	}
	return P{x.wrap: values}
}

func (x *trial) create() {
	x.t.Helper()
	values, shown := x.values(true)
	if action := x.spec.Action("create"); x.wrap == "" {
		maps.DeleteFunc(values, func(name string, _ any) bool {
			known := slices.ContainsFunc(action.Params, func(p *schemas.Parameter) bool { return p.Name == name })
			if !known {
				delete(shown, name)
			}
			return !known
		})
	}
	a := x.do("create", x.wrapped(values))
	key := a.text("result." + x.key)
	if key == "" || x.rows[key] != nil || slices.Contains(x.gone, key) {
		x.fail("the new record has the key %q", key)
	}
	x.keys = append(x.keys, key)
	x.rows[key] = shown
	x.answered(key, a)
}

// answered compares the answer to a write.
func (x *trial) answered(key string, a *answer) {
	x.t.Helper()
	if !x.own {
		x.see("get", key, a.object("result"))
	}
}

func (x *trial) change() {
	x.t.Helper()
	key := x.any()
	values, shown := x.values(false)
	params := x.wrapped(values)
	params[x.names[keyUpdate]] = x.typed("update", x.names[keyUpdate], key)
	a := x.do("update", params)
	for _, name := range x.moves {
		x.forget(key, name)
	}
	for name, value := range shown {
		x.forget(key, name)
		x.rows[key][name] = value
	}
	x.answered(key, a)
}

// forget lets the next read say what a field holds.
func (x *trial) forget(key, name string) {
	delete(x.rows[key], name)
	maps.DeleteFunc(x.rows[key], func(known string, _ any) bool { return strings.HasSuffix(known, "."+name) })
}

func (x *trial) remove() {
	x.t.Helper()
	param := x.names[keyDelete]
	if param == "" || len(x.keys) < 4 {
		return
	}
	key := x.any()
	x.do("delete", P{param: x.typed("delete", param, key)})
	x.keys = slices.DeleteFunc(x.keys, func(k string) bool { return k == key })
	x.gone = append(x.gone, key)
	delete(x.rows, key)
}

func (x *trial) get() {
	x.t.Helper()
	key := x.any()
	param := x.names[keyGet]
	a := x.do("get", P{param: x.typed("get", param, key)})
	row := a.object("result")
	if x.spec.Action("get").Result.Kind == "list" {
		row = a.object("result.0")
	}
	x.see("get", key, row)
}

// missing asks for what was deleted.
func (x *trial) missing() {
	x.t.Helper()
	if len(x.gone) == 0 {
		return
	}
	key := x.gone[x.r.IntN(len(x.gone))]
	action := [...]string{"get", "update", "delete"}[x.r.IntN(3)]
	param := x.names[map[string]int{"get": keyGet, "update": keyUpdate, "delete": keyDelete}[action]]
	params := P{param: x.typed(action, param, key)}
	if action == "update" {
		maps.Copy(params, x.wrapped(x.write("too late")))
	}
	if a := x.try(action, params); a.status != 400 || a.text("errors.0.details.upstream_status") != "404" {
		x.fail("%s of the deleted %s: %d %.300s", action, key, a.status, a.body)
	}
}

func (x *trial) typed(action, param, key string) any {
	return numeric(x.spec.Action(action), param, key)
}

// see compares a record that was read with what is known of it. What was not known
// is from now on. Objects have different fields in different actions.
func (x *trial) see(action, key string, row P) {
	x.t.Helper()
	known := x.rows[key]
	if known == nil || jsonvalue.AsText(row[x.key]) != key {
		x.fail("%s shows a record %q, which is not the one wanted (%s): %v", action, jsonvalue.AsText(row[x.key]), key, row)
	}
	for name, value := range row {
		switch value.(type) {
		case map[string]any, []any:
			if _, scalar := known[name]; !scalar {
				name = action + "." + name
			}
		}
		if want, ok := known[name]; ok && !agrees(want, value) {
			x.fail("%s shows %s of record %s as %s, want %s", action, name, key, asJSON(value), asJSON(want))
		}
		known[name] = value
	}
}
