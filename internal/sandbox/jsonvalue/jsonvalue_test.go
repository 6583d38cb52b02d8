package jsonvalue

import (
	"testing"
)

func value(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := Decode([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestTextsKeepTheirForm(t *testing.T) {
	t.Parallel()
	for _, want := range []string{`12345678901234567890.10`, `"<a & b>"`, `{"a":[1,null,true]}`} {
		if got := text(t, value(t, want)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for in, want := range map[string]string{`null`: "", `"x"`: "x", `1.50`: "1.50", `true`: "true", `{}`: "", `[1]`: ""} {
		if got := AsText(value(t, in)); got != want {
			t.Errorf("%s as text is %q, want %q", in, got, want)
		}
	}
}

func TestEqualValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true}, {`1`, `"1"`, false}, {`null`, `null`, true}, {`null`, `0`, false}, {`"a"`, `"A"`, false},
		{`[1,2]`, `2`, true}, {`[1,2]`, `3`, false}, {`[1,2]`, `[1,2]`, true}, {`[1,2]`, `[2,1]`, false}, {`true`, `true`, true},
	} {
		if got := Equal(value(t, test.a), value(t, test.b)); got != test.want {
			t.Errorf("%s equals %s: %t, want %t", test.a, test.b, got, test.want)
		}
	}
}

func TestOrderOfValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b     string
		up, down int
	}{
		{`2`, `10`, -1, 1}, {`"2"`, `"10"`, 1, -1}, {`null`, `1`, 1, 1}, {`1`, `null`, -1, -1}, {`null`, `null`, 0, 0},
		{`1`, `1.0`, 0, 0}, {`true`, `false`, 1, -1},
	} {
		a, b := value(t, test.a), value(t, test.b)
		if up, down := CompareValues(a, b, false), CompareValues(a, b, true); up != test.up || down != test.down {
			t.Errorf("%s beside %s: %d upwards and %d downwards, want %d and %d", test.a, test.b, up, down, test.up, test.down)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	row := value(t, `{"a.b":1,"a":{"b":2,"c":{"d":3}},"list":[{"x":1},{"x":2},{"y":3}]}`)
	for path, want := range map[string]string{
		"a.b": `1`, "a.c.d": `3`, "a.c": `{"d":3}`, "list.x": `[1,2]`, "list[].x": `[1,2]`, "a.z": `null`, "z.a": `null`, "a.b.c": `null`,
	} {
		if got := text(t, PathValue(row, path)); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestSelections(t *testing.T) {
	t.Parallel()
	const all = `{"a":{"b":1,"c":2},"d":3,"e.f":4}`
	row, _ := value(t, all).(map[string]any)
	for _, test := range []struct {
		paths          []string
		kept, excluded string
	}{
		{[]string{"a.b"}, `{"a":{"b":1}}`, `{"a":{"c":2},"d":3,"e.f":4}`},
		{[]string{"a.b", "a.c"}, `{"a":{"b":1,"c":2}}`, `{"a":{},"d":3,"e.f":4}`},
		{[]string{"d", "e.f"}, `{"d":3,"e.f":4}`, `{"a":{"b":1,"c":2}}`},
		{[]string{"x", "a.x", "d.x"}, `{}`, all},
	} {
		if got := text(t, SelectFields(row, test.paths)); got != test.kept {
			t.Errorf("%v keeps %s, want %s", test.paths, got, test.kept)
		}
		if got := text(t, ExcludeFields(row, test.paths)); got != test.excluded {
			t.Errorf("without %v it is %s, want %s", test.paths, got, test.excluded)
		}
	}
	if got := text(t, row); got != all {
		t.Errorf("the record itself became %s", got)
	}
}

func TestOverlaysAreDeep(t *testing.T) {
	t.Parallel()
	a, _ := value(t, `{"a":{"b":1,"c":2},"d":3}`).(map[string]any)
	b, _ := value(t, `{"a":{"c":4},"d":{"e":5}}`).(map[string]any)
	if got, want := text(t, Overlay(a, b)), `{"a":{"b":1,"c":4},"d":{"e":5}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := text(t, a); got != `{"a":{"b":1,"c":2},"d":3}` {
		t.Errorf("the first became %s", got)
	}
}
