package jsonvalue

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func TestArraysOfEncodedValues(t *testing.T) {
	t.Parallel()
	for want, items := range map[string][]json.RawMessage{
		`[]`: nil, `[1]`: {[]byte(`1`)}, `[1,{"a":2},"x"]`: {[]byte(`1`), []byte(`{"a":2}`), []byte(`"x"`)},
	} {
		if got := JoinArray(items); string(got) != want || len(items) > 1 && cap(got) < len(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := text(t, EmptyList(nil)); got != `[]` {
		t.Errorf("no names are %s", got)
	}
	if got := text(t, EmptyList([]string{"a"})); got != `["a"]` {
		t.Errorf("one name is %s", got)
	}
}

func TestNullAndAbsentValues(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{"": true, " \n": true, "null": true, " null ": true, "0": false, `""`: false, "x": false} {
		if got := IsNull(json.RawMessage(raw)); got != want {
			t.Errorf("%q is null: %t, want %t", raw, got, want)
		}
	}
}

func TestValuesThatCannotBeOrdered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b any
		ok   bool
	}{
		{json.Number("1"), json.Number("2"), true}, {json.Number("1"), "2", false}, {"1", json.Number("2"), false}, {"1", "2", true},
		{json.Number("x"), json.Number("2"), false}, {json.Number("1"), json.Number("x"), false}, {true, "true", false}, {nil, nil, false},
		{json.Number("1"), nil, false},
	} {
		n, ok := Order(test.a, test.b)
		if ok != test.ok || ok && n != -1 || !ok && test.a == json.Number("1") && n != 0 {
			t.Errorf("%v beside %v: %d, %t, want %t", test.a, test.b, n, ok, test.ok)
		}
	}
	if Equal(nil, "") || Equal("", nil) || Equal(json.Number("0"), nil) || Equal(map[string]any{}, nil) {
		t.Error("null equals a value")
	}
	if CompareValues(true, "a", false) != 1 || CompareValues(true, "a", true) != -1 {
		t.Error("values of two types are not ordered as texts")
	}
}

func TestKeysAreSorted(t *testing.T) {
	t.Parallel()
	many := map[string]any{"c": 1, "a": 2, "e": 3, "b": 4, "d": 5}
	if got := SortedKeys(many); !slices.Equal(got, []string{"a", "b", "c", "d", "e"}) {
		t.Errorf("got %v", got)
	}
}

func TestPathsAreSet(t *testing.T) {
	t.Parallel()
	config := map[string]any{"a": map[string]any{"b": "old", "c": "kept"}, "d": "scalar"}
	for _, path := range []string{"a.b", "x", "y.z.w", "d.e"} {
		SetPath(config, path, "new")
	}
	want := `{"a":{"b":"new","c":"kept"},"d":{"e":"new"},"x":"new","y":{"z":{"w":"new"}}}`
	if got := text(t, config); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSelectionsGoThroughObjectsOnly(t *testing.T) {
	t.Parallel()
	row, _ := value(t, `{"a":{"":1,"b":2},"d":3}`).(map[string]any)
	if got := SelectFields(row, []string{"z", "d.x", "c"}); len(got) != 0 {
		t.Errorf("got %v of fields that there are not", got)
	}
	unnamed := map[string]any{"a": map[string]any{"": 1}}
	if got := SelectFields(unnamed, []string{"a."}); !reflect.DeepEqual(got, unnamed) {
		t.Errorf("got %v of a field without a name", got)
	}
	if got := text(t, Overlay(row, map[string]any{"a": "x", "d": map[string]any{"y": 1}})); got != `{"a":"x","d":{"y":1}}` {
		t.Errorf("an overlay of other types is %s", got)
	}
}
