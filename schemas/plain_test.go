package schemas_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// plainSamples are values that schemas take, nearly take, or take for others.
var plainSamples = []string{
	`"x"`, `"acme"`, `"a/b"`, `"a, b"`, `""`, `" "`, `"2026-01-02"`, `"OPEN"`, `"open"`, `"true"`, `"7"`, `"é"`, `"\u0041"`,
	`"a\nb"`, `"null"`,
	`1`, `0`, `-1`, `-0`, `7`, `50`, `100`, `101`, `1000`, `99999`, `1.0`, `1e2`, `2.5`, `12345678901234567`, `true`, `false`, `null`,
	`[]`, `["x"]`, `["a","b"]`, `["a", "b"]`, `["a","b","a"]`, `[""]`, `["OPEN"]`, `["OPEN","closed"]`,
	`[1]`, `["é"]`, `["a",1]`, `["a"`, `{}`, `{"a":1}`,
}

// TestPlainArguments holds the acceptance of plain arguments against the full check: a
// member that hosts add makes the same arguments pass through that.
func TestPlainArguments(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 5
	}
	everyConnector(t, func(t *testing.T, c *schemas.Connector) {
		for _, e := range c.Entities {
			for _, a := range e.Actions {
				in, err := c.ActionInput(e, a)
				if err != nil {
					t.Fatal(err)
				}
				for range rounds {
					comparePlain(t, c.Name+"."+e.Name+"."+a.Name, in, plainSample(a))
				}
			}
		}
	})
}

// plainSample are members of an object of arguments: most of those that must be given, and
// some others, with values of any kind and, of texts with few values, one of these.
func plainSample(a *schemas.Action) []string {
	var members []string
	for _, p := range a.Params {
		if p.Required && rand.IntN(20) == 0 || !p.Required && rand.IntN(4) > 0 {
			continue
		}
		value := plainSamples[rand.IntN(len(plainSamples))]
		if len(p.Enum) > 0 && rand.IntN(2) == 0 {
			if raw, err := json.Marshal(p.Enum[rand.IntN(len(p.Enum))]); err == nil {
				value = string(raw)
			}
		}
		members = append(members, string(rawjson.Quote(schemas.ArgumentName(p.Name)))+":"+value)
	}
	return members
}

func comparePlain(t *testing.T, tool string, in *schemas.Input, members []string) {
	t.Helper()
	raw := "{" + strings.Join(members, ",") + "}"
	if !json.Valid([]byte(raw)) {
		return
	}
	full := "{" + strings.Join(append(slices.Clone(members), `"_meta":{}`), ",") + "}"
	got, taken, err := in.Take(json.RawMessage(raw))
	want, wantTaken, wantErr := in.Take(json.RawMessage(full))
	if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
		t.Fatalf("%s %s: %v, by the full check %v", tool, raw, err, wantErr)
	}
	if err != nil {
		return
	}
	coerced := slices.DeleteFunc(slices.Clone(wantTaken.Coerced), func(name string) bool { return name == "_meta" })
	if !reflect.DeepEqual(got.JSON(), want.JSON()) || !slices.Equal(taken.Coerced, coerced) || !slices.Equal(taken.Notes, wantTaken.Notes) {
		t.Fatalf("%s %s: %s %v, by the full check %s %v", tool, raw, got.JSON(), taken, want.JSON(), wantTaken)
	}
}

// TestPlainLists have bounds, which few lists of the catalog have.
func TestPlainLists(t *testing.T) {
	t.Parallel()
	two, three := uint64(2), uint64(3)
	in, err := schemas.NewInput(&schemas.Parameter{
		Name: "names", Type: "array", Items: &schemas.Parameter{Type: "string"}, MinItems: &two, MaxItems: &three,
	})
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]bool{`["a"]`: false, `["a","b"]`: true, `["a","b","c"]`: true, `["a","b","c","d"]`: false} {
		if _, err := in.Check(json.RawMessage(`{"names":` + raw + `}`)); (err == nil) != want {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
